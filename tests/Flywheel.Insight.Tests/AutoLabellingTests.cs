using Flywheel.Insight.AutoLabelling;
using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Tests;

public class AutoLabellingTests
{
    // python3 -c "from scipy.stats import beta; print(beta.ppf(1-c, k, n-k+1), beta.ppf(c, k+1, n-k))", SciPy 1.10.1
    [Theory]
    [InlineData(149, 149, 0.95, 0.9800951837793149, 1)]
    [InlineData(92, 93, 0.95, 0.9500060216120116, 0.9994486112708019)]
    [InlineData(205, 210, 0.95, 0.950592768269098, 0.9905725558738081)]
    [InlineData(0, 5, 0.95, 0, 0.45071972834694096)]
    [InlineData(57, 60, 0.975, 0.8607567532789272, 0.9895676703556517)]
    [InlineData(990, 1000, 0.99, 0.9799573940991211, 0.9958597019348553)]
    [InlineData(7, 10, 0.9, 0.44826916761640095, 0.8841747219702369)]
    public void Bounds_are_SciPys(int right, int n, double confidence, double low, double high)
    {
        Assert.Equal(low, ClopperPearson.Lower(right, n, confidence), 1e-9);
        Assert.Equal(high, ClopperPearson.Upper(right, n, confidence), 1e-9);
    }

    [Fact]
    public void The_fewest_answers_are_those_that_prove_it_without_an_error()
    {
        Assert.Equal(149, ClopperPearson.TrialsNeeded(0.98, 0.95));
        Assert.Equal(59, ClopperPearson.TrialsNeeded(0.95, 0.95));
        Assert.Null(ClopperPearson.TrialsNeeded(0.95, 0.95, 0.05));
        Assert.Null(ClopperPearson.TrialsNeeded(0.95, 0.95, 0.0499));
        Assert.Equal((-1, 0, 1, 8), (ClopperPearson.ErrorsAllowed(58, 0.95, 0.95), ClopperPearson.ErrorsAllowed(92, 0.95, 0.95), ClopperPearson.ErrorsAllowed(93, 0.95, 0.95), ClopperPearson.ErrorsAllowed(300, 0.95, 0.95)));
    }

    /// <summary>Error rate of the answer at each place, 0 the surest: a good model, one that is just good enough nowhere or somewhere, one that is worst where it is surest.</summary>
    public static TheoryData<string> Models => ["good", "knife", "everywhere", "inverted"];

    static double ErrorAt(string model, double place) => model switch
    {
        "good" => 0.004 + 0.2 * Math.Pow(place, 6),
        "knife" => place < 0.6 ? 0.049 : 0.3,
        "everywhere" => 0.0501,
        _ => 0.12 * (1 - place),
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void The_promise_is_broken_in_at_most_one_run_in_twenty(string model)
    {
        const int runs = 600;
        foreach (var labels in new[] { 120, 300, 900 })
        {
            var broken = 0;
            for (var run = 0; run < runs; run++)
            {
                var proof = ThresholdCertifier.Certify(Draw(model, labels, run), 2, 0.95, 0.95);
                if (proof.Accepted is { } accepted && Precision(model, accepted.Share) < 0.95) broken++;
            }
            // Three standard errors of a rate of one in twenty.
            Assert.InRange(broken / (double)runs, 0, 0.05 + 3 * Math.Sqrt(0.05 * 0.95 / runs));
        }
    }

    [Fact]
    public void A_good_model_opens_most_of_the_images_and_more_labels_open_more()
    {
        double Mean(int labels) => Enumerable.Range(0, 100).Average(run => ThresholdCertifier.Certify(Draw("good", labels, run), 2, 0.95, 0.95).Accepted?.Share ?? 0);
        var (few, many) = (Mean(300), Mean(1200));
        Assert.InRange(few, 0.7, 1);
        Assert.True(many > few);
    }

    [Fact]
    public void Too_few_labels_are_refused_with_the_number_that_is_needed()
    {
        var proof = ThresholdCertifier.Certify(Draw("good", 120, 1), 2, 0.98, 0.95);
        Assert.Null(proof.Accepted);
        Assert.Empty(proof.Steps);
        Assert.Equal(149, proof.FewestLabels);
        Assert.InRange(proof.LabelsNeeded!.Value, 149, 3000);
        // That many labels of a model that errs as this one does are enough for the share named.
        var inside = Draw("good", 120, 1).Where(l => l.Rank >= 1 - proof.ShareThen!.Value).ToList();
        var trials = (int)(proof.LabelsNeeded.Value * proof.ShareThen!.Value + 1e-9);
        Assert.True(Math.Ceiling(inside.Count(l => !l.Right) / (double)inside.Count * trials - 1e-9) <= ClopperPearson.ErrorsAllowed(trials, 0.98, 0.95));
    }

    [Fact]
    public void Labels_that_were_chosen_give_themselves_away()
    {
        var random = new SeededRandom(3);
        var drawn = Enumerable.Range(0, 200).Select(_ => new CertifyingLabel(random.NextDouble(), 0, true)).ToList();
        var doubtful = drawn.Select(l => l with { Rank = l.Rank * l.Rank }).ToList();
        Assert.True(ThresholdCertifier.Certify(drawn, 2, 0.95, 0.95).RandomnessP > 0.01);
        Assert.True(ThresholdCertifier.Certify(doubtful, 2, 0.95, 0.95).RandomnessP < ThresholdCertifier.NotRandom);
    }

    [Fact]
    public void What_is_proven_of_all_is_reckoned_back_to_those_nobody_chose()
    {
        // 1,000 images, 200 of them chosen and all right: whatever errors there are lie among the other 800.
        List<CertifyingLabel> drawn = [.. Enumerable.Range(0, 200).Select(i => new CertifyingLabel((i + 0.5) / 200, 0, i != 0))], chosen = [.. Enumerable.Range(0, 200).Select(i => new CertifyingLabel((i + 0.5) / 200, 0, true))];
        var proof = ThresholdCertifier.Certify(drawn, 2, 0.9, 0.95, chosen, 800);
        var bound = ClopperPearson.Lower(199, 200, 0.95);
        Assert.Equal(1, proof.Accepted!.Share, 1e-9);
        Assert.Equal(1 - (1 - bound) * 1000 / 800, proof.Accepted.Bound, 1e-9);
    }

    [Fact]
    public void Ranks_of_held_out_answers_are_spread_evenly_and_sure_answers_come_first()
    {
        var random = new SeededRandom(11);
        const int labelled = 400, pool = 3000, folds = 4;
        var labels = new int[labelled];
        var of = new int[labelled];
        var held = new float[labelled * 2];
        var rest = Enumerable.Range(0, folds).Select(_ => new float[pool * 2]).ToArray();
        var truth = new int[pool];
        for (var i = 0; i < labelled; i++)
        {
            (labels[i], of[i]) = (random.Next(2), i % folds);
            Answer(held, i, labels[i], of[i]);
        }
        for (var i = 0; i < pool; i++)
        {
            truth[i] = random.Next(2);
            for (var f = 0; f < folds; f++) Answer(rest[f], i, truth[i], f);
        }

        var answers = SurestAnswers.From(labels, of, held, rest, 2);
        Assert.InRange(answers.Certifying.Average(c => c.Rank), 0.45, 0.55);
        Assert.True(ThresholdCertifier.Certify(answers.Certifying, 2, 0.9, 0.95).RandomnessP > 0.001);
        double Right(IEnumerable<int> images) => images.Average(i => answers.Predicted[i] == truth[i] ? 1.0 : 0);
        Assert.True(Right(answers.Order.Take(pool / 2)) > Right(answers.Order.Skip(pool / 2)) + 0.01);
        Assert.Equal(answers.Order.Select(i => answers.Sureness[i]).OrderDescending(), answers.Order.Select(i => answers.Sureness[i]));

        // Every part's model has a scale of its own, as models trained apart do; a margin of 1.3 standard deviations on average.
        void Answer(float[] logits, int i, int label, int fold)
        {
            var margin = (1.3 + random.NextGaussian()) * (1 + fold);
            logits[2 * i + label] = (float)(margin / 2);
            logits[2 * i + 1 - label] = (float)(-margin / 2);
        }
    }

    [Fact]
    public void The_quick_head_learns_and_is_not_deceived_by_labels_it_has_seen()
    {
        var random = new SeededRandom(5);
        const int n = 120, d = 12;
        int[] labels = [.. Enumerable.Range(0, n).Select(i => i % 3)], nonsense = [.. Enumerable.Range(0, n).Select(_ => random.Next(3))];
        EmbeddingMatrix Rows(int[] of) => new([.. of.SelectMany(l => Enumerable.Range(0, d).Select(k => (float)(random.NextGaussian() * 0.6 + (k % 3 == l ? 1 : 0))))], of.Length, d);
        var rows = Rows(labels);
        var head = KernelHead.Fit(rows, labels, 3);
        var fresh = Rows(labels);
        Assert.InRange(Accuracy(head.HeldOut, labels), 0.9, 1);
        Assert.InRange(Accuracy(head.Predict(fresh), labels), 0.9, 1);
        Assert.InRange(Accuracy(KernelHead.Fit(rows, nonsense, 3).HeldOut, nonsense), 0.15, 0.52);

        // In closed form, and by leaving the row out and learning again.
        var differences = Enumerable.Range(0, 12).Select(i =>
        {
            int[] others = [.. Enumerable.Range(0, n).Where(j => j != i)];
            var without = KernelHead.Fit(rows.Rows(others), [.. others.Select(j => labels[j])], 3).Predict(rows.Rows([i]));
            return Enumerable.Range(0, 3).Max(c => Math.Abs(without[c] - head.HeldOut[3 * i + c]));
        });
        Assert.InRange(differences.Max(), 0, 0.05);
    }

    [Fact]
    public void The_outlook_says_how_many_labels_or_that_more_will_not_pay()
    {
        List<LearningPoint> Curve(params (int Labels, double Accuracy)[] points) => [.. points.Select(p => new LearningPoint(p.Labels, new Metric("accuracy", p.Accuracy, p.Accuracy - 0.02, p.Accuracy + 0.02, p.Labels, "Wilson")))];
        var near = AutomaticOutlook.Of(Curve((75, 0.90), (150, 0.93), (300, 0.955)), Draw("good", 100, 4), 0.95, 0.95);
        Assert.InRange(near.Labels!.Value, 100, 600);
        var hopeless = AutomaticOutlook.Of(Curve((75, 0.70), (150, 0.70), (300, 0.70)), [.. Enumerable.Range(0, 300).Select(i => new CertifyingLabel((i + 0.5) / 300, 0, i % 10 >= 3))], 0.98, 0.95);
        Assert.Null(hopeless.Labels);
        Assert.InRange(hopeless.Accuracy, 0.69, 0.9);
    }

    [Fact]
    public void Least_sure_come_first_and_look_alikes_later() =>
        Assert.Equal([2, 0, 3, 1], QueueOrder.LeastSureFirst([0.6, 0.55, 0.5, 0.9], [0xFF00FF00FF00FF00, 0xF, 0xE, 0x00FF00FF00FF00FF]));

    static double Accuracy(float[] probabilities, int[] labels) =>
        labels.Select((l, i) => Enumerable.Range(0, 3).All(c => probabilities[3 * i + c] <= probabilities[3 * i + l]) ? 1.0 : 0).Average();

    static double Precision(string model, double share) => 1 - Enumerable.Range(0, 400).Average(i => ErrorAt(model, (i + 0.5) / 400 * share));

    static List<CertifyingLabel> Draw(string model, int labels, int run)
    {
        var random = new SeededRandom(run, labels);
        return [.. Enumerable.Range(0, labels).Select(_ =>
        {
            var place = random.NextDouble();
            return new CertifyingLabel(1 - place, random.Next(2), random.NextDouble() >= ErrorAt(model, place));
        })];
    }
}
