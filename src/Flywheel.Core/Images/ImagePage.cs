namespace Flywheel;

/// <summary>A page of images.</summary>
/// <param name="Images">The images, in the order asked for.</param>
/// <param name="Next">What to ask for the page after; null if this is the last.</param>
public sealed record ImagePage(IReadOnlyList<BrowsedImage> Images, string? Next);
