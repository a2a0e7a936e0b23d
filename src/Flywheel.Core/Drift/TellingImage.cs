namespace Flywheel;

/// <summary>An image of the window that gives the difference away.</summary>
/// <param name="Rank">1 tells most.</param>
/// <param name="ImageId">The image's id, so that it pipes into whatever takes image ids.</param>
/// <param name="Path">Where it lies; empty if it was not kept.</param>
/// <param name="Score">Share of the reference's images that look less like the window's, by a classifier that has not seen the image's group: 0..1.</param>
public sealed record TellingImage(int Rank, string ImageId, string Path, double Score)
{
    /// <summary>The name of the image's file.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}
