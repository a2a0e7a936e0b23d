using System.Text.Json;
using Flywheel.Engine.Drift;
using Flywheel.Engine.Loops;
using Flywheel.Engine.Production;
using Flywheel.Engine.Production.Retraining;
using Flywheel.Engine.Production.Slices;
using Flywheel.Engine.Registry;
using Flywheel.Engine.Studio.Review;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Studio.Dashboard;

/// <summary>Reads a workspace at a glance. What is damaged is told and left out; the rest is shown.</summary>
public static class DashboardService
{
    const int MostRuns = 10;

    /// <summary>Reads everything but endpoints, which have to be asked one by one.</summary>
    public static DashboardData Read(Workspace workspace, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(time);
        var faults = new List<string>();
        var models = RegistryService.Models(workspace);
        var names = models.GroupBy(m => m.Id).ToDictionary(g => g.Key, g => g.Last().Name, StringComparer.Ordinal);
        var runs = LoopService.Runs(workspace).ToList();
        var (slices, searched) = Slices(workspace, names);
        var everything = new ImageBrowse { Filter = new ImageQuery { IncludeExcluded = true } };
        return new DashboardData
        {
            Time = time.GetUtcNow(),
            Images = workspace.Catalogue.CountImages(everything),
            Excluded = workspace.Catalogue.CountImages(everything with { OnlyExcluded = true }),
            Datasets = workspace.Catalogue.Datasets(),
            Accuracy = Accuracy(workspace, models, runs, faults),
            Labels = Labels(workspace.Catalogue.Annotations()),
            Slices = slices,
            SlicesSearched = searched,
            Drift = DriftService.Past(workspace).MaxBy(r => r.Time),
            Decision = RetrainingService.Decisions(workspace).MaxBy(d => d.Time),
            Queues = [.. workspace.Catalogue.Queues().Reverse()],
            Suggestions = ReviewService.Statistics(workspace),
            Reviewers = Reviewers(workspace),
            Runs = [.. runs.Take(MostRuns)],
            Faults = faults,
        };
    }

    static List<AccuracyPoint> Accuracy(Workspace workspace, IReadOnlyList<Model> models, List<LoopRun> runs, List<string> faults)
    {
        var points = new List<AccuracyPoint>();
        foreach (var model in models)
            if (model.Validation is { } validation && !double.IsNaN(validation.Value)) points.Add(new AccuracyPoint(model.Created, model.Name, model.Id, model.Version, "validation", $"{model.Dataset} validation".Trim(), validation));
        foreach (var version in workspace.Catalogue.ModelVersions())
        {
            var card = Read<ModelCard>(Path.Combine(version.Path, RegistryService.CardName), RegistryJson.Options, faults);
            if (card?.Evaluation is { } judged) points.Add(new AccuracyPoint(version.Published, version.Name, version.ModelId, version.Number, "published", Where(judged), judged.Accuracy));
        }
        foreach (var model in models.DistinctBy(m => m.Id))
            foreach (var estimate in PerformanceService.History(workspace, model))
                if (!double.IsNaN(estimate.Value))
                    points.Add(new AccuracyPoint(estimate.Time, estimate.ModelName, estimate.ModelId, model.Version, "production", $"{estimate.Window}{(estimate.Audited > 0 ? $", {estimate.Audited} audited" : ", not audited")}",
                        new Metric("accuracy", estimate.Value, estimate.Low, estimate.High, estimate.N, estimate.Method)));
        foreach (var run in runs)
        {
            if (LoopService.FindResult(run, faults.Add) is not { } result) continue;
            foreach (var arm in result.Arms)
                if (arm.Evaluations is [var first, ..]) points.Add(new AccuracyPoint(run.Ended ?? run.Started, $"{run.Name}: {arm.Title}", arm.ModelId, null, "loop", Where(first), first.Accuracy));
        }
        return [.. points.OrderBy(p => p.Time)];
    }

    static string Where(Evaluation judged) => judged.Split == DataSplit.None ? judged.Dataset : $"{judged.Dataset} {judged.Split.ToString().ToLowerInvariant()}";

    static T? Read<T>(string file, JsonSerializerOptions options, List<string> faults) where T : class
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<T>(File.ReadAllBytes(file), options) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            faults.Add($"'{file}' cannot be read and is left out: {e.Message}");
            return null;
        }
    }

    /// <summary>
    /// Replays the ledger: how many images have a label from each source at the end of each day. The last row is what the catalogue has now.
    /// </summary>
    /// <param name="ledger">The entries, oldest first.</param>
    public static IReadOnlyList<LabelDay> Labels(IEnumerable<Annotation> ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var source = new Dictionary<string, AnnotationProvenance>(StringComparer.Ordinal);
        var counts = new int[4];
        var days = new List<LabelDay>();
        foreach (var entry in ledger)
        {
            if (entry.Part != AnnotationPart.Label) continue;
            if (source.Remove(entry.ImageId, out var before)) counts[(int)before]--;
            if (entry.NewLabel is not null)
            {
                source[entry.ImageId] = entry.Provenance;
                counts[(int)entry.Provenance]++;
            }
            var day = DateOnly.FromDateTime(entry.Time.UtcDateTime);
            var row = new LabelDay(day, counts[(int)AnnotationProvenance.Imported], counts[(int)AnnotationProvenance.Human], counts[(int)AnnotationProvenance.Auto], counts[(int)AnnotationProvenance.Reviewed]);
            // A clock that was set back does not make a second row of a day.
            if (days.Count > 0 && days[^1].Day >= day) days[^1] = row with { Day = days[^1].Day };
            else days.Add(row);
        }
        return days;
    }

    /// <summary>A slice is open if the newest search of all confirms it, and closed if only an earlier one did.</summary>
    static (IReadOnlyList<SliceState> Slices, DateTimeOffset? Searched) Slices(Workspace workspace, Dictionary<string, string> names)
    {
        var reports = workspace.Catalogue.Reports(SliceFinder.ReportKind);
        if (reports.Count == 0) return ([], null);
        var known = new Dictionary<string, SliceState>(StringComparer.Ordinal);
        foreach (var report in reports)
            foreach (var slice in SliceFinder.Read(report).Where(s => s.Confirmed))
                known[slice.Name] = new SliceState(slice, names.GetValueOrDefault(slice.ModelId, slice.ModelId), ReferenceEquals(report, reports[^1]), known.TryGetValue(slice.Name, out var before) ? before.First : report.Time, report.Time);
        return ([.. known.Values.OrderByDescending(s => s.Open).ThenByDescending(s => s.Last).ThenBy(s => s.Slice.Rank)], reports[^1].Time);
    }

    static List<ReviewerStatistics> Reviewers(Workspace workspace)
    {
        var bulk = BulkAcceptance.Members(workspace).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        return [.. workspace.Catalogue.Suggestions(new SuggestionQuery { Status = [SuggestionStatus.Accepted, SuggestionStatus.Rejected, SuggestionStatus.Edited] })
            .Where(s => !bulk.Contains(s.Id)).GroupBy(s => s.DecidedBy ?? "", StringComparer.OrdinalIgnoreCase).OrderBy(g => g.Key, StringComparer.OrdinalIgnoreCase).Select(g =>
            {
                var states = g.Select(s => s.Status).ToList();
                var accepted = states.Count(s => s == SuggestionStatus.Accepted);
                var (low, high) = Intervals.Wilson(accepted, states.Count);
                return new ReviewerStatistics(g.Key, accepted, states.Count(s => s == SuggestionStatus.Rejected), states.Count(s => s == SuggestionStatus.Edited),
                    new Metric("acceptance", accepted / (double)states.Count, low, high, states.Count, "Wilson"));
            })];
    }
}
