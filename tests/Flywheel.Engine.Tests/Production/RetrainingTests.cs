using System.Text.Json;
using Flywheel.Engine.Drift;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production.Retraining;

namespace Flywheel.Engine.Tests.Production;

public class RetrainingTests
{
    static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow.AddDays(10);

    sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    static Model Model(TemporaryWorkspace at, string name = "lab-1", DateTimeOffset? created = null, string dataset = "lab", string version = "", string? parent = null, double accuracy = 0.94)
    {
        var model = new Model
        {
            Id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..16], Name = name, Path = Path.Combine(at.Workspace.ModelsPath, name), Labels = TinyModel.Labels, Preprocessing = ImagePreprocessing.Raw(4, 4, 1), Architecture = "none",
            Dataset = dataset, DatasetVersion = version, ParentId = parent, Workspace = at.Root, Created = created ?? DateTimeOffset.UtcNow.AddDays(-20),
            Validation = new Metric("balanced accuracy", accuracy, accuracy - 0.02, accuracy + 0.02, 300, "Wilson"),
        };
        at.Workspace.Catalogue.AddModel(model);
        return model;
    }

    /// <summary>A lab of 40 learned pictures and a field of 60 predicted ones without labels.</summary>
    static Model Prepare(TemporaryWorkspace at)
    {
        Shades.Dataset(at, "lab", 40);
        Shades.Dataset(at, "field", 60, labelled: false, mark: 500);
        var model = Model(at, version: at.Workspace.Catalogue.Snapshot("lab").Id);
        Predicted(at, model, at.Images("field"), s_now.AddDays(-6));
        return model;
    }

    static void Predicted(TemporaryWorkspace at, Model model, IEnumerable<FlywheelImage> images, DateTimeOffset time) => at.Workspace.Catalogue.AddPredictions([.. images.Select((image, i) => new Prediction
    {
        Id = Guid.CreateVersion7(time.AddSeconds(i)).ToString(), ImageId = image.Id, Path = image.Path, ModelId = model.Id, Label = "open", Confidence = 0.9, Margin = 0.8, Entropy = 0.4,
        Scores = new Dictionary<string, double> { ["open"] = 0.9, ["closed"] = 0.1 }, Time = time.AddSeconds(i), Source = PredictionSource.Endpoint,
    })]);

    static void Label(TemporaryWorkspace at, IEnumerable<FlywheelImage> images, string? label = "open", AnnotationProvenance provenance = AnnotationProvenance.Human) =>
        at.Workspace.Catalogue.Annotate([.. images.Select(i => new AnnotationChange(i.Id, label, provenance, "ann"))]);

    static RetrainingDecision Decide(TemporaryWorkspace at, Model model, RetrainingRequest? request = null) =>
        RetrainingService.Decide(at.Workspace, model, (request ?? new()) with { Clock = new Clock(s_now) }, at.Reports, TestContext.Current.CancellationToken);

    [Fact]
    public void New_labels_are_those_people_gave_to_production_after_the_training_and_a_training_may_learn_from()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        var field = at.Images("field");
        Label(at, field.Take(12));
        Label(at, field.Skip(12).Take(3), provenance: AnnotationProvenance.Auto); // a machine's
        Label(at, field.Skip(15).Take(3), "squint"); // not known to the model
        Label(at, field.Skip(18).Take(3));
        Label(at, field.Skip(18).Take(3), null); // withdrawn
        Label(at, at.Images("lab").Take(5), "closed"); // learned already
        Shades.Dataset(at, "holdout", 20, mark: 900); // never predicted
        at.Workspace.Catalogue.AddMembers("judged", [.. field.Take(2).Select(i => i.Id)], DataSplit.Test); // kept for judging

        var evidence = Decide(at, model).Evidence;

        Assert.Equal(10, evidence.NewLabels);
        Assert.Equal(40, evidence.TrainingLabels);
        Assert.Equal(60 - 12 - 3 - 3, evidence.LabelsAvailable);
        Assert.Equal(10, evidence.VolumePerDay, 1e-3);
        Assert.Equal(30, evidence.Age.TotalDays, 0.01);
        Assert.Equal(new LearningPoint(40, model.Validation!, model.Id), Assert.Single(evidence.Curve));
    }

    [Fact]
    public void What_is_not_known_is_said_with_the_cmdlet_that_finds_out()
    {
        using var at = new TemporaryWorkspace();
        var decision = Decide(at, Prepare(at));
        Assert.Null(decision.Evidence.Accuracy);
        Assert.Null(decision.Evidence.Drift);
        Assert.Contains(decision.Evidence.Missing, m => m.Contains("Measure-FlywheelPerformance"));
        Assert.Contains(decision.Evidence.Missing, m => m.Contains("Measure-FlywheelDrift"));
        Assert.Equal(decision.Evidence.Missing, at.Reports.Warnings);
    }

    [Fact]
    public void Without_production_the_volume_must_be_given()
    {
        using var at = new TemporaryWorkspace();
        var model = Model(at);
        Assert.Equal("ProductionVolumeUnknown", Assert.Throws<FlywheelException>(() => Decide(at, model)).ErrorId);
        Assert.Equal("VolumeOutOfRange", Assert.Throws<FlywheelException>(() => Decide(at, model, new() { VolumePerDay = -1 })).ErrorId);
        Assert.Equal(250, Decide(at, model, new() { VolumePerDay = 250 }).Evidence.VolumePerDay);
        Assert.Single(at.Workspace.Catalogue.Reports("decision"));
    }

    [Fact]
    public void A_decision_is_kept_whole_unless_told_not_to()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Decide(at, model, new() { Store = false });
        Assert.Empty(RetrainingService.Decisions(at.Workspace));
        var made = Decide(at, model);
        var kept = Assert.Single(RetrainingService.Decisions(at.Workspace, model));
        Assert.Equal((made.Id, made.Verdict, made.Summary, made.Benefit, made.Gain, made.Workspace), (kept.Id, kept.Verdict, kept.Summary, kept.Benefit, kept.Gain, kept.Workspace));
        Assert.Equal(made.Options, kept.Options);
        Assert.Equal(made.Reasons.Select(r => r.Text), kept.Reasons.Select(r => r.Text));
        Assert.Equal(made.Flips, kept.Flips);
        Assert.Equal(made.Costs, kept.Costs);
        Assert.Null(kept.Outcome);
        Assert.Empty(RetrainingService.Decisions(at.Workspace, model, s_now.AddMinutes(1)));
    }

    [Fact]
    public void The_cooldown_counts_from_the_last_training_or_publication_of_the_line()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Label(at, at.Images("field").Take(40));
        Assert.Equal(30, Decide(at, model).Evidence.SinceTraining.TotalDays, 0.01);
        Model(at, "lab-2", s_now.AddHours(-5), parent: model.Id, dataset: "other");
        Model(at, "stranger", s_now.AddHours(-1), dataset: "another");
        var hot = Decide(at, model);
        Assert.Equal(5, hot.Evidence.SinceTraining.TotalHours, 0.01);
        Assert.Equal("cooldown", hot.Reasons[0].Name);
        Assert.NotEqual(RetrainingVerdict.Retrain, hot.Verdict);
        var version = at.Workspace.Catalogue.AddModelVersion(new ModelVersion { Name = model.Name, ModelId = model.Id, Path = model.Path, Author = "ann", Published = s_now.AddHours(-2) });
        at.Workspace.Catalogue.MoveAliases([new AliasMove { Alias = "production", To = version.Number, ModelId = model.Id, Author = "ann", Time = s_now.AddHours(-2) }]);
        Assert.Equal(2, Decide(at, model).Evidence.SinceTraining.TotalHours, 0.01);
    }

    [Fact]
    public void The_model_asked_about_is_the_one_in_production_else_the_newest()
    {
        using var at = new TemporaryWorkspace();
        Assert.Equal("NoModel", Assert.Throws<FlywheelException>(() => RetrainingService.DefaultModel(at.Workspace)).ErrorId);
        var model = Model(at);
        Model(at, "lab-2");
        Assert.Equal("lab-2", RetrainingService.DefaultModel(at.Workspace).Name);
        var version = at.Workspace.Catalogue.AddModelVersion(new ModelVersion { Name = model.Name, ModelId = model.Id, Path = model.Path, Author = "ann" });
        at.Workspace.Catalogue.MoveAliases([new AliasMove { Alias = "production", To = version.Number, ModelId = model.Id, Author = "ann", Time = s_now }]);
        Assert.Equal("lab-1", RetrainingService.DefaultModel(at.Workspace).Name);
    }

    // ---- what others measured

    static void Report(TemporaryWorkspace at, string kind, Model model, DateTimeOffset time, object result) =>
        at.Workspace.Catalogue.AddReport(new StoredReport(Guid.CreateVersion7(time).ToString(), kind, model.Id, time, JsonSerializer.Serialize(result, LoopJson.Options)));

    static void Measured(TemporaryWorkspace at, Model model, DateTimeOffset time, double? accuracy, string method = "Audit") => Report(at, "performance", model, time, new PerformanceEstimate
    {
        ModelId = model.Id, ModelName = model.Name, Window = "production", Time = time, N = 60, Audited = 40, Known = accuracy is not null, Method = method, Summary = "cannot be known: strong drift",
        Value = accuracy ?? double.NaN, Low = accuracy - 0.03 ?? double.NaN, High = accuracy + 0.03 ?? double.NaN,
    });

    [Fact]
    public void Measurements_drift_and_slices_are_read_as_their_cmdlets_keep_them()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        var field = at.Images("field");
        Label(at, field.Take(20));
        foreach (var (day, accuracy) in new[] { (-16, 0.90), (-12, 0.88), (-8, 0.86), (-4, 0.84) }) Measured(at, model, s_now.AddDays(day), accuracy);
        at.Workspace.Catalogue.AddReport(new StoredReport(Guid.CreateVersion7(s_now).ToString(), DriftService.Kind, model.Id, s_now.AddDays(-1), """
            {"Model":"lab-1","ModelId":"x","Verdict":"Drift","Summary":"s","Budget":{"Count":1,"Per":"30.00:00:00","Every":"01:00:00"},"Reference":"lab","Resampling":"r",
             "Tests":[{"Kind":"Appearance","Name":"classifier","Statistic":"AUC","Value":0.85,"Flagged":true,"Effect":"e"}]}
            """));
        Slice Of(int from, int to, bool confirmed, bool known) => new()
        {
            Conditions = [], Text = "small", Confirmed = confirmed, Known = known, ErrorRate = new Metric("error rate", 0.5, 0.4, 0.6, 15, "Wilson"), Method = "m", ModelId = model.Id,
            ImageIds = [.. field.Skip(from).Take(to - from).Select(i => i.Id)],
        };
        Report(at, "slices", model, s_now.AddDays(-1), new[] { Of(10, 25, true, true), Of(30, 40, false, true), Of(40, 50, true, false) });

        var evidence = Decide(at, model).Evidence;

        Assert.Equal((0.84, 40, true), (evidence.Accuracy!.Value, evidence.Audited, evidence.Calibrated));
        Assert.Equal(-0.005, evidence.Trend!.Value, 1e-9);
        Assert.True(evidence.Drift);
        Assert.Equal(0.7, evidence.DriftStrength, 1e-9);
        var slice = Assert.Single(evidence.Slices);
        Assert.Equal((0.25, 0.5, 10), (slice.Share, slice.ErrorRate, slice.NewLabels));
        Assert.Empty(evidence.Missing);
    }

    [Fact]
    public void An_accuracy_that_cannot_be_known_or_is_too_old_is_none()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Measured(at, model, s_now.AddDays(-29), 0.9);
        Assert.Null(Decide(at, model).Evidence.Accuracy);
        Measured(at, model, s_now.AddDays(-1), null, "Unknown");
        var evidence = Decide(at, model).Evidence;
        Assert.Null(evidence.Accuracy);
        Assert.Contains("cannot be known: strong drift", evidence.Missing);
    }

    [Fact]
    public void A_decision_before_a_training_is_held_against_the_new_model_and_teaches_the_next_one()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Label(at, at.Images("field").Take(40));
        Measured(at, model, s_now.AddDays(-1), 0.80);
        var made = Decide(at, model, new() { VolumePerDay = 500 });
        Assert.Null(RetrainingService.Decisions(at.Workspace)[^1].Outcome);
        var next = Model(at, "lab-2", s_now.AddDays(1), parent: model.Id);
        Assert.Null(RetrainingService.Decisions(at.Workspace)[^1].Outcome); // trained, and not yet measured
        Measured(at, next, s_now.AddDays(3), 0.90);

        var outcome = RetrainingService.Decisions(at.Workspace)[^1].Outcome!;
        Assert.Equal((next.Id, "performance"), (outcome.ModelId, outcome.Kind));
        Assert.Equal(0.10, outcome.Gain.Value, 1e-9);
        Assert.Equal(0.10 * 500 * made.Costs.PerError * 30 - made.Costs.PerTraining, outcome.Benefit, 1e-6);

        Predicted(at, next, at.Images("field"), s_now.AddDays(3));
        var later = RetrainingService.Decide(at.Workspace, next, new() { Clock = new Clock(s_now.AddDays(9)) }, at.Reports, TestContext.Current.CancellationToken);
        var past = Assert.Single(later.Evidence.PastGains);
        Assert.Equal((made.Id, 0.10), (past.DecisionId, Math.Round(past.Measured.Value, 9)));
        Assert.Contains(later.Reasons, r => r.Name == "past decisions");
    }

    [Fact]
    public void A_decision_to_wait_is_held_against_how_accuracy_moved()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Measured(at, model, s_now.AddDays(-1), 0.94);
        Decide(at, model);
        Measured(at, model, s_now.AddDays(8), 0.80);
        var outcome = RetrainingService.Decisions(at.Workspace)[^1].Outcome!;
        Assert.Equal(model.Id, outcome.ModelId);
        Assert.Equal(-0.14, outcome.Gain.Value, 1e-9);
        Assert.False(outcome.AsExpected);
        Assert.True(double.IsNaN(outcome.Benefit));
    }

    [Fact]
    public async Task The_cmdlets_decide_keep_and_list()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Predicted(at, model, at.Images("field"), DateTimeOffset.UtcNow.AddDays(-3));
        var script = at.Write("session.ps1", """
            $WarningPreference = 'SilentlyContinue'
            $d = Test-FlywheelRetraining lab-1 -CostPerError 0.3 -Horizon 90d -Cooldown 12h -MinimumLabels 7 -Volume 123
            "$($d.Verdict -in 'Wait', 'LabelFirst') $($d.Costs.PerError) $($d.Costs.Horizon.TotalDays) $($d.Rules.Cooldown.TotalHours) $($d.Rules.MinimumLabels) $($d.Evidence.VolumePerDay)"
            Get-FlywheelModel lab-1 | Test-FlywheelRetraining -Quiet
            $null = Test-FlywheelRetraining -WhatIf
            (Get-FlywheelDecision).Count
            (Get-FlywheelDecision lab-1 -Since 1h)[0].Id -eq $d.Id
            """);
        var run = await Flywheel.Tests.ShellProcess.RunAsync([script], folder: at.Root);
        Assert.Equal("", run.Error);
        Assert.Equal(["True 0.3 90 12 7 123", "False", "2", "True"], run.Lines.Where(l => !l.StartsWith("What if")));
    }
}
