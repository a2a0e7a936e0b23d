namespace Flywheel.Learning.Data;

/// <summary>Pictures with their labels' indices.</summary>
/// <param name="Pixels">The pictures.</param>
/// <param name="Labels">Per picture, 0-based.</param>
public sealed record LabelledPixels(PixelSet Pixels, IReadOnlyList<int> Labels)
{
    /// <summary>Number of pictures.</summary>
    public int Count => Pixels.Count;

    /// <summary>This set followed by another.</summary>
    public LabelledPixels Concat(LabelledPixels other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new LabelledPixels(Pixels.Concat(other.Pixels), [.. Labels, .. other.Labels]);
    }
}
