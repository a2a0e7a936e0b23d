using System.Security.Cryptography;
using Flywheel.Imaging;

namespace Flywheel.Engine.Quality;

/// <summary>Identical pictures with different labels: at most one of the labels is right.</summary>
static class IdenticalPictures
{
    /// <summary>Images with equal pixels and more than one label, set by set. Only pictures of equal size and perceptual hash are decoded.</summary>
    /// <param name="images">Labelled images whose picture is there.</param>
    /// <param name="reporter">Gets progress, and a fault for a picture that cannot be read.</param>
    /// <param name="token">Obeyed between pictures.</param>
    public static IReadOnlyList<IReadOnlyList<FlywheelImage>> WithDifferentLabels(IReadOnlyList<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        var candidates = images.GroupBy(i => (i.Width, i.Height, i.PerceptualHash)).Where(g => g.Select(i => i.Label).Distinct(StringComparer.Ordinal).Count() > 1).SelectMany(g => g).ToArray();
        if (candidates.Length == 0) return [];
        var digests = new string?[candidates.Length];
        using (var meter = new ProgressMeter(reporter, "Comparing pictures", candidates.Length, "images"))
        {
            Parallel.For(0, candidates.Length, new ParallelOptions { CancellationToken = token, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                try
                {
                    using var picture = ImageDecoder.DecodeFile(candidates[i].Path);
                    // A picture without colour has one channel, however it was stored; so equal pictures have equal buffers.
                    digests[i] = $"{picture.Width}x{picture.Height}x{picture.Channels}:{Convert.ToHexString(SHA256.HashData(picture.Span))}";
                }
                catch (FlywheelException fault)
                {
                    reporter.Fault(fault);
                }
                meter.Advance();
            });
        }
        return [.. candidates.Zip(digests).Where(x => x.Second is not null).GroupBy(x => x.Second, x => x.First, StringComparer.Ordinal)
            .Where(g => g.Select(i => i.Label).Distinct(StringComparer.Ordinal).Count() > 1)
            .Select(g => (IReadOnlyList<FlywheelImage>)[.. g.OrderBy(i => i.Id, StringComparer.Ordinal)])
            .OrderBy(g => g[0].Id, StringComparer.Ordinal)];
    }
}
