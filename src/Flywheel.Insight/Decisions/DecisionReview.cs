namespace Flywheel.Insight.Decisions;

/// <summary>Holds what was measured afterwards against what a decision expected.</summary>
public static class DecisionReview
{
    /// <summary>After a training: the gain from the accuracy before to the one after.</summary>
    /// <param name="decision">The decision before the training.</param>
    /// <param name="modelId">The new model.</param>
    /// <param name="kind">Which measurement.</param>
    /// <param name="before">Accuracy in production before.</param>
    /// <param name="after">Accuracy in production after.</param>
    public static RetrainingOutcome AfterTraining(RetrainingDecision decision, string modelId, string kind, Metric before, Metric after)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var gain = Difference("accuracy gain", before, after);
        var benefit = gain.Value * decision.Evidence.VolumePerDay * decision.Costs.PerError * decision.Costs.Horizon.TotalDays - decision.Costs.PerTraining;
        var expected = Agree(decision.Gain, gain);
        return new(kind, modelId, gain, benefit, expected, RetrainingAdvisor.Text(
            $"The training brought {100 * gain.Value:+0.0;-0.0;0.0} [{100 * gain.Low:+0.0;-0.0;0.0}, {100 * gain.High:+0.0;-0.0;0.0}] points where {100 * decision.Gain.Value:+0.0;-0.0;0.0} were expected: {(expected ? "as expected" : gain.Value > decision.Gain.Value ? "more than expected" : "less than expected")}."));
    }

    /// <summary>Without a training: how the accuracy moved, which was expected to stay or follow its trend.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="modelId">The model.</param>
    /// <param name="kind">Which measurement.</param>
    /// <param name="before">Accuracy in production when it was made.</param>
    /// <param name="after">Accuracy later.</param>
    /// <param name="later">How much later.</param>
    public static RetrainingOutcome WhileWaiting(RetrainingDecision decision, string modelId, string kind, Metric before, Metric after, TimeSpan later)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var change = Difference("accuracy change", before, after);
        var days = later.TotalDays;
        var trend = decision.Evidence.Trend is { } t ? new Metric("trend", days * t.Value, days * t.Low, days * t.High, t.N, t.Method) : new Metric("trend", 0, 0, 0, 0, "");
        var expected = Agree(trend, change);
        return new(kind, modelId, change, double.NaN, expected, RetrainingAdvisor.Text(
            $"In {RetrainingAdvisor.Days(later)} accuracy moved by {100 * change.Value:+0.0;-0.0;0.0} [{100 * change.Low:+0.0;-0.0;0.0}, {100 * change.High:+0.0;-0.0;0.0}] points: {(expected ? "as expected" : change.Value > 0 ? "better than expected" : "worse than expected")}."));
    }

    /// <summary>Two independent figures: their difference, its interval by adding the halves of theirs in quadrature, each side of its own.</summary>
    static Metric Difference(string name, Metric before, Metric after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var value = after.Value - before.Value;
        return new Metric(name, value, value - Together(after.Value - after.Low, before.High - before.Value), value + Together(after.High - after.Value, before.Value - before.Low),
            Math.Min(before.N, after.N), "Independent");
    }

    static bool Agree(Metric expected, Metric measured)
    {
        var off = measured.Value - expected.Value;
        return off >= 0 ? off <= Together(expected.High - expected.Value, measured.Value - measured.Low) : -off <= Together(expected.Value - expected.Low, measured.High - measured.Value);
    }

    static double Together(double a, double b) => Math.Sqrt(a * a + b * b);
}
