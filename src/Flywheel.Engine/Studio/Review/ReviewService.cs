using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Studio.Review;

/// <summary>Suggestions as reviewers see and decide them.</summary>
public static class ReviewService
{
    /// <summary>Suggestions with their pictures, best score first; those named by id in the order they are named.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="filter">Which.</param>
    public static IReadOnlyList<ReviewItem> List(Workspace workspace, ReviewFilter filter)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(filter);
        var found = workspace.Catalogue.Suggestions(filter.ToQuery()).ToList();
        if (filter.Ids is { } ids)
        {
            var place = ids.Select((id, at) => (id, at)).ToDictionary(x => x.id, x => x.at, StringComparer.Ordinal);
            found = [.. found.OrderBy(s => place[s.Id])];
        }
        var images = workspace.Catalogue.Images(new ImageQuery { Ids = [.. found.SelectMany(s => s.RelatedImageId is { } related ? [s.ImageId, related] : new[] { s.ImageId }).Distinct(StringComparer.Ordinal)] })
            .ToDictionary(i => i.Id, StringComparer.Ordinal);
        return [.. found.Select(s => new ReviewItem(s, images[s.ImageId], s.RelatedImageId is { } related ? images.GetValueOrDefault(related) : null))];
    }

    /// <summary>How many suggestions a filter matches.</summary>
    public static int Count(Workspace workspace, ReviewFilter filter)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.MinScore is null && filter.Ids is null)
            return workspace.Catalogue.CountSuggestions(filter.Dataset).Where(c => filter.Status.Contains(c.Status) && (filter.Reasons is null || filter.Reasons.Contains(c.Reason))).Sum(c => c.Count);
        return workspace.Catalogue.Suggestions(filter.ToQuery() with { After = null, First = null }).Count();
    }

    /// <summary>What became of the suggestions of each reason, by reason.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="dataset">Only about images of this dataset; null for all.</param>
    public static IReadOnlyList<ReasonStatistics> Statistics(Workspace workspace, string? dataset = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var inDataset = dataset is null ? null : workspace.Catalogue.Suggestions(new SuggestionQuery { Dataset = dataset, Status = [SuggestionStatus.Accepted] }).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var bulk = BulkAcceptance.Members(workspace).Where(s => inDataset is null || inDataset.Contains(s.Id)).GroupBy(s => s.Reason).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        return [.. workspace.Catalogue.CountSuggestions(dataset).GroupBy(c => c.Reason).Select(g =>
        {
            int Of(SuggestionStatus status) => g.Where(c => c.Status == status).Sum(c => c.Count);
            var together = bulk.GetValueOrDefault(g.Key);
            var accepted = Of(SuggestionStatus.Accepted) - together;
            return new ReasonStatistics
            {
                Reason = g.Key,
                Open = Of(SuggestionStatus.Open),
                Stale = Of(SuggestionStatus.Stale),
                Accepted = accepted,
                Rejected = Of(SuggestionStatus.Rejected),
                Edited = Of(SuggestionStatus.Edited),
                Bulk = together,
                Acceptance = Acceptance(accepted, accepted + Of(SuggestionStatus.Rejected) + Of(SuggestionStatus.Edited)),
            };
        })];
    }

    static Metric Acceptance(int accepted, int decided)
    {
        var (low, high) = Intervals.Wilson(accepted, decided);
        return new Metric("acceptance", decided == 0 ? double.NaN : accepted / (double)decided, low, high, decided, "Wilson");
    }

    /// <summary>The labels a reviewer may choose from, for images or for boxes: those of the datasets, and those of the suggestions shown.</summary>
    public static IReadOnlyList<string> Labels(Workspace workspace, string? dataset, IEnumerable<ReviewItem> shown, AnnotationPart part)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(shown);
        var boxes = part == AnnotationPart.Boxes;
        var known = workspace.Catalogue.Datasets().Where(d => dataset is null || d.Name.Equals(dataset, StringComparison.OrdinalIgnoreCase)).SelectMany(d => boxes ? d.BoxCounts.Keys : d.LabelCounts.Keys);
        var proposed = shown.SelectMany(i => boxes ? (i.Suggestion.OldBoxes ?? []).Concat(i.Suggestion.NewBoxes ?? []).Select(b => b.Label) : new[] { i.Suggestion.OldLabel, i.Suggestion.NewLabel }.OfType<string>());
        return [.. known.Concat(proposed).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Decides suggestions: all of them, or none.</summary>
    /// <exception cref="FlywheelException">As <see cref="ICatalogue.Decide"/>.</exception>
    public static IReadOnlyList<ReviewItem> Decide(Workspace workspace, IReadOnlyList<SuggestionVerdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(verdicts);
        workspace.Catalogue.Decide(verdicts);
        return Again(workspace, [.. verdicts.Select(v => v.SuggestionId)]);
    }

    /// <summary>Takes verdicts back.</summary>
    /// <exception cref="FlywheelException">As <see cref="ICatalogue.UndoVerdicts"/>.</exception>
    public static IReadOnlyList<ReviewItem> Undo(Workspace workspace, IReadOnlyCollection<string> ids, string author)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(ids);
        workspace.Catalogue.UndoVerdicts(ids, author);
        return Again(workspace, [.. ids]);
    }

    static IReadOnlyList<ReviewItem> Again(Workspace workspace, List<string> ids) => List(workspace, new ReviewFilter { Ids = [.. ids.Distinct(StringComparer.Ordinal)], Status = Enum.GetValues<SuggestionStatus>(), Size = Math.Max(1, ids.Count) });

    /// <summary>The newest verdict a person gave and did not take back, those in bulk left out; null if there is none.</summary>
    public static Suggestion? LastOf(Workspace workspace, string author)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentException.ThrowIfNullOrWhiteSpace(author);
        var bulk = BulkAcceptance.Members(workspace).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        return workspace.Catalogue.Suggestions(new SuggestionQuery { Status = [SuggestionStatus.Accepted, SuggestionStatus.Rejected, SuggestionStatus.Edited] })
            .Where(s => string.Equals(s.DecidedBy, author, StringComparison.Ordinal) && !bulk.Contains(s.Id)).MaxBy(s => (s.DecidedAt, s.AnnotationSequence));
    }
}
