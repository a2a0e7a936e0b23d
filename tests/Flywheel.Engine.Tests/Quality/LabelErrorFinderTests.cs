using Flywheel.Engine.Datasets;
using Flywheel.Engine.Quality;
using Flywheel.Tests;

namespace Flywheel.Engine.Tests.Quality;

public class LabelErrorFinderTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    const string MrlNames = @"s(?<subject>\d{4})_\d+_(?<gender>\d)_(?<glasses>\d)_(?<label>\d)_(?<reflections>\d)_(?<lighting>\d)_(?<sensor>\d\d)";

    static readonly Dictionary<string, string> s_mrlLabels = new() { ["0"] = "closed", ["1"] = "open" };

    static LabelErrorReport Find(TemporaryWorkspace at, LabelErrorRequest request) => LabelErrorFinder.Find(at.Workspace, request, at.Reports, Token);

    /// <summary>The ids of the images whose label is exchanged: bright ones called closed and dark ones called open.</summary>
    static List<string> Wrong(TemporaryWorkspace at, string dataset) => [.. at.Images(dataset).Where(i => (i.Brightness > 0.5) != (i.Label == "open")).Select(i => i.Id).Order(StringComparer.Ordinal)];

    /// <summary>Dark pictures called closed and bright ones called open, five of a subject; every tenth label is exchanged, of both kinds.</summary>
    static void Eyes(TemporaryWorkspace at, int count)
    {
        var random = new SeededRandom(9);
        Shades.Catalogue(at, "eyes", Enumerable.Range(0, count).Select(i =>
        {
            var bright = i % 2 == 0;
            var luma = (byte)(bright ? random.Next(180, 240) : random.Next(20, 80));
            var path = Shades.Write(at, $"eyes/{i:0000}.png", luma, i);
            return (path, (string?)((bright ^ i % 20 is 4 or 11) ? "open" : "closed"), (Dictionary<string, string>?)new() { ["subject"] = $"s{i / 5}" });
        }));
    }

    [Fact]
    public void Exchanged_labels_are_found_by_what_a_model_sees()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Eyes(at, 300);
        var report = Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model });

        var wrong = Wrong(at, "eyes");
        Assert.Equal(30, wrong.Count);
        Assert.Equal(wrong, report.Errors.Select(e => e.Image.Id).Order(StringComparer.Ordinal));
        Assert.Equal(300, report.Judged);
        Assert.InRange(report.Estimated, 25, 35);
        Assert.Equal(0.9, report.Agreement, 1e-9);
        Assert.Equal(15, report.Errors.Count(e => e.Given == "open"));
        Assert.Equal(Enumerable.Range(1, 30), report.Errors.Select(e => e.Rank));
        Assert.All(report.Errors, e =>
        {
            Assert.Equal(e.Given == "open" ? "closed" : "open", e.Suggested);
            Assert.Equal(1 - e.SelfConfidence, e.Score, 1e-12);
            Assert.Contains("clear-disagreement", e.Reasons);
            Assert.Contains(e.Suggested, e.Text);
            Assert.StartsWith("5 random folds, 3 times", e.Folds);
        });
        Assert.Equal(report.Errors, report.Errors.OrderBy(e => e.SelfConfidence));
        // The same seed gives the same numbers; all of them are there when asked for.
        var all = Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model, All = true });
        Assert.Equal(300, all.Errors.Count);
        Assert.Equal(report.Errors.Select(e => (e.Image.Id, e.SelfConfidence)), all.Errors.Take(30).Select(e => (e.Image.Id, e.SelfConfidence)));
        Assert.All(all.Errors.Skip(30), e => Assert.False(e.Flagged));
        Assert.NotEqual(report.Errors.Select(e => e.SelfConfidence), Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model, Seed = 2 }).Errors.Select(e => e.SelfConfidence));
    }

    [Fact]
    public void Without_a_model_a_network_is_trained_for_every_fold()
    {
        using var at = new TemporaryWorkspace();
        // Stripes, level ones called closed and upright ones called open.
        var random = new SeededRandom(4);
        Shades.Catalogue(at, "eyes", Enumerable.Range(0, 120).Select(i =>
        {
            var (open, phase) = (i % 2 == 0, random.NextDouble(0, 6));
            var path = at.Write($"eyes/{i:000}.png", Pictures.Png((x, y) => (byte)(120 + 80 * Math.Sin((open ? x : y) * 0.8 + phase) + random.Next(13)), 32, 32));
            return (path, (string?)((open ^ i % 20 is 4 or 11) ? "open" : "closed"), (Dictionary<string, string>?)new() { ["wrong"] = i % 20 is 4 or 11 ? "yes" : "no" });
        }));
        var report = Find(at, new LabelErrorRequest { Dataset = "eyes", Folds = 3, Epochs = 8 });
        Assert.StartsWith("3 random folds, a small network", report.Errors[0].Folds);
        Assert.Equal(120, report.Judged);
        Assert.True(report.Errors.Count(e => e.Image.Tags["wrong"] == "yes") >= 10, $"{report.Errors.Count(e => e.Image.Tags["wrong"] == "yes")} of 12 found");
        Assert.True(report.Errors.Count <= 20, $"{report.Errors.Count} flagged");
        Assert.Contains(at.Reports.ProgressReports, p => p.Activity == "Judging labels" && p.Total == 300);
    }

    [Fact]
    public void The_newest_model_of_the_dataset_is_taken_and_that_it_learned_these_labels_is_said()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "eyes", 60);
        TinyModel.Add(at.Workspace, "own", dataset: "eyes");
        var report = Find(at, new LabelErrorRequest { Dataset = "eyes" });
        Assert.Contains("what own sees", report.Folds);
        Assert.Contains(at.Reports.Warnings, w => w.Contains("'own' learned from labels of 'eyes'", StringComparison.Ordinal));
    }

    [Fact]
    public void Grouped_folds_keep_groups_together_and_say_what_they_cost()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Eyes(at, 200);
        Assert.Equal("GroupTagMissing", Assert.Throws<FlywheelException>(() => Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model, GroupedFolds = true })).ErrorId);
        Assert.Equal("GroupTagMissing", Assert.Throws<FlywheelException>(() => Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model, GroupBy = "sbject" })).ErrorId);
        var report = Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model, GroupBy = "subject" });
        Assert.StartsWith("5 folds by subject", report.Folds);
        Assert.Contains(at.Reports.Warnings, w => w.StartsWith("Grouped folds", StringComparison.Ordinal));
        Assert.Equal(Wrong(at, "eyes"), report.Errors.Select(e => e.Image.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Folds_share_out_labels_and_never_divide_a_group()
    {
        var random = new SeededRandom(3);
        int[] labels = [.. Enumerable.Range(0, 400).Select(i => i % 8 == 0 ? 1 : 0)], groups = [.. Enumerable.Range(0, 400).Select(i => i / 10)];
        var plan = FoldPlan.Random(labels, 2, 5, random);
        for (var f = 0; f < 5; f++)
        {
            Assert.Equal(10, Enumerable.Range(0, 400).Count(i => plan[i] == f && labels[i] == 1));
            Assert.Equal(80, plan.Count(x => x == f));
        }
        plan = FoldPlan.Grouped(labels, 2, groups, 5, random);
        Assert.All(Enumerable.Range(0, 400).GroupBy(i => groups[i]), g => Assert.Single(g.Select(i => plan[i]).Distinct()));
        for (var f = 0; f < 5; f++)
        {
            Assert.InRange(plan.Count(x => x == f), 70, 90);
            Assert.InRange(Enumerable.Range(0, 400).Count(i => plan[i] == f && labels[i] == 1), 8, 12);
        }
    }

    [Fact]
    public void What_machines_labelled_and_the_only_image_of_a_label_are_left_out()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 100);
        var images = at.Images("eyes");
        at.Workspace.Catalogue.Annotate([new(images[0].Id, "winking", AnnotationProvenance.Human, "ann"), .. images.Skip(1).Take(20).Select(i => new AnnotationChange(i.Id, i.Label == "open" ? "closed" : "open", AnnotationProvenance.Auto, "assistant"))]);
        var report = Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model, All = true });
        Assert.Equal(79, report.Judged);
        Assert.Equal(1, report.NotJudged);
        Assert.Contains(at.Reports.Warnings, w => w.Contains("'winking'", StringComparison.Ordinal));
        Assert.True(double.IsNaN(report.Errors.Single(e => e.Given == "winking").SelfConfidence));
        Assert.Empty(report.Errors.Select(e => e.Image.Id).Intersect(images.Skip(1).Take(20).Select(i => i.Id)));
    }

    [Fact]
    public void Equal_bytes_and_equal_pixels_with_different_labels_are_found_first()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 100);
        var dark = Pictures.Png((x, y) => (byte)(30 + x % 7));
        string first = at.Write("twins/first.png", dark), second = at.Write("twins/second.png", [.. dark, 0]), third = at.Write("twins/third.png", dark);
        var bright = Pictures.Png((x, y) => (byte)(220 + y % 9));
        string fourth = at.Write("twins/fourth.png", bright), fifth = at.Write("twins/fifth.png", [.. bright, 1]);
        // The same pixels and the same label are no conflict.
        var plain = Pictures.Png((x, y) => (byte)(200 + x % 5 + y % 3));
        string sixth = at.Write("twins/sixth.png", plain), seventh = at.Write("twins/seventh.png", [.. plain, 1]);
        Shades.Catalogue(at, "eyes", [(first, "closed", null), (second, "open", null), (third, "open", null), (fourth, "open", null), (fifth, "closed", null), (sixth, "open", null), (seventh, "open", null)]);
        var report = Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model });

        Assert.Equal(4, report.Conflicting);
        Assert.All(report.Errors.Take(4), e => Assert.Contains("same-pixels", e.Reasons));
        Assert.Equal(["fifth.png", "first.png", "fourth.png", "second.png"], report.Errors.Take(4).Select(e => e.Image.Name).Order(StringComparer.Ordinal));
        var wrong = report.Errors.Single(e => e.Image.Name == "second.png");
        Assert.Equal(("open", "closed", "first.png"), (wrong.Given, wrong.Suggested, wrong.Related!.Name));
        Assert.True(wrong.Score > 0.5, $"{wrong.Score}");
        Assert.Equal(1, wrong.Score + report.Errors.Single(e => e.Image.Name == "first.png").Score, 1e-9);
        Assert.DoesNotContain(report.Errors.Take(4), e => e.Image.Name is "sixth.png" or "seventh.png");

        // One proposal for each pair, and none twice.
        var proposals = LabelErrorFinder.Suggestions(report);
        Assert.Equal(["fifth.png", "second.png"], proposals.Where(s => s.Reason == "conflicts").Select(s => at.Workspace.Catalogue.FindImage(s.ImageId)!.Name).Order(StringComparer.Ordinal));
        Assert.Equal(proposals.Count, at.Workspace.Catalogue.AddSuggestions(proposals));
        Assert.Equal(0, at.Workspace.Catalogue.AddSuggestions(LabelErrorFinder.Suggestions(Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model }))));
        // What a person says of one of them settles which label is the wrong one.
        at.Workspace.Catalogue.Annotate([new(at.Workspace.Catalogue.FindImage(second)!.Id, "open", AnnotationProvenance.Reviewed, "ann")]);
        at.Workspace.Catalogue.Annotate([new(at.Workspace.Catalogue.FindImage(first)!.Id, "open", AnnotationProvenance.Reviewed, "ann")]);
        Assert.Equal(2, Find(at, new LabelErrorRequest { Dataset = "eyes", Model = model }).Conflicting);
    }

    [Fact]
    public void A_conflict_at_import_is_found_until_a_person_has_looked()
    {
        using var at = new TemporaryWorkspace();
        var dark = Pictures.Png((x, y) => (byte)(30 + x % 7));
        string first = at.Write("twins/first.png", dark), second = at.Write("twins/second.png", dark);
        Shades.Catalogue(at, "eyes", [(first, "closed", null), (second, "open", null)]);
        var found = Assert.Single(Find(at, new LabelErrorRequest { Dataset = "eyes" }).Errors);
        Assert.Equal(("closed", "open", 0.5), (found.Given, found.Suggested, found.Score));
        Assert.Equal(["same-file"], found.Reasons);
        Assert.Contains("second.png", found.Text);
        Assert.Contains(at.Reports.Warnings, w => w.StartsWith("Only identical pictures", StringComparison.Ordinal));
        at.Workspace.Catalogue.Annotate([new(found.Image.Id, "open", AnnotationProvenance.Human, "ann")]);
        Assert.Empty(Find(at, new LabelErrorRequest { Dataset = "eyes" }).Errors);
    }

    [Fact]
    public void A_cancelled_search_ends()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Eyes(at, 40);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => LabelErrorFinder.Find(at.Workspace, new LabelErrorRequest { Dataset = "eyes", Model = model }, at.Reports, stop.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => LabelErrorFinder.Find(at.Workspace, new LabelErrorRequest { Dataset = "eyes", Retrain = true }, at.Reports, stop.Token));
    }

    [Fact]
    public void Options_out_of_range_or_against_each_other_are_refused()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 20);
        var request = new LabelErrorRequest { Dataset = "eyes", Model = model };
        foreach (var bad in new[] { request with { Folds = 1 }, request with { Repeats = 0 }, request with { Margin = 1.1 }, request with { Epochs = 0 } })
            Assert.Equal("LabelErrorOptionOutOfRange", Assert.Throws<FlywheelException>(() => Find(at, bad)).ErrorId);
        Assert.Equal("LabelErrorOptionsConflict", Assert.Throws<FlywheelException>(() => Find(at, request with { Backbone = "x.onnx" })).ErrorId);
        Assert.Equal("LabelErrorOptionsConflict", Assert.Throws<FlywheelException>(() => Find(at, request with { Retrain = true })).ErrorId);
        Assert.Equal("BackboneMissing", Assert.Throws<FlywheelException>(() => Find(at, new LabelErrorRequest { Dataset = "eyes", Backbone = Path.Combine(at.Data, "none.onnx") })).ErrorId);
        Shades.Dataset(at, "unlabelled", 20, labelled: false, mark: 500);
        Assert.Equal("TooFewLabels", Assert.Throws<FlywheelException>(() => Find(at, request with { Dataset = "unlabelled" })).ErrorId);
    }

    [Fact]
    public void All_pairs_of_real_eyes_that_are_open_and_closed_are_found_as_equal_bytes()
    {
        var folder = SharedData.Folder("mrl-conflicts");
        using var at = new TemporaryWorkspace();
        Import(at, "conflicts", folder);
        var report = Find(at, new LabelErrorRequest { Dataset = "conflicts" });
        Assert.Equal(6, report.Errors.Count);
        Assert.All(report.Errors, e => Assert.Equal(["same-file"], e.Reasons));
    }

    [Fact]
    public void All_pairs_of_real_eyes_that_are_open_and_closed_are_found_as_equal_pixels()
    {
        var folder = SharedData.Folder("mrl-conflicts");
        using var at = new TemporaryWorkspace();
        foreach (var (at_, file) in Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal).Index())
            at.Write(Path.GetFileName(file), [.. File.ReadAllBytes(file), (byte)at_]);
        Import(at, "conflicts", at.Data);
        var report = Find(at, new LabelErrorRequest { Dataset = "conflicts", Folds = 2, Epochs = 1 });
        var pairs = report.Errors.Where(e => e.Reasons.Contains("same-pixels")).ToList();
        Assert.Equal(12, pairs.Count);
        Assert.Equal(6, pairs.Select(e => string.Join(' ', new[] { e.Image.Id, e.Related!.Id }.Order(StringComparer.Ordinal))).Distinct().Count());
        Assert.Equal(6, LabelErrorFinder.Suggestions(report).Count(s => s.Reason == "conflicts"));
    }

    [Fact]
    public void Exchanged_labels_of_real_eyes_are_found_by_a_backbone()
    {
        var folder = SharedData.Folder("mrl");
        var backbone = Path.Combine(SharedData.Folder("../models"), "squeezenet1.1_imagenet_features.onnx");
        using var at = new TemporaryWorkspace();
        Import(at, "mrl", folder, limit: 400);
        var truth = at.Images("mrl").ToDictionary(i => i.Id, i => i.Label!);
        var random = new SeededRandom(1);
        string[] ids = [.. truth.Keys.Order(StringComparer.Ordinal)];
        var exchanged = random.Sample(ids.Length, ids.Length / 10).Select(i => ids[i]).ToHashSet();
        at.Workspace.Catalogue.Annotate([.. exchanged.Select(id => new AnnotationChange(id, truth[id] == "open" ? "closed" : "open", AnnotationProvenance.Human, "mischief"))]);
        var report = Find(at, new LabelErrorRequest { Dataset = "mrl", Backbone = backbone, ContactSheet = Path.Combine(at.Data, "sheet.png") });
        var hits = report.Errors.Count(e => exchanged.Contains(e.Image.Id));
        Assert.True(hits >= 0.6 * exchanged.Count, $"{hits} of {exchanged.Count} found");
        Assert.True(hits >= 0.45 * report.Errors.Count, $"{hits} of {report.Errors.Count} flagged are exchanged");
        // The surest ones mostly are.
        var surest = report.Errors.Take(20).Count(e => exchanged.Contains(e.Image.Id));
        Assert.True(surest >= 14, $"{surest} of the first 20 are exchanged");
        Assert.True(new FileInfo(Path.Combine(at.Data, "sheet.png")).Length > 10_000);
    }

    static void Import(TemporaryWorkspace at, string name, string folder, int? limit = null) => DatasetImporter.Import(at.Workspace, new ImportRequest
    {
        Path = folder,
        Name = name,
        NamePattern = MrlNames,
        LabelMap = s_mrlLabels,
        Limit = limit,
        Seed = 1,
    }, at.Reports, Token);
}
