namespace Flywheel.Engine.Annotations;

/// <summary>What a task would hold.</summary>
/// <param name="Part">What people would say.</param>
/// <param name="Images">The images that can and need to be labelled, each once.</param>
/// <param name="AlreadyLabelled">Images left out because they have an annotation.</param>
/// <param name="Missing">Images left out because their picture is not there.</param>
public sealed record SendPlan(AnnotationPart Part, IReadOnlyList<FlywheelImage> Images, int AlreadyLabelled, int Missing);
