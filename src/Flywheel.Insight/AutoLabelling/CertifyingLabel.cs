namespace Flywheel.Insight.AutoLabelling;

/// <summary>One image that a person labelled and a model that never saw that label judged.</summary>
/// <param name="Rank">How sure the model was, as the share in 0..1 of the unlabelled images of which it was less sure.</param>
/// <param name="Predicted">What it said, 0-based.</param>
/// <param name="Right">Whether the person says the same.</param>
public readonly record struct CertifyingLabel(double Rank, int Predicted, bool Right);
