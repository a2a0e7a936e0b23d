using System.Text.RegularExpressions;
using System.Xml.Linq;
using Flywheel.Engine.Loops.Stages;
using Flywheel.Engine.Reports;
using Flywheel.Imaging.Samples;

namespace Flywheel.Engine.Tests.Reports;

/// <summary>The page a run ends with.</summary>
public sealed class HtmlReportTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    static Metric M(string name, double value, double half, int n) => new(name, value, value - half, Math.Min(1, value + half), n, "GroupBootstrap");

    static Evaluation Judged(string dataset, double accuracy, int n = 800)
    {
        var half = n / 2;
        var right = (int)(accuracy * half);
        return new Evaluation
        {
            ModelId = "m",
            ModelName = "m",
            Dataset = dataset,
            DatasetVersion = new string('a', 64),
            N = n,
            Groups = 420,
            Accuracy = M("accuracy", accuracy, 0.02, n),
            BalancedAccuracy = M("balanced accuracy", accuracy - 0.004, 0.02, n),
            Auroc = M("auroc", 0.97, 0.01, n),
            CalibrationError = M("ece", 0.03, 0.01, n),
            LogLoss = M("log loss", 0.2, 0.03, n),
            Classes = [.. new[] { "closed", "open" }.Select(l => new ClassMetrics(l, half, M("precision", accuracy, 0.02, half), M("recall", accuracy, 0.02, half), M("f1", accuracy, 0.02, half)))],
            Confusion = [[right, half - right], [half - right, right]],
            Labels = ["closed", "open"],
        };
    }

    static ModelComparison Against(double before, double after, ComparisonVerdict verdict) => new()
    {
        Reference = "start",
        Challenger = "final",
        Dataset = "holdout",
        N = 800,
        Groups = 420,
        ReferenceAccuracy = M("accuracy", before, 0.02, 800),
        ChallengerAccuracy = M("accuracy", after, 0.02, 800),
        Difference = M("difference", after - before, 0.015, 800) with { High = after - before + 0.015 },
        Gained = 120,
        Lost = 14,
        McNemarP = 1e-9,
        Verdict = verdict,
        Summary = "better",
    };

    static Model Trained(string id, string? parent, string stage, double from, double to, int epochs) => new()
    {
        Id = id,
        Name = "eyes-" + stage,
        Path = "/nowhere",
        Labels = ["closed", "open"],
        Preprocessing = ImagePreprocessing.Raw(32, 32, 1),
        Architecture = "4 conv stages 16-32-64-128, 97,906 parameters",
        Seed = 7,
        Threads = 2,
        ParentId = parent,
        DatasetVersion = new string('b', 64),
        ParityError = 8.3e-7,
        TrainingTime = TimeSpan.FromSeconds(31),
        Curve = [.. Enumerable.Range(1, epochs).Select(e => new EpochRecord(stage, e, 0.7 * Math.Exp(-e / 8.0) + 0.2, 0.3, from + (to - from) * (1 - Math.Exp(-e / 6.0)), 1))],
    };

    LoopArm Arm(string key, string title, int labels, double accuracy, bool start = false) => new()
    {
        Key = key,
        Title = title,
        Labels = labels,
        ModelId = key,
        Evaluations = [Judged("holdout", accuracy), Judged("lab.test", 0.915, 1400)],
        AgainstStart = start ? null : Against(0.91, accuracy, accuracy > 0.925 ? ComparisonVerdict.Better : accuracy < 0.895 ? ComparisonVerdict.Worse : ComparisonVerdict.CannotTell),
        TrainingTime = TimeSpan.FromSeconds(28),
    };

    ReportData Data(string name = "eyes")
    {
        var tiles = new List<ReportTile>();
        for (var i = 0; i < 24; i++)
        {
            var eye = SampleEyes.Draw(3, 1, i, 24, EyeDomain.Field);
            var path = Path.Combine(_folder, $"field-{i}.png");
            File.WriteAllBytes(path, SampleEyes.ToPng(eye.Image));
            tiles.Add(new ReportTile(path, $"is {eye.Conditions.Label}", $"said {(eye.Conditions.Label == "open" ? "closed" : "open")}, 0.{99 - i}", "bad"));
        }
        tiles.Add(new ReportTile(Path.Combine(_folder, "deleted.png"), "is open", "said closed, 0.60", "bad"));
        return new ReportData
        {
            Name = name,
            RunId = "20261123-181500-ab12",
            Definition = "/somewhere/eyes.flywheel.yaml",
            DefinitionText = "flywheel: 1\nname: eyes # <b>\n",
            Time = new DateTimeOffset(2026, 11, 23, 18, 15, 0, TimeSpan.Zero),
            Seed = 7,
            Targets = ["holdout", "lab.test"],
            Arms =
            [
                Arm("plain", "plain: flip only", 0, 0.822), Arm("start", "robust start", 0, 0.910, true), Arm("adapted", "adapted to production", 0, 0.940),
                Arm("random", "control: 80 at random", 80, 0.948), Arm("failure", "control: 80 failures", 80, 0.944), Arm("final", "80 chosen by auto", 80, 0.957),
            ],
            Before = Judged("holdout", 0.910),
            After = Judged("holdout", 0.957),
            Comparison = Against(0.910, 0.957, ComparisonVerdict.Better),
            Requirement = ("prove.require: better than the start on holdout", true),
            Adaptation = new AdaptationReport { Images = 1000, Coverage = 0.93, Kept = true, PriorMethod = "BBSE", Reason = "Agreement with the start model is 0.94 and the prior moved by 0.03.", EstimatedPrior = new Dictionary<string, double> { ["closed"] = 0.49, ["open"] = 0.51 } },
            Models = [("start", Trained("0123456789abcdef", null, "train", 0.55, 0.94, 30)), ("adapted", Trained("1123456789abcdef", "0123456789abcdef", "adapt", 0.93, 0.94, 12)), ("final", Trained("2123456789abcdef", "1123456789abcdef", "continue", 0.93, 0.945, 12))],
            Datasets =
            [
                ("trained on", new Dataset { Name = "lab", Workspace = "w", VersionId = new string('c', 64), Images = 2000, Labelled = 2000, GroupBy = "subject", LabelCounts = new Dictionary<string, int> { ["closed"] = 1000, ["open"] = 1000 }, SplitCounts = new Dictionary<DataSplit, int> { [DataSplit.Train] = 1400, [DataSplit.Validation] = 200, [DataSplit.Test] = 400 } }),
                ("met in production", new Dataset { Name = "pool", Workspace = "w", VersionId = new string('d', 64), Images = 1000, Labelled = 80, LabelCounts = new Dictionary<string, int> { ["closed"] = 38, ["open"] = 42 } }),
            ],
            Galleries = [new ReportGallery("Failures before", "25 of 72 wrong answers on holdout, most confident first.", tiles)],
            Stages = [new StageResult("import lab", StageStatus.Skipped, TimeSpan.Zero, "2,000 images", "unchanged"), new StageResult("train", StageStatus.Done, TimeSpan.FromSeconds(31.2), "validation 94.0 % [91.0, 96.2] (n 200)", "")],
            Environment = [("Flywheel", "0.1.0"), (".NET", "10.0.9")],
        };
    }

    /// <summary>The same with a model in production around it.</summary>
    ReportData Production()
    {
        var data = Data();
        var pictures = data.Galleries[0].Tiles.Take(12).Select((t, i) => ($"i{i}", t.Path)).ToDictionary();
        return data with
        {
            Publication = new PublishOutput("production", false, null, "2123456789abcdef", GateVerdict.Fail,
            [
                new GateCheck { Expression = "accuracy >= champion", Verdict = GateVerdict.Fail, Reason = "against the champion -0.12 [-0.18, -0.06], n 800; wanted >= 0" },
                new GateCheck { Expression = "no slice worse than champion by 0.05 or unclear", Verdict = GateVerdict.CannotTell, Accepted = true, Reason = "3 of 7 slices cannot be told" },
                new GateCheck { Expression = "latency.p95 <= 50ms", Verdict = GateVerdict.Pass, Accepted = true, Reason = "1.2 ms" },
            ]),
            Watch = new WatchOutput(
                new DriftReport
                {
                    Model = "eyes", ModelId = "m", Verdict = DriftVerdict.Drift, Summary = "Production differs from lab test: width 79 → 25 px.", Budget = FalseAlarmBudget.Parse("1 per 30d", TimeSpan.FromDays(1)), Reference = "lab test",
                    ReferenceN = 332, WindowN = 1000, Resampling = "subjects were resampled",
                    Tests =
                    [
                        new DriftTest { Kind = DriftKind.Property, Name = "width", Statistic = "Wasserstein", Value = 54.2, Threshold = 3.1, P = 0.0005, Flagged = true, Effect = "79.1 → 24.8 px (−6.0 SD)" },
                        new DriftTest { Kind = DriftKind.Label, Name = "predicted", Statistic = "BBSE", Value = 0.02, Threshold = 0.14, P = 0.61, Effect = "open 52 % → 50 %" },
                    ],
                },
                new PerformanceEstimate { ModelId = "m", ModelName = "eyes", Window = "field", N = 1000, Audited = 60, Known = true, Value = 0.861, Low = 0.79, High = 0.92, Method = "Audit", Summary = "'eyes' is right on about 86.1 % of production." }),
            Slices = [new MinedSlice("pictures with glare: 30 of 66 wrong (45 %, 2.9 times the rest)", 130, M("error rate", 0.45, 0.12, 66), 0.15, 0.002, true, [.. pictures.Keys], null)],
            SliceImages = pictures,
            Decision = new RetrainingDecision
            {
                Verdict = RetrainingVerdict.LabelFirst,
                Summary = "Have 80 images labelled first.",
                Benefit = M("benefit", 0.5, 0.2, 0),
                Gain = M("gain", 0.05, 0.02, 0),
                Options = [],
                Reasons = [new("cooldown", double.NaN, "2 d of the cooldown of 7 d are over."), new("labels", 1204.4, "80 labels beside 1,500 learned from."), new("cost", -2, "A training costs 2.")],
                Flips = [new("perError", 0.5, 0.01, RetrainingVerdict.Wait, "Waiting would be right if an error cost less than 0.01.")],
                Costs = new(),
                Rules = new(),
                Evidence = new(),
            },
        };
    }

    static string Text(string html) => Regex.Replace(Regex.Replace(html.Replace("\u2009", "").Replace("&nbsp;", " "), "<[^>]+>", " "), "\\s+", " ");

    [Fact]
    public void A_refused_publication_shows_every_demand_and_its_verdict()
    {
        var text = Text(HtmlReport.Render(Production()));
        Assert.Contains("Publication Refused eyes-continue (2123456789abcdef) as production", text);
        Assert.Contains("accuracy &gt;= champion fail against the champion", text);
        Assert.Contains("or unclear cannot tell let pass 3 of 7 slices", text);
        Assert.Contains("latency.p95 &lt;= 50ms pass 1.2 ms", text);
    }

    [Fact]
    public void Production_shows_its_accuracy_with_interval_and_n_its_drift_and_its_edge_cases()
    {
        var html = HtmlReport.Render(Production());
        var text = Text(html);
        Assert.Contains("accuracy of eyes in field 86.1 % 95 %: 79.0–92.0, n 1,000 answers, 60 of them audited", text);
        Assert.Contains("Drift Production differs from lab test", text);
        Assert.Contains("width 79.1 → 24.8 px (−6.0 SD) Wasserstein 54.2 3.10 &lt; 0.001 drift", text);
        Assert.Contains("1. Pictures with glare: 30 of 66 wrong", text);
        Assert.Contains("error rate 45.0 % [33.0–57.0] against 15.0 % elsewhere, q 0.002; errors known from labels or reports. The worst 12:", text);
        Assert.Equal(36, Regex.Count(html, "src=\"data:image/png;base64,"));
    }

    [Fact]
    public void What_cannot_be_known_is_said_to_be_so()
    {
        var data = Production();
        var html = HtmlReport.Render(data with { Watch = data.Watch! with { Accuracy = data.Watch!.Accuracy! with { Known = false, Value = double.NaN, Audited = 0 } }, Slices = [] });
        Assert.Contains("cannot be known n 1,000 answers, none audited", Text(html));
        Assert.Contains("No condition is confirmed", html);
        Assert.DoesNotContain("NaN", html);
    }

    [Fact]
    public void The_decision_shows_its_reasons_and_what_would_change_it()
    {
        var text = Text(HtmlReport.Render(Production()));
        Assert.Contains("Does retraining pay? Label first Have 80 images labelled first.", text);
        Assert.Contains("rule 2 d of the cooldown of 7 d are over. +1,204 80 labels beside 1,500 learned from. −2.0 A training costs 2.", text);
        Assert.Contains("What would change the answer Waiting would be right if an error cost less than 0.01.", text);
    }

    [Fact]
    public void A_loop_that_publishes_nothing_has_none_of_it()
    {
        var html = HtmlReport.Render(Data());
        foreach (var title in new[] { "Publication", "In production", "Edge cases", "Does retraining pay?" }) Assert.DoesNotContain($"<h2>{title}</h2>", html);
    }

    [Fact]
    public void The_page_stands_alone_no_script_nothing_fetched()
    {
        var html = HtmlReport.Render(Data());
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("http://", html);
        Assert.DoesNotContain("https://", html);
        Assert.DoesNotMatch(new Regex("(src|href)=\"(?!data:)"), html);
        Assert.Equal(24, Regex.Count(html, "src=\"data:image/png;base64,"));
    }

    [Fact]
    public void The_headline_says_before_after_interval_n_and_verdict()
    {
        var text = Regex.Replace(HtmlReport.Render(Data()), "<[^>]+>", " ").Replace("\u202f", " ").Replace("\u2009", "").Replace("&nbsp;", " ");
        Assert.Contains("91.0 %", text);
        Assert.Contains("95 %: 89.0–93.0", text);
        Assert.Contains("95.7 %", text);
        Assert.Contains("n 800 images of 420 groups", text);
        Assert.Contains("120 gained, 14 lost, McNemar exact p &lt; 0.001", text);
        Assert.Contains("Requirement met", text);
        Assert.Matches("better\\s+\\+4.7 points\\s+95 %: \\+3.2 to \\+6.2", text);
    }

    [Fact]
    public void The_proof_has_a_row_for_every_arm_with_interval_and_labels()
    {
        var html = HtmlReport.Render(Data());
        Assert.Equal(6, Regex.Count(html, "<tr class=\"arm-"));
        Assert.Contains("control: 80 failures</th><td class=\"num\">80</td><td class=\"num\"><b>94.4</b><small>92.4\u2009–\u200996.4</small>", html);
    }

    [Fact]
    public void Text_of_users_cannot_become_markup()
    {
        var html = HtmlReport.Render(Data("<img src=x onerror=alert(1)>\"&"));
        Assert.DoesNotContain("<img src=x", html);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;&quot;&amp;", html);
        Assert.Contains("# &lt;b&gt;", html);
    }

    [Fact]
    public void A_picture_that_is_gone_leaves_a_marked_tile() => Assert.Matches("<span class=\"gone\">\\w+</span>", HtmlReport.Render(Data()));

    [Fact]
    public void The_drawings_are_well_formed()
    {
        var svgs = Regex.Matches(HtmlReport.Render(Data()), "<svg.*?</svg>", RegexOptions.Singleline);
        Assert.Equal(8, svgs.Count);
        Assert.All(svgs, s => XDocument.Parse(s.Value));
    }

    [Fact]
    public void A_loop_without_production_shows_one_model()
    {
        var data = Data();
        var html = HtmlReport.Render(data with { Before = null, Comparison = null, Requirement = null, Arms = [data.Arms[1]], Galleries = [], Adaptation = null });
        Assert.DoesNotContain(">before<", html);
        Assert.Contains("which the model has not learned from", html);
    }

    [Fact]
    public void Undefined_figures_are_dashes_not_NaN()
    {
        var nan = M("accuracy", double.NaN, double.NaN, 0);
        var data = Data();
        var html = HtmlReport.Render(data with { Arms = [data.Arms[1] with { Evaluations = [Judged("holdout", 0.9) with { Accuracy = nan }, Judged("lab.test", 0.9)] }] });
        Assert.DoesNotContain("NaN", html);
    }
}
