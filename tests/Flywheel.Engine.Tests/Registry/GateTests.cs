using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Engine.Evaluations;
using Flywheel.Engine.Production.Slices;
using Flywheel.Engine.Registry;
using Flywheel.Engine.Registry.Gates;

namespace Flywheel.Engine.Tests.Registry;

public sealed class GateTests : IDisposable
{
    static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() } };

    readonly TemporaryWorkspace _w = new();

    public void Dispose() => _w.Dispose();

    static Metric Of(double value, double low, double high) => new("accuracy", value, low, high, 100, "Wilson");

    [Theory]
    [InlineData(">=", 0.95, 0.97, GateVerdict.Pass)] // the interval touches the bound
    [InlineData(">", 0.95, 0.97, GateVerdict.CannotTell)]
    [InlineData(">", 0.951, 0.97, GateVerdict.Pass)]
    [InlineData(">=", 0.90, 0.95, GateVerdict.CannotTell)] // touches from below: the bound itself would do
    [InlineData(">", 0.90, 0.95, GateVerdict.Fail)]
    [InlineData(">=", 0.90, 0.949, GateVerdict.Fail)]
    [InlineData(">=", 0.90, 0.97, GateVerdict.CannotTell)]
    [InlineData("<=", 0.90, 0.95, GateVerdict.Pass)]
    [InlineData("<", 0.90, 0.95, GateVerdict.CannotTell)]
    [InlineData("<", 0.95, 0.97, GateVerdict.Fail)]
    [InlineData("<=", 0.95, 0.97, GateVerdict.CannotTell)]
    [InlineData("<=", 0.951, 0.97, GateVerdict.Fail)]
    [InlineData(">=", 0.95, 0.95, GateVerdict.Pass)] // an exact figure, the bound exactly met
    [InlineData("<", 0.95, 0.95, GateVerdict.Fail)]
    [InlineData(">=", 0.95 - 1e-15, 0.97, GateVerdict.Pass)] // rounding of a sum
    [InlineData(">=", double.NaN, 0.97, GateVerdict.CannotTell)]
    public void The_interval_decides_at_the_bound_of_095(string op, double low, double high, GateVerdict verdict)
    {
        var demand = (FigureDemand)GateParser.Parse($"accuracy {op} 0.95");
        Assert.Equal(verdict, demand.Operator.Judge(Of((low + high) / 2, low, high), demand.Bound.Constant));
    }

    /// <summary>The datasets of <see cref="Shades"/> have every tenth label wrong, so the tiny model's accuracy is 0.9 exactly.</summary>
    GateReport Judge(string model, string[] gate, CannotTellPolicy policy = CannotTellPolicy.Wait, string dataset = "eyes", bool force = false) =>
        RegistryService.Judge(_w.Workspace, new PublishRequest { Model = model, Gate = gate, Dataset = dataset, Split = DataSplit.None, CannotTell = policy, Force = force, Reason = force ? "test" : null }, _w.Reports, TestContext.Current.CancellationToken).Gate;

    GateCheck Check(string model, string demand, string dataset = "eyes") => Judge(model, [demand], dataset: dataset).Checks[0];

    void Publish(string model) => RegistryService.Publish(_w.Workspace, RegistryService.Judge(_w.Workspace, new PublishRequest { Model = model }, _w.Reports, default), _w.Reports, default);

    [Fact]
    public void A_figure_has_the_value_and_interval_of_the_evaluation()
    {
        TinyModel.Add(_w.Workspace);
        var eyes = Shades.Dataset(_w, "eyes", 200);
        var check = Check("tiny", "accuracy >= 0.8");
        var known = EvaluationService.Evaluate(_w.Workspace, _w.Workspace.GetModel("tiny"), eyes, DataSplit.None, _w.Reports, TestContext.Current.CancellationToken).Accuracy;
        Assert.Equal(GateVerdict.Pass, check.Verdict);
        Assert.Equal((known.Value, known.Low, known.High, 200), (check.Figure!.Value, check.Figure.Low, check.Figure.High, check.Figure.N));
        Assert.Equal(GateVerdict.Fail, Check("tiny", "accuracy >= 0.96").Verdict);
        var unclear = Check("tiny", "accuracy >= 0.88");
        Assert.Equal(GateVerdict.CannotTell, unclear.Verdict);
        Assert.True(unclear.ImagesNeeded > 200, unclear.Reason);
        Assert.Null(Check("tiny", "accuracy >= 0.91").ImagesNeeded); // it is on the wrong side itself: more images promise nothing
    }

    [Fact]
    public void With_few_images_even_a_perfect_figure_cannot_tell()
    {
        TinyModel.Add(_w.Workspace);
        Shades.Dataset(_w, "few", 8);
        foreach (var demand in new[] { "accuracy >= 0.95", "balanced accuracy >= 0.95", "recall[open] >= 0.95", "f1[closed] >= 0.95", "auroc >= 0.95", "log loss <= 1", "calibration error <= 0.5" })
        {
            var check = Check("tiny", demand, "few");
            Assert.True(check.Verdict == GateVerdict.CannotTell, $"{check} {check.Figure}");
        }
    }

    [Fact]
    public void What_cannot_be_told_goes_by_the_policy_and_by_or_unclear()
    {
        TinyModel.Add(_w.Workspace);
        Shades.Dataset(_w, "eyes", 60);
        Assert.Equal(GateVerdict.CannotTell, Judge("tiny", ["accuracy >= 0.88"]).Verdict);
        Assert.Equal(GateVerdict.Fail, Judge("tiny", ["accuracy >= 0.88"], CannotTellPolicy.Fail).Verdict);
        Assert.Equal(GateVerdict.Pass, Judge("tiny", ["accuracy >= 0.88"], CannotTellPolicy.Pass).Verdict);
        Assert.Equal(GateVerdict.Pass, Judge("tiny", ["accuracy >= 0.88 or unclear"], CannotTellPolicy.Fail).Verdict);
        Assert.Equal(GateVerdict.Fail, Judge("tiny", ["accuracy >= 0.999 or unclear"], CannotTellPolicy.Pass).Verdict); // or unclear saves nothing that failed
        Assert.Equal(GateVerdict.Fail, Judge("tiny", ["accuracy >= 0.88", "accuracy >= 0.999"]).Verdict); // failed outweighs unclear
        Assert.Equal(GateVerdict.Pass, Judge("tiny", []).Verdict);
    }

    [Fact]
    public void A_label_without_images_and_an_empty_slice_cannot_tell_and_an_unknown_label_is_an_error()
    {
        TinyModel.Add(_w.Workspace);
        Shades.Catalogue(_w, "open", Enumerable.Range(0, 40).Select(i => (Shades.Write(_w, $"open/{i}.png", 200, i), (string?)"open", (Dictionary<string, string>?)new() { ["glasses"] = "1" })));
        var absent = Check("tiny", "recall[closed] >= 0.9", "open");
        Assert.Equal((GateVerdict.CannotTell, "no judged image is labelled 'closed'"), (absent.Verdict, absent.Reason));
        Assert.Equal((GateVerdict.CannotTell, "no judged image is predicted 'closed'"), (Check("tiny", "precision[closed] >= 0.9", "open").Verdict, Check("tiny", "precision[closed] >= 0.9", "open").Reason));
        var empty = Check("tiny", "accuracy[glasses=2] >= 0.9", "open");
        Assert.Equal((GateVerdict.CannotTell, "no judged image meets glasses=2"), (empty.Verdict, empty.Reason));
        Assert.Contains("Did you mean 'glasses'?", Check("tiny", "accuracy[glases=1] >= 0.9", "open").Reason, StringComparison.Ordinal);
        Assert.Equal(GateVerdict.Pass, Check("tiny", "accuracy[glasses=1] >= 0.9", "open").Verdict);
        Assert.Equal(GateVerdict.Fail, Check("tiny", "images[glasses=2] >= 1", "open").Verdict);
        var fault = Assert.Throws<FlywheelException>(() => Check("tiny", "recall[clsoed] >= 0.9", "open"));
        Assert.Equal("GateLabelUnknown", fault.ErrorId);
        Assert.Contains("Did you mean 'closed'?", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_champion_demands_about_it_pass_and_say_so()
    {
        TinyModel.Add(_w.Workspace);
        Shades.Dataset(_w, "eyes", 40);
        var report = Judge("tiny", ["accuracy >= champion - 0.005", "no slice worse than champion by 0.02", "accuracy >= 0.5"]);
        Assert.Null(report.ChampionId);
        Assert.Equal(["there is no champion yet", "there is no champion yet"], report.Checks.Take(2).Select(c => c.Reason));
        Assert.Equal(GateVerdict.Pass, report.Verdict);
        Assert.NotNull(report.Checks[2].Figure);
    }

    [Fact]
    public void The_champion_is_compared_in_pairs_on_the_same_images()
    {
        TinyModel.Add(_w.Workspace);
        TinyModel.Add(_w.Workspace, "softer", 6);
        TinyModel.Add(_w.Workspace, "wrong", -10);
        Shades.Dataset(_w, "eyes", 40);
        Publish("tiny");
        var worse = Check("wrong", "accuracy >= champion - 0.5");
        Assert.Equal((GateVerdict.Fail, -0.8), (worse.Verdict, Math.Round(worse.Difference!.Value, 12)));
        Assert.Equal((0.1, 0.9), (Math.Round(worse.Figure!.Value, 12), Math.Round(worse.Champion!.Value, 12)));
        // The same answers on 40 images: equal up to nine points, no more can be said.
        Assert.Equal(GateVerdict.CannotTell, Check("softer", "accuracy >= champion - 0.08").Verdict);
        Assert.Equal(GateVerdict.Pass, Check("softer", "accuracy >= champion - 0.09").Verdict);
        // The champion itself is equal for certain, and beyond it nothing is.
        Assert.Equal(GateVerdict.Pass, Check("tiny", "accuracy >= champion").Verdict);
        Assert.Equal(GateVerdict.Fail, Check("tiny", "log loss < champion").Verdict);
        Assert.Equal(GateVerdict.Pass, Check("tiny", "no slice worse than champion").Verdict);
        Assert.Equal(GateVerdict.Pass, Check("softer", "size <= 1.01 * champion").Verdict);
        Assert.Equal(GateVerdict.Fail, Check("softer", "size <= 0.5 * champion").Verdict);
    }

    [Fact]
    public void A_slice_that_got_worse_is_found_and_named()
    {
        TinyModel.Add(_w.Workspace);
        // The second model looks only at the left half of a picture; with glasses the right half tells.
        TinyModel.Add(_w.Workspace, "left", left: 1);
        Shades.Catalogue(_w, "faces", Enumerable.Range(0, 240).Select(i =>
        {
            var open = i % 2 == 0;
            var glasses = i % 4 < 2 && i % 3 == 0;
            var path = _w.Write($"faces/{i}.png", Pictures.Png((x, y) => x == 0 && y == 0 ? (byte)(i % 250) : open ^ (glasses && x < 10) ? (byte)210 : (byte)40, 24, 24));
            return (path, (string?)(open ? "open" : "closed"), (Dictionary<string, string>?)new() { ["glasses"] = glasses ? "yes" : "no", ["name"] = $"n{i}" });
        }));
        Publish("tiny");
        var check = Check("left", "no slice worse than champion by 0.02", "faces");
        Assert.Equal(GateVerdict.Fail, check.Verdict);
        Assert.Equal("glasses = yes", check.Slices.First(s => s.Verdict == GateVerdict.Fail).Name);
        Assert.DoesNotContain(check.Slices, s => s.Name.StartsWith("name", StringComparison.Ordinal));
        Assert.Contains("worst: glasses = yes", check.Reason, StringComparison.Ordinal);
        Assert.Equal(GateVerdict.CannotTell, check.Slices.Single(s => s.Name == "glasses = no").Verdict); // 200 images without a difference leave two points open
    }

    [Fact]
    public void A_slice_confirmed_in_production_is_judged_where_images_tell_it()
    {
        TinyModel.Add(_w.Workspace);
        TinyModel.Add(_w.Workspace, "left", left: 1);
        // Glare has a value of its own on every picture: no tag value is a slice of the judged images by itself.
        Shades.Catalogue(_w, "faces", Enumerable.Range(0, 240).Select(i =>
        {
            var open = i % 2 == 0;
            var glare = i % 4 < 2 && i % 3 == 0;
            var path = _w.Write($"faces/{i}.png", Pictures.Png((x, y) => x == 0 && y == 0 ? (byte)(i % 250) : open ^ (glare && x < 10) ? (byte)210 : (byte)40, 24, 24));
            return (path, (string?)(open ? "open" : "closed"), (Dictionary<string, string>?)new() { ["glare"] = FormattableString.Invariant($"{(glare ? 0.6 : 0.1) + i / 1000.0}") });
        }));
        Publish("tiny");
        const string demand = "no slice worse than champion by 0.02";
        Assert.DoesNotContain(Check("left", demand, "faces").Slices, s => s.Name.Contains("glare", StringComparison.Ordinal));

        var glare = new SliceCondition { Subject = SliceSubject.Tag, Name = "glare", Above = 0.5 };
        Store([glare with { Name = "forgotten" }], true);
        Store([glare], true, [new SliceCondition { Subject = SliceSubject.Look, Name = "look", Value = "3" }, glare]);
        var check = Check("left", demand, "faces");
        Assert.Equal(GateVerdict.Fail, check.Verdict);
        Assert.Equal("confirmed: glare > 0.5", check.Slices.First(s => s.Verdict == GateVerdict.Fail).Name);
        Assert.Equal(40, check.Slices.Single(s => s.Name == "confirmed: glare > 0.5").Difference.N);
        Assert.Contains("1 confirmed in production by looks or reports not looked at", check.Reason, StringComparison.Ordinal);
        Store([glare], false);
        Assert.DoesNotContain(Check("left", demand, "faces").Slices, s => s.Name.Contains("glare", StringComparison.Ordinal));

        // As Find-FlywheelSlice keeps them for the champion; only the latest report counts.
        void Store(SliceCondition[] conditions, bool confirmed, params SliceCondition[][] more)
        {
            var time = DateTimeOffset.UtcNow;
            var model = _w.Workspace.GetModel("tiny").Id;
            var slices = ((SliceCondition[][])[conditions, .. more]).Select(c => new Slice { Conditions = c, Text = "", ErrorRate = new("", 0.5, 0.3, 0.7, 40, ""), Method = "", ImageIds = [], ModelId = model, Confirmed = confirmed, Lift = 3 });
            var json = JsonSerializer.Serialize(slices, s_json);
            _w.Workspace.Catalogue.AddReport(new StoredReport(Guid.CreateVersion7(time).ToString(), SliceFinder.ReportKind, model, time, json));
        }
    }

    [Fact]
    public void Without_a_large_slice_nothing_can_be_told_of_slices()
    {
        TinyModel.Add(_w.Workspace);
        TinyModel.Add(_w.Workspace, "softer", 6);
        Shades.Dataset(_w, "eyes", 20);
        Publish("tiny");
        var check = Check("softer", "no slice worse than champion by 0.5");
        Assert.Equal(GateVerdict.CannotTell, check.Verdict);
        Assert.StartsWith("no slice has 30 images", check.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Latency_is_measured_here_and_against_the_champion()
    {
        TinyModel.Add(_w.Workspace);
        TinyModel.Add(_w.Workspace, "softer", 6);
        Shades.Dataset(_w, "eyes", 20);
        Publish("tiny");
        var report = Judge("softer", ["latency.p95 <= 10 s", "latency.p50 >= 10 s", "latency.p95 <= 1000 * champion"]);
        Assert.Equal([GateVerdict.Pass, GateVerdict.Fail, GateVerdict.Pass], report.Checks.Select(c => c.Verdict));
        var p95 = report.Checks[0].Figure!;
        Assert.True(p95.N >= 500 && p95.Low > 0 && p95.Low <= p95.Value && p95.Value <= p95.High, p95.ToString());
    }

    [Fact]
    public void Images_a_model_learned_from_do_not_judge_it()
    {
        var eyes = Shades.Dataset(_w, "eyes", 100);
        var ids = _w.Images("eyes").Select(i => i.Id).ToList();
        _w.Workspace.Catalogue.AssignSplits("eyes", ids.Select((id, i) => (id, i)).ToDictionary(x => x.id, x => x.i < 60 ? DataSplit.Train : DataSplit.Test), null);
        var version = _w.Workspace.Catalogue.Snapshot("eyes").Id;
        TinyModel.Add(_w.Workspace, dataset: "eyes", datasetVersion: version);
        Assert.Equal((40, 60), (Judge("tiny", ["images >= 40"]).N, Judge("tiny", ["images >= 40"]).Learned));
        Assert.Contains(_w.Reports.Warnings, w => w.Contains("left out of the judgement", StringComparison.Ordinal));
        // By default it is judged on the test split of its own dataset.
        var judged = RegistryService.Judge(_w.Workspace, new PublishRequest { Model = "tiny", Gate = ["images >= 40"] }, _w.Reports, default).Gate;
        Assert.Equal(("eyes", DataSplit.Test, 40, 0), (judged.Dataset, judged.Split, judged.N, judged.Learned));
    }

    [Fact]
    public void A_demand_on_images_needs_a_dataset_and_the_others_do_not()
    {
        TinyModel.Add(_w.Workspace);
        var request = new PublishRequest { Model = "tiny", Gate = ["accuracy >= 0.9"] };
        Assert.Equal("NothingToJudgeOn", Assert.Throws<FlywheelException>(() => RegistryService.Judge(_w.Workspace, request, _w.Reports, default)).ErrorId);
        var size = RegistryService.Judge(_w.Workspace, request with { Gate = ["size <= 1MB", "accuracy >= champion"] }, _w.Reports, default);
        Assert.Equal((GateVerdict.Pass, 0), (size.Gate.Verdict, size.Gate.N));
        Assert.Null(size.Evaluation);
    }

    [Fact]
    public void Subjects_count_not_pictures()
    {
        TinyModel.Add(_w.Workspace);
        Shades.Dataset(_w, "eyes", 20);
        _w.Workspace.Catalogue.AssignSplits("eyes", _w.Images("eyes").ToDictionary(i => i.Id, _ => DataSplit.Test), "subject");
        var few = Check("tiny", "accuracy >= 0.5"); // four subjects
        Assert.Equal((GateVerdict.CannotTell, "4 groups are too few for an interval; 5 are the least"), (few.Verdict, few.Reason));
    }
}
