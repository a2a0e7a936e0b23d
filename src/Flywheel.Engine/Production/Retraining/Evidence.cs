using System.Globalization;
using Flywheel.Engine.Drift;
using Flywheel.Engine.Production.Slices;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Decisions;

namespace Flywheel.Engine.Production.Retraining;

/// <summary>Brings together what the catalogue knows of a model in production.</summary>
static class Evidence
{
    /// <summary>How far back measurements show a trend.</summary>
    static readonly TimeSpan s_trend = TimeSpan.FromDays(180);

    public static RetrainingEvidence Gather(Workspace workspace, ModelLine line, RetrainingRequest request, DateTimeOffset now, CancellationToken token)
    {
        var model = line.Model;
        var window = string.Create(CultureInfo.InvariantCulture, $"{request.Window.TotalDays:0.#} d");
        var census = new ProductionCensus(workspace, line, request.Window, now);
        token.ThrowIfCancellationRequested();
        if (request.VolumePerDay is null && census.VolumePerDay == 0)
            throw new FlywheelException("ProductionVolumeUnknown", FaultCategory.InvalidOperation,
                $"The model '{model.Name}' has no stored predictions of the last {window}, so what its errors cost cannot be told.", model.Name,
                "Give the images per day with -Volume, or record production with Start-FlywheelEndpoint, Import-FlywheelPrediction or Invoke-FlywheelPrediction.");
        var missing = new List<string>();

        var measured = Measurement.Of(workspace, model);
        var present = measured.LastOrDefault(m => m.Time > now - request.Window);
        if (present?.Accuracy is null)
            missing.Add(present is null
                ? $"The accuracy in production was not measured in the last {window}: Measure-FlywheelPerformance {model.Name} estimates it."
                : present.Summary);
        var known = measured.Where(m => m.Accuracy is not null && m.Time > now - s_trend).ToList();

        var drift = DriftService.Past(workspace, model.Id, now - request.Window) is { Count: > 0 } reports ? reports[^1] : null;
        if (drift is null) missing.Add($"Drift was not measured in the last {window}: Measure-FlywheelDrift {model.Name} does.");

        return new RetrainingEvidence
        {
            Accuracy = present?.Accuracy,
            Audited = present?.Audited ?? 0,
            Calibrated = present is not null,
            PublishedAccuracy = model.Validation is { } v && double.IsFinite(v.Value) ? v : null,
            Trend = AccuracyTrend.Estimate([.. known.Select(m => (m.Time - model.Created).TotalDays)], [.. known.Select(m => m.Accuracy!.Value)]),
            TrainingLabels = LearnedLabels(workspace, model),
            NewLabels = census.NewLabels.Count,
            LabelsAvailable = census.Unlabelled,
            LabelsPerDay = census.LabelsPerDay,
            Curve = [.. line.Models.Where(m => m.Validation is { } x && double.IsFinite(x.Value)).Select(m => new LearningPoint(LearnedLabels(workspace, m), m.Validation!, m.Id)).Where(p => p.Labels > 0)],
            Slices = Slices(workspace, model, census, now - request.Window),
            Drift = drift?.Verdict switch { DriftVerdict.Drift => true, DriftVerdict.NoDrift => false, _ => null },
            DriftStrength = Math.Clamp(2 * (drift?.Tests.FirstOrDefault(t => t.Statistic == "AUC")?.Value ?? 0.5) - 1, 0, 1),
            Age = now - model.Created,
            SinceTraining = now - line.LastMove(workspace),
            VolumePerDay = request.VolumePerDay ?? census.VolumePerDay,
            Missing = missing,
        };
    }

    /// <summary>Labelled images of the training part of the model's dataset version; all labelled ones if it was not split.</summary>
    static int LearnedLabels(Workspace workspace, Model model)
    {
        if (model.DatasetVersion.Length == 0 || workspace.Catalogue.VersionEntries(model.DatasetVersion) is not { } rows) return 0;
        var train = rows.Count(r => r.Label is not null && r.Split == DataSplit.Train);
        return train > 0 ? train : rows.Count(r => r.Label is not null && r.Split == DataSplit.None);
    }

    static List<SliceEvidence> Slices(Workspace workspace, Model model, ProductionCensus census, DateTimeOffset since)
    {
        if (workspace.Catalogue.Reports(SliceFinder.ReportKind, model.Id, since) is not { Count: > 0 } reports || census.Images == 0) return [];
        return [.. SliceFinder.Read(reports[^1]).Where(s => s.Confirmed && s.Known)
            .Select(s => new SliceEvidence(s.Name, Math.Min(1, s.Images / (double)census.Images), s.ErrorRate.Value, s.ImageIds.Count(census.NewLabels.Contains)))
            .Where(s => s.Share > 0 && double.IsFinite(s.ErrorRate)).OrderByDescending(s => s.Share * s.ErrorRate)];
    }
}
