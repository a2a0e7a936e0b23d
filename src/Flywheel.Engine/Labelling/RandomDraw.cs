using System.Globalization;

namespace Flywheel.Engine.Labelling;

/// <summary>
/// The dataset's own random order, in which the assistant mixes images into its queue: by digits of the content's SHA-256, which have nothing to do with
/// what the picture shows. Images that come first in it are a simple random sample, whoever else was labelled and why, and nothing need be recorded.
/// </summary>
static class RandomDraw
{
    /// <summary>The place of an image.</summary>
    public static ulong Key(string imageId) => ulong.Parse(imageId.AsSpan(32, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The labelled images before the first open one.</summary>
    public static IReadOnlyList<FlywheelImage> Sample(IReadOnlyList<FlywheelImage> labelled, IReadOnlyList<FlywheelImage> open)
    {
        var end = open.Count == 0 ? ulong.MaxValue : open.Min(i => Key(i.Id));
        return [.. labelled.Where(i => Key(i.Id) < end)];
    }
}
