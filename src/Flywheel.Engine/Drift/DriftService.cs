using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Insight.Drift;

namespace Flywheel.Engine.Drift;

/// <summary>Measures whether production differs from what a model was judged on.</summary>
public static class DriftService
{
    /// <summary>Kind of the reports in the catalogue.</summary>
    public const string Kind = "drift";

    static readonly JsonSerializerOptions s_json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Compares a window of production with the reference, and keeps the report.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">Window, reference, budget.</param>
    /// <param name="reporter">Gets progress and warnings.</param>
    /// <param name="token">Obeyed between images and rearrangements.</param>
    /// <exception cref="FlywheelException">
    /// <c>FalseAlarmBudgetOutOfRange</c>; <c>BaselineWithoutSince</c>; <c>WindowEmpty</c>; <c>ContactSheetNotWritable</c>; what <see cref="ScoredWindow"/> raises.
    /// </exception>
    public static DriftReport Measure(Workspace workspace, Model model, DriftRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        request.Budget.Validate();
        if (request.Baseline is not null && request.Since is null)
            throw new FlywheelException("BaselineWithoutSince", FaultCategory.InvalidArgument, "A baseline ends where the window begins, and the window has no beginning.", request.Baseline, "Give -Since as well.");
        if (request.Dataset is { } name) FailureFinder.Complete(workspace, model, workspace.GetDataset(name), reporter, token);

        var window = ScoredWindow.Production(workspace, model, new PredictionQuery { Dataset = request.Dataset, Since = request.Since, Until = request.Until }, request.GroupBy, reporter, token);
        var reference = request.Baseline is { } span
            ? ScoredWindow.Production(workspace, model, new PredictionQuery { Since = request.Since - span, Until = request.Since }, request.GroupBy, reporter, token)
            : ScoredWindow.Reference(workspace, model, request.Reference, reporter, token);
        return Compare(workspace, reference, window, request, reporter, token);
    }

    /// <summary>As <see cref="Measure"/>, with the images already at hand.</summary>
    public static DriftReport Compare(Workspace workspace, ScoredWindow reference, ScoredWindow window, DriftRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(window);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var notes = new List<string>();
        window = DriftTable.Embedded(Strangers(workspace, reference, window, notes), "window", notes);
        reference = DriftTable.Embedded(reference, "reference", notes);
        var groupBy = request.GroupBy ?? reference.GroupBy;
        if (groupBy is not null && request.Block is null && !Enumerable.Range(0, window.Count).Any(i => window.TagOf(i, groupBy) is not null))
            notes.Add($"No image of the window has the tag '{groupBy}', so each counts as independent. If it holds near-duplicates, name what they share with -GroupBy or -Block, or expect false alarms.");
        var input = DriftTable.Build(reference, window, groupBy, request.Block, request.Baseline is not null, notes);
        reporter.Verbose($"Comparing {window.Count} images with {reference.Count}.");
        var findings = DriftDetector.Compare(input, new DriftOptions { Alpha = request.Budget.PerLook, Seed = request.Seed, Telling = request.Telling }, token);
        if (findings.Tests.Any(t => t is { Kind: DriftKind.Label, Statistic: "BBSE", Flagged: true }) && findings.Tests.Any(t => t is { Kind: DriftKind.Appearance, Flagged: true }))
            notes.Add("The label mix is told on the assumption that each label's images still look the same, and their appearance changed: take it with care.");

        var times = window.Predictions.Select(p => p.Time).ToList();
        var model = window.Model;
        var referenceName = request.Baseline is null ? reference.Name : FormattableString.Invariant($"production {request.Since - request.Baseline:yyyy-MM-dd HH:mm} .. {request.Since:yyyy-MM-dd HH:mm}");
        var report = new DriftReport
        {
            Model = model.Name,
            ModelId = model.Id,
            Verdict = findings.Verdict,
            Summary = Summary(findings, request.Budget, referenceName),
            P = findings.P,
            SmallestP = findings.SmallestP,
            Budget = request.Budget,
            Reference = referenceName,
            ReferenceN = reference.Count,
            ReferenceGroups = findings.ReferenceGroups,
            From = times.Min(),
            To = times.Max(),
            WindowN = window.Count,
            WindowGroups = findings.WindowGroups,
            Resampling = findings.Resampling,
            Tests = findings.Tests,
            Notes = [.. notes, .. findings.Notes],
            Telling = [.. findings.Telling.Select((t, at) => new TellingImage(at + 1, window.Images[t.Image].Id, window.Images[t.Image].Path, t.Score))],
            Time = DateTimeOffset.UtcNow,
        };
        if (request.ContactSheet is { } sheet) SaveSheet(sheet, report, reference, request.Seed, reporter, token);
        if (request.Store) workspace.Catalogue.AddReport(new StoredReport(Guid.CreateVersion7(report.Time).ToString(), Kind, model.Id, report.Time, JsonSerializer.Serialize(report, s_json)));
        return report;
    }

    /// <summary>What was measured before, oldest first.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="modelId">Only of this model, or null.</param>
    /// <param name="since">Only since then, or null.</param>
    public static IReadOnlyList<DriftReport> Past(Workspace workspace, string? modelId = null, DateTimeOffset? since = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return [.. workspace.Catalogue.Reports(Kind, modelId, since).Select(r => JsonSerializer.Deserialize<DriftReport>(r.Json, s_json)!)];
    }

    /// <summary>The window without images the model learned from or is compared with: they are not production.</summary>
    static ScoredWindow Strangers(Workspace workspace, ScoredWindow reference, ScoredWindow window, List<string> notes)
    {
        var known = reference.Images.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        if (window.Model.DatasetVersion is { Length: > 0 } version && workspace.Catalogue.VersionEntries(version) is { } rows) known.UnionWith(rows.Select(r => r.ImageId));
        int[] strangers = [.. Enumerable.Range(0, window.Count).Where(i => !known.Contains(window.Images[i].Id))];
        if (strangers.Length == window.Count) return window;
        if (strangers.Length == 0)
            throw new FlywheelException("WindowEmpty", FaultCategory.InvalidOperation, $"All {window.Count:N0} images of the window are images '{window.Model.Name}' learned from or is compared with.", window.Name,
                "Name the production images with -Since, -Until or -Dataset.");
        notes.Add(FormattableString.Invariant($"{window.Count - strangers.Length:N0} images of the window were left out: the model learned from them or is compared with them."));
        return window.Rows(strangers);
    }

    static string Summary(DriftFindings f, FalseAlarmBudget budget, string reference)
    {
        string P(double p) => p < 0.0001 ? "< 0.0001" : p.ToString("0.####", CultureInfo.InvariantCulture);
        var flagged = f.Tests.Where(t => t.Flagged).ToList();
        switch (f.Verdict)
        {
            case DriftVerdict.Drift:
                return string.Create(CultureInfo.InvariantCulture,
                    $"Production differs from {reference}: {string.Join("; ", flagged.Take(3).Select(t => t.ToString()))} ({flagged.Count} of {f.Tests.Count} tests, p {P(f.P)}).");
            case DriftVerdict.NoDrift:
                var most = f.Tests[0];
                return string.Create(CultureInfo.InvariantCulture, $"No sign that production differs from {reference}. Most telling of {f.Tests.Count} tests: {most} (p {P(most.P)}; an alarm needs {P(budget.PerLook)}).");
            default:
                return string.Create(CultureInfo.InvariantCulture,
                    $"Cannot tell: {f.WindowGroups} independent groups against {f.ReferenceGroups} admit no p below {P(f.SmallestP)}, and {budget} asks for {P(budget.PerLook)}. Take a longer window, a reference of more groups, or a larger budget.");
        }
    }

    static void SaveSheet(string path, DriftReport report, ScoredWindow reference, long seed, IReporter reporter, CancellationToken token)
    {
        if (report.Verdict != DriftVerdict.Drift)
        {
            reporter.Information($"Without drift no image tells of it: '{path}' was not drawn.");
            return;
        }
        var drawn = new SeededRandom(seed).Sample(reference.Count, Math.Max(1, report.Telling.Count)).Select(i => reference.Images[i]);
        ContactSheet.Save(path,
            [
                .. report.Telling.Where(t => t.Path.Length > 0).Select(t => new ContactSheetTile(t.Path, t.Name, string.Create(CultureInfo.InvariantCulture, $"{t.Score:0.00}")) { Section = "Production, most telling", Frame = "#c0392b" }),
                .. drawn.Where(i => i.Path.Length > 0).Select(i => new ContactSheetTile(i.Path, i.Name) { Section = $"{report.Reference}, at random" }),
            ], new ContactSheetOptions { Heading = string.Create(CultureInfo.InvariantCulture, $"{report.Model}: {string.Join("; ", report.Tests.Where(t => t.Flagged).Take(2).Select(t => t.ToString()))}"), Columns = 6 }, token);
    }
}
