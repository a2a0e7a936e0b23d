namespace Flywheel;

/// <summary>What an import would do.</summary>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="Files">Files it would take.</param>
/// <param name="Known">Of these, files that are known and unchanged and need not be read.</param>
/// <param name="Bytes">Bytes it would read.</param>
/// <param name="LabelCounts">Files per label, ordered by label.</param>
/// <param name="Unlabelled">Files without a label.</param>
/// <param name="Tags">Tag keys the files bring.</param>
public sealed record ImportPlan(string Dataset, int Files, int Known, long Bytes, IReadOnlyDictionary<string, int> LabelCounts, int Unlabelled, IReadOnlyList<string> Tags)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Files} files into '{Dataset}' ({string.Join(", ", LabelCounts.Select(l => $"{l.Value} {l.Key}").Concat(Unlabelled > 0 ? [$"{Unlabelled} unlabelled"] : []))})"
        + (Known > 0 ? $", {Known} of them known already" : "");
}
