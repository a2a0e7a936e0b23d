using System.Globalization;

namespace Flywheel.Insight.Suspicion;

/// <summary>
/// Suspects predictions. Doubt is 1 − confidence, margin and entropy, each brought to the scale of an error probability
/// (0 … 1 − 1/K, the error of guessing), half of the weight on confidence, the best single sign of failure (Hendrycks and Gimpel, ICLR 2017; Jaeger et
/// al., ICLR 2023). Confidence means little far from training, so doubt moves towards guessing, by up to half the way, as an image
/// leaves the range of training distances.
/// </summary>
public static class SuspicionScorer
{
    /// <summary>Training's own images beyond this percentile are rare enough to wonder.</summary>
    public const double NoveltyStart = 0.95;

    /// <summary>Judges one prediction.</summary>
    /// <param name="confidence">Highest probability.</param>
    /// <param name="margin">Difference of the two highest.</param>
    /// <param name="entropy">Entropy divided by ln K.</param>
    /// <param name="classes">K ≥ 2.</param>
    /// <param name="novelty">Percentile among training distances in 0..1, or null if unknown.</param>
    public static SuspicionScore Judge(double confidence, double margin, double entropy, int classes, double? novelty = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        var guessing = 1 - 1.0 / classes;
        var doubt = 0.5 * (1 - confidence) + 0.25 * guessing * (1 - margin) + 0.25 * guessing * entropy;
        var far = novelty is { } share ? Math.Clamp((share - NoveltyStart) / (1 - NoveltyStart), 0, 1) : 0;
        var score = Math.Clamp(doubt + 0.5 * far * (guessing - doubt), 0, 1);

        var reasons = new List<string>();
        if (margin < 0.5) reasons.Add(string.Create(CultureInfo.InvariantCulture, $"margin {margin:0.00}"));
        if (classes > 2 && entropy >= 0.6) reasons.Add(string.Create(CultureInfo.InvariantCulture, $"entropy {entropy:0.00}"));
        if (far > 0)
            reasons.Add(novelty >= 1 ? "farther from training than any of it"
                : string.Create(CultureInfo.InvariantCulture, $"farther from training than {Math.Floor(novelty!.Value * 1000) / 10:0.#} % of it"));
        if (reasons.Count == 0) reasons.Add(string.Create(CultureInfo.InvariantCulture, $"confidence {confidence:0.00}"));
        return new SuspicionScore(score, string.Join(", ", reasons));
    }
}
