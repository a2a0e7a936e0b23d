using Flywheel.Insight.DataQuality;

namespace Flywheel.Engine.Quality.Detectors;

/// <summary>
/// Whether images that are alike were imported one after the other, beyond the groups the data set is split by: then the first thousand are no
/// sample of the whole, and a split by order is none at random.
/// </summary>
sealed class OrderDetector : IDatasetDetector
{
    const int Neighbours = 10, Permutations = 999, Fewest = 50;
    const double MaxP = 0.005, Clumped = 0.9;

    public string Name => "order";
    public string About => "like images imported one after the other";
    public DetectorSeverity Severity => DetectorSeverity.Warning;

    public DetectorOutcome Run(DetectorContext context)
    {
        var images = context.Images;
        if (images.Count < Fewest) return DetectorOutcome.CannotRun($"{images.Count} images are too few; {Fewest} are the least");
        var places = Places(context, out var units);
        var (rows, _, k) = context.Neighbours(Neighbours, true);
        var looks = OrderTest.OfNeighbours(rows, k, places, units, Permutations, context.Seed, context.Token);
        var labels = images.Select(i => i.Label).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var number = labels.Select((l, at) => (l, at)).ToDictionary(x => x.l, x => x.at, StringComparer.Ordinal);
        var byLabel = OrderTest.OfLabels([.. images.Select(i => i.Label is { } l ? number[l] : -1)], Permutations, context.Seed, context.Token);
        var unit = context.Groups is null ? "images" : $"values of '{context.Dataset.GroupBy}'";
        bool Holds(OrderTest test) => test.P <= MaxP && test.Statistic < Clumped;
        List<string> said = [];
        if (Holds(looks)) said.Add(FormattableString.Invariant($"like {unit} stand at {looks.Statistic:0.00} of the distance chance would put them (p {looks.P:0.000})"));
        if (labels.Count > 1 && Holds(byLabel)) said.Add(FormattableString.Invariant($"labels change {byLabel.Statistic:0.00} times as often as in random order (p {byLabel.P:0.000})"));
        return new DetectorOutcome
        {
            N = images.Count,
            Found = said.Count > 0,
            P = Math.Min(1, (labels.Count > 1 ? 2 : 1) * Math.Min(looks.P, labels.Count > 1 ? byLabel.P : 1)), // Bonferroni
            Summary = said.Count > 0
                ? $"the order is not random: {string.Join(", ", said)}. Draw at random rather than from the front"
                : FormattableString.Invariant($"the order tells neither looks nor labels (p {looks.P:0.000}{(labels.Count > 1 ? FormattableString.Invariant($" and {byLabel.P:0.000}") : "")})"),
        };
    }

    /// <summary>Place of every image: its own, or that of its group by first appearance.</summary>
    static int[] Places(DetectorContext context, out int units)
    {
        if (context.Groups is not { } groups)
        {
            units = context.Images.Count;
            return [.. Enumerable.Range(0, units)];
        }
        var order = new Dictionary<int, int>();
        foreach (var group in groups) order.TryAdd(group, order.Count);
        units = order.Count;
        return [.. groups.Select(g => order[g])];
    }
}
