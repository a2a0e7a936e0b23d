using System.Globalization;

namespace Flywheel.Insight.Decisions;

/// <summary>The decision with its reasons and with what would change it.</summary>
public static class RetrainingAdvisor
{
    /// <summary>Decides. Id, model and time are the caller's to fill in.</summary>
    /// <param name="evidence">What is known.</param>
    /// <param name="costs">What things cost.</param>
    /// <param name="rules">What holds in any case.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static RetrainingDecision Decide(RetrainingEvidence evidence, RetrainingCosts costs, RetrainingRules rules, long seed = 1)
    {
        var made = RetrainingPlanner.Assess(evidence, costs, rules, seed);
        return new RetrainingDecision
        {
            Verdict = made.Verdict,
            Summary = Summary(made, evidence, costs, rules),
            Benefit = made.Benefit,
            Gain = made.Gain,
            Advantage = made.Advantage,
            Labels = made.Verdict == RetrainingVerdict.LabelFirst ? made.Labels : 0,
            AuditValue = made.AuditValue,
            Options = made.Options,
            Reasons = Reasons(made, evidence, costs, rules, seed),
            Flips = RetrainingFlips.Find(made.Verdict, evidence, costs, rules, seed),
            Costs = costs,
            Rules = rules,
            Evidence = evidence,
            Seed = seed,
        };
    }

    static string Summary(RetrainingAssessment made, RetrainingEvidence evidence, RetrainingCosts costs, RetrainingRules rules)
    {
        var wait = made.Options.First(o => o.Verdict == RetrainingVerdict.Wait);
        var saving = Text($"{made.Benefit.Value:0.##} [{made.Benefit.Low:0.##}, {made.Benefit.High:0.##}] over {Days(costs.Horizon)}");
        return made.Verdict switch
        {
            RetrainingVerdict.Retrain => Text($"Retrain: {evidence.NewLabels:N0} new labels are expected to bring {Points(made.Gain)}, worth {saving}, training paid."),
            RetrainingVerdict.LabelFirst when made.AuditValue > 0.5 * costs.PerLabel * made.Labels =>
                Text($"Have {made.Labels:N0} images labelled first: knowing the accuracy better is worth {made.AuditValue:0.##}, the labels cost {costs.PerLabel * made.Labels:0.##}."),
            RetrainingVerdict.LabelFirst => Text($"Have {made.Labels:N0} images labelled first: a training with them pays, one with the {evidence.NewLabels:N0} at hand does not as much."),
            _ when Blocked(evidence, rules) is { } rule => Text($"Wait: {rule}"),
            _ when wait.After is { } after => Text($"Wait: training now would bring {Points(made.Gain)}; in {Days(after)}{(wait.Labels > 0 ? Text($" with {wait.Labels:N0} labels more") : "")} it is worth more."),
            _ => Text($"Wait: training now would bring {Points(made.Gain)}, worth {saving}: less than it costs."),
        };
    }

    static string? Blocked(RetrainingEvidence evidence, RetrainingRules rules) =>
        evidence.SinceTraining < rules.Cooldown ? Text($"the last training or publication was {Days(evidence.SinceTraining)} ago, and the cooldown is {Days(rules.Cooldown)}.")
        : evidence.NewLabels < rules.MinimumLabels ? Text($"{evidence.NewLabels:N0} new labels, and a training needs {rules.MinimumLabels:N0}.")
        : null;

    // A reason weighs what the advantage of retraining loses when the fact is taken away.
    static List<RetrainingReason> Reasons(RetrainingAssessment made, RetrainingEvidence evidence, RetrainingCosts costs, RetrainingRules rules, long seed)
    {
        double Without(RetrainingEvidence other) => Finite(made.Advantage - RetrainingPlanner.Assess(other, costs, rules, seed).Advantage);
        var reasons = new List<RetrainingReason>();
        if (evidence.NewLabels > 0)
            reasons.Add(new("labels", Without(evidence with { NewLabels = 0, Slices = [.. evidence.Slices.Select(s => s with { NewLabels = 0 })] }),
                Text($"{evidence.NewLabels:N0} new labels beside {evidence.TrainingLabels:N0} learned from: {Points(made.Gain)} by the learning curve{(evidence.Curve.Count > 1 ? Text($" of {evidence.Curve.Count} models") : "")}.")));
        var lost = evidence.PublishedAccuracy is { } published ? published.Value - made.Accuracy.Value : double.NaN;
        if (evidence.Accuracy is not null && double.IsFinite(lost))
            reasons.Add(new("accuracy", Without(evidence with { Accuracy = evidence.PublishedAccuracy, Audited = 1000, Trend = null, Drift = false, Slices = [] }),
                Text($"Accuracy is about {Share(made.Accuracy)} now{(evidence.Audited > 0 ? Text($" ({evidence.Audited:N0} audited)") : " (not audited)")} and was {Share(evidence.PublishedAccuracy!)} at publication: each point lost costs {0.01 * evidence.VolumePerDay * costs.PerError:0.##} a day.")));
        if (evidence.Accuracy is null)
            reasons.Add(new("accuracy", 0, Text($"The accuracy in production is not known; from all else it is about {Share(made.Accuracy)}.")));
        if (evidence.Trend is { } trend)
            reasons.Add(new("trend", Without(evidence with { Trend = null }),
                Text($"Accuracy moves by {3000 * trend.Value:+0.0;-0.0;0.0} [{3000 * trend.Low:+0.0;-0.0;0.0}, {3000 * trend.High:+0.0;-0.0;0.0}] points in 30 days.")));
        if (evidence.Slices.Count > 0)
        {
            double share = evidence.Slices.Sum(s => s.Share), harm = evidence.Slices.Sum(s => s.Share * s.ErrorRate);
            reasons.Add(new("slices", Without(evidence with { Slices = [] }),
                Text($"{evidence.Slices.Count} confirmed {(evidence.Slices.Count == 1 ? "slice holds" : "slices hold")} {100 * share:0} % of production and {100 * Math.Min(1, harm / (1 - made.Accuracy.Value)):0} % of its errors; worst: {evidence.Slices.MaxBy(s => s.Share * s.ErrorRate)!.Name}.")));
        }
        if (evidence.Drift is { } drift)
            reasons.Add(new("drift", Without(evidence with { Drift = null }), drift
                ? Text($"Production differs from the training reference (strength {evidence.DriftStrength:0.00}).")
                : "No drift was found."));
        if (evidence.LabelsPerDay > 0)
            reasons.Add(new("arriving labels", Without(evidence with { LabelsPerDay = 0 }), Text($"{evidence.LabelsPerDay:0.##} labels come in by themselves each day: a later training learns from more.")));
        if (evidence.PastGains.Count > 0)
            reasons.Add(new("past decisions", Without(evidence with { PastGains = [] }),
                Text($"{evidence.PastGains.Count} earlier {(evidence.PastGains.Count == 1 ? "training" : "trainings")} brought {100 * evidence.PastGains.Average(g => g.Measured.Value):0.0} points where {100 * evidence.PastGains.Average(g => g.Expected.Value):0.0} were expected.")));
        reasons.Add(new("training cost", Finite(made.Advantage - RetrainingPlanner.Assess(evidence, costs with { PerTraining = 0 }, rules, seed).Advantage),
            Text($"A training costs {costs.PerTraining:0.##}; production is {evidence.VolumePerDay:N0} images a day at {costs.PerError:0.####} per error.")));
        if (made.Verdict == RetrainingVerdict.LabelFirst)
            reasons.Add(new("audit", costs.PerLabel * made.Labels - made.AuditValue,
                Text($"{made.Labels:N0} labels cost {costs.PerLabel * made.Labels:0.##}; what they tell of the accuracy is worth {made.AuditValue:0.##} before anything is learned from them.")));
        var ranked = reasons.OrderByDescending(r => Math.Abs(r.Weight)).ToList();
        if (evidence.NewLabels < rules.MinimumLabels)
            ranked.Insert(0, new("minimum labels", double.NaN, Text($"{evidence.NewLabels:N0} of the {rules.MinimumLabels:N0} new labels a training needs are in.")));
        if (evidence.SinceTraining < rules.Cooldown)
            ranked.Insert(0, new("cooldown", double.NaN, Text($"{Days(evidence.SinceTraining)} of the cooldown of {Days(rules.Cooldown)} are over.")));
        return ranked;
    }

    static double Finite(double value) => double.IsFinite(value) ? value : 0;

    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static string Share(Metric m) => Text($"{100 * m.Value:0.0} % [{100 * m.Low:0.0}, {100 * m.High:0.0}]");

    static string Points(Metric m) => Text($"{100 * m.Value:+0.0;-0.0;0.0} [{100 * m.Low:+0.0;-0.0;0.0}, {100 * m.High:+0.0;-0.0;0.0}] points of accuracy");

    internal static string Days(TimeSpan time) => time.TotalDays >= 1 ? Text($"{time.TotalDays:0.#} d") : Text($"{time.TotalHours:0.#} h");
}
