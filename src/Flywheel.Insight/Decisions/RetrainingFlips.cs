namespace Flywheel.Insight.Decisions;

/// <summary>Solves for the changes of single facts at which the verdict changes.</summary>
static class RetrainingFlips
{
    const double Step = 1.2, Farthest = 50, LargestError = 0.95;
    const int MostLabels = 2000;

    public static IReadOnlyList<RetrainingFlip> Find(RetrainingVerdict verdict, RetrainingEvidence evidence, RetrainingCosts costs, RetrainingRules rules, long seed)
    {
        RetrainingVerdict With(RetrainingEvidence? e = null, RetrainingCosts? c = null) => RetrainingPlanner.Assess(e ?? evidence, c ?? costs, rules, seed).Verdict;
        var flips = new List<(double Distance, RetrainingFlip Flip)>();
        void Scaled(string fact, double now, Func<double, RetrainingVerdict> at, Func<double, bool, RetrainingVerdict, string> text)
        {
            if (!(now > 0)) return;
            foreach (var up in new[] { true, false })
                if (Nearest(verdict, now, f => up ? now * f : now / f, at) is var (threshold, then, factor))
                    flips.Add((Math.Log(factor), new(fact, now, threshold, then, text(threshold, up, then))));
        }

        if (evidence.SinceTraining < rules.Cooldown && With(evidence with { SinceTraining = rules.Cooldown }) is var after && after != verdict)
            flips.Add((0, new("sinceTraining", evidence.SinceTraining.TotalDays, rules.Cooldown.TotalDays, after,
                RetrainingAdvisor.Text($"{Phrase(after)} once the cooldown is over, in {RetrainingAdvisor.Days(rules.Cooldown - evidence.SinceTraining)}."))));
        if (Labels(verdict, evidence.NewLabels, n => With(evidence with { NewLabels = n })) is var (labels, verdictThere))
            flips.Add((Math.Log((labels + 20.0) / (evidence.NewLabels + 20)), new("newLabels", evidence.NewLabels, labels, verdictThere,
                RetrainingAdvisor.Text($"{Phrase(verdictThere)} once {labels - evidence.NewLabels:N0} more labels are in."))));
        Scaled("perError", costs.PerError, x => With(c: costs with { PerError = x }), (x, up, v) => RetrainingAdvisor.Text($"{Phrase(v)} if an error costs {(up ? "more" : "less")} than {x:G3}."));
        Scaled("perTraining", costs.PerTraining, x => With(c: costs with { PerTraining = x }), (x, up, v) => RetrainingAdvisor.Text($"{Phrase(v)} if a training costs {(up ? "more" : "less")} than {x:G3}."));
        Scaled("perLabel", costs.PerLabel, x => With(c: costs with { PerLabel = x }), (x, up, v) => RetrainingAdvisor.Text($"{Phrase(v)} if a label costs {(up ? "more" : "less")} than {x:G3}."));
        Scaled("volumePerDay", evidence.VolumePerDay, x => With(evidence with { VolumePerDay = x }), (x, up, v) => RetrainingAdvisor.Text($"{Phrase(v)} if production is {(up ? "above" : "below")} {x:N0} images a day."));
        if (evidence.Accuracy is { } accuracy)
            Scaled("accuracy", 1 - accuracy.Value, e => e >= LargestError ? verdict : With(evidence with { Accuracy = Moved(accuracy, 1 - e) }), (e, up, v) => RetrainingAdvisor.Text($"{Phrase(v)} if accuracy is {(up ? "below" : "above")} {1 - e:0.000}."));
        return [.. flips.OrderBy(f => f.Distance).Select(f => f.Flip.Fact == "accuracy" ? f.Flip with { Now = 1 - f.Flip.Now, Threshold = 1 - f.Flip.Threshold } : f.Flip)];
    }

    /// <summary>The estimate at another place, its interval as wide as before.</summary>
    internal static Metric Moved(Metric accuracy, double value) => accuracy with { Value = value, Low = accuracy.Low + value - accuracy.Value, High = accuracy.High + value - accuracy.Value };

    static string Phrase(RetrainingVerdict verdict) => verdict switch
    {
        RetrainingVerdict.Retrain => "Retraining pays",
        RetrainingVerdict.LabelFirst => "Labelling first pays",
        _ => "Waiting is better",
    };

    // Outwards in steps of a fifth until the verdict changes, then by halves to the seventh digit; the far side is returned.
    static (double Threshold, RetrainingVerdict Verdict, double Factor)? Nearest(RetrainingVerdict verdict, double now, Func<double, double> place, Func<double, RetrainingVerdict> at)
    {
        double near = 1;
        for (var far = Step; far <= Farthest; near = far, far *= Step)
        {
            if (at(place(far)) == verdict) continue;
            while (far / near > 1 + 1e-7)
            {
                var middle = Math.Sqrt(near * far);
                if (at(place(middle)) == verdict) near = middle;
                else far = middle;
            }
            return (place(far), at(place(far)), far);
        }
        return null;
    }

    static (int Labels, RetrainingVerdict Verdict)? Labels(RetrainingVerdict verdict, int now, Func<int, RetrainingVerdict> at)
    {
        int near = now, step = 1;
        while (near < now + MostLabels)
        {
            var far = near + step;
            if (at(far) != verdict)
            {
                while (far - near > 1)
                {
                    var middle = (near + far) / 2;
                    if (at(middle) == verdict) near = middle;
                    else far = middle;
                }
                return (far, at(far));
            }
            near = far;
            step = Math.Max(step, (near - now) / 4);
        }
        return null;
    }
}
