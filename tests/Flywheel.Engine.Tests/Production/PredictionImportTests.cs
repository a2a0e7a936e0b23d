using System.Globalization;
using Flywheel.Engine.Production;
using Flywheel.Engine.Production.Logs;

namespace Flywheel.Engine.Tests.Production;

public class PredictionImportTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static PredictionImport Import(TemporaryWorkspace at, PredictionImportRequest request) => PredictionImporter.Import(at.Workspace, request, at.Reports, Token);

    static PredictionImportRequest Elsewhere(string path) => new() { Path = path, Model = "line-3", External = true };

    static List<Prediction> Predictions(TemporaryWorkspace at) => [.. at.Workspace.Catalogue.Predictions(new PredictionQuery { LatestPerImage = false })];

    /// <summary>Three pictures on disk, and a log of five rows: one of them broken, one of an image known by its hash only.</summary>
    static string Log(TemporaryWorkspace at)
    {
        for (var i = 0; i < 3; i++) Shades.Write(at, $"cam/{i}.png", (byte)(60 * i + 40), i);
        return at.Write("log.csv", $"""
            path,hash,label,confidence,time,camera
            cam\0.png,,closed,0.9,2027-01-31T18:00:00Z,north
            cam/1.png,,open,0.6,2027-01-31T18:00:01Z,north
            cam/2.png,,open,1.8,2027-01-31T18:00:02Z,south
            cam/2.png,,open,0.8,2027-01-31T18:00:03Z,south
            gone.png,{new string('b', 64)},closed,0.7,2027-01-31T18:00:04Z,south
            """);
    }

    [Fact]
    public void A_log_of_a_model_that_runs_elsewhere_comes_in_with_its_images()
    {
        using var at = new TemporaryWorkspace();

        var result = Import(at, Elsewhere(Log(at)));

        Assert.Equal((true, 4, 0, 1, 3, 1, "inbox"), (result.NewModel, result.Added, result.Known, result.Failed, result.Images, result.WithoutImage, result.Dataset));
        Assert.Equal((18, 0, 4), (result.From!.Value.Hour, result.From.Value.Second, result.To!.Value.Second));
        var fault = Assert.Single(at.Reports.Faults);
        Assert.Equal(("LogRowInvalid", 4, "confidence"), (fault.ErrorId, fault.Location!.Line, fault.Location.Field));
        var model = at.Workspace.GetModel("line-3");
        Assert.True(model.IsExternal);
        Assert.Equal(["closed", "open"], model.Labels);
        Assert.Equal(["0.png", "1.png", "2.png"], at.Images("inbox").Select(i => i.Name));
        Assert.All(at.Images("inbox"), i => Assert.True(i.Width > 0 && i.Label is null));
        var predictions = Predictions(at);
        Assert.Equal([("closed", 0.9, "north"), ("open", 0.6, "north"), ("open", 0.8, "south"), ("closed", 0.7, "south")], predictions.Select(p => (p.Label, p.Confidence, p.Tags["camera"])));
        Assert.All(predictions, p =>
        {
            Assert.Equal((PredictionSource.Import, model.Id), (p.Source, p.ModelId));
            Assert.Equal(1, p.Scores.Values.Sum(), 12);
            Assert.Equal(2 * p.Confidence - 1, p.Margin, 12);
        });
        Assert.Equal((new string('b', 64), ""), (predictions[3].ImageId, predictions[3].Path));
    }

    [Fact]
    public void Importing_again_adds_nothing_and_what_a_grown_log_has_new_goes_in()
    {
        using var at = new TemporaryWorkspace();
        var log = Log(at);
        Import(at, Elsewhere(log));
        var before = Predictions(at);

        var again = Import(at, Elsewhere(log));
        Assert.Equal((false, 0, 4, 0), (again.NewModel, again.Added, again.Known, again.Images));
        File.AppendAllText(log, "\ncam/0.png,,half,0.5,2027-01-31T18:00:05Z,north");
        var grown = Import(at, Elsewhere(log));

        Assert.Equal((1, 4), (grown.Added, grown.Known));
        Assert.Equal(["closed", "open", "half"], at.Workspace.GetModel("line-3").Labels); // a new label is the last
        Assert.Equal(before.Select(p => p.Id), Predictions(at).Take(4).Select(p => p.Id));
        Assert.Single(at.Workspace.Catalogue.Models());
    }

    [Fact]
    public void Ids_come_from_content_and_sort_by_time()
    {
        string[] Ids()
        {
            using var at = new TemporaryWorkspace();
            Import(at, Elsewhere(Log(at)));
            return [.. Predictions(at).Select(p => p.Id)];
        }
        var ids = Ids();
        Assert.Equal(ids, Ids());
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.Equal('8', id[14]));
        Assert.Equal(4, ids.Distinct().Count());
    }

    [Fact]
    public void Telling_what_an_import_would_do_gives_its_numbers_and_changes_nothing()
    {
        using var at = new TemporaryWorkspace();
        var log = Log(at);
        var plan = Import(at, Elsewhere(log) with { Store = false });
        Assert.Empty(Predictions(at));
        Assert.Empty(at.Workspace.Catalogue.Models());
        Assert.Empty(at.Workspace.Catalogue.Datasets());
        var done = Import(at, Elsewhere(log));
        Assert.Equal((done.Added, done.Known, done.Failed, done.Images, done.NewModel), (plan.Added, plan.Known, plan.Failed, plan.Images, plan.NewModel));
        Assert.Equal("4 predictions of 'line-3', a new external model, from 'log.csv' (0 known, 1 rows left out), 3 new images into 'inbox', 0 reports", plan.ToString());
    }

    [Fact]
    public void A_log_of_a_model_of_the_workspace_must_have_its_labels()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Write(at, "a.png", 200);
        var log = at.Write("log.jsonl", """
            {"image":"a.png","label":"open","scores":{"open":0.8,"closed":0.2},"ts":1801418709}
            {"image":"a.png","label":"squint","confidence":0.8,"ts":1801418710}
            """);
        var result = Import(at, new PredictionImportRequest { Path = log, Model = "tiny", Dataset = "field" });
        Assert.Equal((1, 1), (result.Added, result.Failed));
        Assert.Equal("LogLabelUnknown", Assert.Single(at.Reports.Faults).ErrorId);
        Assert.Equal(model.Id, Predictions(at)[0].ModelId);
        Assert.Equal("a.png", Assert.Single(at.Images("field")).Name);
        // The network is here, so the picture can be looked at.
        Assert.True(ScoredWindow.Production(at.Workspace, model, new PredictionQuery(), null, at.Reports, Token).HasEmbedding[0]);
    }

    [Fact]
    public void What_a_log_leaves_open_is_spread_evenly_over_the_other_labels()
    {
        using var at = new TemporaryWorkspace();
        Shades.Write(at, "a.png", 200);
        Import(at, Elsewhere(at.Write("log.csv", "path,label,confidence\na.png,a,0.7\n")) with { Labels = ["a", "b", "c", "d"] });
        var p = Assert.Single(Predictions(at));
        Assert.Equal(["a", "b", "c", "d"], p.Scores.Keys);
        Assert.All(p.Scores.Skip(1), s => Assert.Equal(0.1, s.Value, 12));
        Assert.Equal(0.6, p.Margin, 12);
        Assert.Equal(-(0.7 * Math.Log(0.7) + 3 * 0.1 * Math.Log(0.1)) / Math.Log(4), p.Entropy, 12);
        Assert.Equal(File.GetLastWriteTimeUtc(Path.Combine(at.Data, "log.csv")), p.Time.UtcDateTime);
    }

    [Fact]
    public void Reports_that_stand_beside_predictions_come_in_once()
    {
        using var at = new TemporaryWorkspace();
        Shades.Write(at, "a.png", 200);
        Shades.Write(at, "b.png", 30, 1);
        var log = at.Write("log.csv", "path,score_open,score_closed,id,truth,verdict,reason,reporter\na.png,0.9,0.1,r1,closed,,glare,ann\nb.png,0.2,0.8,r2,,right,,bo\n");
        Assert.Equal(2, Import(at, Elsewhere(log)).Feedback);
        Assert.Equal(0, Import(at, Elsewhere(log)).Feedback);
        var predictions = Predictions(at);
        Assert.Equal(("r1", FeedbackVerdict.Wrong, "closed", "glare", "ann"), (predictions[0].Tags["id"], predictions[0].Feedback!.Verdict, predictions[0].Feedback!.Label, predictions[0].Feedback!.Reason, predictions[0].Feedback!.Reporter));
        Assert.Equal([false, true], predictions.Select(p => p.Correct));
        Assert.All(at.Images("inbox"), i => Assert.Null(i.Label)); // a report is no label
    }

    [Fact]
    public void Rows_whose_image_or_id_is_in_dispute_are_faults()
    {
        using var at = new TemporaryWorkspace();
        Shades.Write(at, "a.png", 200);
        Shades.Write(at, "b.png", 30, 1);
        at.Write("text.png", "no picture");
        var id = Guid.NewGuid().ToString();
        var log = at.Write("log.csv", $"""
            path,hash,label,confidence,id
            a.png,,open,0.9,{id}
            b.png,,closed,0.9,{id}
            none.png,,open,0.9,
            text.png,,open,0.9,
            a.png,{new string('c', 64)},open,0.9,
            """);
        var result = Import(at, Elsewhere(log));
        Assert.Equal((1, 4), (result.Added, result.Failed));
        Assert.Equal(["ImageFormatUnknown", "ImageHashMismatch", "LogImageMissing", "PredictionIdTaken"], at.Reports.FaultIds.Order(StringComparer.Ordinal));
        Assert.All(at.Reports.Faults, f => Assert.Contains("log.csv(", f.Message, StringComparison.Ordinal));
        Assert.Equal(id, Predictions(at)[0].Id);
    }

    [Fact]
    public void An_image_that_is_gone_is_found_by_where_it_was()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "eyes", 2);
        var image = at.Images("eyes")[0];
        File.Delete(image.Path);
        Import(at, Elsewhere(at.Write("log.csv", "path,label,confidence\neyes/0000.png,open,0.9\neyes/0001.png,closed,0.6\n")));
        Assert.Equal(image.Id, Predictions(at)[0].ImageId);
        Assert.Empty(at.Reports.Faults);
        Assert.Null(at.Workspace.Catalogue.FindDataset("inbox")); // both were known
    }

    [Fact]
    public void A_model_must_be_known_or_said_to_run_elsewhere()
    {
        using var at = new TemporaryWorkspace();
        TinyModel.Add(at.Workspace);
        var log = at.Write("log.csv", "path,label,confidence\na.png,open,0.9\n");
        string Refused(PredictionImportRequest request) => Assert.Throws<FlywheelException>(() => Import(at, request)).ErrorId;
        var unknown = Assert.Throws<FlywheelException>(() => Import(at, new PredictionImportRequest { Path = log, Model = "line-3" }));
        Assert.Equal("ModelNotFound", unknown.ErrorId);
        Assert.Contains("-External", unknown.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("ModelNotExternal", Refused(new PredictionImportRequest { Path = log, Model = "tiny", External = true }));
        Assert.Equal("LogHasOneLabel", Refused(Elsewhere(log)));
        Assert.Equal("InvalidModelName", Refused(Elsewhere(log) with { Model = "a/b", Labels = ["open", "closed"] }));
        Assert.Equal(["tiny"], at.Workspace.Catalogue.Models().Select(m => m.Name));
    }

    [Fact]
    public void A_model_that_runs_elsewhere_predicts_nothing_here_but_its_failures_are_found()
    {
        using var at = new TemporaryWorkspace();
        Import(at, Elsewhere(Log(at)));
        var model = at.Workspace.GetModel("line-3");
        Assert.Equal("ModelIsExternal", Assert.Throws<FlywheelException>(() => new PredictionService(at.Workspace, model)).ErrorId);
        Assert.Equal("ModelIsExternal", Assert.Throws<FlywheelException>(() => PredictionCatalogue.Similar(at.Workspace, model, new PredictionQuery(), "0.png", at.Reports, Token)).ErrorId);
        var window = ScoredWindow.Production(at.Workspace, model, new PredictionQuery(), null, at.Reports, Token);
        Assert.Equal((3, null), (window.Count, window.Embeddings)); // the image known by hash only has no properties to look at

        var failures = FailureFinder.Find(at.Workspace, model, new FailureQuery { Dataset = "inbox", MinScore = 0.15 }, at.Reports, Token);
        Assert.Equal(["1.png", "2.png"], failures.Select(f => f.Name));
        Assert.Equal([0.4, 0.2], failures.Select(f => Math.Round(f.Score, 9)));
        var all = FailureFinder.Find(at.Workspace, model, new FailureQuery { MinScore = 0.15, ContactSheet = Path.Combine(at.Folder, "f.png") }, at.Reports, Token);
        Assert.Contains(all, f => f.Image is { Path: "", Width: 0 } && f.ImageId == new string('b', 64));
        Assert.Contains(at.Reports.Warnings, w => w.StartsWith("1 of 3 failures are not on the contact sheet", StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_log_goes_in_batch_by_batch()
    {
        using var at = new TemporaryWorkspace();
        for (var i = 0; i < 5; i++) Shades.Write(at, $"{i}.png", (byte)(40 * i + 20), i);
        var rows = string.Join('\n', Enumerable.Range(0, 1203).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i % 5}.png,open,0.{i % 9 + 1},{1800000000 + i}")));
        var result = Import(at, Elsewhere(at.Write("log.csv", "path,label,confidence,time\n" + rows)) with { Labels = ["open", "closed"] });
        Assert.Equal((1203, 0, 5), (result.Added, result.Failed, result.Images));
        Assert.Equal(1203, Predictions(at).Count);
    }
}
