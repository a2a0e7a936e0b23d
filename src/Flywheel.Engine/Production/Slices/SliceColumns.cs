using Flywheel.Insight.Slices;

namespace Flywheel.Engine.Production.Slices;

/// <summary>
/// Makes the columns of a window. Their order is the preference among conditions that say the same: what people recorded, size, recorded numbers;
/// then what is predicted, which says how it fails rather than when; then the measured properties from the plainest on, bytes last; then looks.
/// The tiers follow it.
/// </summary>
static class SliceColumns
{
    static readonly string[] s_size = ["width", "height"];
    static readonly string[] s_measured = ["brightness", "contrast", "sharpness", "colorfulness"];
    static readonly string[] s_derived = ["entropy", "bytes"];

    const int FewestNumbers = 8;

    /// <summary>Everything known of the images and of what was predicted for them.</summary>
    public static IReadOnlyList<SliceColumn> OfWindow(IReadOnlyList<FlywheelImage> images, IReadOnlyList<Prediction> predictions, IReadOnlyList<string> groupTags, bool known, string?[]? looks)
    {
        var (values, numbers) = Tags(images, i => predictions[i].Tags, groupTags);
        if (known) values.RemoveAll(v => TellsTruth(v, predictions));
        List<SliceColumn> columns =
        [
            .. values,
            .. Properties(images, s_size, 0),
            .. numbers,
            SliceColumn.OfValues(SliceSubject.Predicted, "predicted", predictions.Select(p => p.Label), 1),
            .. Properties(images, s_measured, 1),
            .. Properties(images, s_derived, 2),
            SliceColumn.OfTerms(SliceSubject.Reason, "reason", predictions.Select(p => p.Feedback?.Reason is { } reason ? SliceCondition.Words(reason) : [])),
        ];
        if (looks is not null) columns.Add(SliceColumn.OfValues(SliceSubject.Look, "look", looks, 3));
        return Different(columns);
    }

    /// <summary>What is known of images alone.</summary>
    public static IReadOnlyList<SliceColumn> OfImages(IReadOnlyList<FlywheelImage> images, IReadOnlyList<string> groupTags)
    {
        var (values, numbers) = Tags(images, _ => new Dictionary<string, string>(), groupTags);
        return Different([.. values, .. Properties(images, s_size, 0), .. numbers, .. Properties(images, s_measured, 1), .. Properties(images, s_derived, 2)]);
    }

    static IEnumerable<SliceColumn> Properties(IReadOnlyList<FlywheelImage> images, string[] names, int tier) =>
        names.Select(name => SliceColumn.OfNumbers(SliceSubject.Property, name, [.. images.Select(i => SliceCondition.PropertyOf(i, name)!.Value)], tier));

    static (List<SliceColumn> Values, List<SliceColumn> Numbers) Tags(IReadOnlyList<FlywheelImage> images, Func<int, IReadOnlyDictionary<string, string>> own, IReadOnlyList<string> groupTags)
    {
        var byName = new SortedDictionary<string, string?[]>(StringComparer.Ordinal);
        for (var i = 0; i < images.Count; i++)
            foreach (var (name, value) in images[i].Tags.Concat(own(i))) // the request's own come last and win
            {
                if (groupTags.Contains(name)) continue;
                if (!byName.TryGetValue(name, out var column)) byName[name] = column = new string?[images.Count];
                column[i] = value;
            }
        List<SliceColumn> values = [], numbers = [];
        foreach (var (name, column) in byName)
        {
            var read = Array.ConvertAll(column, v => v is not null && SliceCondition.TryNumber(v, out var x) ? x : double.NaN);
            if (column.Zip(read).All(p => p.First is null || !double.IsNaN(p.Second)) && read.Where(x => !double.IsNaN(x)).Distinct().Count() >= FewestNumbers)
                numbers.Add(SliceColumn.OfNumbers(SliceSubject.Tag, name, read));
            else
                values.Add(SliceColumn.OfValues(SliceSubject.Tag, name, column));
        }
        return (values, numbers);
    }

    /// <summary>
    /// Whether each value of a tag stands for one label, as a folder named after it does: "folder = open, predicted closed" would say what wrong means,
    /// not why.
    /// </summary>
    static bool TellsTruth(SliceColumn tag, IReadOnlyList<Prediction> predictions)
    {
        var labels = Enumerable.Range(0, predictions.Count).Where(i => tag.Values![i].Count > 0 && predictions[i].Truth is not null)
            .GroupBy(i => tag.Values![i][0], i => predictions[i].Truth).Select(g => g.Distinct(StringComparer.Ordinal).ToList()).ToList();
        return labels.All(l => l.Count == 1) && labels.Select(l => l[0]).Distinct(StringComparer.Ordinal).Count() > 1;
    }

    /// <summary>Without columns that repeat an earlier one number for number, as height does for square pictures.</summary>
    static IReadOnlyList<SliceColumn> Different(List<SliceColumn> columns) =>
        [.. columns.Where((c, at) => c.Numbers is not { } numbers || !columns.Take(at).Any(e => e.Numbers is { } earlier && earlier.AsSpan().SequenceEqual(numbers)))];
}
