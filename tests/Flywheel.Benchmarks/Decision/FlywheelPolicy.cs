using Flywheel.Insight.Decisions;
using Flywheel.Insight.Metrics;

namespace Flywheel.Benchmarks.Decision;

/// <summary>Test-FlywheelRetraining's decision with its defaults, on the evidence a user would have.</summary>
sealed class FlywheelPolicy : Policy
{
    static readonly RetrainingRules s_rules = new() { Cooldown = TimeSpan.FromDays(Cooldown) };

    public override string Family => "Flywheel";

    readonly List<PastGain> _past = [];
    Metric? _expected;

    public override void Begin() => _past.Clear();

    public override void Trained(Metric gain) => _past.Add(new PastGain("", _expected!, gain));

    public override Move Decide(Sight sight, bool delivered)
    {
        var assessment = RetrainingPlanner.Assess(Evidence(sight), sight.Costs, s_rules);
        _expected = assessment.Gain;
        return assessment.Verdict switch
        {
            RetrainingVerdict.Retrain => new(0, true),
            RetrainingVerdict.LabelFirst => new(assessment.Labels, false),
            _ => default,
        };
    }

    RetrainingEvidence Evidence(Sight sight)
    {
        var (accuracy, audited) = Accuracy(sight);
        var weeks = Enumerable.Range(0, 13).Select(w => sight.Day - 7 * w).Where(d => d >= sight.Day - sight.Age && d >= 0).Select(d => (d, e: sight.Estimate(d))).Where(x => x.e is not null).ToList();
        return new RetrainingEvidence
        {
            Accuracy = accuracy,
            Audited = audited,
            PublishedAccuracy = sight.Published,
            Trend = AccuracyTrend.Estimate([.. weeks.Select(x => (double)x.d)], [.. weeks.Select(x => x.e!.Value)]),
            TrainingLabels = sight.TrainingLabels,
            NewLabels = sight.NewLabels,
            LabelsAvailable = 2000,
            LabelsPerDay = sight.FreeLabelsPerDay,
            Curve = sight.Curve,
            Drift = sight.Alarm(30),
            DriftStrength = sight.Strength,
            Age = TimeSpan.FromDays(sight.Age),
            SinceTraining = TimeSpan.FromDays(sight.SinceTraining),
            VolumePerDay = sight.Volume,
            PastGains = _past,
        };
    }

    // The audits of the last four weeks, carried on by how the label-free estimate has moved since; without audits that estimate itself.
    static (Metric?, int) Accuracy(Sight sight)
    {
        var now = sight.Estimate(sight.Day);
        var recent = sight.Audits.Where(a => a.Day > sight.Day - 28).ToList();
        if (recent.Count == 0) return (now, 0);
        int n = recent.Sum(a => a.N), right = n - recent.Sum(a => a.Wrong);
        var moved = now is not null && sight.Estimate(recent[^1].Day) is { } then ? now.Value - then.Value : 0;
        var (low, high) = Intervals.Wilson(right, n);
        return (new Metric("accuracy", Math.Clamp(right / (double)n + moved, 0, 1), low + moved - 0.01, high + moved + 0.01, n, "Audit"), n);
    }
}
