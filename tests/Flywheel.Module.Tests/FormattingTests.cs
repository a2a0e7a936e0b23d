using Flywheel.PowerShell;

namespace Flywheel.Module.Tests;

public class FormattingTests
{
    static Metric Of(double value, double low, double high) => new("accuracy", value, low, high, 100, "Wilson");

    [Fact]
    public void Metrics_read_as_percent_with_their_interval()
    {
        Assert.Equal("95.7 % [94.9, 96.4]", Formatting.Metric(Of(0.9567, 0.9489, 0.9641)));
        Assert.Equal("95.7 %", Formatting.Share(Of(0.9567, 0.9489, 0.9641)));
        Assert.Equal("0.123 [0.101, 0.150]", Formatting.Number(Of(0.1234, 0.1011, 0.1499)));
        Assert.Equal("+2.3 [-0.4, +4.1]", Formatting.Points(Of(0.0234, -0.004, 0.041)));
    }

    [Fact]
    public void What_is_undefined_is_a_dash()
    {
        Assert.Equal("-", Formatting.Metric(Of(double.NaN, double.NaN, double.NaN)));
        Assert.Equal("-", Formatting.Metric(null));
        Assert.Equal("-", Formatting.Percent(double.NaN));
        Assert.Equal("-", Formatting.Duration(null));
        Assert.Equal("-", Formatting.Counts(null));
        Assert.Equal("-", Formatting.Time(null));
        Assert.Equal("-", Formatting.Splits(new Dictionary<DataSplit, int> { [DataSplit.None] = 4 }));
    }

    [Fact]
    public void Decisions_read_as_money_reasons_and_ways()
    {
        Assert.Equal("73.5 [-12.0, 140.2]", Formatting.Money(Of(73.52, -12, 140.2)));
        Assert.Equal("    rule  too soon\n    -3.2  costs", Formatting.Reasons([new("cooldown", double.NaN, "too soon"), new("cost", -3.21, "costs")]));
        Assert.Equal("Wait 103.2, LabelFirst 110.4 (80 labels), Retrain not possible now", Formatting.Options(
            [new(RetrainingVerdict.Wait, 103.21, 0, null), new(RetrainingVerdict.LabelFirst, 110.4, 80, null), new(RetrainingVerdict.Retrain, double.PositiveInfinity, 0, null)]));
        Assert.Equal("-", Formatting.Outcome(null));
        Assert.Equal("-", Formatting.Flips([]));
    }

    [Theory]
    [InlineData(0.84, "0.8 s")]
    [InlineData(83, "1:23")]
    [InlineData(7425, "2:03:45")]
    public void Durations(double seconds, string text) => Assert.Equal(text, Formatting.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(812, "812 B")]
    [InlineData(4_120_000, "4.1 MB")]
    [InlineData(2_500_000_000_000_000, "2500.0 TB")]
    public void Sizes(long bytes, string text) => Assert.Equal(text, Formatting.Bytes(bytes));

    [Fact]
    public void Counts_are_ordered_by_name_and_splits_by_use()
    {
        Assert.Equal("closed 1000, open 990", Formatting.Counts(new Dictionary<string, int> { ["open"] = 990, ["closed"] = 1000 }));
        Assert.Equal("train 70, validation 10, test 20, none 3", Formatting.Splits(new Dictionary<DataSplit, int> { [DataSplit.None] = 3, [DataSplit.Test] = 20, [DataSplit.Train] = 70, [DataSplit.Validation] = 10 }));
        Assert.Equal("open 0.62, closed 0.38", Formatting.Shares(new Dictionary<string, double> { ["closed"] = 0.38, ["open"] = 0.62 }));
    }

    [Fact]
    public void P_values_below_a_thousandth_are_only_bounded()
    {
        Assert.Equal("< 0.001", Formatting.PValue(0.0004));
        Assert.Equal("0.031", Formatting.PValue(0.0312));
    }

    [Theory]
    [InlineData(0.01234, "0.0123")]
    [InlineData(-1.234, "-1.23")]
    [InlineData(58.93, "58.9")]
    [InlineData(1404.4, "1,404")]
    [InlineData(double.NaN, "-")]
    public void Figures_have_a_few_digits_whatever_their_size(double value, string text) => Assert.Equal(text, Formatting.Figure(value));

    [Fact]
    public void Drift_tests_line_up_and_those_that_alarm_are_marked()
    {
        var test = (DriftTest)Samples.All[typeof(DriftTest)] with { Name = "width", Value = 58.93, Threshold = 3.1 };
        Assert.Equal("! width            Wasserstein     58.9, alarm at     3.10, p < 0.001  83.2 → 24 px (−12.1 SD), and more\n"
            + "  a name too long… KS            0.1200, alarm at   0.4000, p 0.520    none",
            Formatting.DriftTests([test, test with { Name = "a name too long for this", Statistic = "KS", Value = 0.12, Threshold = 0.4, P = 0.52, Flagged = false, Effect = "none" }]));
        var report = (DriftReport)Samples.All[typeof(DriftReport)] with { WindowN = 50, WindowGroups = 36, Reference = "mrl test", ReferenceN = 850, ReferenceGroups = 850 };
        Assert.Equal(("50 images in 36 groups", "mrl test: 850 images"), (Formatting.Window(report), Formatting.Reference(report)));
    }

    [Fact]
    public void Stages_are_counted_and_those_that_did_not_end_well_named()
    {
        StageResult Of(string name, StageStatus status) => new(name, status, TimeSpan.Zero, "", "");
        Assert.Equal("2 done, 1 skipped, gate: gate failed", Formatting.Stages([Of("a", StageStatus.Done), Of("b", StageStatus.Done), Of("c", StageStatus.Skipped), Of("gate", StageStatus.GateFailed)]));
        Assert.Equal("label: waiting", Formatting.Stages([Of("label", StageStatus.Waiting)]));
    }

    [Fact]
    public void Roles_of_a_key() => Assert.Equal("predict, admin", Formatting.Roles([EndpointRole.Predict, EndpointRole.Admin]));

    [Fact]
    public void Gates_and_versions_read_in_words()
    {
        var result = (PublishResult)Samples.All[typeof(PublishResult)];
        Assert.Equal("v3", Formatting.Version(3));
        Assert.Equal("-", Formatting.Version(null));
        Assert.Equal("passed, forced", Formatting.Gate(result));
        Assert.Equal("none", Formatting.Gate(result with { Gate = result.Gate with { Checks = [] } }));
        Assert.Equal("cannot tell", Formatting.Verdict(GateVerdict.CannotTell));
        var check = new GateCheck { Expression = "accuracy >= 0.9", Verdict = GateVerdict.CannotTell, Accepted = true, Reason = "0.91 [0.88, 0.94], n 300" };
        Assert.Equal("let pass     accuracy >= 0.9: 0.91 [0.88, 0.94], n 300\nfailed       size <= 1MB: 2 MB",
            Formatting.Checks(result.Gate with { Checks = [check, check with { Expression = "size <= 1MB", Verdict = GateVerdict.Fail, Accepted = false, Reason = "2 MB" }] }));
        Assert.Equal("eyes (test, n 300 in 8 groups, 5 known to the models left out)", Formatting.JudgedOn(result.Gate with { Dataset = "eyes", Split = DataSplit.Test, N = 300, Groups = 8, Learned = 5 }));
        Assert.Equal("-2.0 [-4.0, +1.0] points, n 80: glasses = 1 (failed)", Formatting.Slices([new GateSlice("glasses = 1", new Metric("d", -0.02, -0.04, 0.01, 80, "Tango"), GateVerdict.Fail)]));
        var move = (AliasMove)Samples.All[typeof(AliasMove)];
        Assert.Equal(["forced", "passed", "none"], new[] { move, move with { Forced = false }, move with { Forced = false, Gate = null } }.Select(Formatting.Passage));
    }

    [Fact]
    public void A_confusion_matrix_lines_up() =>
        Assert.Equal("true \\ predicted  closed  open\nclosed               590    10\nopen                   5  1600", Formatting.Confusion((Evaluation)Samples.All[typeof(Evaluation)] with { Confusion = [[590, 10], [5, 1600]] }));

    [Fact]
    public void Figures_of_a_gate_have_the_unit_of_their_demand()
    {
        Assert.Equal("latency.p95 0.463 ms [0.420, 2.501] (n 1100)", Formatting.GateFigure(new("latency.p95", 0.000463, 0.00042, 0.002501, 1100, "Bootstrap")));
        Assert.Equal("size 0.394 MB", Formatting.GateFigure(new("size", 393_596, 393_596, 393_596, 1, "Exact")));
        Assert.Equal("images 200", Formatting.GateFigure(new("images", 200, 200, 200, 200, "Exact")));
        Assert.Equal("accuracy 0.980 [0.965, 0.995] (n 200)", Formatting.GateFigure(new("accuracy", 0.98, 0.965, 0.995, 200, "Wilson")));
        Assert.Equal("-", Formatting.GateFigure(null));
    }

    [Fact]
    public void Pictures_and_reports_read_in_a_word()
    {
        var id = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));
        var prediction = new Prediction { Id = "1", ImageId = id, Path = "/a/eye.png", ModelId = "m", Label = "open", Scores = new Dictionary<string, double>() };
        Assert.Equal("eye.png", Formatting.Picture(prediction));
        Assert.Equal("(0123456789ab)", Formatting.Picture(prediction with { Path = "" }));
        var report = new Feedback { Id = "2", PredictionId = "1", Verdict = FeedbackVerdict.Wrong, Label = "closed", Reason = "glare", Reporter = "ann" };
        Assert.Equal("wrong, is closed: glare", Formatting.Report(report));
        Assert.Equal("right", Formatting.Report(report with { Verdict = FeedbackVerdict.Right, Label = null, Reason = null }));
        Assert.Equal("-", Formatting.Report(null));
        Assert.Equal(["0.988", "-"], [Formatting.Similarity(0.98765), Formatting.Similarity(null)]);
        Assert.Equal("-", Formatting.Input(ImagePreprocessing.Raw(0, 0, 0)));
    }

    [Fact]
    public void A_ledger_entry_says_what_it_changed()
    {
        var label = new Annotation(1, "a", null, "open", AnnotationProvenance.Human, "ann", null, default);
        Assert.Equal(("-", "open"), (Formatting.Old(label), Formatting.New(label)));
        var boxes = label with { Part = AnnotationPart.Boxes, NewLabel = null, OldBoxes = [], NewBoxes = [new LabelBox("1", "WBC", 0, 0, 1, 1), new LabelBox("2", "RBC", 0, 0, 1, 1), new LabelBox("3", "RBC", 0, 0, 1, 1)] };
        Assert.Equal(("no boxes", "3 boxes: RBC 2, WBC 1"), (Formatting.Old(boxes), Formatting.New(boxes)));
        var left = label with { Part = AnnotationPart.Exclusion, NewLabel = null, NewExclusion = "blurred" };
        Assert.Equal(("in use", "left out: blurred"), (Formatting.Old(left), Formatting.New(left)));
    }
}
