using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Engine.Drift;
using Flywheel.Engine.Production;
using Flywheel.Engine.Production.Retraining;
using Flywheel.Engine.Production.Slices;

namespace Flywheel.Tests;

/// <summary>A workspace in which something has happened: labels, suggestions, a model with predictions, and reports of every kind.</summary>
static class StudioWorld
{
    static readonly JsonSerializerOptions s_pascal = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, Converters = { new JsonStringEnumConverter() } };
    static readonly JsonSerializerOptions s_camel = new(s_pascal) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static string Other(string label) => label == "open" ? "closed" : "open";

    /// <summary>Labels the first images: every eighth wrong, one half-open.</summary>
    public static IReadOnlyList<FlywheelImage> Label(StudioProcess studio, int count)
    {
        var catalogue = studio.Workspace.Catalogue;
        catalogue.Annotate([.. studio.Images.Take(count).Select((image, i) =>
            new AnnotationChange(image.Id, i == 1 ? "half-open" : i % 8 == 0 ? Other(studio.Truth[image.Id]) : studio.Truth[image.Id], i % 5 == 4 ? AnnotationProvenance.Auto : AnnotationProvenance.Human, i % 5 == 4 ? "assistant" : "bob"))]);
        return [.. studio.Images.Take(count)];
    }

    /// <summary>A suggestion to turn an image's label around.</summary>
    public static Suggestion Relabel(FlywheelImage image, double score, string reason = "label-errors") =>
        new() { ImageId = image.Id, Reason = reason, OldLabel = image.Label, NewLabel = Other(image.Label!), Score = score, Dataset = "eyes", Text = FormattableString.Invariant($"Out-of-sample probability of '{image.Label}' is {1 - score:0.00}.") };

    /// <summary>Suggestions of several reasons: labels, a copy to leave out, boxes, one that is stale and some that are decided.</summary>
    public static void Suggest(StudioProcess studio)
    {
        var catalogue = studio.Workspace.Catalogue;
        var images = studio.Images.Where(i => i.Label is "open" or "closed").ToList();
        catalogue.Annotate([AnnotationChange.OfBoxes(images[30].Id, [new LabelBox("a", "eye", 14, 30, 30, 12), new LabelBox("b", "pupil", 18, 28, 10, 10)], AnnotationProvenance.Human, "bob")]);
        catalogue.AddSuggestions([
            .. images.Take(12).Select((image, i) => Relabel(image, 0.99 - 0.03 * i)),
            new Suggestion { ImageId = images[31].Id, RelatedImageId = images[32].Id, Reason = "duplicates", Part = AnnotationPart.Exclusion, NewExclusion = "near-duplicate", Score = 0.93, Dataset = "eyes", Text = "Nearly the same picture as the one beside it, in another split." },
            new Suggestion { ImageId = images[30].Id, Reason = "assistant", Part = AnnotationPart.Boxes, OldBoxes = [new LabelBox("a", "eye", 14, 30, 30, 12), new LabelBox("b", "pupil", 18, 28, 10, 10)], NewBoxes = [new LabelBox("a", "eye", 9, 27, 46, 19), new LabelBox("c", "glasses", 2, 12, 58, 44)], Score = 0.8, Dataset = "eyes", Text = "The eye is larger, glasses are missing." },
            .. images.Skip(40).Take(6).Select((image, i) => Relabel(image, 0.7 - 0.05 * i, "consensus")),
        ]);
        var ids = catalogue.Suggestions(new SuggestionQuery { Reasons = ["consensus"] }).Select(s => s.Id).ToList();
        catalogue.Decide([new SuggestionVerdict(ids[0], SuggestionStatus.Accepted, "bob"), new SuggestionVerdict(ids[1], SuggestionStatus.Accepted, "bob"), new SuggestionVerdict(ids[2], SuggestionStatus.Rejected, "eve"), new SuggestionVerdict(ids[3], SuggestionStatus.Accepted, "eve")]);
        catalogue.Annotate([new AnnotationChange(images[44].Id, "half-open", AnnotationProvenance.Human, "bob")]);
    }

    /// <summary>A model that knows bright from dark, its predictions of all images, and their embeddings.</summary>
    public static Model Predict(StudioProcess studio, int? first = null)
    {
        var model = TinyModel.Add(studio.Workspace, "brightness", dataset: "eyes");
        model = model with { Validation = new Metric("balanced accuracy", 0.83, 0.74, 0.89, 96, "Wilson") };
        studio.Workspace.Catalogue.AddModel(model);
        using var service = new PredictionService(studio.Workspace, model, null, NullReporter.Instance);
        foreach (var _ in service.PredictFiles(studio.Images.Take(first ?? int.MaxValue).Select(i => i.Path), NullReporter.Instance, CancellationToken.None)) { }
        service.Complete(NullReporter.Instance);
        return model;
    }

    /// <summary>Reports as the cmdlets store them: estimates, slices, drift, a decision; a turn of a loop.</summary>
    public static void Report(StudioProcess studio, Model model)
    {
        var catalogue = studio.Workspace.Catalogue;
        void Add(string kind, double daysAgo, string json) => catalogue.AddReport(new StoredReport(Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-daysAgo)).ToString(), kind, model.Id, DateTimeOffset.UtcNow.AddDays(-daysAgo), json));
        foreach (var (daysAgo, value) in (ReadOnlySpan<(double, double)>)[(9, 0.88), (6, 0.85), (2, 0.91)])
            Add(PerformanceService.ReportKind, daysAgo, JsonSerializer.Serialize(new PerformanceEstimate { ModelId = model.Id, ModelName = model.Name, Window = "production", Time = DateTimeOffset.UtcNow.AddDays(-daysAgo), N = 400, Audited = 60, Known = true, Value = value, Low = value - 0.07, High = value + 0.05, Method = "Audit", Summary = "audited" }, s_camel));
        Slice Make(string property, double upTo, double rate) => new()
        {
            Rank = 1, Conditions = [new SliceCondition { Subject = SliceSubject.Property, Name = property, UpTo = upTo }], Text = $"Fails more often at {property} ≤ {upTo}", Support = 48, Errors = 48 * rate, ErrorRate = new Metric("error rate", rate, rate - 0.1, rate + 0.14, 48, "Wilson"),
            RateElsewhere = 0.05, Lift = rate / 0.05, P = 0.001, Q = 0.01, Confirmed = true, Known = true, Method = "Fisher", ImageIds = [.. studio.Images.Take(15).Select(i => i.Id)], ModelId = model.Id,
        };
        Add(SliceFinder.ReportKind, 8, JsonSerializer.Serialize((Slice[])[Make("contrast", 0.08, 0.3)], s_camel));
        Add(SliceFinder.ReportKind, 1, JsonSerializer.Serialize((Slice[])[Make("width", 30, 0.25)], s_camel));
        Add(DriftService.Kind, 1, JsonSerializer.Serialize(new DriftReport
        {
            Model = model.Name, ModelId = model.Id, Verdict = DriftVerdict.Drift, Summary = "Production is narrower than the reference: width 83 → 24 px.", P = 0.0002, Budget = FalseAlarmBudget.Parse("1 per 30d", TimeSpan.FromDays(1)), Reference = "eyes test", ReferenceN = 240, ReferenceGroups = 12,
            WindowN = 400, WindowGroups = 30, Resampling = "groups", Time = DateTimeOffset.UtcNow.AddDays(-1), Tests = [new DriftTest { Kind = DriftKind.Property, Name = "width", Statistic = "Wasserstein", Value = 59, Threshold = 12, P = 0.0002, Flagged = true, Effect = "83 → 24 px (−2.1 SD)" }],
        }, s_pascal));
        Add(RetrainingService.ReportKind, 0.5, JsonSerializer.Serialize(new RetrainingDecision
        {
            Id = "d1", ModelId = model.Id, ModelName = model.Name, Time = DateTimeOffset.UtcNow.AddDays(-0.5), Verdict = RetrainingVerdict.LabelFirst, Summary = "Have 40 images labelled first: they are worth 6.20, and cost 4.00.", Benefit = new Metric("benefit", 6.2, 1, 11, 0, "Draws"), Gain = new Metric("gain", 0.021, 0.004, 0.04, 0, "Draws"), Labels = 40,
            Options = [], Reasons = [new RetrainingReason("drift", 2.1, "Production differs from the reference.")], Flips = [new RetrainingFlip("newLabels", 12, 47, RetrainingVerdict.Retrain, "With 47 new labels instead of 12 it would be: retrain.")], Costs = new RetrainingCosts(), Rules = new RetrainingRules(), Evidence = new RetrainingEvidence(),
        }, s_camel));
        var run = Path.Combine(studio.Workspace.RunsPath, "20270101-080000-a1b2");
        Directory.CreateDirectory(run);
        File.WriteAllLines(Path.Combine(run, "events.jsonl"), ["""{"time":"2027-01-01T08:00:00Z","event":"start","loop":"eyes"}""", """{"time":"2027-01-01T08:01:30Z","event":"end","status":"waitingForPeople","message":"40 images wait in the queue 'eyes'."}"""]);
    }

    /// <summary>All of it.</summary>
    public static Model Fill(StudioProcess studio)
    {
        Label(studio, 100);
        Suggest(studio);
        var model = Predict(studio);
        Report(studio, model);
        return model;
    }
}
