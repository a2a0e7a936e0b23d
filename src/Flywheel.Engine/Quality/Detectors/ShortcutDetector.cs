using Flywheel.Engine.Production.Slices;
using Flywheel.Insight.Slices;

namespace Flywheel.Engine.Quality.Detectors;

/// <summary>
/// Properties and tags that alone tell the label: a model may learn them instead of what the pictures show (Geirhos et al., Nat. Mach. Intell.
/// 2020). A rule of one cut, or of one label per value, is made on one half and judged on the other; named is what reaches
/// <see cref="Telling"/> of the way from guessing to certainty with a false discovery rate of 5 %.
/// </summary>
sealed class ShortcutDetector : IDatasetDetector
{
    /// <summary>Share of the way from guessing to certainty: 70 % balanced accuracy of two labels.</summary>
    internal const double Telling = 0.4;

    const double MaxQ = 0.05;
    const int FewestOfLabel = 10;

    public string Name => "shortcuts";
    public string About => "a measured property or tag that alone tells the label";
    public DetectorSeverity Severity => DetectorSeverity.Warning;

    public DetectorOutcome Run(DetectorContext context)
    {
        var usual = context.Images.Where(i => i.Label is not null).CountBy(i => i.Label!).Where(l => l.Value >= FewestOfLabel).Select(l => l.Key).Order(StringComparer.Ordinal).ToList();
        if (usual.Count < 2) return DetectorOutcome.CannotRun($"fewer than two labels have {FewestOfLabel} images");
        int[] rows = [.. Enumerable.Range(0, context.Images.Count).Where(i => context.Images[i].Label is { } label && usual.Contains(label))];
        var images = rows.Select(i => context.Images[i]).ToList();
        int[] labels = [.. images.Select(i => usual.IndexOf(i.Label!))];
        int[]? groups = context.Groups is { } all ? [.. rows.Select(i => all[i])] : null;
        var columns = SliceColumns.OfImages(images, context.Dataset.GroupBy is { } tag ? [tag] : []).Where(c => !IsLabel(c, images)).ToList();
        var judged = ShortcutFinder.Judge(columns, labels, usual.Count, groups, context.Seed, context.Token);
        if (judged.Count == 0) return DetectorOutcome.CannotRun($"{rows.Length} labelled images are too few; 80 are the least");
        var q = BenjaminiHochberg.Adjust([.. judged.Select(j => j.P)]);
        var guess = 1.0 / usual.Count;
        var named = judged.Where((j, at) => q[at] <= MaxQ && j.Accuracy >= guess + Telling * (1 - guess)).ToList();
        string Say(ShortcutFinder.Shortcut s) => FormattableString.Invariant($"'{s.Column.Name}' alone tells the label of {100 * s.Accuracy:0} % (balanced; n {s.N})");
        return new DetectorOutcome
        {
            N = rows.Length,
            Found = named.Count > 0,
            P = judged.Min(j => j.P),
            Summary = named.Count > 0
                ? FormattableString.Invariant($"{string.Join("; ", named.Take(3).Select(Say))}; guessing gets {100 * guess:0} %")
                : FormattableString.Invariant($"no property or tag tells the label; best of {judged.Count}: {Say(judged[0])}"),
        };
    }

    /// <summary>Whether a tag repeats the label, as one of its very name would: it says where labels come from, not what stands in for them.</summary>
    static bool IsLabel(SliceColumn column, List<FlywheelImage> images) =>
        column.Values is { } values && Enumerable.Range(0, images.Count).All(i => values[i] is not [var value] || value.Equals(images[i].Label, StringComparison.OrdinalIgnoreCase));
}
