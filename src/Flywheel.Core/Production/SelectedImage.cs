namespace Flywheel;

/// <summary>An image chosen for labelling.</summary>
/// <param name="Rank">Order of choice, from 1.</param>
/// <param name="Image">The image.</param>
/// <param name="Score">What the strategy ranked by; higher is more worth labelling.</param>
/// <param name="Reason">Why it was chosen, in words.</param>
/// <param name="Random">True if drawn at random, so that it may serve an unbiased estimate.</param>
public sealed record SelectedImage(int Rank, FlywheelImage Image, double Score, string Reason, bool Random)
{
    /// <summary>The image's id, so that a selection pipes into whatever takes image ids.</summary>
    public string ImageId => Image.Id;

    /// <summary>Where the image lies.</summary>
    public string Path => Image.Path;

    /// <summary>The name of the image's file.</summary>
    public string Name => Image.Name;
}
