using System.Globalization;

namespace Flywheel.Insight.Suspicion;

/// <summary>
/// Suspects predictions. A model's confidence on a picture as it is says less than its confidence on average over the picture and slight
/// variations of it (mirrored, nearer, farther, at half the resolution; Wang et al., Neurocomputing 2019): an answer that hangs on details
/// is often wrong. Confidence means little far from training, so doubt moves towards guessing, by up to half the way, as an
/// image leaves the range of training distances. A second model, where there is one, has a third of the say. Margin and entropy add nothing to
/// confidence in the score; the reason tells them.
/// </summary>
public static class SuspicionScorer
{
    /// <summary>Training's own images beyond this percentile are rare enough to wonder.</summary>
    public const double NoveltyStart = 0.90;

    /// <summary>What a second model's doubt counts.</summary>
    public const double OtherShare = 1.0 / 3;

    /// <summary>One model's doubt in an answer, 0..1.</summary>
    /// <param name="confidence">Probability of the answer, over the variations where they are to be had.</param>
    /// <param name="classes">K ≥ 2.</param>
    /// <param name="novelty">Percentile among training distances in 0..1, or null if unknown.</param>
    public static double Doubt(double confidence, int classes, double? novelty)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        var doubt = 1 - confidence;
        return Math.Clamp(doubt + 0.5 * Far(novelty) * Math.Max(0, 1 - 1.0 / classes - doubt), 0, 1);
    }

    /// <summary>Judges one prediction.</summary>
    public static SuspicionScore Judge(SuspicionSigns signs)
    {
        var doubt = Doubt(signs.VariedConfidence ?? signs.Confidence, signs.Classes, signs.Novelty);
        var score = signs.OtherDoubt is { } other ? (1 - OtherShare) * doubt + OtherShare * other : doubt;

        var reasons = new List<string>();
        if (signs.Contradiction is { } contradiction) reasons.Add(contradiction);
        if (signs.Margin < 0.5) reasons.Add(string.Create(CultureInfo.InvariantCulture, $"margin {signs.Margin:0.00}"));
        if (signs.VariedConfidence is { } varied && varied < signs.Confidence - 0.1)
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{signs.Confidence:0.00} falls to {varied:0.00} when the picture is varied"));
        if (Far(signs.Novelty) > 0)
            reasons.Add(signs.Novelty >= 1 ? "farther from training than any of it"
                : string.Create(CultureInfo.InvariantCulture, $"farther from training than {Math.Floor(signs.Novelty!.Value * 1000) / 10:0.#} % of it"));
        if (reasons.Count == 0) reasons.Add(string.Create(CultureInfo.InvariantCulture, $"confidence {signs.Confidence:0.00}"));
        return new SuspicionScore(score, string.Join(", ", reasons));
    }

    static double Far(double? novelty) => novelty is { } share ? Math.Clamp((share - NoveltyStart) / (1 - NoveltyStart), 0, 1) : 0;
}
