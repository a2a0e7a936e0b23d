namespace Flywheel;

/// <summary>What one person says of one image of a queue.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="State">Done, Skipped or Flagged.</param>
/// <param name="Change">For Done: the annotation; null if there is nothing to say of it, as for an image that shows none of the labels.</param>
/// <param name="Note">Why it was set aside, or null.</param>
public sealed record QueueAnswer(string ImageId, QueueItemState State, AnnotationChange? Change = null, string? Note = null);
