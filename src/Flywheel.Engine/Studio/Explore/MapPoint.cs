namespace Flywheel.Engine.Studio.Explore;

/// <summary>One image on the map of embeddings.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="X">Along the first direction.</param>
/// <param name="Y">Along the second direction.</param>
/// <param name="Label">Its label, or null.</param>
/// <param name="Predicted">What the model says.</param>
/// <param name="Confidence">How sure it is, 0..1.</param>
/// <param name="Split">Its split in the dataset asked for.</param>
public sealed record MapPoint(string ImageId, double X, double Y, string? Label, string Predicted, double Confidence, DataSplit Split);
