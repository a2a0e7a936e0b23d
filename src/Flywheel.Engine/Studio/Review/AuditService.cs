using System.Globalization;
using System.Text.Json;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Studio.Review;

/// <summary>
/// Accepting many suggestions at once, behind a random sample of them looked at one by one. The sample is drawn and kept before anybody
/// sees it; what became of it is read from the verdicts themselves, so that nothing is lost whenever the process ends.
/// </summary>
public static class AuditService
{
    /// <summary>Kind of the stored report.</summary>
    public const string ReportKind = "review-audit";

    const int Attempts = 5;

    sealed record Drawing(string Id, AuditRequest Request, DateTimeOffset Time, int Population, IReadOnlyList<string> Sample);

    /// <summary>Draws the sample of an audit and keeps it.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">What is to be accepted, and what the sample has to show.</param>
    /// <exception cref="FlywheelException"><c>InvalidAudit</c>; <c>NothingToAudit</c>: no open suggestion has that score.</exception>
    public static ReviewAudit Start(Workspace workspace, AuditRequest request)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        var time = DateTimeOffset.UtcNow;
        var open = OpenOnes(workspace, request, time);
        if (open.Count == 0)
            throw new FlywheelException("NothingToAudit", FaultCategory.InvalidOperation, string.Create(CultureInfo.InvariantCulture, $"No open suggestion{Where(request)} has a score of {request.MinScore:0.###} or more."), request.MinScore, "Take a lower score or other filters.");
        var drawn = new SeededRandom(request.Seed).Sample(open.Count, Math.Min(request.SampleSize, open.Count));
        var drawing = new Drawing(Guid.CreateVersion7(time).ToString(), request, time, open.Count, [.. drawn.Select(i => open[i].Id)]);
        workspace.Catalogue.AddReport(new StoredReport(drawing.Id, ReportKind, null, time, JsonSerializer.Serialize(drawing, LoopJson.Options)));
        return Find(workspace, drawing.Id);
    }

    /// <summary>An audit as it stands.</summary>
    /// <exception cref="FlywheelException"><c>AuditNotFound</c>.</exception>
    public static ReviewAudit Find(Workspace workspace, string id)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var all = Drawings(workspace);
        return Describe(workspace, all.FirstOrDefault(d => d.Id == id) ?? throw new FlywheelException("AuditNotFound", FaultCategory.NotFound, $"No audit '{id}' in the workspace.", id, "Draw a sample first."), all, BulkAcceptance.All(workspace));
    }

    /// <summary>All audits as they stand, newest first.</summary>
    public static IReadOnlyList<ReviewAudit> All(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var (all, bulk) = (Drawings(workspace), BulkAcceptance.All(workspace));
        return [.. all.Select(d => Describe(workspace, d, all, bulk)).Reverse()];
    }

    /// <summary>Accepts what the sample was drawn from and nobody has decided: all of it, or nothing.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="id">The audit.</param>
    /// <param name="author">Who accepts.</param>
    /// <exception cref="FlywheelException"><c>AuditNotFound</c>; <c>AuditNotPassed</c>; <c>NothingToAccept</c>.</exception>
    public static ReviewAudit AcceptRest(Workspace workspace, string id, string author)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentException.ThrowIfNullOrWhiteSpace(author);
        for (var attempt = 1; ; attempt++)
        {
            var audit = Find(workspace, id);
            if (audit.State != AuditState.Passed)
                throw new FlywheelException("AuditNotPassed", FaultCategory.InvalidOperation, audit.Text, id, audit.State == AuditState.InReview ? "Decide the rest of the sample first." : "Look at the others one by one, or draw a sample above a higher score.");
            var rest = Rest(workspace, audit.Request, audit.Time, audit.Sample);
            if (rest.Count == 0) throw new FlywheelException("NothingToAccept", FaultCategory.InvalidOperation, "Every suggestion the sample was drawn from is decided.", id, "There is nothing left to do.");
            var now = DateTimeOffset.UtcNow;
            new BulkAcceptance(Guid.CreateVersion7(now).ToString(), id, author, now, rest).Store(workspace);
            try
            {
                workspace.Catalogue.Decide([.. rest.Select(s => new SuggestionVerdict(s, SuggestionStatus.Accepted, author))]);
                return Find(workspace, id);
            }
            catch (FlywheelException e) when (attempt < Attempts && e.ErrorId is "SuggestionDecided" or "SuggestionStale")
            {
                // Somebody decided one of them in between, or changed its image: look again.
            }
        }
    }

    /// <summary>Takes back all that was accepted in bulk on the strength of an audit: all of it, or nothing.</summary>
    /// <exception cref="FlywheelException"><c>AuditNotFound</c>; <c>NothingAccepted</c>; those of <see cref="ICatalogue.UndoVerdicts"/>.</exception>
    public static ReviewAudit UndoRest(Workspace workspace, string id, string author)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentException.ThrowIfNullOrWhiteSpace(author);
        Find(workspace, id);
        List<string> accepted = [.. BulkAcceptance.All(workspace).Where(b => b.AuditId == id).SelectMany(b => b.InForce(workspace)).Select(s => s.Id).Distinct(StringComparer.Ordinal)];
        if (accepted.Count == 0) throw new FlywheelException("NothingAccepted", FaultCategory.InvalidOperation, "Nothing accepted in bulk is left to take back.", id, "There is nothing to do.");
        workspace.Catalogue.UndoVerdicts(accepted, author);
        return Find(workspace, id);
    }

    static List<Drawing> Drawings(Workspace workspace) => [.. workspace.Catalogue.Reports(ReportKind).Select(r => JsonSerializer.Deserialize<Drawing>(r.Json, LoopJson.Options)!)];

    /// <summary>
    /// Open suggestions made up to then, the surest of each image and part: one of two about the same would be stale once the other is
    /// accepted. None where a reviewer disagreed with another one about the same.
    /// </summary>
    static List<Suggestion> OpenOnes(Workspace workspace, AuditRequest request, DateTimeOffset until)
    {
        var query = new SuggestionQuery { Reasons = request.Reasons, Dataset = request.Dataset, MinScore = request.MinScore, Until = until };
        var refused = workspace.Catalogue.Suggestions(query with { Status = [SuggestionStatus.Rejected, SuggestionStatus.Edited] }).Select(s => (s.ImageId, s.Part)).ToHashSet();
        return [.. workspace.Catalogue.Suggestions(query with { Status = [SuggestionStatus.Open] }).DistinctBy(s => (s.ImageId, s.Part)).Where(s => !refused.Contains((s.ImageId, s.Part)))];
    }

    static List<string> Rest(Workspace workspace, AuditRequest request, DateTimeOffset until, IReadOnlyList<string> sample)
    {
        var drawn = sample.ToHashSet(StringComparer.Ordinal);
        return [.. OpenOnes(workspace, request, until).Select(s => s.Id).Where(s => !drawn.Contains(s))];
    }

    static ReviewAudit Describe(Workspace workspace, Drawing drawing, List<Drawing> all, IReadOnlyList<BulkAcceptance> bulk)
    {
        var request = drawing.Request;
        var sample = workspace.Catalogue.Suggestions(new SuggestionQuery { Ids = drawing.Sample }).ToList();
        var accepted = sample.Count(s => s.Status == SuggestionStatus.Accepted);
        var stale = sample.Count(s => s.Status == SuggestionStatus.Stale);
        var reviewed = sample.Count(s => s.Status != SuggestionStatus.Open);
        var bound = reviewed == 0 ? double.NaN : ClopperPearson.Lower(accepted, reviewed, AuditRequest.Confidence);
        var share = reviewed == 0 ? double.NaN : accepted / (double)reviewed;
        var rest = Rest(workspace, request, drawing.Time, drawing.Sample).Count;
        var state = reviewed < sample.Count ? AuditState.InReview : share >= request.Target - 1e-12 && (request.Bound is not { } demanded || bound >= demanded - 1e-12) ? AuditState.Passed : AuditState.Failed;
        var mine = bulk.Where(b => b.AuditId == drawing.Id).SelectMany(b => b.InForce(workspace)).DistinctBy(s => s.Id).ToList();
        return new ReviewAudit
        {
            Id = drawing.Id,
            Request = request,
            Time = drawing.Time,
            Population = drawing.Population,
            Sample = drawing.Sample,
            Reviewed = reviewed,
            Accepted = accepted,
            Stale = stale,
            Acceptance = new Metric("acceptance", share, bound, 1, reviewed, "ClopperPearson"),
            State = state,
            Text = Text(request, state, sample.Count, reviewed, accepted, stale, share, bound, drawing.Population, rest),
            Remaining = rest,
            Earlier = all.TakeWhile(d => d.Id != drawing.Id).Count(d => Same(d.Request, request)),
            BulkAccepted = mine.Count,
            BulkTime = mine.Count == 0 ? null : mine.Max(s => s.DecidedAt),
        };
    }

    static bool Same(AuditRequest a, AuditRequest b) => a.Dataset == b.Dataset && (a.Reasons ?? []).Order(StringComparer.Ordinal).SequenceEqual((b.Reasons ?? []).Order(StringComparer.Ordinal));

    static string Text(AuditRequest request, AuditState state, int size, int reviewed, int accepted, int stale, double share, double bound, int population, int rest)
    {
        string Percent(double value) => (100 * value).ToString("0.0", CultureInfo.InvariantCulture) + " %";
        if (state == AuditState.InReview) return string.Create(CultureInfo.InvariantCulture, $"{reviewed} of {size} drawn from {population:N0} are decided, {accepted} of them accepted. {(rest == 0 ? "The sample is all there is: nothing is left to be accepted in bulk." : $"The others can be accepted in bulk once all {size} are decided, if enough of them are right.")}");
        var seen = string.Create(CultureInfo.InvariantCulture, $"{accepted} of {size} accepted as they were ({Percent(share)}); with {AuditRequest.Confidence * 100:0} % confidence at least {Percent(bound)} of all {population:N0} deserve it.");
        if (stale > 0) seen += string.Create(CultureInfo.InvariantCulture, $" {stale} changed before they were decided and count{(stale == 1 ? "s" : "")} as not accepted.");
        List<string> missed = [];
        if (share < request.Target - 1e-12) missed.Add($"the share asked for is {Percent(request.Target)}");
        if (request.Bound is { } demanded && bound < demanded - 1e-12) missed.Add($"the bound asked for is {Percent(demanded)}");
        return missed.Count > 0 ? $"{seen} Not enough: {string.Join(", and ", missed)}."
            : string.Create(CultureInfo.InvariantCulture, $"{seen} Enough{(rest == 0 ? "; nothing is left to be accepted together." : $": {rest:N0} more may be accepted together.")}");
    }

    static string Where(AuditRequest request) =>
        (request.Reasons is { Count: > 0 } reasons ? $" of {string.Join(", ", reasons)}" : "") + (request.Dataset is { } dataset ? $" in '{dataset}'" : "");
}
