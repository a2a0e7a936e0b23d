namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    const string CurrentValue = "CASE g.part WHEN 1 THEN i.boxes WHEN 2 THEN i.excluded ELSE i.label END";

    const string SuggestionColumns = $"""
        SELECT g.id, i.id, g.reason, g.part, g.old, g.new, g.score, g.text, g.dataset, g.model, g.related, g.created,
            coalesce(v.status, CASE WHEN {CurrentValue} IS NOT g.old THEN 4 ELSE 0 END), v.author, v.time, v.new, v.annotation, g.n
        FROM suggestion g JOIN image i ON i.n=g.image LEFT JOIN verdict v ON v.n=g.verdict
        """;

    /// <inheritdoc/>
    public int AddSuggestions(IReadOnlyList<Suggestion> suggestions)
    {
        ArgumentNullException.ThrowIfNull(suggestions);
        if (suggestions.Count == 0) return 0;
        return Write(s =>
        {
            var (added, now) = (0, Now);
            foreach (var suggestion in suggestions)
            {
                if (!(suggestion.Score is >= 0 and <= 1))
                    throw new FlywheelException("InvalidScore", FaultCategory.InvalidArgument, $"The score of a suggestion lies in 0..1, not at {suggestion.Score}.", suggestion);
                added += s["""
                    INSERT INTO suggestion(id, image, reason, part, old, new, score, text, dataset, model, related, created)
                    VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT(id) DO NOTHING
                    """].Bind(1, suggestion.Id).Bind(2, ImageNumber(s, suggestion.ImageId)).Bind(3, suggestion.Reason).Bind(4, (long)suggestion.Part).Bind(5, suggestion.OldValue)
                    .Bind(6, suggestion.NewValue).Bind(7, suggestion.Score).Bind(8, suggestion.Text).Bind(9, suggestion.Dataset).Bind(10, suggestion.ModelId).Bind(11, suggestion.RelatedImageId).Bind(12, now).Run();
            }
            return added;
        });
    }

    /// <inheritdoc/>
    public IEnumerable<Suggestion> Suggestions(SuggestionQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var where = new SqlConditions();
        where.Add(query.Ids is { } ids ? Json.Strings(ids) : null, "g.id IN (SELECT value FROM json_each({0}))");
        where.Add(query.ImageIds is { } images ? Json.Strings(images) : null, "i.id IN (SELECT unhex(value) FROM json_each({0}))");
        where.Add(query.Dataset, "EXISTS(SELECT 1 FROM member m JOIN dataset d ON d.n=m.dataset WHERE d.name={0} AND m.image=i.n)");
        where.Add(query.Reasons is { } reasons ? Json.Strings(reasons) : null, "g.reason IN (SELECT value FROM json_each({0}))");
        if (query.Status is { } states) where.Add($"coalesce(v.status, CASE WHEN {CurrentValue} IS NOT g.old THEN 4 ELSE 0 END) IN ({string.Join(", ", states.Select(t => (int)t))})");
        where.Add(query.MinScore, "g.score>={0}");
        where.Add(query.Until?.UtcTicks, "g.created<={0}");
        where.Add(query.After, "(g.score, -g.n) < (SELECT a.score, -a.n FROM suggestion a WHERE a.id={0})");
        var sql = $"{SuggestionColumns} WHERE {where} ORDER BY g.score DESC, g.n{(query.First is { } first ? $" LIMIT {first}" : "")}";
        return Stream(sql, where.Bind, ReadSuggestion);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SuggestionCount> CountSuggestions(string? dataset = null)
    {
        var where = new SqlConditions();
        where.Add(dataset, "EXISTS(SELECT 1 FROM member m JOIN dataset d ON d.n=m.dataset WHERE d.name={0} AND m.image=i.n)");
        return [.. Stream($"""
            SELECT g.reason, coalesce(v.status, CASE WHEN {CurrentValue} IS NOT g.old THEN 4 ELSE 0 END), count(*)
            FROM suggestion g JOIN image i ON i.n=g.image LEFT JOIN verdict v ON v.n=g.verdict WHERE {where} GROUP BY 1, 2 ORDER BY 1, 2
            """, where.Bind, q => new SuggestionCount(q.Text(0), (SuggestionStatus)q.Int(1), q.Int(2)))];
    }

    static Suggestion ReadSuggestion(Statement q)
    {
        var part = (AnnotationPart)q.Int(3);
        var (old, value) = (q.TextOrNull(4), q.TextOrNull(5));
        return new Suggestion
        {
            ImageId = q.Hex(1),
            Reason = q.Text(2),
            Part = part,
            OldLabel = part == AnnotationPart.Label ? old : null,
            NewLabel = part == AnnotationPart.Label ? value : null,
            OldBoxes = part == AnnotationPart.Boxes ? LabelBoxes.Read(old) : null,
            NewBoxes = part == AnnotationPart.Boxes ? LabelBoxes.Read(value) : null,
            NewExclusion = part == AnnotationPart.Exclusion ? value : null,
            Score = q.Double(6),
            Text = q.Text(7),
            Dataset = q.TextOrNull(8),
            ModelId = q.TextOrNull(9),
            RelatedImageId = q.TextOrNull(10),
            Created = Time(q.Long(11)),
            Status = (SuggestionStatus)q.Int(12),
            DecidedBy = q.TextOrNull(13),
            DecidedAt = q.IsNull(14) ? null : Time(q.Long(14)),
            EditedValue = q.TextOrNull(15),
            AnnotationSequence = q.IsNull(16) ? null : q.Long(16),
        };
    }

    static (Suggestion Suggestion, long Number) FindSuggestion(Session s, string id)
    {
        var q = s[SuggestionColumns + " WHERE g.id=?1"].Bind(1, id);
        if (!q.Step()) throw new FlywheelException("SuggestionNotFound", FaultCategory.NotFound, $"No suggestion '{id}' in the catalogue.", id, "List suggestions with Get-FlywheelSuggestion.");
        var found = (ReadSuggestion(q), q.Long(17));
        q.Reset();
        return found;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Suggestion> Decide(IReadOnlyList<SuggestionVerdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        if (verdicts.Count == 0) return [];
        return Write(s =>
        {
            var time = Now;
            foreach (var verdict in verdicts)
            {
                var (suggestion, n) = FindSuggestion(s, verdict.SuggestionId);
                if (suggestion.Status is SuggestionStatus.Accepted or SuggestionStatus.Rejected or SuggestionStatus.Edited)
                    throw new FlywheelException("SuggestionDecided", FaultCategory.InvalidOperation, $"The suggestion '{suggestion.Id}' was {Lower(suggestion.Status)} by {suggestion.DecidedBy} at {suggestion.DecidedAt:u}.", suggestion.Id,
                        "Take that verdict back with Undo-FlywheelSuggestion to decide anew.");
                if (suggestion.Status == SuggestionStatus.Stale && verdict.Status != SuggestionStatus.Rejected)
                    throw new FlywheelException("SuggestionStale", FaultCategory.InvalidOperation, $"The suggestion '{suggestion.Id}' would change '{suggestion.OldValue ?? "nothing"}', which the image '{suggestion.ImageId[..12]}' no longer has.", suggestion.Id,
                        "Reject it, and run what suggested it again.");
                var change = verdict.Status switch
                {
                    SuggestionStatus.Accepted => Change(suggestion, suggestion.NewLabel, suggestion.NewBoxes, suggestion.NewExclusion, verdict.Author),
                    SuggestionStatus.Edited when suggestion.Part == AnnotationPart.Exclusion =>
                        throw new FlywheelException("InvalidVerdict", FaultCategory.InvalidArgument, "A suggestion to leave an image out is accepted or rejected; there is nothing to edit.", suggestion.Id),
                    SuggestionStatus.Edited => Change(suggestion, verdict.Label, verdict.Boxes, null, verdict.Author),
                    SuggestionStatus.Rejected => null,
                    _ => throw new FlywheelException("InvalidVerdict", FaultCategory.InvalidArgument, $"'{verdict.Status}' is no verdict.", verdict, "Say Accepted, Rejected or Edited."),
                };
                var annotation = change is null ? null : Apply(s, change, time);
                AppendVerdict(s, n, verdict.Status, verdict.Status == SuggestionStatus.Edited ? change!.Value : null, verdict.Author, time, annotation?.Sequence);
            }
            return verdicts.Select(v => FindSuggestion(s, v.SuggestionId).Suggestion).ToList();
        });

        static string Lower(SuggestionStatus status) => status switch { SuggestionStatus.Accepted => "accepted", SuggestionStatus.Rejected => "rejected", _ => "edited" };

        static AnnotationChange Change(Suggestion of, string? label, IReadOnlyList<LabelBox>? boxes, string? exclusion, string author)
        {
            var source = $"suggestion {of.Id} ({of.Reason})";
            return of.Part switch
            {
                AnnotationPart.Boxes => AnnotationChange.OfBoxes(of.ImageId, boxes, AnnotationProvenance.Reviewed, author, source),
                AnnotationPart.Exclusion => AnnotationChange.OfExclusion(of.ImageId, exclusion, author, source),
                _ => new AnnotationChange(of.ImageId, label, AnnotationProvenance.Reviewed, author, source),
            };
        }
    }

    static void AppendVerdict(Session s, long suggestion, SuggestionStatus status, string? value, string author, long time, long? annotation)
    {
        s["INSERT INTO verdict(suggestion, status, new, author, time, annotation) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"]
            .Bind(1, suggestion).Bind(2, (long)status).Bind(3, value).Bind(4, author).Bind(5, time).Bind(6, annotation).Run();
        var n = status == SuggestionStatus.Open ? (long?)null : SQLitePCL.raw.sqlite3_last_insert_rowid(s.Connection.Handle!);
        s["UPDATE suggestion SET verdict=?2 WHERE n=?1"].Bind(1, suggestion).Bind(2, n).Run();
    }

    /// <summary>A verdict taken back is an entry too; the suggestion waits again.</summary>
    static void ReopenSuggestion(Session s, long suggestion, string author, long time) => AppendVerdict(s, suggestion, SuggestionStatus.Open, null, author, time, null);

    /// <inheritdoc/>
    public IReadOnlyList<Suggestion> UndoVerdicts(IReadOnlyCollection<string> suggestionIds, string author)
    {
        ArgumentNullException.ThrowIfNull(suggestionIds);
        ArgumentException.ThrowIfNullOrWhiteSpace(author);
        if (suggestionIds.Count == 0) return [];
        return Write(s =>
        {
            var time = Now;
            var decided = suggestionIds.Distinct(StringComparer.Ordinal).Select(id => FindSuggestion(s, id)).ToList();
            foreach (var (suggestion, n) in decided.OrderByDescending(d => d.Suggestion.AnnotationSequence ?? 0))
            {
                if (suggestion.Status is SuggestionStatus.Open or SuggestionStatus.Stale)
                    throw new FlywheelException("SuggestionOpen", FaultCategory.InvalidOperation, $"Nobody has decided the suggestion '{suggestion.Id}'.", suggestion.Id, "There is nothing to take back.");
                if (suggestion.AnnotationSequence is { } sequence) Undo(s, sequence, author, time);
                else ReopenSuggestion(s, n, author, time);
            }
            return decided.Select(d => FindSuggestion(s, d.Suggestion.Id).Suggestion).ToList();
        });
    }
}
