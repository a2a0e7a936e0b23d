namespace Flywheel.Insight.LabelQuality;

/// <summary>How far two annotators agree.</summary>
/// <param name="A">The one, 0-based.</param>
/// <param name="B">The other, 0-based.</param>
/// <param name="N">Items both voted on.</param>
/// <param name="Kappa">Cohen's kappa; NaN where it is undefined.</param>
public sealed record PairAgreement(int A, int B, int N, double Kappa);
