using System.Runtime.ExceptionServices;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Inference;
using Flywheel.Learning.Backbones;
using Flywheel.Learning.Data;

namespace Flywheel.Engine.Quality;

/// <summary>Feature vectors of images, those that can be read in the order of the input.</summary>
/// <param name="Images">The images.</param>
/// <param name="Values">Row-major [images × length].</param>
/// <param name="Length">Features of an image.</param>
sealed record ImageFeatures(IReadOnlyList<FlywheelImage> Images, float[] Values, int Length)
{
    const int Batch = 32;

    /// <summary>A model's embeddings, out of its score files where they are.</summary>
    /// <exception cref="FlywheelException"><c>ModelHasNoEmbedding</c>; what loading the model raises.</exception>
    public static ImageFeatures OfModel(Workspace workspace, Model model, IReadOnlyList<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        if (model.IsExternal) throw Without($"The model '{model.Name}' runs elsewhere; it embeds no picture here.");
        using var session = new ScoringSession(workspace, model, reporter);
        var scored = session.ScoreAll(images, false, $"Reading what {model.Name} sees", reporter, token);
        if (scored.Count == 0) return new ImageFeatures([], [], 0);
        var length = scored[0].Embedding.Length;
        if (length == 0) throw Without($"The model '{model.Name}' has no embeddings.");
        var values = new float[scored.Count * length];
        for (var i = 0; i < scored.Count; i++) scored[i].Embedding.CopyTo(values, i * length);
        return new ImageFeatures([.. scored.Select(s => s.Image)], values, length);

        FlywheelException Without(string message) => new("ModelHasNoEmbedding", FaultCategory.InvalidArgument, message, model.Name, "Name a model trained here, or a feature network with -Backbone.");
    }

    /// <summary>The features of a frozen network.</summary>
    /// <exception cref="FlywheelException"><c>BackboneMissing</c>, <c>BackboneInvalid</c>.</exception>
    public static ImageFeatures OfBackbone(string path, IReadOnlyList<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        using var backbone = OnnxBackbone.Load(path, threads: 1);
        var spec = BackboneTrainer.PreprocessingFor(backbone, InputRule.ChooseForBackbone(images));
        var batches = images.Chunk(Batch).ToArray();
        var results = new (List<FlywheelImage> Images, float[] Values)[batches.Length];
        try
        {
            using var meter = new ProgressMeter(reporter, $"Reading features of {Path.GetFileNameWithoutExtension(path)}", images.Count, "images");
            Parallel.For(0, batches.Length, new ParallelOptions { CancellationToken = token, MaxDegreeOfParallelism = Environment.ProcessorCount }, b =>
            {
                var input = new float[Batch * spec.Length];
                var kept = new List<FlywheelImage>(Batch);
                foreach (var image in batches[b])
                {
                    token.ThrowIfCancellationRequested();
                    try
                    {
                        ImageInput.Read(image.Path, spec, input.AsSpan(kept.Count * spec.Length, spec.Length));
                        kept.Add(image);
                    }
                    catch (FlywheelException fault)
                    {
                        reporter.Fault(fault);
                    }
                }
                results[b] = (kept, kept.Count == 0 ? [] : backbone.Extract(input, kept.Count, spec.Width, spec.Height));
                meter.Advance(batches[b].Length);
            });
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.OfType<FlywheelException>().FirstOrDefault() is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
        var length = Math.Max(0, backbone.FeatureLength);
        var values = new float[results.Sum(r => r.Values.Length)];
        var at = 0;
        foreach (var (_, some) in results)
        {
            some.CopyTo(values, at);
            at += some.Length;
        }
        return new ImageFeatures([.. results.SelectMany(r => r.Images)], values, length);
    }

    /// <summary>The features of some of the images.</summary>
    public float[] Rows(IReadOnlyList<int> rows)
    {
        var some = new float[rows.Count * Length];
        for (var i = 0; i < rows.Count; i++) Values.AsSpan(rows[i] * Length, Length).CopyTo(some.AsSpan(i * Length));
        return some;
    }
}
