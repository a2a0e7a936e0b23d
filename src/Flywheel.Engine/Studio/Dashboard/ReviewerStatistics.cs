namespace Flywheel.Engine.Studio.Dashboard;

/// <summary>What one person decided of suggestions, one by one.</summary>
/// <param name="Name">The person.</param>
/// <param name="Accepted">Accepted.</param>
/// <param name="Rejected">Rejected.</param>
/// <param name="Edited">Changed to something else.</param>
/// <param name="Acceptance">Share accepted, with Wilson's interval.</param>
public sealed record ReviewerStatistics(string Name, int Accepted, int Rejected, int Edited, Metric Acceptance);
