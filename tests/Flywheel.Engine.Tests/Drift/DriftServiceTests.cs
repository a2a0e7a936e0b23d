using Flywheel.Engine.Datasets;
using Flywheel.Engine.Drift;
using Flywheel.Engine.Production;
using Flywheel.Imaging;

namespace Flywheel.Engine.Tests.Drift;

/// <summary>Drift of production in a workspace.</summary>
public class DriftServiceTests
{
    static readonly FalseAlarmBudget s_hourly = new(1, TimeSpan.FromDays(30), TimeSpan.FromHours(1));
    static readonly DateTimeOffset s_start = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static DriftReport Measure(TemporaryWorkspace at, Model model, DriftRequest request) => DriftService.Measure(at.Workspace, model, request, at.Reports, Token);

    /// <summary>A model with 200 test pictures of 40 subjects, from dark to bright.</summary>
    static Model Prepare(TemporaryWorkspace at)
    {
        Add(at, "lab", 200, random => random.Next(20, 236), i => new() { ["subject"] = $"s{i / 5}", ["site"] = "a" });
        at.Workspace.Catalogue.AssignSplits("lab", at.Images("lab").ToDictionary(i => i.Id, _ => DataSplit.Test), "subject");
        return TinyModel.Add(at.Workspace, dataset: "lab", datasetVersion: at.Workspace.Catalogue.Snapshot("lab").Id);
    }

    static void Add(TemporaryWorkspace at, string dataset, int count, Func<SeededRandom, int> luma, Func<int, Dictionary<string, string>>? tags = null, bool labelled = true)
    {
        var random = new SeededRandom(dataset.Sum(c => c));
        Shades.Catalogue(at, dataset, Enumerable.Range(0, count).Select(i =>
        {
            var l = luma(random);
            return (at.Write($"{dataset}/{i:000}.png", Pictures.Png((_, _) => (byte)Math.Clamp(l + random.Next(-2, 3), 0, 255))), labelled ? l > 127 ? "open" : "closed" : null, tags?.Invoke(i));
        }));
    }

    [Fact]
    public void A_darker_window_drifts_and_its_report_says_in_what_shows_images_and_is_kept()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Add(at, "night", 60, random => random.Next(5, 90), i => new() { ["subject"] = $"n{i / 2}" }, labelled: false);
        var sheet = Path.Combine(at.Folder, "drift.png");

        var report = Measure(at, model, new() { Budget = s_hourly, Dataset = "night", ContactSheet = sheet });

        Assert.Equal(DriftVerdict.Drift, report.Verdict);
        Assert.Contains("brightness", report.Tests.Where(t => t.Flagged).Select(t => t.Name));
        Assert.Contains("score open", report.Tests.Where(t => t.Flagged).Select(t => t.Name));
        Assert.DoesNotContain(report.Tests, t => t.Flagged && t.Name is "colorfulness" or "width");
        Assert.StartsWith("Production differs from lab test: ", report.Summary);
        Assert.Equal((200, 40, 60, 30), (report.ReferenceN, report.ReferenceGroups, report.WindowN, report.WindowGroups));
        Assert.Equal("lab test", report.Reference);
        Assert.Contains(report.Notes, n => n == "Tag 'site' was not compared: only the reference has it.");
        var night = at.Images("night").Select(i => i.Id).ToHashSet();
        Assert.NotEmpty(report.Telling);
        Assert.All(report.Telling, t => Assert.Contains(t.ImageId, night));
        using (var drawn = ImageDecoder.DecodeFile(sheet)) Assert.InRange(drawn.Width, 300, 2000);

        var kept = Assert.Single(DriftService.Past(at.Workspace, model.Id));
        Assert.Equal((report.Summary, report.P, report.Verdict, report.Budget, report.Time), (kept.Summary, kept.P, kept.Verdict, kept.Budget, kept.Time));
        Assert.Equal(report.Tests, kept.Tests);
        Assert.Equal(report.Telling, kept.Telling);
    }

    [Fact]
    public void A_window_like_the_reference_does_not_and_no_sheet_is_drawn()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Add(at, "day", 60, random => random.Next(20, 236), i => new() { ["subject"] = $"n{i / 5}", ["site"] = "a" }, labelled: false);
        var sheet = Path.Combine(at.Folder, "drift.png");

        var report = Measure(at, model, new() { Budget = s_hourly, Dataset = "day", ContactSheet = sheet, Store = false });

        Assert.Equal(DriftVerdict.NoDrift, report.Verdict);
        Assert.StartsWith("No sign that production differs from lab test.", report.Summary);
        Assert.Empty(report.Telling);
        Assert.False(File.Exists(sheet));
        Assert.Empty(DriftService.Past(at.Workspace));
    }

    [Fact]
    public void Two_groups_cannot_tell_and_the_report_says_what_is_missing()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Add(at, "night", 10, random => random.Next(5, 60), i => new() { ["subject"] = $"n{i / 5}" }, labelled: false);
        var report = Measure(at, model, new() { Budget = new(1, TimeSpan.FromDays(365), TimeSpan.FromHours(1)), Dataset = "night" });
        Assert.Equal(DriftVerdict.CannotTell, report.Verdict);
        Assert.StartsWith("Cannot tell: 2 independent groups against 40 admit no p below 0.0012", report.Summary);
    }

    [Fact]
    public void A_window_without_the_reference_s_groups_warns_and_stretches_of_time_can_stand_in()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Produce(at, model, "line", s_start, 40, TimeSpan.FromMinutes(1), random => random.Next(20, 236));

        var alone = Measure(at, model, new() { Budget = s_hourly });
        Assert.Equal(40, alone.WindowGroups);
        Assert.Contains(alone.Notes, n => n.Contains("'subject'") && n.Contains("-Block"));

        var blocks = Measure(at, model, new() { Budget = s_hourly, Block = TimeSpan.FromMinutes(5) });
        Assert.Equal(8, blocks.WindowGroups);
        Assert.DoesNotContain(blocks.Notes, n => n.Contains("-Block"));
        Assert.Equal((s_start, s_start.AddMinutes(39)), (blocks.From, blocks.To));
    }

    [Fact]
    public void A_baseline_is_the_production_before_the_window()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        // Production has always been dark; at noon it turns bright.
        Produce(at, model, "morning", s_start, 100, TimeSpan.FromMinutes(7), random => random.Next(5, 90));
        Produce(at, model, "noon", s_start.AddHours(12), 60, TimeSpan.FromMinutes(7), random => random.Next(5, 90));
        Produce(at, model, "evening", s_start.AddHours(24), 60, TimeSpan.FromMinutes(7), random => random.Next(150, 250));

        DriftReport Against(int hour) => Measure(at, model, new() { Budget = s_hourly, Since = s_start.AddHours(hour), Until = s_start.AddHours(hour + 12), Baseline = TimeSpan.FromHours(12) });
        Assert.Equal(DriftVerdict.NoDrift, Against(12).Verdict);
        Assert.Equal(DriftVerdict.Drift, Against(24).Verdict);
        Assert.Equal("production 2027-01-01 00:00 .. 2027-01-01 12:00", Against(12).Reference);
        Assert.Equal("BaselineWithoutSince", Assert.Throws<FlywheelException>(() => Measure(at, model, new() { Budget = s_hourly, Baseline = TimeSpan.FromDays(1) })).ErrorId);
    }

    [Fact]
    public void Images_the_model_learned_from_or_is_compared_with_are_no_production()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Assert.Equal("WindowEmpty", Assert.Throws<FlywheelException>(() => Measure(at, model, new() { Budget = s_hourly, Dataset = "lab" })).ErrorId);

        Add(at, "night", 60, random => random.Next(5, 90), labelled: false);
        Measure(at, model, new() { Budget = s_hourly, Dataset = "night", GroupBy = "none", Store = false });
        var report = Measure(at, model, new() { Budget = s_hourly }); // all stored predictions, those of lab among them
        Assert.Equal(60, report.WindowN);
        Assert.Contains(report.Notes, n => n.StartsWith("200 images of the window were left out", StringComparison.Ordinal));
    }

    [Fact]
    public void The_real_shift_from_infrared_to_visible_eyes_is_found_in_every_window_of_fifty()
    {
        string mrl = SharedData.Folder("mrl"), cew = SharedData.Folder("cew");
        using var at = new TemporaryWorkspace();
        DatasetImporter.Import(at.Workspace, new ImportRequest { Path = mrl, Name = "mrl", NamePattern = @"s(?<subject>\d{4})_\d+_\d_\d_(?<label>\d)", LabelMap = new Dictionary<string, string> { ["0"] = "closed", ["1"] = "open" } }, at.Reports, Token);
        DatasetSplitter.Split(at.Workspace, new SplitRequest { Dataset = "mrl", GroupBy = "subject", Seed = 1 }, at.Reports, Token);
        DatasetImporter.Import(at.Workspace, new ImportRequest { Path = cew, Name = "cew", NamePattern = @"(?<photo>.+?)_(?<side>[LR])\.jpg", Unlabeled = true }, at.Reports, Token);
        var model = TinyModel.Add(at.Workspace, dataset: "mrl", datasetVersion: at.Workspace.Catalogue.Snapshot("mrl").Id);
        at.Predict(model, at.Images("cew").Select(i => i.Path));
        var reference = ScoredWindow.Reference(at.Workspace, model, null, at.Reports, Token);
        var production = ScoredWindow.Production(at.Workspace, model, new PredictionQuery { Dataset = "cew" }, "photo", at.Reports, Token);

        for (var i = 0; i < 10; i++)
        {
            var window = production.Rows(new SeededRandom(i).Sample(production.Count, 50));
            var report = DriftService.Compare(at.Workspace, reference, window, new DriftRequest { Budget = s_hourly, GroupBy = "photo", Seed = i, Store = false }, at.Reports, Token);
            Assert.Equal(DriftVerdict.Drift, report.Verdict);
            Assert.Contains("width", report.Tests.Where(t => t.Flagged).Select(t => t.Name));
        }
    }

    /// <summary>Predictions as an endpoint would have made them, at regular times.</summary>
    static void Produce(TemporaryWorkspace at, Model model, string dataset, DateTimeOffset start, int count, TimeSpan every, Func<SeededRandom, int> luma)
    {
        Add(at, dataset, count, luma, labelled: false);
        using var session = new ScoringSession(at.Workspace, model, at.Reports);
        at.Workspace.Catalogue.AddPredictions([.. session.ScoreAll(at.Images(dataset), false, "Scoring", at.Reports, Token).Select((s, i) => s.ToPrediction(model, start + i * every))]);
    }
}
