using System.Text.Json;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio.Review;

/// <summary>
/// What was accepted in bulk. Written before the verdicts, so that a process killed in between loses nothing: what took effect is told by
/// the suggestions themselves, all of which bear the one time of their transaction.
/// </summary>
/// <param name="Id">Unique id.</param>
/// <param name="AuditId">The audit it rests on.</param>
/// <param name="Author">Who accepted.</param>
/// <param name="Time">When it was begun, UTC.</param>
/// <param name="Suggestions">The suggestions.</param>
sealed record BulkAcceptance(string Id, string AuditId, string Author, DateTimeOffset Time, IReadOnlyList<string> Suggestions)
{
    /// <summary>Kind of the stored report.</summary>
    public const string ReportKind = "review-bulk";

    public static IReadOnlyList<BulkAcceptance> All(Workspace workspace) =>
        [.. workspace.Catalogue.Reports(ReportKind).Select(r => JsonSerializer.Deserialize<BulkAcceptance>(r.Json, LoopJson.Options)!)];

    public void Store(Workspace workspace) => workspace.Catalogue.AddReport(new StoredReport(Id, ReportKind, null, Time, JsonSerializer.Serialize(this, LoopJson.Options)));

    /// <summary>The suggestions that are accepted by it now: not those taken back since, nor those decided anew.</summary>
    public IReadOnlyList<Suggestion> InForce(Workspace workspace) =>
        workspace.Catalogue.Suggestions(new SuggestionQuery { Ids = Suggestions, Status = [SuggestionStatus.Accepted] })
            .Where(s => s.DecidedBy == Author && s.DecidedAt >= Time).GroupBy(s => s.DecidedAt).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).FirstOrDefault()?.ToList() ?? [];

    /// <summary>All suggestions accepted in bulk.</summary>
    public static IEnumerable<Suggestion> Members(Workspace workspace) => All(workspace).SelectMany(b => b.InForce(workspace)).DistinctBy(s => s.Id);
}
