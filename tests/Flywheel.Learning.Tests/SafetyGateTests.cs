using Flywheel.Learning.Adaptation;

namespace Flywheel.Learning.Tests;

public class SafetyGateTests
{
    static readonly string[] s_labels = ["closed", "open"];
    static readonly double[] s_even = [0.5, 0.5];

    static float[] Answers(params int[] answers)
    {
        var logits = new float[2 * answers.Length];
        for (var i = 0; i < answers.Length; i++) logits[2 * i + answers[i]] = 3;
        return logits;
    }

    static int[] Truth(int count) => [.. Enumerable.Range(0, count).Select(i => i % 2)];

    // Right but for the first so many.
    static float[] Wrong(int count, int wrong) => Answers([.. Truth(count).Select((t, i) => i < wrong ? 1 - t : t)]);

    static SafetyGate Gate(SafetyGate.Evidence before, int validation = 0, int sample = 0) =>
        new(2, s_labels, before, validation > 0 ? Truth(validation) : null, sample > 0 ? Truth(sample) : null);

    [Fact]
    public void A_harmless_adaptation_is_kept_and_says_on_what_evidence()
    {
        var gate = Gate(new(Wrong(400, 40), Wrong(200, 0), null), validation: 400);
        var (kept, reason) = gate.Judge(new(Wrong(400, 44), Wrong(200, 0), null), s_even, 0.9);
        Assert.True(kept);
        Assert.Contains("changed by -1.0 points", reason, StringComparison.Ordinal);
        Assert.Contains("90", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Forgetting_the_source_is_not_allowed()
    {
        var gate = Gate(new(Wrong(400, 20), Wrong(200, 0), null), validation: 400);
        var (kept, reason) = gate.Judge(new(Wrong(400, 60), Wrong(200, 0), null), s_even, 0.9);
        Assert.False(kept);
        Assert.Contains("fell by 10.0 points", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drop_on_one_odd_subject_alone_is_no_proof()
    {
        // All forty new mistakes are in the first of four subjects of a hundred pictures.
        int[] subjects = [.. Enumerable.Range(0, 400).Select(i => i / 100)];
        SafetyGate.Evidence before = new(Wrong(400, 0), Wrong(200, 0), null), after = new(Wrong(400, 40), Wrong(200, 0), null);
        Assert.False(new SafetyGate(2, s_labels, before, Truth(400), null).Judge(after, s_even, 0.9).Kept);
        Assert.True(new SafetyGate(2, s_labels, before, Truth(400), null, subjects).Judge(after, s_even, 0.9).Kept);
    }

    [Fact]
    public void A_label_must_not_vanish()
    {
        var gate = Gate(new(null, Wrong(200, 0), null));
        var (kept, reason) = gate.Judge(new(null, Answers([.. Enumerable.Repeat(1, 200)]), null), s_even, 0.9);
        Assert.False(kept);
        Assert.Contains("'closed'", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_sure_answers_are_no_teacher()
    {
        var gate = Gate(new(null, Wrong(200, 0), null));
        Assert.False(gate.Judge(new(null, Wrong(200, 0), null), s_even, 0.3).Kept);
    }

    [Fact]
    public void A_random_sample_that_got_worse_decides()
    {
        var gate = Gate(new(null, Wrong(200, 0), Wrong(40, 4)), sample: 40);
        var (kept, reason) = gate.Judge(new(null, Wrong(200, 0), Wrong(40, 12)), s_even, 0.9);
        Assert.False(kept);
        Assert.Contains("8 became wrong", reason, StringComparison.Ordinal);
    }

    static SafetyGate Audited(SafetyGate.Evidence before, IReadOnlyList<double> weights) => new(2, s_labels, before, null, null, null, Truth(60), weights);

    [Fact]
    public void Audited_images_of_production_that_got_worse_decide_though_the_source_sees_nothing()
    {
        double[] alike = [.. Enumerable.Repeat(1.0, 60)];
        var (kept, reason) = Audited(new(null, Wrong(200, 0), null, Wrong(60, 6)), alike).Judge(new(null, Wrong(200, 0), null, Wrong(60, 16)), s_even, 0.9);
        Assert.Equal((false, "of 60 audited images of production, 0 became right and 10 wrong."), (kept, reason));
        (kept, reason) = Audited(new(null, Wrong(200, 0), null, Wrong(60, 16)), alike).Judge(new(null, Wrong(200, 0), null, Wrong(60, 6)), s_even, 0.9);
        Assert.True(kept);
        Assert.StartsWith("Of 60 audited images of production, 10 became right and 0 wrong", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_audited_image_counts_for_as_many_as_it_was_drawn_from()
    {
        // Ten hesitant answers became right, six sure ones wrong; a sure one stands for twenty images, a hesitant one for two.
        int[] truth = Truth(60);
        var before = Answers([.. truth.Select((t, i) => i < 10 ? 1 - t : t)]);
        var after = Answers([.. truth.Select((t, i) => i is >= 10 and < 16 ? 1 - t : t)]);
        double[] stratified = [.. truth.Select((_, i) => i < 10 ? 2.0 : 20.0)];
        Assert.False(Audited(new(null, Wrong(200, 0), null, before), stratified).Judge(new(null, Wrong(200, 0), null, after), s_even, 0.9).Kept);
        Assert.True(Audited(new(null, Wrong(200, 0), null, before), [.. truth.Select(_ => 1.0)]).Judge(new(null, Wrong(200, 0), null, after), s_even, 0.9).Kept);
    }

    [Theory]
    [InlineData(400, 180, false)] // 55 % right
    [InlineData(400, 40, true)]
    public void A_model_near_chance_may_not_begin(int count, int wrong, bool mayBegin)
    {
        var gate = Gate(new(Wrong(count, wrong), Wrong(200, 0), null), validation: count);
        Assert.Equal(mayBegin, gate.Refusal() is null);
    }

    [Fact]
    public void A_random_sample_overrules_the_estimate_it_contradicts()
    {
        var everySecond = Wrong(200, 0);
        Assert.Equal("MaximumLikelihood", new SafetyGate(2, s_labels, new(null, everySecond, Wrong(40, 4)), null, Truth(40)).Prior().Method);
        int[] nearlyAllOpen = [.. Enumerable.Range(0, 40).Select(i => i < 3 ? 0 : 1)];
        var (prior, method) = new SafetyGate(2, s_labels, new(null, everySecond, Wrong(40, 4)), null, nearlyAllOpen).Prior();
        Assert.Equal("LabelledSample", method);
        Assert.Equal(38 / 42.0, prior[1], 9);
    }
}
