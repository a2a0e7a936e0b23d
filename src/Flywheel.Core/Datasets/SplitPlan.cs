using System.Globalization;

namespace Flywheel;

/// <summary>What a split gives, before or after it is stored.</summary>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="Assigned">Images that get a split now.</param>
/// <param name="Kept">Images that keep the split they had.</param>
/// <param name="Without">Images that stay without one: unlabelled, or labelled by a machine in a group that is not trained on.</param>
/// <param name="Images">Images per split, all told.</param>
/// <param name="Groups">Groups per split, all told.</param>
/// <param name="Labels">Images per label and split, all told.</param>
public sealed record SplitPlan(
    string Dataset,
    int Assigned,
    int Kept,
    int Without,
    IReadOnlyDictionary<DataSplit, int> Images,
    IReadOnlyDictionary<DataSplit, int> Groups,
    IReadOnlyDictionary<string, IReadOnlyDictionary<DataSplit, int>> Labels)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var total = Math.Max(1, Images.Values.Sum());
        return $"'{Dataset}': " + string.Join(", ", Images.Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{i.Key} {i.Value} images in {Groups.GetValueOrDefault(i.Key)} groups ({100.0 * i.Value / total:0.#} %)")))
            + (Without > 0 ? $", {Without} without a split" : "");
    }
}
