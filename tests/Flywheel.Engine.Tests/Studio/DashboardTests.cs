using CsCheck;
using Flywheel.Engine.Production.Slices;
using Flywheel.Engine.Studio.Dashboard;

namespace Flywheel.Engine.Tests.Studio;

public sealed class DashboardTests : IDisposable
{
    readonly TemporaryWorkspace _at = new();

    public void Dispose() => _at.Dispose();

    ICatalogue Store => _at.Workspace.Catalogue;

    DashboardData Read() => DashboardService.Read(_at.Workspace, TimeProvider.System);

    [Fact]
    public void An_empty_workspace_is_read_too()
    {
        var data = Read();
        Assert.Equal((0, 0, 0, 0, 0, 0), (data.Images, data.Accuracy.Count, data.Labels.Count, data.Slices.Count, data.Queues.Count, data.Runs.Count));
        Assert.True(data.Drift is null && data.Decision is null && data.SlicesSearched is null && data.Faults.Count == 0);
    }

    /// <summary>Whatever is labelled, withdrawn, excluded and taken back: the replay's last row is what the catalogue has.</summary>
    [Fact]
    public void The_ledger_replays_to_the_labels_the_catalogue_has()
    {
        Shades.Dataset(_at, "eyes", 12);
        var ids = _at.Images("eyes").Select(i => i.Id).ToList();
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, 5], Gen.Int[0, 3]).Array[1, 25].Sample(steps =>
        {
            foreach (var (image, action, kind) in steps)
            {
                var made = action == 5
                    ? Store.Annotate([AnnotationChange.OfExclusion(ids[image], Store.FindImage(ids[image])!.Excluded is null ? "dark" : null, "ann")])
                    : Store.Annotate([new AnnotationChange(ids[image], action == 4 ? null : $"label{action}", (AnnotationProvenance)kind, "ann")]);
                if (kind == 3 && made.Count > 0) Store.Undo([made[0].Sequence], "bob");
            }
            var now = Store.Images(new ImageQuery { IncludeExcluded = true }).Where(i => i.Label is not null).GroupBy(i => i.Provenance!.Value).ToDictionary(g => g.Key, g => g.Count());
            var last = DashboardService.Labels(Store.Annotations())[^1];
            Assert.Equal((now.GetValueOrDefault(AnnotationProvenance.Imported), now.GetValueOrDefault(AnnotationProvenance.Human), now.GetValueOrDefault(AnnotationProvenance.Auto), now.GetValueOrDefault(AnnotationProvenance.Reviewed)),
                (last.Imported, last.Human, last.Auto, last.Reviewed));
        }, iter: 40, threads: 1);
    }

    [Fact]
    public void Each_day_has_one_row()
    {
        Annotation Entry(int sequence, int image, string? old, string? value, AnnotationProvenance kind, double day) => new(sequence, $"{image}", old, value, kind, "ann", null, DateTimeOffset.UnixEpoch.AddDays(day));
        var days = DashboardService.Labels([
            Entry(1, 1, null, "a", AnnotationProvenance.Imported, 0.1), Entry(2, 2, null, "a", AnnotationProvenance.Imported, 0.2),
            Entry(3, 3, null, "b", AnnotationProvenance.Auto, 2.5), Entry(4, 1, "a", "b", AnnotationProvenance.Reviewed, 2.9),
            Entry(5, 3, "b", null, AnnotationProvenance.Human, 1.0), // a clock set back
            Entry(6, 2, "a", "b", AnnotationProvenance.Human, 5) with { Part = AnnotationPart.Boxes },
            Entry(7, 4, null, "b", AnnotationProvenance.Human, 6)]);
        var start = new DateOnly(1970, 1, 1);
        Assert.Equal([new(start, 2, 0, 0, 0), new(start.AddDays(2), 1, 0, 0, 1), new(start.AddDays(6), 1, 1, 0, 1)], days);
        Assert.Equal(3, days[^1].Total);
    }

    [Fact]
    public void Slices_are_open_as_long_as_the_newest_search_confirms_them()
    {
        var model = TinyModel.Add(_at.Workspace);
        void Search(int day, string json) => Store.AddReport(new StoredReport($"r{day}", SliceFinder.ReportKind, model.Id, DateTimeOffset.UnixEpoch.AddDays(day), json));
        var width = ExploreTests.SliceJson("aa");
        var bright = width.Replace("\"width\"", "\"brightness\"", StringComparison.Ordinal);
        Search(1, width);
        Search(2, $"[{width.Trim()[1..^1]},{bright.Trim()[1..^1]}]");
        Search(3, bright);
        var data = Read();
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(3), data.SlicesSearched);
        Assert.Equal([("brightness ≤ 30", true, 2, 3), ("width ≤ 30 px", false, 1, 2)], data.Slices.Select(s => (s.Slice.Name, s.Open, (int)(s.First - DateTimeOffset.UnixEpoch).TotalDays, (int)(s.Last - DateTimeOffset.UnixEpoch).TotalDays)));
        Search(4, "[]");
        Assert.All(Read().Slices, s => Assert.False(s.Open));
    }

    [Fact]
    public void Reviewers_are_told_apart_and_figures_are_those_of_the_catalogue()
    {
        Shades.Dataset(_at, "eyes", 10);
        var images = _at.Images("eyes");
        Store.AddSuggestions([.. images.Select((i, at) => new Suggestion { ImageId = i.Id, Reason = at < 6 ? "label-errors" : "consensus", OldLabel = i.Label, NewLabel = "half", Score = 0.5 })]);
        var ids = Store.Suggestions(new SuggestionQuery()).Select(s => s.Id).ToList();
        Store.Decide([.. ids.Take(4).Select(s => new SuggestionVerdict(s, SuggestionStatus.Accepted, "ann")), new SuggestionVerdict(ids[4], SuggestionStatus.Rejected, "ann"), new SuggestionVerdict(ids[6], SuggestionStatus.Edited, "bob") { Label = "open" }]);
        Store.AddQueue(new LabelQueue { Name = "q", Labels = ["open"] }, [new QueueItem { ImageId = images[0].Id }, new QueueItem { ImageId = images[1].Id }]);
        Store.Answer("q", "ann", [new QueueAnswer(images[0].Id, QueueItemState.Done)]);
        Store.Annotate([AnnotationChange.OfExclusion(images[9].Id, "dark", "ann")]);
        var data = Read();
        Assert.Equal([("ann", 4, 1, 0, 0.8), ("bob", 0, 0, 1, 0.0)], data.Reviewers.Select(r => (r.Name, r.Accepted, r.Rejected, r.Edited, r.Acceptance.Value)));
        Assert.Equal(["consensus", "label-errors"], data.Suggestions.Select(s => s.Reason));
        Assert.Equal((2, 1), (Assert.Single(data.Queues).Images, data.Queues[0].Done));
        Assert.Equal((10, 1, 9), (data.Images, data.Excluded, Assert.Single(data.Datasets).Images));
        Assert.Equal((5, 5), (data.Labels[^1].Reviewed, data.Labels[^1].Imported));
    }

    [Fact]
    public void Accuracy_comes_from_models_estimates_and_turns_and_what_is_damaged_is_told()
    {
        var model = TinyModel.Add(_at.Workspace);
        Store.AddModel(model with { Name = "judged", Dataset = "eyes", Validation = new Metric("balanced accuracy", 0.9, 0.8, 0.95, 50, "Wilson") });
        var run = Path.Combine(_at.Workspace.RunsPath, "20270101-000000-aaaa");
        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, "events.jsonl"), """{"time":"2027-01-01T00:00:00Z","event":"start","loop":"eyes"}""" + "\n" + """{"time":"2027-01-01T00:01:00Z","event":"end","status":"done","message":"ok"}""" + "\n");
        const string Figure = """{"name":"accuracy","value":0.91,"low":0.88,"high":0.93,"n":400,"method":"Wilson"}""";
        File.WriteAllText(Path.Combine(run, "result.json"), $$"""
            {"runId":"20270101-000000-aaaa","name":"eyes","definition":"eyes.yaml","workspace":"w","status":"done","stages":[],
             "arms":[{"key":"start","title":"start model","labels":0,"modelId":"m1","evaluations":[{"modelId":"m1","modelName":"x","dataset":"cew","datasetVersion":"v","split":"test","n":400,"accuracy":{{Figure}},"balancedAccuracy":{{Figure}},"auroc":{{Figure}},"calibrationError":{{Figure}},"logLoss":{{Figure}},"classes":[],"confusion":[],"labels":[]}]}]}
            """);
        var data = Read();
        Assert.Equal([("validation", "eyes validation", 0.9), ("loop", "cew test", 0.91)], data.Accuracy.Select(p => (p.Kind, p.Where, p.Figure.Value)));
        Assert.Equal(("eyes: start model", new DateTimeOffset(2027, 1, 1, 0, 1, 0, TimeSpan.Zero)), (data.Accuracy[1].Model, data.Accuracy[1].Time));
        Assert.Empty(data.Faults);
        Assert.Equal(LoopStatus.Done, Assert.Single(data.Runs).Status);

        File.WriteAllText(Path.Combine(run, "result.json"), "{ torn");
        data = Read();
        Assert.Contains("result.json", Assert.Single(data.Faults), StringComparison.Ordinal);
        Assert.Single(data.Accuracy);
    }
}
