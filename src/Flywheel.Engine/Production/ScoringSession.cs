using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Production;

/// <summary>
/// A model at work in a workspace: what it has scored before comes from the score files, the rest is scored and kept. The network is
/// loaded only if something is left to score. Not for several threads at once.
/// </summary>
public sealed class ScoringSession : IDisposable
{
    const int Block = 512;

    readonly ScoreCache _cache;
    readonly bool _store;
    Scorer? _scorer;

    /// <summary>Opens the score files of a model.</summary>
    /// <param name="workspace">Where they are.</param>
    /// <param name="model">The model.</param>
    /// <param name="reporter">Hears of files that had to be passed over.</param>
    /// <param name="store">False: nothing is written.</param>
    public ScoringSession(Workspace workspace, Model model, IReporter reporter, bool store = true)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _store = store;
        _cache = ScoreCache.Open(workspace.EmbeddingsPath, model, reporter);
    }

    /// <summary>The model.</summary>
    public Model Model { get; }

    /// <summary>Scores images, in the order of the input. One that cannot be read is a fault and left out.</summary>
    /// <param name="images">Any number; read in blocks.</param>
    /// <param name="flip">True: the mean with the mirrored image is needed too.</param>
    /// <param name="reporter">Gets the faults.</param>
    /// <param name="token">Obeyed between images.</param>
    public IEnumerable<ScoredImage> Score(IEnumerable<FlywheelImage> images, bool flip, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(reporter);
        foreach (var block in images.Chunk(Block))
        {
            token.ThrowIfCancellationRequested();
            var known = new ScoredImage?[block.Length];
            var missing = new List<FlywheelImage>();
            for (var i = 0; i < block.Length; i++)
                if ((known[i] = _cache.Find(block[i], flip)) is null) missing.Add(block[i]);
            if (missing.Count == 0)
            {
                foreach (var scored in known) yield return scored!;
                continue;
            }
            _scorer ??= new Scorer(Model);
            // The fresh ones come in the block's order with gaps where a file failed: walk both side by side.
            using var fresh = _scorer.Score(missing, flip, reporter, token).GetEnumerator();
            var ready = fresh.MoveNext();
            for (var i = 0; i < block.Length; i++)
            {
                if (known[i] is { } before)
                {
                    yield return before;
                }
                else if (ready && ReferenceEquals(fresh.Current.Image, block[i]))
                {
                    var scored = fresh.Current;
                    if (_store) _cache.Add(scored);
                    ready = fresh.MoveNext();
                    yield return scored;
                }
            }
        }
    }

    /// <summary>What the score files know of an image; null if nothing. Reads no picture.</summary>
    public ScoredImage? Known(FlywheelImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return _cache.Find(image, false);
    }

    /// <summary>As <see cref="Score"/>, all at once, with progress.</summary>
    public IReadOnlyList<ScoredImage> ScoreAll(IReadOnlyList<FlywheelImage> images, bool flip, string activity, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var meter = new ProgressMeter(reporter, activity, images.Count, "images");
        var all = new List<ScoredImage>(images.Count);
        foreach (var scored in Score(images, flip, reporter, token))
        {
            all.Add(scored);
            meter.Advance();
        }
        Flush();
        return all;
    }

    /// <summary>Writes what was scored since the last time.</summary>
    public void Flush()
    {
        if (_store) _cache.Flush();
    }

    /// <summary>Writes what was scored and closes the model.</summary>
    public void Dispose()
    {
        Flush();
        _cache.Dispose();
        _scorer?.Dispose();
    }
}
