using Flywheel.Engine.Datasets;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Review;

/// <summary>Takes reviewers' verdicts on suggestions, one bad one not holding up the others.</summary>
public static class SuggestionReview
{
    /// <summary>Records verdicts. One that cannot be taken (decided or outdated meanwhile, unknown) is reported as a fault, the others stand.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="verdicts">The verdicts; an empty author becomes the user's name.</param>
    /// <param name="reporter">Gets the faults.</param>
    /// <returns>The suggestions as they are now.</returns>
    public static IReadOnlyList<Suggestion> Decide(Workspace workspace, IReadOnlyList<SuggestionVerdict> verdicts, IReporter reporter)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(verdicts);
        ArgumentNullException.ThrowIfNull(reporter);
        SuggestionVerdict[] named = [.. verdicts.Select(v => v.Author.Length > 0 ? v : v with { Author = DatasetNames.User })];
        return OneByOne(named, workspace.Catalogue.Decide, reporter);
    }

    /// <summary>What <see cref="Decide"/> would do: the suggestions as they would be, and the faults. Nothing is recorded.</summary>
    public static IReadOnlyList<Suggestion> Plan(Workspace workspace, IReadOnlyList<SuggestionVerdict> verdicts, IReporter reporter)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(verdicts);
        ArgumentNullException.ThrowIfNull(reporter);
        var known = workspace.Catalogue.Suggestions(new SuggestionQuery { Ids = [.. verdicts.Select(v => v.SuggestionId)] }).ToDictionary(s => s.Id, StringComparer.Ordinal);
        var planned = new List<Suggestion>();
        foreach (var verdict in verdicts)
        {
            if (!known.TryGetValue(verdict.SuggestionId, out var s)) reporter.Fault(NotFound(verdict.SuggestionId));
            else if (s.Status is not SuggestionStatus.Open && (s.Status != SuggestionStatus.Stale || verdict.Status != SuggestionStatus.Rejected))
                reporter.Fault(new FlywheelException(s.Status == SuggestionStatus.Stale ? "SuggestionStale" : "SuggestionDecided", FaultCategory.InvalidOperation, $"The suggestion '{s.Id}' is {s.Status.ToString().ToLowerInvariant()}.", s.Id, s.Status == SuggestionStatus.Stale ? "Reject it, and run what suggested it again." : "Take the verdict back with Undo-FlywheelSuggestion to decide anew."));
            else
                planned.Add(s with
                {
                    Status = verdict.Status,
                    DecidedBy = verdict.Author.Length > 0 ? verdict.Author : DatasetNames.User,
                    EditedValue = verdict.Status != SuggestionStatus.Edited ? null : s.Part == AnnotationPart.Boxes ? LabelBoxes.Write(verdict.Boxes) : verdict.Label,
                });
        }
        return planned;
    }

    /// <summary>Takes verdicts back. One that cannot be is reported as a fault.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="ids">The suggestions.</param>
    /// <param name="author">Who; the user's name when null.</param>
    /// <param name="reporter">Gets the faults.</param>
    public static IReadOnlyList<Suggestion> Undo(Workspace workspace, IReadOnlyList<string> ids, string? author, IReporter reporter)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(reporter);
        return OneByOne(ids, some => workspace.Catalogue.UndoVerdicts([.. some], author ?? DatasetNames.User), reporter);
    }

    /// <summary>What <see cref="Undo"/> would do: the suggestions as they would be, open again, and the faults. Nothing is taken back.</summary>
    public static IReadOnlyList<Suggestion> PlanUndo(Workspace workspace, IReadOnlyList<string> ids, IReporter reporter)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(reporter);
        var known = workspace.Catalogue.Suggestions(new SuggestionQuery { Ids = [.. ids] }).ToDictionary(s => s.Id, StringComparer.Ordinal);
        var planned = new List<Suggestion>();
        foreach (var id in ids)
        {
            if (!known.TryGetValue(id, out var s)) reporter.Fault(NotFound(id));
            else if (s.Status is SuggestionStatus.Open or SuggestionStatus.Stale)
                reporter.Fault(new FlywheelException("SuggestionOpen", FaultCategory.InvalidOperation, $"Nobody has decided the suggestion '{id}'.", id, "There is nothing to take back."));
            else planned.Add(s with { Status = SuggestionStatus.Open, DecidedBy = null, DecidedAt = null, EditedValue = null, AnnotationSequence = null });
        }
        return planned;
    }

    /// <summary>Takes ledger entries back, newest first. One that cannot be is reported as a fault.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="sequences">Positions in the ledger.</param>
    /// <param name="author">Who; the user's name when null.</param>
    /// <param name="reporter">Gets the faults.</param>
    /// <returns>The entries that restore what was before.</returns>
    public static IReadOnlyList<Annotation> UndoAnnotations(Workspace workspace, IReadOnlyCollection<long> sequences, string? author, IReporter reporter)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(reporter);
        long[] newestFirst = [.. sequences.Distinct().OrderDescending()];
        return OneByOne(newestFirst, some => workspace.Catalogue.Undo([.. some], author ?? DatasetNames.User), reporter);
    }

    /// <summary>All at once, which is fast; if that is refused, each on its own to find which.</summary>
    static IReadOnlyList<TResult> OneByOne<TItem, TResult>(IReadOnlyList<TItem> items, Func<IReadOnlyList<TItem>, IReadOnlyList<TResult>> act, IReporter reporter)
    {
        try
        {
            return act(items);
        }
        catch (FlywheelException) when (items.Count > 1)
        {
            var done = new List<TResult>();
            foreach (var item in items)
            {
                try
                {
                    done.AddRange(act([item]));
                }
                catch (FlywheelException fault)
                {
                    reporter.Fault(fault);
                }
            }
            return done;
        }
        catch (FlywheelException fault)
        {
            reporter.Fault(fault);
            return [];
        }
    }

    static FlywheelException NotFound(string id) => new("SuggestionNotFound", FaultCategory.NotFound, $"No suggestion '{id}' in the catalogue.", id, "List suggestions with Get-FlywheelSuggestion.");
}
