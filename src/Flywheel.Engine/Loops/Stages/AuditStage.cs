using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Quality;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>
/// Checks the data before anything is learned from it. Findings become suggestions; while some that matter are open the loop waits for
/// people, and what they decided settles them.
/// </summary>
sealed class AuditStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Audit, $"checks {loop.Audit!.Dataset}: {(loop.Audit.Checks.Count == 0 ? "all detectors" : string.Join(", ", loop.Audit.Checks))}",
        [loop.SourceOf(loop.Audit.Dataset) is { Split: not null } source ? StageNames.Split(source.Name) : StageNames.Import(loop.SourceOf(loop.Audit.Dataset).Name)])
{
    AuditOptions Options => Loop.Audit!;

    public override TimeSpan? Estimate => TimeSpan.FromSeconds(15);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["dataset"] = Version(context.Workspace, Options.Dataset),
        ["audit"] = Text(Options),
        ["seed"] = Number(Loop.Seed),
    };

    public override StageOutcome Run(LoopContext context)
    {
        var report = DatasetChecker.Check(context.Workspace, new DatasetCheckRequest { Dataset = Options.Dataset, Detectors = Options.Checks, FailOn = Options.FailOn, Suggest = true, Seed = Loop.Seed }, context.Reporter, context.Token);
        var metrics = report.Detectors.Where(d => d.Status != DetectorStatus.NotRun).ToDictionary(d => d.Name, d => (double)d.Flagged);
        var grave = report.Detectors.Where(Matters).ToList();
        var byReason = context.Workspace.Catalogue.Suggestions(new SuggestionQuery { Dataset = Options.Dataset, Reasons = [.. grave.Select(d => d.Name)] }).ToLookup(s => s.Reason, StringComparer.Ordinal);
        var open = grave.Select(d => (d.Name, Open: byReason[d.Name].Count(s => s.Status == SuggestionStatus.Open))).Where(d => d.Open > 0).ToList();
        if (open.Count > 0)
            return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{open.Sum(d => d.Open):N0} suggestions wait for people ({string.Join(", ", open.Select(d => $"{d.Name} {d.Open}"))}); decide them in Start-FlywheelStudio, or with Approve-FlywheelSuggestion and Deny-FlywheelSuggestion, and run again"), null, StageStatus.Waiting) { Metrics = metrics };
        // What nobody can decide image by image is for whoever gathers the data.
        if (grave.FirstOrDefault(d => !byReason[d.Name].Any()) is { } unsettled)
            return new StageOutcome($"{unsettled.Name}: {unsettled.Summary}", null, StageStatus.GateFailed) { Metrics = metrics, EndsTurn = true };
        return new StageOutcome(grave.Count > 0 ? $"{report.Summary}; people have settled {string.Join(", ", grave.Select(d => d.Name))}" : report.Summary, new AuditOutput(report.DatasetVersion)) { Metrics = metrics };
    }

    bool Matters(DetectorResult result) => Options.FailOn switch
    {
        DatasetFailure.None => false,
        DatasetFailure.Warning => result.Status is DetectorStatus.Warning or DetectorStatus.Fail,
        _ => result.Status == DetectorStatus.Fail,
    };
}

/// <summary>The version that was checked.</summary>
sealed record AuditOutput(string VersionId);
