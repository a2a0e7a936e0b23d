using Flywheel.Imaging;
using Flywheel.Inference;

namespace Flywheel.Learning.Data;

/// <summary>Decodes picture files into a <see cref="PixelSet"/>.</summary>
public static class PixelLoader
{
    /// <summary>Reads files in parallel. A file that cannot be read is reported as a fault and left out.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="preprocessing">The network's input.</param>
    /// <param name="activity">What the progress is called.</param>
    /// <param name="reporter">Gets progress and faults.</param>
    /// <param name="cancellationToken">Ends the work at the next picture.</param>
    /// <returns>The pictures, in the order of their files, and the positions in <paramref name="paths"/> they came from.</returns>
    public static (PixelSet Pixels, IReadOnlyList<int> Kept) Load(IReadOnlyList<string> paths, ImagePreprocessing preprocessing, string activity, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(preprocessing);
        ArgumentNullException.ThrowIfNull(reporter);
        var side = CacheSize(preprocessing);
        var set = new PixelSet(paths.Count, preprocessing, side);
        var good = new bool[paths.Count];
        var decode = new DecodeOptions { MinSide = Math.Max(side, ImageInput.DecodeOptionsFor(preprocessing).MinSide) };
        using (var meter = new ProgressMeter(reporter, activity, paths.Count, "images", id: 2))
        {
            var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
            Parallel.For(0, paths.Count, options, i =>
            {
                try
                {
                    using var image = ImageDecoder.DecodeFile(paths[i], decode);
                    Preprocessor.Resize(image, side, side, preprocessing.Channels, set.CacheOf(i));
                    Preprocessor.Resize(image, preprocessing.Width, preprocessing.Height, preprocessing.Channels, set.InputOf(i));
                    good[i] = true;
                }
                catch (FlywheelException fault)
                {
                    reporter.Fault(fault);
                }
                meter.Advance();
            });
        }
        int[] kept = [.. Enumerable.Range(0, paths.Count).Where(i => good[i])];
        return (kept.Length == paths.Count ? set : set.Take(kept), kept);
    }

    /// <summary>Side of the cached picture: half as large again as the input, so that a crop still has the input's detail.</summary>
    public static int CacheSize(ImagePreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        return Math.Max(preprocessing.Width, preprocessing.Height) * 3 / 2;
    }
}
