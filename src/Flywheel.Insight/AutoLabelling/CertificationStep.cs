namespace Flywheel.Insight.AutoLabelling;

/// <summary>One share of the images that was put to the test.</summary>
/// <param name="Share">The surest share of the images, 0..1.</param>
/// <param name="Labels">Certifying labels among them.</param>
/// <param name="Errors">How many of these the model had wrong.</param>
/// <param name="Bound">The lower bound of the precision.</param>
public sealed record CertificationStep(double Share, int Labels, int Errors, double Bound);
