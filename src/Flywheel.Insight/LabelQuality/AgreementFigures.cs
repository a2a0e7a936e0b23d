namespace Flywheel.Insight.LabelQuality;

/// <summary>How far annotators agree.</summary>
/// <param name="Alpha">Krippendorff's alpha with the bootstrap's 95 % interval over items; its n is the items with two votes or more.</param>
/// <param name="FleissKappa">Fleiss's kappa over the same items; NaN where it is undefined.</param>
/// <param name="Pairs">Every pair with an item in common.</param>
public sealed record AgreementFigures(Metric Alpha, double FleissKappa, IReadOnlyList<PairAgreement> Pairs);
