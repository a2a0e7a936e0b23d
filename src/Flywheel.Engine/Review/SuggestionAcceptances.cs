using Flywheel.Engine.Workspaces;
using Flywheel.Insight.DataQuality;

namespace Flywheel.Engine.Review;

/// <summary>Learns from reviewers' verdicts which suggestions are worth their time.</summary>
public static class SuggestionAcceptances
{
    /// <summary>Share of suggestions that should be accepted unless somebody says otherwise.</summary>
    public const double DefaultTarget = 0.8;

    /// <summary>Acceptance by reason, ordered by reason.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="dataset">Only suggestions about images of this dataset, or null.</param>
    /// <param name="target">Share wanted, 0..1.</param>
    /// <exception cref="FlywheelException"><c>AcceptanceOutOfRange</c>.</exception>
    public static IReadOnlyList<SuggestionAcceptance> Of(Workspace workspace, string? dataset = null, double target = DefaultTarget)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (!(target is > 0 and <= 1))
            throw new FlywheelException("AcceptanceOutOfRange", FaultCategory.InvalidArgument, FormattableString.Invariant($"The wanted acceptance lies in 0..1, not at {target}."), target, "Give a share, such as 0.8.");
        return [.. workspace.Catalogue.Suggestions(new SuggestionQuery { Dataset = dataset }).GroupBy(s => s.Reason).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Of(g.Key, [.. g], target))];
    }

    static SuggestionAcceptance Of(string reason, List<Suggestion> all, double target)
    {
        int Count(SuggestionStatus status) => all.Count(s => s.Status == status);
        var decided = all.Where(s => s.Status is SuggestionStatus.Accepted or SuggestionStatus.Edited or SuggestionStatus.Rejected).ToList();
        var curve = AcceptanceCurve.Fit([.. decided.Select(s => s.Score)], [.. decided.Select(s => s.Status != SuggestionStatus.Rejected)]);
        var threshold = curve.Threshold(target);
        var (low, high) = curve.Interval;
        return new SuggestionAcceptance
        {
            Reason = reason,
            Open = Count(SuggestionStatus.Open),
            Stale = Count(SuggestionStatus.Stale),
            Accepted = Count(SuggestionStatus.Accepted),
            Edited = Count(SuggestionStatus.Edited),
            Rejected = Count(SuggestionStatus.Rejected),
            Acceptance = curve.N == 0 ? null : new Metric("acceptance", curve.Rate, low, high, curve.N, "Wilson"),
            Target = target,
            Threshold = threshold,
            Text = threshold is { } t ? FormattableString.Invariant($"from a score of {t:0.00} on, at least {100 * target:0} % were accepted")
                : curve.N < AcceptanceCurve.Fewest ? $"not known yet: {curve.N} of {AcceptanceCurve.Fewest} verdicts"
                : FormattableString.Invariant($"no score has {100 * target:0} % accepted"),
        };
    }
}
