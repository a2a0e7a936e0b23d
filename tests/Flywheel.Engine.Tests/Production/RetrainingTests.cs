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
            Id = name.PadRight(16, '0'), Name = name, Path = Path.Combine(at.Workspace.ModelsPath, name), Labels = TinyModel.Labels, Preprocessing = ImagePreprocessing.Raw(4, 4, 1), Architecture = "none",
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
}
