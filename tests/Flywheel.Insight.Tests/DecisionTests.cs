using System.Text.Json;
using CsCheck;
using Flywheel.Insight.Decisions;

namespace Flywheel.Insight.Tests;

public class DecisionTests
{
    static readonly JsonElement s_expected = Read();

    static JsonElement Read()
    {
        using var stream = typeof(DecisionTests).Assembly.GetManifestResourceStream("decision.json")!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }

    static Metric Accuracy(double value, double half = 0.02) => new("accuracy", value, value - half, value + half, 500, "Test");

    /// <summary>A shifted model with labels at hand, where retraining plainly pays.</summary>
    static readonly RetrainingEvidence s_shifted = new()
    {
        Accuracy = Accuracy(0.82), Audited = 60, PublishedAccuracy = Accuracy(0.94), TrainingLabels = 2000, NewLabels = 300, LabelsAvailable = 1000,
        Drift = true, DriftStrength = 0.6, Age = TimeSpan.FromDays(60), SinceTraining = TimeSpan.FromDays(60), VolumePerDay = 500,
    };

    /// <summary>A model that does what it did when it was published.</summary>
    static readonly RetrainingEvidence s_sound = s_shifted with { Accuracy = Accuracy(0.94), Audited = 200, Drift = false, DriftStrength = 0.02 };

    static readonly RetrainingCosts s_costs = new() { PerError = 0.2, PerLabel = 0.2, PerTraining = 40 };
    static readonly RetrainingRules s_rules = new() { Cooldown = TimeSpan.FromDays(7) };

    static RetrainingAssessment Assess(RetrainingEvidence evidence, RetrainingCosts? costs = null, RetrainingRules? rules = null) => RetrainingPlanner.Assess(evidence, costs ?? s_costs, rules ?? s_rules);

    // ---- learning curve and trend

    [Fact]
    public void Learning_curves_agree_with_SciPys_curve_fit_where_there_is_much_to_learn_from()
    {
        foreach (var e in s_expected.GetProperty("curves").EnumerateArray())
        {
            int[] labels = e.Integers("labels"), at = e.Integers("at");
            double[] errors = e.Numbers("errors"), half = e.Numbers("half"), predicted = e.Numbers("predicted"), deviation = e.Numbers("deviation");
            var n = labels[^1];
            var draws = LearningCurve.Fit(n, [.. labels.Select((l, i) => new LearningPoint(l, new Metric("accuracy", 1 - errors[i], 1 - errors[i] - half[i], 1 - errors[i] + half[i], 1000, "Test")))]).Draw(20_000, new SeededRandom(1));
            for (var i = 0; i < at.Length; i++)
            {
                double[] values = [.. draws.Select(d => d.At(at[i] / (double)n))];
                var mean = values.Average();
                // The prior draws a little: within half of curve_fit's own standard error, and about as sure as it.
                Assert.InRange(mean, predicted[i] - 0.5 * deviation[i], predicted[i] + 0.5 * deviation[i]);
                Assert.InRange(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), 0.5 * deviation[i], 1.15 * deviation[i]);
            }
        }
    }

    [Theory]
    [InlineData(0, 0.93)]
    [InlineData(30, 0.85)] // no power law: it steepens, and its extrapolation falls short
    public void The_extrapolated_gain_covers_the_truth(int shift, double share)
    {
        // Five noisy models each; the gain from doubling the labels. Floors, scales and exponents are drawn otherwise than the prior has them.
        var random = new SeededRandom(3);
        int covered = 0;
        const int curves = 300;
        for (var k = 0; k < curves; k++)
        {
            double floor = random.NextDouble(0.02, 0.08), scale = random.NextDouble(0.3, 1.5), exponent = random.NextDouble(0.2, 0.6);
            double Truth(double n) => floor + scale * Math.Pow(n + shift, -exponent);
            var points = new[] { 100, 180, 320, 600, 1000 }.Select(n => new LearningPoint(n, Accuracy(1 - Truth(n) + 0.01 * random.NextGaussian(), 0.016))).ToList();
            var gains = LearningCurve.Fit(1000, points).Draw(2000, random).Select(d => d.Error - d.At(2)).Order().ToArray();
            var truth = Truth(1000) - Truth(2000);
            if (truth >= gains[50] && truth <= gains[1949]) covered++;
        }
        Assert.InRange(covered / (double)curves, share, 1);
    }

    [Fact]
    public void Without_models_the_curve_is_the_prior_and_labels_never_hurt()
    {
        var draws = LearningCurve.Fit(1000, []).Draw(500, new SeededRandom(1));
        Assert.InRange(draws.Average(d => d.Error), 0.09, 0.11);
        Assert.All(draws, d => Assert.True(d.At(2) < d.Error && d.After(0.3, 0.1) <= 0.3 && d.After(0.3, 0.2) <= d.After(0.3, 0.1) && d.After(0.3, 0) == 0.3));
    }

    [Fact]
    public void Nothing_is_gained_below_the_floor() => Assert.Equal(0.04, new CurveDraw(0.1, 0.5, 0.4).After(0.04, 10));

    [Fact]
    public void Labels_of_an_unchanged_world_add_up()
    {
        var curve = new CurveDraw(0.1, 0.3, 0.4);
        Assert.Equal(curve.At(1.5), curve.After(0.1, 0.5), 1e-12);
        Assert.Equal(curve.At(0.75), curve.After(curve.At(0.25), 0.5), 1e-12);
    }

    [Fact]
    public void Trends_agree_with_SciPys_theilslopes()
    {
        foreach (var e in s_expected.GetProperty("trends").EnumerateArray())
        {
            var trend = AccuracyTrend.Estimate(e.Numbers("days"), e.Numbers("accuracies"))!;
            Assert.Equal(e.Number("slope"), trend.Value, 1e-12);
            Assert.Equal(e.Number("low"), trend.Low, 1e-12);
            Assert.Equal(e.Number("high"), trend.High, 1e-12);
        }
    }

    [Fact]
    public void Three_measurements_or_one_moment_make_no_trend()
    {
        Assert.Null(AccuracyTrend.Estimate([1, 2, 3], [0.9, 0.8, 0.7]));
        Assert.Null(AccuracyTrend.Estimate([1, 1, 1, 1, 1], [0.9, 0.8, 0.7, 0.6, 0.5]));
    }

    // ---- verdicts

    [Fact]
    public void A_shifted_model_with_labels_at_hand_is_retrained()
    {
        var made = Assess(s_shifted);
        Assert.Equal(RetrainingVerdict.Retrain, made.Verdict);
        Assert.True(made.Benefit.Value > 0 && made.Advantage > 0);
        Assert.InRange(made.Gain.Value, 0.01, 0.12);
        Assert.Equal(made.Options.Select(o => o.Cost).Order(), made.Options.Select(o => o.Cost));
    }

    [Fact]
    public void A_sound_model_is_left_alone()
    {
        var made = Assess(s_sound);
        Assert.Equal(RetrainingVerdict.Wait, made.Verdict);
        Assert.True(made.Advantage < 0);
    }

    [Fact]
    public void Unknown_accuracy_under_drift_asks_for_labels_where_they_are_cheap_and_not_where_they_are_dear()
    {
        var unknown = s_shifted with { Accuracy = null, Audited = 0, NewLabels = 0 };
        var cheap = Assess(unknown);
        Assert.Equal(RetrainingVerdict.LabelFirst, cheap.Verdict);
        Assert.True(cheap.Labels > 0 && cheap.AuditValue > 0);
        Assert.Equal(RetrainingVerdict.Wait, Assess(unknown, s_costs with { PerLabel = 50 }).Verdict);
    }

    [Fact]
    public void Knowing_the_accuracy_makes_an_audit_worth_less()
    {
        // Just where training begins to pay, and labels good for nothing but knowledge would still be worth something.
        var unsure = s_shifted with { Accuracy = Accuracy(0.92, 0.06), Audited = 20, NewLabels = 60, VolumePerDay = 400 };
        var sure = unsure with { Accuracy = Accuracy(0.92, 0.005), Audited = 2000 };
        Assert.True(Assess(unsure).AuditValue > Assess(sure).AuditValue);
    }

    [Fact]
    public void Slices_make_the_labels_inside_them_worth_more()
    {
        var plain = Assess(s_shifted);
        var sliced = Assess(s_shifted with { Slices = [new("small", 0.2, 0.5, 60)] });
        Assert.True(sliced.Gain.Value > plain.Gain.Value);
        Assert.True(Assess(s_shifted with { Slices = [new("small", 0.2, 0.5, 0)] }).Gain.Value < sliced.Gain.Value);
    }

    [Fact]
    public void Slices_that_overlap_beyond_all_of_production_do_no_harm()
    {
        var made = Assess(s_shifted with { Slices = [new("a", 0.7, 0.3, 40), new("b", 0.6, 0.3, 40), new("c", 0.5, 0.2, 10)] });
        Assert.True(double.IsFinite(made.Gain.Value) && made.Gain.Value is > 0 and < 0.5);
    }

    [Fact]
    public void Trainings_that_brought_less_than_promised_lower_the_promise()
    {
        var past = new PastGain("", Accuracy(0.08, 0.03), Accuracy(0.01, 0.02));
        Assert.True(Assess(s_shifted with { PastGains = [past, past] }).Gain.Value < 0.6 * Assess(s_shifted).Gain.Value);
    }

    [Fact]
    public void The_same_seed_gives_the_same_decision()
    {
        var (one, other) = (RetrainingAdvisor.Decide(s_shifted, s_costs, s_rules, 5), RetrainingAdvisor.Decide(s_shifted, s_costs, s_rules, 5));
        Assert.Equal(JsonSerializer.Serialize(one with { Flips = [] }, s_json), JsonSerializer.Serialize(other with { Flips = [] }, s_json));
        Assert.Equal(one.Flips, other.Flips);
        Assert.NotEqual(one.Benefit, RetrainingAdvisor.Decide(s_shifted, s_costs, s_rules, 6).Benefit);
    }

    static readonly JsonSerializerOptions s_json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Theory]
    [InlineData(-1, 1, 1, 30, "CostOutOfRange")]
    [InlineData(1, double.NaN, 1, 30, "CostOutOfRange")]
    [InlineData(1, 1, double.PositiveInfinity, 30, "CostOutOfRange")]
    [InlineData(1, 1, 1, 0.5, "HorizonOutOfRange")]
    public void Costs_nobody_can_decide_with_are_refused(double label, double error, double training, double days, string id) =>
        Assert.Equal(id, Assert.Throws<FlywheelException>(() => Assess(s_shifted, new() { PerLabel = label, PerError = error, PerTraining = training, Horizon = TimeSpan.FromDays(days) })).ErrorId);

    // ---- rules

    [Theory]
    [InlineData(6.99, false)]
    [InlineData(7, true)]
    public void The_cooldown_holds_to_its_last_minute(double days, bool retrain)
    {
        var made = RetrainingAdvisor.Decide(s_shifted with { SinceTraining = TimeSpan.FromDays(days) }, s_costs, s_rules);
        Assert.Equal(retrain, made.Verdict == RetrainingVerdict.Retrain);
        Assert.Equal(!retrain, made.Reasons[0].Name == "cooldown");
        if (retrain) return;
        var flip = Assert.Single(made.Flips, f => f.Fact == "sinceTraining");
        Assert.Equal((7, RetrainingVerdict.Retrain), (flip.Threshold, flip.Verdict));
        Assert.Equal(double.PositiveInfinity, made.Options.Single(o => o.Verdict == RetrainingVerdict.Retrain).Cost);
    }

    [Theory]
    [InlineData(299, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void The_minimum_of_labels_holds_to_the_last_one(int minimum, bool retrain)
    {
        var made = RetrainingAdvisor.Decide(s_shifted, s_costs, s_rules with { MinimumLabels = minimum });
        Assert.Equal(retrain, made.Verdict == RetrainingVerdict.Retrain);
        Assert.Equal(!retrain, made.Reasons[0].Name == "minimum labels");
        if (!retrain) Assert.Contains(made.Flips, f => f is { Fact: "newLabels", Threshold: 301 });
    }

    [Fact]
    public void Without_labels_to_have_and_none_new_there_is_only_waiting() =>
        Assert.Equal(RetrainingVerdict.Wait, Assess(s_shifted with { NewLabels = 0, LabelsAvailable = 0 }, rules: s_rules with { MinimumLabels = 0 }).Verdict);

    [Fact]
    public void Without_production_there_is_only_waiting() => Assert.Equal(RetrainingVerdict.Wait, Assess(s_shifted with { VolumePerDay = 0 }).Verdict);

    // ---- monotonicity, flips

    static readonly Gen<(RetrainingEvidence, RetrainingCosts)> s_any =
        from published in Gen.Double[0.75, 0.98]
        from drop in Gen.Double[-0.03, 0.2]
        from half in Gen.Double[0.005, 0.08]
        from audited in Gen.Int[0, 100]
        from known in Gen.Bool
        from labels in Gen.Int[20, 400]
        from training in Gen.Int[200, 5000]
        from arriving in Gen.Double[0, 2]
        from drift in Gen.Double[0, 1]
        from age in Gen.Double[1, 400]
        from volume in Gen.Double[5, 3000]
        from slope in Gen.Double[-0.002, 0.001]
        from costs in Gen.Select(Gen.Double[0.01, 2], Gen.Double[0.02, 2], Gen.Double[1, 300], Gen.Double[5, 200])
        select (new RetrainingEvidence
        {
            Accuracy = known ? Accuracy(published - drop, half) : null, Audited = known ? audited : 0, PublishedAccuracy = Accuracy(published), TrainingLabels = training, NewLabels = labels,
            LabelsAvailable = 1000, LabelsPerDay = arriving, Drift = drift > 0.3, DriftStrength = drift, Age = TimeSpan.FromDays(age), SinceTraining = TimeSpan.FromDays(age), VolumePerDay = volume,
            Trend = new Metric("trend", slope, slope - 0.0005, slope + 0.0005, 10, "TheilSen"),
        }, new RetrainingCosts { PerLabel = costs.Item1, PerError = costs.Item2, PerTraining = costs.Item3, Horizon = TimeSpan.FromDays(costs.Item4) });

    static readonly RetrainingRules s_free = new() { Cooldown = TimeSpan.Zero, MinimumLabels = 0 };

    // What retraining now costs, against waiting without buying labels: labels bought are another question.
    static double Over(RetrainingEvidence evidence, RetrainingCosts costs)
    {
        var made = Assess(evidence with { LabelsAvailable = 0 }, costs, s_free);
        return made.Advantage;
    }

    [Fact]
    public void More_labels_never_make_retraining_less_attractive() => Gen.Select(s_any, Gen.Int[1, 300]).Sample((any, more) =>
    {
        var (evidence, costs) = any;
        var (few, many) = (Assess(evidence, costs, s_free), Assess(evidence with { NewLabels = evidence.NewLabels + more }, costs, s_free));
        Assert.True(many.Gain.Value >= few.Gain.Value - 1e-12);
        Assert.True(many.Benefit.Value >= few.Benefit.Value - 1e-9);
        var (before, after) = (Over(evidence, costs), Over(evidence with { NewLabels = evidence.NewLabels + more }, costs));
        Assert.True(after >= before - 1e-6 * Math.Abs(before), $"{before} → {after}");
    }, iter: 100, threads: 1);

    [Fact]
    public void Dearer_errors_never_make_retraining_less_attractive() => Gen.Select(s_any, Gen.Double[1, 10]).Sample((any, factor) =>
    {
        var (evidence, costs) = any;
        var (before, after) = (Over(evidence, costs), Over(evidence, costs with { PerError = factor * costs.PerError }));
        Assert.True(before <= 0 || after > 0, $"{before} → {after}");
        Assert.True(Assess(evidence, costs with { PerError = factor * costs.PerError }, s_free).Benefit.Value >= Assess(evidence, costs, s_free).Benefit.Value - 1e-9);
    }, iter: 100, threads: 1);

    [Fact]
    public void Dearer_trainings_never_make_retraining_more_attractive() => Gen.Select(s_any, Gen.Double[1, 10]).Sample((any, factor) =>
    {
        var (evidence, costs) = any;
        var (before, after) = (Over(evidence, costs), Over(evidence, costs with { PerTraining = factor * costs.PerTraining }));
        Assert.True(after <= 0 || before > 0, $"{before} → {after}");
    }, iter: 100, threads: 1);

    [Fact]
    public void A_verdict_flips_where_it_says_it_flips()
    {
        var flips = 0;
        s_any.Sample(any =>
        {
            var (evidence, costs) = any;
            var made = RetrainingAdvisor.Decide(evidence, costs, s_rules);
            foreach (var flip in made.Flips)
            {
                RetrainingVerdict At(double x) => flip.Fact switch
                {
                    "newLabels" => Assess(evidence with { NewLabels = (int)x }, costs).Verdict,
                    "perError" => Assess(evidence, costs with { PerError = x }).Verdict,
                    "perTraining" => Assess(evidence, costs with { PerTraining = x }).Verdict,
                    "perLabel" => Assess(evidence, costs with { PerLabel = x }).Verdict,
                    "volumePerDay" => Assess(evidence with { VolumePerDay = x }, costs).Verdict,
                    "accuracy" => Assess(evidence with { Accuracy = Accuracy(x, (evidence.Accuracy!.High - evidence.Accuracy.Low) / 2) }, costs).Verdict,
                    "sinceTraining" => Assess(evidence with { SinceTraining = TimeSpan.FromDays(x) }, costs).Verdict,
                    _ => throw new InvalidOperationException(flip.Fact),
                };
                var beyond = flip.Threshold + 1e-9 * (flip.Threshold - flip.Now);
                var before = flip.Fact == "newLabels" ? flip.Threshold - 1 : flip.Threshold - 1e-4 * (flip.Threshold - flip.Now);
                Assert.Equal(flip.Verdict, At(flip.Fact == "newLabels" ? flip.Threshold : beyond));
                Assert.Equal(made.Verdict, At(before));
                Assert.NotEqual(made.Verdict, flip.Verdict);
                flips++;
            }
        }, iter: 15, threads: 1);
        Assert.True(flips > 20, $"{flips} flips");
    }

    [Fact]
    public void Reasons_are_ranked_and_say_what_is_known()
    {
        var made = RetrainingAdvisor.Decide(s_shifted with { LabelsPerDay = 1, Slices = [new("width ≤ 30 px", 0.2, 0.5, 40)], Trend = new Metric("trend", -0.001, -0.002, 0, 9, "TheilSen") }, s_costs, s_rules);
        Assert.Equal(made.Reasons.Select(r => Math.Abs(r.Weight)).OrderDescending(), made.Reasons.Select(r => Math.Abs(r.Weight)));
        Assert.Contains(made.Reasons, r => r.Name == "slices" && r.Text.Contains("width ≤ 30 px"));
        Assert.Contains(made.Reasons, r => r.Name == "labels" && r.Weight > 0);
        Assert.Contains(made.Reasons, r => r.Name == "training cost" && r.Weight < 0);
        Assert.Contains(made.Reasons, r => r.Name == "arriving labels" && r.Weight < 0);
    }

    // ---- how it turned out

    [Fact]
    public void A_training_is_held_against_what_was_promised()
    {
        var decision = RetrainingAdvisor.Decide(s_shifted, s_costs, s_rules);
        var before = new Metric("accuracy", 0.82, 0.79, 0.86, 300, "Audit");
        var well = DecisionReview.AfterTraining(decision, "next", "performance", before, Accuracy(0.82 + decision.Gain.Value, 0.03));
        Assert.True(well.AsExpected);
        Assert.Equal(decision.Gain.Value, well.Gain.Value, 1e-12);
        Assert.Equal(well.Gain.Value - Math.Sqrt(0.03 * 0.03 + 0.04 * 0.04), well.Gain.Low, 1e-12);
        Assert.Equal(well.Gain.Value + Math.Sqrt(0.03 * 0.03 + 0.03 * 0.03), well.Gain.High, 1e-12);
        Assert.Equal(decision.Gain.Value * 500 * 0.2 * 30 - 40, well.Benefit, 1e-6);

        var badly = DecisionReview.AfterTraining(decision, "next", "performance", Accuracy(0.82, 0.005), Accuracy(0.70, 0.005));
        Assert.False(badly.AsExpected);
        Assert.Contains("less than expected", badly.Text);
    }

    [Fact]
    public void Waiting_is_held_against_the_trend()
    {
        var waited = RetrainingAdvisor.Decide(s_sound, s_costs, s_rules);
        Assert.True(DecisionReview.WhileWaiting(waited, "same", "performance", Accuracy(0.94), Accuracy(0.93), TimeSpan.FromDays(14)).AsExpected);
        var fell = DecisionReview.WhileWaiting(waited, "same", "performance", Accuracy(0.94), Accuracy(0.85), TimeSpan.FromDays(14));
        Assert.False(fell.AsExpected);
        Assert.True(double.IsNaN(fell.Benefit));
        Assert.Contains("worse than expected", fell.Text);
        var foreseen = waited with { Evidence = waited.Evidence with { Trend = new Metric("trend", -0.006, -0.007, -0.005, 9, "TheilSen") } };
        Assert.True(DecisionReview.WhileWaiting(foreseen, "same", "performance", Accuracy(0.94), Accuracy(0.85), TimeSpan.FromDays(14)).AsExpected);
    }
}
