namespace Flywheel;

/// <summary>A confirmed slice as the retraining decision sees it.</summary>
/// <param name="Name">The slice in words.</param>
/// <param name="Share">Share of production it makes up, 0..1.</param>
/// <param name="ErrorRate">Error rate inside it, 0..1.</param>
/// <param name="NewLabels">Labels made inside it since the model's training.</param>
public sealed record SliceEvidence(string Name, double Share, double ErrorRate, int NewLabels = 0);
