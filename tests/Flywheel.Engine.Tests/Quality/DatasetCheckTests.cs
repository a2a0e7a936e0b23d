using Flywheel.Engine.Datasets;
using Flywheel.Engine.Quality;
using Flywheel.Engine.Quality.Detectors;
using Flywheel.Engine.Review;
using Flywheel.Imaging;

namespace Flywheel.Engine.Tests.Quality;

public class DatasetCheckTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static DatasetReport Check(TemporaryWorkspace at, string dataset, params string[] detectors) =>
        DatasetChecker.Check(at.Workspace, new DatasetCheckRequest { Dataset = dataset, Detectors = detectors }, at.Reports, Token);

    static DetectorResult Of(DatasetReport report, string detector) => Assert.Single(report.Detectors, d => d.Name == detector);

    static string[] Names(DatasetReport report, string detector) => [.. Of(report, detector).Findings.Select(f => Path.GetFileNameWithoutExtension(f.Path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Planted_image_problems_are_flagged_by_their_detector_and_nothing_else_is()
    {
        using var at = new TemporaryWorkspace();
        var files = CheckedEyes.Write(at, "eyes", 150);
        using (var eye = CheckedEyes.Draw(900))
        {
            var random = new SeededRandom(1);
            foreach (var (name, picture) in new (string, PixelImage)[]
            {
                ("dark", CheckedEyes.Changed(eye, (b, _) => b * 0.06)),
                ("bright", CheckedEyes.Changed(eye, (b, _) => 246 + b * 0.04)),
                ("flat", CheckedEyes.Changed(eye, (b, _) => 110 + b * 0.05)),
                ("blurry", CheckedEyes.Blurred(eye, 4)),
                ("wide", CheckedEyes.Resized(eye, eye.Width * 3, eye.Height)),
                ("huge", CheckedEyes.Resized(eye, eye.Width * 5, eye.Height * 5)),
                ("noise", CheckedEyes.Changed(eye, (_, _) => random.Next(256))),
            })
            {
                files.Add((at.Write($"eyes/{name}.png", CheckedEyes.Png(picture)), "open", null));
                picture.Dispose();
            }
        }
        Shades.Catalogue(at, "eyes", files);
        var report = Check(at, "eyes", "image-quality", "outliers");

        Assert.Equal(["dark"], Names(report, "dark"));
        Assert.Equal(["bright"], Names(report, "bright"));
        Assert.Equal(["wide"], Names(report, "odd-aspect"));
        Assert.Equal(["huge"], Names(report, "odd-size"));
        Assert.Contains("flat", Names(report, "low-contrast"));
        Assert.Empty(Names(report, "low-contrast").Except(["flat", "dark", "bright"])); // what was darkened or faded is flat as well
        Assert.Contains("blurry", Names(report, "blurry"));
        Assert.Empty(Names(report, "blurry").Except(["blurry", "huge", "wide"])); // enlarging blurs
        Assert.Contains("noise", Names(report, "outliers"));
        Assert.All(report.Findings, f => Assert.InRange(f.Score, 0.5, 1));
        Assert.Equal(DetectorStatus.Warning, report.Status);
        Assert.False(report.Failed); // nothing critical
        var dark = Of(report, "dark");
        Assert.Equal((1, 157, DetectorStatus.Warning), (dark.Flagged, dark.N, dark.Status));
        Assert.Equal(1 / 157.0, dark.Share!.Value, 1e-12);
        Assert.True(dark.Share.Low < dark.Share.Value && dark.Share.Value < dark.Share.High);
    }

    [Fact]
    public void Pictures_all_dark_are_not_each_a_problem_but_black_ones_are()
    {
        using var at = new TemporaryWorkspace();
        var files = Enumerable.Range(0, 60).Select(i =>
        {
            using var eye = CheckedEyes.Draw(i);
            using var dim = CheckedEyes.Changed(eye, (b, _) => b * 0.25 + 3);
            return (at.Write($"dim/{i:00}.png", CheckedEyes.Png(dim)), (string?)"open", (Dictionary<string, string>?)null);
        }).ToList();
        files.Add((at.Write("dim/black.png", Pictures.Png((x, y) => 0)), "open", null));
        Shades.Catalogue(at, "dim", files);
        var report = Check(at, "dim", "dark", "low-contrast");
        // All are dim; only what stands out of them is told.
        Assert.All(at.Images("dim"), i => Assert.True(i.Brightness < 0.25));
        Assert.Contains("black", Names(report, "dark"));
        Assert.InRange(Of(report, "dark").Flagged, 1, 3);
        Assert.Equal(["black"], Names(report, "low-contrast"));
    }

    [Fact]
    public void Copies_are_found_by_what_they_show_and_gathered_around_the_one_to_keep()
    {
        using var at = new TemporaryWorkspace();
        var files = CheckedEyes.Write(at, "eyes", 120);
        using (var eye = CheckedEyes.Draw(7))
        using (var noisy = CheckedEyes.Noisy(eye, 1))
        using (var brighter = CheckedEyes.Changed(eye, (b, _) => b * 1.05 + 5))
        {
            files.Add((at.Write("eyes/noisy.png", CheckedEyes.Png(noisy)), null, null));
            files.Add((at.Write("eyes/brighter.png", CheckedEyes.Png(brighter)), null, null));
        }
        // Flat pictures all have the hash 0 and are no copies of each other.
        files.AddRange(Enumerable.Range(0, 5).Select(i => (at.Write($"eyes/flat{i}.png", Pictures.Png((x, y) => (byte)(60 + i * 30))), (string?)null, (Dictionary<string, string>?)null)));
        Shades.Catalogue(at, "eyes", files);

        var set = Assert.Single(DuplicateService.Find(at.Workspace, "eyes", 8, false, Path.Combine(at.Folder, "copies.png"), at.Reports, Token));
        Assert.Equal("0007.png", set.Keep.Name); // it is labelled
        Assert.Equal(["brighter.png", "noisy.png"], set.Images.Skip(1).Select(i => i.Name).Order());
        Assert.InRange(set.Similarity, 0.97, 1);
        Assert.True(new FileInfo(Path.Combine(at.Folder, "copies.png")).Length > 1000);

        var report = Check(at, "eyes", "duplicates");
        Assert.Equal(["brighter", "noisy"], Names(report, "duplicates"));
        Assert.All(report.Findings, f => Assert.Equal(set.Keep.Id, f.RelatedImageId));
    }

    [Fact]
    public void A_copy_in_another_split_is_critical_and_the_one_that_trains_is_to_go()
    {
        using var at = new TemporaryWorkspace();
        var files = CheckedEyes.Write(at, "eyes", 120);
        Shades.Catalogue(at, "eyes", files);
        Assert.Equal(DetectorStatus.NotRun, Of(Check(at, "eyes", "leakage"), "leakage").Status);
        var clean = DatasetSplitter.Split(at.Workspace, new SplitRequest { Dataset = "eyes", GroupBy = "subject" }, at.Reports, Token);
        Assert.Equal(DetectorStatus.Pass, Of(Check(at, clean.Name, "leakage"), "leakage").Status);

        var held = at.Images("eyes").First(i => i.Split == DataSplit.Test);
        var index = int.Parse(Path.GetFileNameWithoutExtension(held.Path), System.Globalization.CultureInfo.InvariantCulture);
        using (var eye = CheckedEyes.Draw(index))
        using (var noisy = CheckedEyes.Noisy(eye, 1))
            Shades.Catalogue(at, "eyes", [(at.Write("eyes/leak.png", CheckedEyes.Png(noisy)), held.Label, null)]);
        var leak = at.Images("eyes").First(i => i.Name == "leak.png");
        at.Workspace.Catalogue.AssignSplits("eyes", new Dictionary<string, DataSplit> { [leak.Id] = DataSplit.Train }, "subject");

        var report = DatasetChecker.Check(at.Workspace, new DatasetCheckRequest { Dataset = "eyes", Detectors = ["leakage", "duplicates"], Suggest = true }, at.Reports, Token);
        Assert.Equal(["leak"], Names(report, "leakage"));
        Assert.Equal(DetectorStatus.Fail, report.Status);
        Assert.Equal((true, 2), (report.Failed, report.ExitCode));
        Assert.Equal(0, (report with { FailOn = DatasetFailure.None }).ExitCode);

        var suggestion = Assert.Single(at.Workspace.Catalogue.Suggestions(new SuggestionQuery { Reasons = ["leakage"] }));
        Assert.Equal((leak.Id, held.Id, AnnotationPart.Exclusion), (suggestion.ImageId, suggestion.RelatedImageId, suggestion.Part));
        SuggestionReview.Decide(at.Workspace, [new SuggestionVerdict(suggestion.Id, SuggestionStatus.Accepted, "ann")], at.Reports);
        Assert.False(Check(at, "eyes", "leakage", "duplicates").Failed);
        Assert.DoesNotContain(at.Images("eyes"), i => i.Id == leak.Id);
        SuggestionReview.Undo(at.Workspace, [suggestion.Id], "ann", at.Reports);
        Assert.True(Check(at, "eyes", "leakage").Failed);
    }

    [Fact]
    public void The_same_picture_with_two_labels_is_critical_until_somebody_has_looked()
    {
        using var at = new TemporaryWorkspace();
        var files = CheckedEyes.Write(at, "eyes", 40);
        using (var eye = CheckedEyes.Draw(3))
        using (var same = CheckedEyes.Changed(eye, (b, i) => b + (i == 0 ? 1 : 0)))
            files.Add((at.Write("eyes/same.png", CheckedEyes.Png(same)), files[3].Label == "open" ? "closed" : "open", null));
        files.Add((at.Write("eyes/bytes.png", File.ReadAllBytes(files[8].Path)), files[8].Label == "open" ? "closed" : "open", null));
        Shades.Catalogue(at, "eyes", files);

        var report = DatasetChecker.Check(at.Workspace, new DatasetCheckRequest { Dataset = "eyes", Detectors = ["conflicts"], Suggest = true }, at.Reports, Token);
        Assert.True(report.Failed);
        Assert.Equal(["0003", "0008", "same"], Names(report, "conflicts"));
        Assert.Equal(2, report.Suggested); // one for the bytes, one for the pair: two would exchange its labels
        foreach (var name in new[] { "0008", "same" })
        {
            var image = at.Images("eyes").First(i => Path.GetFileNameWithoutExtension(i.Path) == name);
            var proposal = at.Workspace.Catalogue.Suggestions(new SuggestionQuery { ImageIds = [image.Id] }).Single();
            Assert.NotEqual(image.Label, proposal.NewLabel);
            at.Workspace.Catalogue.Decide([new SuggestionVerdict(proposal.Id, SuggestionStatus.Accepted, "ann")]);
        }
        Assert.Equal(DetectorStatus.Pass, Of(Check(at, "eyes", "conflicts"), "conflicts").Status);
    }

    [Fact]
    public void A_near_copy_under_another_label_is_a_label_to_look_at_not_an_image_too_many()
    {
        using var at = new TemporaryWorkspace();
        var files = CheckedEyes.Write(at, "eyes", 30);
        using (var eye = CheckedEyes.Draw(4))
            foreach (var i in Enumerable.Range(0, 4))
            {
                using var noisy = CheckedEyes.Noisy(eye, i);
                files.Add((at.Write($"eyes/frame{i}.png", CheckedEyes.Png(noisy)), i == 2 ? "other" : files[4].Label, null));
            }
        Shades.Catalogue(at, "eyes", files);
        DatasetChecker.Check(at.Workspace, new DatasetCheckRequest { Dataset = "eyes", Detectors = ["duplicates"], Suggest = true }, at.Reports, Token);
        var odd = at.Images("eyes").First(i => i.Label == "other");
        var proposal = Assert.Single(at.Workspace.Catalogue.Suggestions(new SuggestionQuery { ImageIds = [odd.Id] }));
        Assert.Equal((AnnotationPart.Label, files[4].Label, 0.8), (proposal.Part, proposal.NewLabel, proposal.Score));
        Assert.Equal(3, at.Workspace.Catalogue.Suggestions(new SuggestionQuery { Reasons = ["duplicates"] }).Count(s => s.Part == AnnotationPart.Exclusion));
    }

    [Fact]
    public void Suggesting_twice_adds_nothing_and_reviewers_set_the_score_the_next_ones_need()
    {
        using var at = new TemporaryWorkspace();
        Shades.Catalogue(at, "eyes", CheckedEyes.Write(at, "eyes", 60));
        var request = new DatasetCheckRequest { Dataset = "eyes", Detectors = ["duplicates"], Suggest = true };
        Assert.Equal(0, DatasetChecker.Check(at.Workspace, request, at.Reports, Token).Suggested);
        List<(string, string?, Dictionary<string, string>?)> copies = [];
        foreach (var i in Enumerable.Range(0, 24))
        {
            using var eye = CheckedEyes.Draw(i);
            using var noisy = CheckedEyes.Noisy(eye, i);
            copies.Add((at.Write($"eyes/copy{i:00}.png", CheckedEyes.Png(noisy)), null, null));
        }
        Shades.Catalogue(at, "eyes", copies);
        Assert.Equal(24, DatasetChecker.Check(at.Workspace, request, at.Reports, Token).Suggested);
        Assert.Equal(0, DatasetChecker.Check(at.Workspace, request, at.Reports, Token).Suggested);

        var before = Assert.Single(SuggestionAcceptances.Of(at.Workspace));
        Assert.Equal((24, 0, null, null), (before.Open, before.Decided, before.Acceptance, before.Threshold));
        Assert.Contains("0 of 20", before.Text);
        // The surer half is agreed with, the other is not.
        var open = at.Workspace.Catalogue.Suggestions(new SuggestionQuery { Status = [SuggestionStatus.Open] }).ToList();
        at.Workspace.Catalogue.Decide([.. open.Take(20).Select((s, i) => new SuggestionVerdict(s.Id, i < 12 ? SuggestionStatus.Accepted : SuggestionStatus.Rejected, "ann"))]);
        var after = Assert.Single(SuggestionAcceptances.Of(at.Workspace));
        Assert.Equal((4, 12, 8), (after.Open, after.Accepted, after.Rejected));
        Assert.Equal(0.6, after.Acceptance!.Value, 1e-12);
        Assert.Equal(20, after.Acceptance.N);
        Assert.Equal(open[11].Score, after.Threshold);

        using (var eye = CheckedEyes.Draw(50))
        using (var shaky = CheckedEyes.Changed(eye, (b, i) => b + 12 * new SeededRandom(i).NextGaussian()))
        using (var sure = CheckedEyes.Changed(eye, (b, i) => b + (i % 97 == 0 ? 1 : 0)))
            Shades.Catalogue(at, "eyes", [(at.Write("eyes/sure.png", CheckedEyes.Png(sure)), null, null), (at.Write("eyes/shaky.png", CheckedEyes.Png(shaky)), null, null)]);
        var next = DatasetChecker.Check(at.Workspace, request, at.Reports, Token);
        Assert.Equal(1, next.Suggested);
        Assert.Contains(next.Notes, n => n.Contains("duplicates", StringComparison.Ordinal) && n.Contains("20 verdicts", StringComparison.Ordinal));
        Assert.All(at.Workspace.Catalogue.Suggestions(new SuggestionQuery { Status = [SuggestionStatus.Open] }), s => Assert.DoesNotContain("shaky", s.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_verdict_that_cannot_be_taken_does_not_hold_up_the_others()
    {
        using var at = new TemporaryWorkspace();
        var dataset = Shades.Dataset(at, "shades", 6);
        var images = at.Images(dataset.Name);
        Suggestion[] suggestions = [.. images.Take(3).Select(i => new Suggestion { ImageId = i.Id, Reason = "test", OldLabel = i.Label, NewLabel = "other", Score = 0.7 })];
        at.Workspace.Catalogue.AddSuggestions(suggestions);
        at.Workspace.Catalogue.Annotate([new AnnotationChange(images[1].Id, "third", AnnotationProvenance.Human, "bob")]); // the second is stale now
        SuggestionVerdict[] verdicts = [.. suggestions.Select(s => new SuggestionVerdict(s.Id, SuggestionStatus.Accepted, "")), new("0123456789abcdef", SuggestionStatus.Rejected, "")];

        var planned = SuggestionReview.Plan(at.Workspace, verdicts, at.Reports);
        Assert.Equal([suggestions[0].Id, suggestions[2].Id], planned.Select(s => s.Id));
        Assert.Equal(["SuggestionStale", "SuggestionNotFound"], at.Reports.FaultIds);
        Assert.Equal(images[0].Label, at.Images(dataset.Name)[0].Label);

        at.Reports.Faults.Clear();
        var decided = SuggestionReview.Decide(at.Workspace, verdicts, at.Reports);
        Assert.Equal([suggestions[0].Id, suggestions[2].Id], decided.Select(s => s.Id));
        Assert.All(decided, s => Assert.Equal(SuggestionStatus.Accepted, s.Status));
        Assert.All(decided, s => Assert.False(string.IsNullOrEmpty(s.DecidedBy)));
        Assert.Equal(["SuggestionStale", "SuggestionNotFound"], at.Reports.FaultIds);
        Assert.Equal("other", at.Images(dataset.Name)[2].Label);

        at.Reports.Faults.Clear();
        var undone = SuggestionReview.Undo(at.Workspace, [suggestions[0].Id, suggestions[1].Id], null, at.Reports);
        Assert.Equal(SuggestionStatus.Open, Assert.Single(undone).Status);
        Assert.Equal(["SuggestionOpen"], at.Reports.FaultIds);
        at.Reports.Faults.Clear();
        Assert.Equal(SuggestionStatus.Open, Assert.Single(SuggestionReview.PlanUndo(at.Workspace, [suggestions[2].Id, suggestions[0].Id], at.Reports)).Status);
        Assert.Equal(["SuggestionOpen"], at.Reports.FaultIds);
        Assert.Equal("other", at.Images(dataset.Name)[2].Label);
        Assert.Equal(images[0].Label, at.Images(dataset.Name)[0].Label);
    }

    [Fact]
    public void A_property_that_tells_the_label_is_named_and_so_is_an_order()
    {
        using var at = new TemporaryWorkspace();
        // Bright pictures are open, dark ones closed but for every tenth; all open ones were imported first.
        Shades.Dataset(at, "shades", 200);
        var report = Check(at, "shades", "shortcuts", "order", "imbalance");
        var shortcut = Of(report, "shortcuts");
        Assert.Equal(DetectorStatus.Warning, shortcut.Status);
        Assert.Contains("'brightness' alone tells the label", shortcut.Summary);
        Assert.True(shortcut.P <= 0.001);
        Assert.Equal(DetectorStatus.Pass, Of(report, "imbalance").Status);

        var eyes = CheckedEyes.Write(at, "eyes", 100);
        Shades.Catalogue(at, "sorted", [.. eyes.OrderBy(e => e.Label)]);
        Assert.Equal(DetectorStatus.Warning, Of(Check(at, "sorted", "order"), "order").Status);
    }

    [Fact]
    public void Random_labels_in_random_order_raise_no_alarm()
    {
        using var at = new TemporaryWorkspace();
        var random = new SeededRandom(3);
        var files = CheckedEyes.Write(at, "eyes", 100).Select(f => (f.Path, (string?)(random.Next(2) == 0 ? "open" : "closed"), (Dictionary<string, string>?)null)).ToArray();
        random.Shuffle<(string, string?, Dictionary<string, string>?)>(files);
        Shades.Catalogue(at, "eyes", files);
        var report = Check(at, "eyes");
        Assert.Equal(DetectorRegistry.Names.Where(n => n != "label-errors"), report.Detectors.Select(d => d.Name));
        Assert.All(report.Detectors, d => Assert.True(d.Status is DetectorStatus.Pass or DetectorStatus.NotRun, d.ToString()));
        Assert.Equal(DetectorStatus.Pass, report.Status);
    }

    [Fact]
    public void Rare_labels_and_files_that_are_gone_are_told()
    {
        using var at = new TemporaryWorkspace();
        var files = CheckedEyes.Write(at, "eyes", 60);
        files[10] = files[10] with { Label = "half-open" };
        Shades.Catalogue(at, "eyes", files);
        File.Delete(files[20].Path);
        File.AppendAllText(files[30].Path, "x");
        var report = Check(at, "eyes", "missing", "imbalance", "duplicates");
        Assert.Equal(["0020", "0030"], Names(report, "missing"));
        Assert.Equal(["0010"], Names(report, "imbalance"));
    }

    [Fact]
    public void With_a_model_its_embedding_tells_what_is_alike_and_its_classifiers_judge_labels()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "shades", 200); // every tenth label is wrong
        var model = TinyModel.Add(at.Workspace);
        var report = DatasetChecker.Check(at.Workspace, new DatasetCheckRequest { Dataset = "shades", Detectors = ["outliers", "label-errors"], Model = "tiny", Suggest = true }, at.Reports, Token);
        Assert.Equal(model.Id, report.ModelId);
        Assert.Contains("the embedding of tiny", Of(report, "outliers").Summary);
        var errors = Of(report, "label-errors");
        Assert.Equal(DetectorStatus.Warning, errors.Status);
        var wrong = at.Images("shades").Where(i => i.Label == "open" ^ i.Brightness > 0.5).Select(i => i.Id).ToHashSet();
        Assert.Equal(20, wrong.Count);
        // A fifth of the bright ones are wrong, so that the classifiers doubt all of them a little.
        var hits = errors.Findings.Count(f => wrong.Contains(f.ImageId));
        Assert.InRange(hits, 10, 20);
        Assert.InRange(errors.Flagged - hits, 0, 5);
        Assert.All(errors.Findings, f => Assert.NotEqual(f.Label, f.SuggestedLabel));
        Assert.Equal(errors.Flagged, at.Workspace.Catalogue.Suggestions(new SuggestionQuery { Reasons = ["label-errors"] }).Count());
    }

    [Fact]
    public void An_unknown_detector_is_named_with_those_there_are()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "shades", 4);
        var fault = Assert.Throws<FlywheelException>(() => Check(at, "shades", "dublicates"));
        Assert.Equal(("DetectorNotFound", "dublicates"), (fault.ErrorId, fault.Target));
        Assert.Contains("Did you mean 'duplicates'?", fault.RecommendedAction);
        Assert.All(DetectorRegistry.Names.Append("image-quality"), name => Assert.Contains(name, fault.RecommendedAction));
    }

    [Fact]
    public void The_report_is_kept_drawn_and_written_and_without_leave_nothing_is()
    {
        using var at = new TemporaryWorkspace();
        var files = CheckedEyes.Write(at, "eyes", 40);
        using (var eye = CheckedEyes.Draw(3))
        using (var noisy = CheckedEyes.Noisy(eye, 1))
            files.Add((at.Write("eyes/<b>copy.png".Replace('<', '_').Replace('>', '_'), CheckedEyes.Png(noisy)), "a<b>", null));
        Shades.Catalogue(at, "eyes", files);
        var request = new DatasetCheckRequest { Dataset = "eyes", Detectors = ["duplicates"], ContactSheetFolder = Path.Combine(at.Folder, "sheets"), ReportPath = Path.Combine(at.Folder, "report.html") };
        var report = DatasetChecker.Check(at.Workspace, request, at.Reports, Token);
        var page = File.ReadAllText(report.ReportPath!);
        Assert.Contains("a&lt;b&gt;", page);
        Assert.DoesNotContain("<script", page);
        Assert.True(page.Split("data:image/png").Length > 2);
        Assert.True(File.Exists(Assert.Single(report.Detectors).ContactSheetPath));

        var kept = Assert.Single(DatasetChecker.Past(at.Workspace, "eyes"));
        Assert.Equal((report.DatasetVersion, report.Summary, report.Status), (kept.DatasetVersion, kept.Summary, kept.Status));
        Assert.Equal(report.Findings, kept.Findings);
        Assert.Empty(DatasetChecker.Past(at.Workspace, "other"));

        DatasetChecker.Check(at.Workspace, request with { Store = false, ContactSheetFolder = null, ReportPath = null }, at.Reports, Token);
        Assert.Single(DatasetChecker.Past(at.Workspace));
    }

    [Fact]
    public void It_stops_when_told_to()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "shades", 60);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetChecker.Check(at.Workspace, new DatasetCheckRequest { Dataset = "shades" }, at.Reports, stop.Token));
        Assert.Empty(DatasetChecker.Past(at.Workspace));
    }
}
