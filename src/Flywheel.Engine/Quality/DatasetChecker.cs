using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Quality.Detectors;
using Flywheel.Engine.Reports;
using Flywheel.Engine.Review;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Quality;

/// <summary>Checks data sets with detectors.</summary>
public static class DatasetChecker
{
    /// <summary>Kind of the reports in the catalogue.</summary>
    public const string Kind = "dataset-report";

    /// <summary>Most findings of one detector that a kept report holds; counts are of all.</summary>
    const int MostKept = 1000;

    const int MostTiles = 200;

    static readonly JsonSerializerOptions s_json = new()
    {
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Runs the detectors one by one and keeps the report.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">What to check.</param>
    /// <param name="reporter">Gets progress.</param>
    /// <param name="token">Obeyed throughout.</param>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>; <c>DetectorNotFound</c>; <c>ModelNotFound</c>; <c>DatasetEmpty</c>;
    /// <c>ContactSheetNotWritable</c>; <c>FileNotWritable</c>; what loading the model raises.</exception>
    public static DatasetReport Check(Workspace workspace, DatasetCheckRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var detectors = DetectorRegistry.Find(request.Detectors);
        var dataset = workspace.GetDataset(request.Dataset);
        var model = request.Model is { } key ? workspace.GetModel(key) : null;
        var watch = Stopwatch.StartNew();
        var context = new DetectorContext(workspace, dataset, model, request.Seed, request.Store, reporter, token);
        if (context.Images.Count == 0)
            throw new FlywheelException("DatasetEmpty", FaultCategory.InvalidOperation, $"The dataset '{dataset.Name}' has no images.", dataset.Name, "Bring some in with Import-FlywheelDataset.");

        var results = new List<DetectorResult>();
        var suggestions = new List<Suggestion>();
        using (var meter = new ProgressMeter(reporter, $"Checking {dataset.Name}", detectors.Count, "detectors", id: 2))
        {
            foreach (var detector in detectors)
            {
                token.ThrowIfCancellationRequested();
                var since = watch.Elapsed;
                var outcome = detector.Run(context);
                suggestions.AddRange(outcome.Suggestions);
                results.Add(Result(detector, outcome, watch.Elapsed - since));
                reporter.Verbose($"{detector.Name}: {outcome.Summary}");
                meter.Advance();
            }
        }

        var notes = Notes(context, results);
        if (request.ContactSheetFolder is { } folder) results = [.. results.Select(r => r with { ContactSheetPath = SaveSheet(folder, dataset, r, context, token) })];
        var report = new DatasetReport
        {
            Dataset = dataset.Name,
            DatasetVersion = dataset.VersionId,
            ModelId = model?.Id,
            Images = context.Images.Count,
            Detectors = results,
            FailOn = request.FailOn,
            Summary = Summary(dataset, context.Images.Count, results),
            Suggested = request.Suggest ? Suggest(workspace, suggestions, request.Acceptance, notes) : null,
            ReportPath = request.ReportPath is { } page ? Path.GetFullPath(page) : null,
            Notes = notes,
            Time = DateTimeOffset.UtcNow,
            Duration = watch.Elapsed,
        };
        if (report.ReportPath is { } path) AtomicFile.Write(path, HtmlReport.RenderDataset(report, PathsOf(context), token));
        if (request.Store)
            workspace.Catalogue.AddReport(new StoredReport(Guid.CreateVersion7(report.Time).ToString(), Kind, report.ModelId, report.Time,
                JsonSerializer.Serialize(report with { Detectors = [.. results.Select(r => r with { Findings = [.. r.Findings.Take(MostKept)] })] }, s_json)));
        return report;
    }

    /// <summary>Reports kept before, oldest first.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="dataset">Only of this dataset, or null.</param>
    public static IReadOnlyList<DatasetReport> Past(Workspace workspace, string? dataset = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return [.. workspace.Catalogue.Reports(Kind).Select(r => JsonSerializer.Deserialize<DatasetReport>(r.Json, s_json)!).Where(r => dataset is null || r.Dataset == dataset)];
    }

    static DetectorResult Result(IDatasetDetector detector, DetectorOutcome outcome, TimeSpan duration)
    {
        var (low, high) = Intervals.Wilson(outcome.Findings.Count, outcome.N);
        return new DetectorResult
        {
            Name = detector.Name,
            Severity = detector.Severity,
            Status = outcome.NotRun ? DetectorStatus.NotRun
                : !(outcome.Found ?? outcome.Findings.Count > 0) ? DetectorStatus.Pass
                : detector.Severity == DetectorSeverity.Critical ? DetectorStatus.Fail : DetectorStatus.Warning,
            Flagged = outcome.Findings.Count,
            N = outcome.N,
            Share = outcome.N > 0 && outcome.Scores.Count > 0 ? new Metric("flagged", (double)outcome.Findings.Count / outcome.N, low, high, outcome.N, "Wilson") : null,
            Summary = outcome.Summary,
            P = outcome.P,
            Findings = [.. outcome.Findings.OrderByDescending(f => f.Score).ThenBy(f => f.ImageId, StringComparer.Ordinal)],
            Duration = duration,
        };
    }

    static List<string> Notes(DetectorContext context, List<DetectorResult> results)
    {
        List<string> notes = [];
        var unread = context.Thumbnails.Unreadable.Where(i => context.Images[i].Path.Length > 0).ToList();
        if (unread.Count > 0) notes.Add(FormattableString.Invariant($"{unread.Count:N0} pictures could not be read and were not compared, such as {context.Images[unread[0]].Name}."));
        var asked = results.Where(r => r.Status == DetectorStatus.NotRun).ToList();
        if (asked.Count > 0) notes.Add($"Not run: {string.Join("; ", asked.Select(r => $"{r.Name} ({r.Summary})"))}.");
        return notes;
    }

    static string Summary(Dataset dataset, int images, List<DetectorResult> results)
    {
        var fails = results.Where(r => r.Status == DetectorStatus.Fail).Select(r => r.Name).ToList();
        var warnings = results.Where(r => r.Status == DetectorStatus.Warning).Select(r => r.Name).ToList();
        var passed = results.Count(r => r.Status == DetectorStatus.Pass);
        List<string> parts = [];
        if (fails.Count > 0) parts.Add($"critical: {string.Join(", ", fails)}");
        if (warnings.Count > 0) parts.Add($"warnings: {string.Join(", ", warnings)}");
        return FormattableString.Invariant($"{dataset.Name}, {images:N0} images: {(parts.Count > 0 ? string.Join("; ", parts) + "; " : "")}{passed} of {results.Count} detectors found nothing");
    }

    /// <summary>Records proposals whose score reviewers of the past would have agreed with often enough.</summary>
    static int Suggest(Workspace workspace, List<Suggestion> suggestions, double target, List<string> notes)
    {
        var least = SuggestionAcceptances.Of(workspace, null, target).Where(a => a.Threshold is not null).ToDictionary(a => a.Reason, a => a, StringComparer.Ordinal);
        var kept = suggestions.Where(s => !least.TryGetValue(s.Reason, out var a) || s.Score >= a.Threshold).ToList();
        foreach (var reason in suggestions.Select(s => s.Reason).Distinct().Where(least.ContainsKey))
        {
            var left = suggestions.Count(s => s.Reason == reason) - kept.Count(s => s.Reason == reason);
            notes.Add(FormattableString.Invariant($"Suggestions of {reason}: only from a score of {least[reason].Threshold:0.00} on, where reviewers accepted {100 * target:0} % ({least[reason].Decided} verdicts); {left:N0} were left out."));
        }
        return workspace.Catalogue.AddSuggestions(kept);
    }

    static Dictionary<string, string> PathsOf(DetectorContext context) => context.Images.ToDictionary(i => i.Id, i => i.Path, StringComparer.Ordinal);

    static string? SaveSheet(string folder, Dataset dataset, DetectorResult result, DetectorContext context, CancellationToken token)
    {
        if (result.Findings.Count == 0) return null;
        var paths = PathsOf(context);
        var tiles = new List<ContactSheetTile>();
        foreach (var finding in result.Findings.Where(f => f.Path.Length > 0).Take(MostTiles))
        {
            tiles.Add(new ContactSheetTile(finding.Path, finding.Label ?? finding.Name, finding.Text) { Frame = "#c0392b" });
            if (finding.RelatedImageId is { } other && paths.GetValueOrDefault(other) is { Length: > 0 } path)
                tiles.Add(new ContactSheetTile(path, context.Images.First(i => i.Id == other).Label ?? Path.GetFileName(path), Path.GetFileName(path)) { Frame = "#7f8c8d" });
        }
        if (tiles.Count == 0) return null;
        var file = Path.Combine(folder, $"{dataset.Name}-{result.Name}.png");
        ContactSheet.Save(file, tiles, new ContactSheetOptions { Heading = $"{dataset.Name}: {result.Name}: {result.Summary}" }, token);
        return file;
    }
}
