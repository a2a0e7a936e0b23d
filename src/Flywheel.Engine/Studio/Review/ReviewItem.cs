namespace Flywheel.Engine.Studio.Review;

/// <summary>A suggestion with the pictures it is about.</summary>
/// <param name="Suggestion">The suggestion.</param>
/// <param name="Image">Its image as it is now.</param>
/// <param name="Related">The other image that matters, or null.</param>
public sealed record ReviewItem(Suggestion Suggestion, FlywheelImage Image, FlywheelImage? Related);
