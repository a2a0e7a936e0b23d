using Flywheel.Engine.Production;
using Flywheel.Insight;
using Flywheel.Insight.Drift;

namespace Flywheel.Engine.Drift;

/// <summary>Lays two windows of the same model side by side for <see cref="DriftDetector"/>.</summary>
static class DriftTable
{
    /// <summary>Labels whose scores are compared one by one; with more, only the confidence is.</summary>
    const int MostScoredLabels = 10;

    /// <summary>Rows without an embedding are left out up to this share of a side; beyond it, appearance is.</summary>
    const double MostWithoutEmbedding = 0.05;

    static readonly (string Name, string Unit, Func<FlywheelImage, double> Value)[] s_properties =
    [
        ("width", "px", i => i.Width), ("height", "px", i => i.Height), ("brightness", "", i => i.Brightness), ("contrast", "", i => i.Contrast),
        ("sharpness", "", i => i.Sharpness), ("entropy", "bit", i => i.Entropy), ("colorfulness", "", i => i.Colorfulness),
    ];

    /// <summary>Builds the table.</summary>
    /// <param name="reference">What to compare with.</param>
    /// <param name="window">What to compare.</param>
    /// <param name="groupBy">Tag whose equal values belong together, or null.</param>
    /// <param name="block">Stretch of time that belongs together where there is no tag, or null.</param>
    /// <param name="timed">Whether the reference's predictions have times of their own, so that <paramref name="block"/> means something there.</param>
    /// <param name="notes">Gets what was left out and why.</param>
    public static DriftInput Build(ScoredWindow reference, ScoredWindow window, string? groupBy, TimeSpan? block, bool timed, List<string> notes)
    {
        var labels = window.Model.Labels;
        var scores = new List<NumberColumn> { Number(DriftKind.Score, "confidence", "", (w, i) => w.ProbabilitiesOf(i)[w.WinnerOf(i)]) };
        if (labels.Count <= MostScoredLabels)
            for (var c = labels.Count == 2 ? 1 : 0; c < labels.Count; c++)
            {
                var label = c;
                scores.Add(Number(DriftKind.Score, $"score {labels[c]}", "", (w, i) => w.ProbabilitiesOf(i)[label]));
            }
        int[] referencePredicted = Winners(reference), windowPredicted = Winners(window);
        var (a, b) = Embeddings(reference, window, notes);
        return new DriftInput
        {
            ReferenceCount = reference.Count,
            WindowCount = window.Count,
            Numbers = [.. s_properties.Select(p => Number(DriftKind.Property, p.Name, p.Unit, (w, i) => p.Value(w.Images[i]))), .. scores],
            Categories = [new(DriftKind.Label, "predicted label", labels, referencePredicted, windowPredicted), .. Tags(reference, window, groupBy, notes)],
            Labels = labels,
            ReferenceTruth = reference.Truth,
            ReferencePredicted = referencePredicted,
            WindowPredicted = windowPredicted,
            ReferenceEmbeddings = a,
            WindowEmbeddings = b,
            ReferenceGroups = Groups(reference, groupBy, timed ? block : null),
            WindowGroups = Groups(window, groupBy, block),
        };

        NumberColumn Number(DriftKind kind, string name, string unit, Func<ScoredWindow, int, double> value) =>
            new(kind, name, unit, [.. Enumerable.Range(0, reference.Count).Select(i => value(reference, i))], [.. Enumerable.Range(0, window.Count).Select(i => value(window, i))]);
    }

    static int[] Winners(ScoredWindow window) => [.. Enumerable.Range(0, window.Count).Select(window.WinnerOf)];

    /// <summary>Drops the few rows without an embedding, so that the others can be compared by appearance.</summary>
    public static ScoredWindow Embedded(ScoredWindow window, string name, List<string> notes)
    {
        var without = window.HasEmbedding.Count(has => !has);
        if (without == 0 || without > MostWithoutEmbedding * window.Count) return window;
        notes.Add(FormattableString.Invariant($"{without:N0} images of the {name} were left out: neither picture nor embedding was kept."));
        return window.Rows([.. Enumerable.Range(0, window.Count).Where(i => window.HasEmbedding[i])]);
    }

    static (EmbeddingMatrix?, EmbeddingMatrix?) Embeddings(ScoredWindow reference, ScoredWindow window, List<string> notes)
    {
        if (reference.Embeddings is { } a && window.Embeddings is { } b && reference.HasEmbedding.All(x => x) && window.HasEmbedding.All(x => x)) return (a, b);
        notes.Add("Embeddings were not compared: not all images have one.");
        return (null, null);
    }

    /// <summary>Tags that both sides have. An image without the tag has a level of its own.</summary>
    static IEnumerable<CategoryColumn> Tags(ScoredWindow reference, ScoredWindow window, string? groupBy, List<string> notes)
    {
        HashSet<string> before = Keys(reference), after = Keys(window);
        foreach (var tag in before.Union(after).Where(t => t != groupBy).Order(StringComparer.Ordinal))
        {
            if (!before.Contains(tag) || !after.Contains(tag))
            {
                notes.Add($"Tag '{tag}' was not compared: only the {(before.Contains(tag) ? "reference" : "window")} has it.");
                continue;
            }
            var levels = new Dictionary<string, int>(StringComparer.Ordinal);
            int[] Level(ScoredWindow w) => [.. Enumerable.Range(0, w.Count).Select(i =>
            {
                var value = w.TagOf(i, tag) ?? "(none)";
                if (!levels.TryGetValue(value, out var level)) levels[value] = level = levels.Count;
                return level;
            })];
            int[] x = Level(reference), y = Level(window);
            if (levels.Count > 1) yield return new CategoryColumn(DriftKind.Tag, tag, [.. levels.Keys], x, y);
        }

        static HashSet<string> Keys(ScoredWindow w) => [.. w.Images.SelectMany(i => i.Tags.Keys), .. w.Predictions.SelectMany(p => p.Tags.Keys)];
    }

    /// <summary>Numbers by group; null if every image stands alone.</summary>
    static int[]? Groups(ScoredWindow window, string? groupBy, TimeSpan? block)
    {
        if (groupBy is null && block is null) return null;
        var number = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. Enumerable.Range(0, window.Count).Select(i =>
        {
            var name = groupBy is not null && window.TagOf(i, groupBy) is { } value ? "=" + value
                : block is { } span ? FormattableString.Invariant($"@{window.Predictions[i].Time.UtcTicks / span.Ticks}")
                : FormattableString.Invariant($"#{i}");
            if (!number.TryGetValue(name, out var at)) number[name] = at = number.Count;
            return at;
        })];
    }
}
