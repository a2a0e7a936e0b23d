namespace Flywheel.Engine.Annotations;

/// <summary>What became of one image of a queue: records for the user, and what to write.</summary>
/// <param name="Records">For the user.</param>
/// <param name="Answers">For the catalogue; none if nobody has answered or all of it was written before.</param>
sealed record Finding(IReadOnlyList<ReceivedAnnotation> Records, IReadOnlyList<QueueAnswer> Answers);
