namespace Flywheel.Imaging.Samples;

/// <summary>What is true of one drawn eye.</summary>
/// <param name="Subject">Whose eye: skin, iris, shape, lashes and glasses belong to the subject.</param>
/// <param name="Opening">0 shut to 1 as wide as this subject opens it.</param>
/// <param name="Glasses">none, thin or thick.</param>
/// <param name="Glare">Strength of reflections on the glasses, 0..1.</param>
/// <param name="Blur">Standard deviation of the blur, in pixels of the finished picture.</param>
/// <param name="Light">even, side, dim, backlit or night.</param>
/// <param name="Size">Edge of the square picture, pixels.</param>
public sealed record EyeConditions(string Subject, double Opening, string Glasses, double Glare, double Blur, string Light, int Size)
{
    /// <summary>Below this opening an eye is labelled closed, from it on open.</summary>
    public const double OpenFrom = 0.25;

    /// <summary>closed or open, by <see cref="OpenFrom"/>.</summary>
    public string Label => Opening < OpenFrom ? "closed" : "open";
}
