namespace Flywheel.Engine.Quality.Detectors;

/// <summary>Labels so rare that a model will hardly learn them, nor a test tell: below a tenth of an equal share, or fewer than twenty images.</summary>
sealed class ImbalanceDetector : IDatasetDetector
{
    const double Rare = 0.1;
    const int Few = 20;

    public string Name => "imbalance";
    public string About => "labels with very few images";
    public DetectorSeverity Severity => DetectorSeverity.Warning;

    public DetectorOutcome Run(DetectorContext context)
    {
        var counts = context.Images.Where(i => i.Label is not null).CountBy(i => i.Label!).OrderBy(l => l.Value).ThenBy(l => l.Key, StringComparer.Ordinal).ToList();
        if (counts.Count == 0) return DetectorOutcome.CannotRun("no image has a label");
        var n = counts.Sum(c => c.Value);
        var equal = (double)n / counts.Count;
        var score = counts.ToDictionary(c => c.Key, c => c.Value < Rare * equal || c.Value < Few ? Math.Clamp(1 - c.Value / Math.Max(2 * Few, 2 * Rare * equal), DetectorOutcome.Flag, 1) : 0, StringComparer.Ordinal);
        double[] scores = [.. context.Images.Select(i => i.Label is { } label ? score[label] : 0)];
        var rare = counts.Where(c => score[c.Key] > 0).ToList();
        return new DetectorOutcome
        {
            N = n,
            Scores = scores,
            Findings = [.. Enumerable.Range(0, scores.Length).Where(i => scores[i] > 0).Select(i => context.Finding(Name, i, scores[i], FormattableString.Invariant($"'{context.Images[i].Label}' has {counts.Find(c => c.Key == context.Images[i].Label).Value} of {n:N0} labelled images")))],
            Summary = rare.Count == 0
                ? FormattableString.Invariant($"the rarest of {counts.Count} labels, '{counts[0].Key}', has {counts[0].Value:N0} of {n:N0} images")
                : FormattableString.Invariant($"rare: {string.Join(", ", rare.Take(5).Select(c => FormattableString.Invariant($"'{c.Key}' {c.Value:N0}")))}{(rare.Count > 5 ? ", …" : "")} of {n:N0} images, {(counts.Count == 1 ? "the only label" : FormattableString.Invariant($"{counts.Count} labels"))}"),
        };
    }
}
