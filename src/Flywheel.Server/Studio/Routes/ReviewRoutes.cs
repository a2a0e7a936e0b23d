using Flywheel.Engine.Studio.Review;
using Flywheel.Engine.Workspaces;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio.Routes;

/// <summary><c>/studio/suggestions</c> and <c>/studio/audits</c>: what is proposed, what people say of it, and bulk acceptance behind a sample.</summary>
sealed class ReviewRoutes(Workspace workspace)
{
    const int MostShown = 500;
    const int MostVerdicts = 1000;

    sealed record BoxBody(string Id, string Label, double X, double Y, double Width, double Height);

    sealed record VerdictBody(string Id, SuggestionStatus Status, string? Label = null, IReadOnlyList<BoxBody>? Boxes = null);

    sealed record VerdictsBody(IReadOnlyList<VerdictBody> Verdicts);

    sealed record UndoBody(IReadOnlyList<string>? Ids = null);

    sealed record AuditBody(double MinScore, IReadOnlyList<string>? Reasons = null, string? Dataset = null, double Target = 0.95, double? Bound = null, int? Sample = null, long Seed = 1);

    static ReviewFilter Filter(HttpContext context) => new()
    {
        Reasons = Shown.Values(context, "reason") is { Count: > 0 } reasons ? reasons : null,
        Status = Shown.Values(context, "status") is { Count: > 0 } states ? [.. states.Select(Status)] : [SuggestionStatus.Open],
        Dataset = Shown.Value(context, "dataset"),
        MinScore = Shown.Fraction(context, "min"),
        Ids = Shown.Values(context, "id") is { Count: > 0 } ids ? [.. ids.Distinct(StringComparer.Ordinal)] : null,
        After = Shown.Value(context, "after"),
        Size = Shown.Whole(context, "size", 100, MostShown),
    };

    static SuggestionStatus Status(string text) => Enum.TryParse<SuggestionStatus>(text, true, out var status) && Enum.IsDefined(status) ? status
        : throw Problem.Refuse("InvalidOption", $"'{text}' is no state of a suggestion.", text, "States: open, accepted, rejected, edited, stale.");

    public Task ListAsync(HttpContext context)
    {
        var filter = Filter(context);
        // A sample is looked at as a whole, whatever has become of its parts; its ids come from the audit, not from the address.
        if (Shown.Value(context, "audit") is { } audit) filter = new ReviewFilter { Ids = AuditService.Find(workspace, audit).Sample, Status = Enum.GetValues<SuggestionStatus>(), Size = 5000 };
        var items = ReviewService.List(workspace, filter);
        return StudioJson.WriteAsync(context, new
        {
            Items = items.Select(Item),
            Total = filter.Ids is not null ? items.Count : ReviewService.Count(workspace, filter),
            Labels = ReviewService.Labels(workspace, filter.Dataset, items, AnnotationPart.Label),
            BoxLabels = ReviewService.Labels(workspace, filter.Dataset, items, AnnotationPart.Boxes),
        });
    }

    public Task ReasonsAsync(HttpContext context) => StudioJson.WriteAsync(context, new
    {
        Reasons = ReviewService.Statistics(workspace, Shown.Value(context, "dataset")).Select(Statistics),
        Datasets = workspace.Catalogue.Datasets().Select(d => d.Name),
    });

    public async Task DecideAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<VerdictsBody>(context);
        if (body.Verdicts.Count is < 1 or > MostVerdicts) throw Problem.Refuse("InvalidAnswer", $"{body.Verdicts.Count} verdicts; send 1 to {MostVerdicts}.");
        foreach (var verdict in body.Verdicts)
        {
            if (verdict.Status is not (SuggestionStatus.Accepted or SuggestionStatus.Rejected or SuggestionStatus.Edited)) throw Problem.Refuse("InvalidVerdict", $"'{verdict.Status}' is no verdict.", verdict.Id, "Say accepted, rejected or edited.");
            if (verdict.Label is { Length: > 200 }) throw Problem.Refuse("InvalidVerdict", "A label has at most 200 characters.", verdict.Id);
        }
        var edited = body.Verdicts.Where(v => v.Status == SuggestionStatus.Edited).Select(v => v.Id).ToList();
        if (edited.Count > 0)
            foreach (var item in ReviewService.List(workspace, new ReviewFilter { Ids = [.. edited.Distinct(StringComparer.Ordinal)], Status = Enum.GetValues<SuggestionStatus>(), Size = MostVerdicts }))
                CheckEdit(item, body.Verdicts.First(v => v.Id == item.Suggestion.Id));
        var items = ReviewService.Decide(workspace, [.. body.Verdicts.Select(v => new SuggestionVerdict(v.Id, v.Status, who)
        {
            Label = v.Label,
            Boxes = v.Boxes?.Select(b => new LabelBox(b.Id, b.Label, b.X, b.Y, b.Width, b.Height)).ToList(),
        })]);
        await StudioJson.WriteAsync(context, new { Items = items.Select(Item) });
    }

    static void CheckEdit(ReviewItem item, VerdictBody verdict)
    {
        if (item.Suggestion.Part == AnnotationPart.Label)
        {
            if (verdict.Label is null || verdict.Boxes is not null) throw Problem.Refuse("InvalidVerdict", "An edited label is a label.", verdict.Id, "Send one, or reject the suggestion.");
            return;
        }
        if (item.Suggestion.Part != AnnotationPart.Boxes) return; // the catalogue refuses it
        if (verdict.Boxes is not { } boxes || verdict.Label is not null) throw Problem.Refuse("InvalidVerdict", "Edited boxes are boxes.", verdict.Id, "Send all of them; an empty list says that there is nothing.");
        const double Slack = 0.01;
        foreach (var b in boxes)
            if (!(b.X >= -Slack && b.Y >= -Slack && b.X + b.Width <= item.Image.Width + Slack && b.Y + b.Height <= item.Image.Height + Slack))
                throw Problem.Refuse("InvalidBox", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The box '{b.Label}' {b.X},{b.Y} {b.Width}x{b.Height} reaches beyond the picture of {item.Image.Width}x{item.Image.Height}."));
    }

    public async Task UndoAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<UndoBody>(context);
        var ids = body.Ids ?? (ReviewService.LastOf(workspace, who) is { } last ? [last.Id] : []);
        if (ids.Count == 0) throw Problem.Refuse("NothingToUndo", $"There is no verdict of {who} to take back.");
        if (ids.Count > MostVerdicts) throw Problem.Refuse("InvalidAnswer", $"{ids.Count} verdicts; send at most {MostVerdicts}.");
        await StudioJson.WriteAsync(context, new { Items = ReviewService.Undo(workspace, ids, who).Select(Item) });
    }

    public Task AuditsAsync(HttpContext context) => StudioJson.WriteAsync(context, new { Audits = AuditService.All(workspace).Take(20).Select(Audit) });

    public Task AuditAsync(HttpContext context) => StudioJson.WriteAsync(context, Audit(AuditService.Find(workspace, Id(context))));

    public async Task StartAuditAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<AuditBody>(context);
        await StudioJson.WriteAsync(context, Audit(AuditService.Start(workspace, new AuditRequest
        {
            Reasons = body.Reasons is { Count: > 0 } ? body.Reasons : null,
            Dataset = string.IsNullOrEmpty(body.Dataset) ? null : body.Dataset,
            MinScore = body.MinScore,
            Target = body.Target,
            Bound = body.Bound,
            Sample = body.Sample,
            Seed = body.Seed,
            Author = who,
        })));
    }

    public async Task AcceptRestAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        await StudioJson.WriteAsync(context, Audit(await Task.Run(() => AuditService.AcceptRest(workspace, Id(context), who))));
    }

    public async Task UndoRestAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        await StudioJson.WriteAsync(context, Audit(await Task.Run(() => AuditService.UndoRest(workspace, Id(context), who))));
    }

    static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    static object Item(ReviewItem item) => new { Suggestion = Shown.Suggestion(item.Suggestion), Image = Shown.Image(item.Image), Related = item.Related is { } related ? Shown.Image(related) : null };

    public static object Statistics(ReasonStatistics r) => new { r.Reason, r.Open, r.Stale, r.Accepted, r.Rejected, r.Edited, r.Bulk, Acceptance = Shown.Figure(r.Acceptance) };

    static object Audit(ReviewAudit a) => new
    {
        a.Id,
        Reasons = a.Request.Reasons ?? [],
        a.Request.Dataset,
        a.Request.MinScore,
        a.Request.Target,
        a.Request.Bound,
        a.Request.Seed,
        a.Request.Author,
        a.Time,
        a.Population,
        Sample = a.Sample.Count,
        a.Reviewed,
        a.Accepted,
        a.Stale,
        Acceptance = Shown.Figure(a.Acceptance),
        a.State,
        a.Text,
        a.Remaining,
        a.Earlier,
        a.BulkAccepted,
        a.BulkTime,
    };
}
