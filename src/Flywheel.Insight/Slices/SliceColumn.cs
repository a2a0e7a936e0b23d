namespace Flywheel.Insight.Slices;

/// <summary>One feature of all images, over which conditions are sought.</summary>
public sealed class SliceColumn
{
    SliceColumn(SliceSubject subject, string name) => (Subject, Name) = (subject, name);

    /// <summary>What its conditions speak of.</summary>
    public SliceSubject Subject { get; }

    /// <summary>Name of the property or tag.</summary>
    public string Name { get; }

    /// <summary>
    /// How plainly it speaks, 0 first: a column of a later tier is asked only for what no earlier one explains, or to narrow what an earlier one
    /// found. Statistics of pixels go along with many conditions at once and would name their union.
    /// </summary>
    public int Tier { get; init; }

    /// <summary>Numbers by image, NaN where unknown; null if it holds none.</summary>
    public double[]? Numbers { get; private init; }

    /// <summary>Values by image, none where unknown, several for a column such as the words of a report; null if it holds numbers.</summary>
    public IReadOnlyList<string>[]? Values { get; private init; }

    /// <summary>Images.</summary>
    public int Count => Numbers?.Length ?? Values!.Length;

    /// <summary>A column of numbers.</summary>
    public static SliceColumn OfNumbers(SliceSubject subject, string name, double[] numbers, int tier = 0)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return new SliceColumn(subject, name) { Numbers = numbers, Tier = tier };
    }

    /// <summary>A column with one value, or null, per image.</summary>
    public static SliceColumn OfValues(SliceSubject subject, string name, IEnumerable<string?> values, int tier = 0) =>
        new(subject, name) { Tier = tier, Values = [.. values.Select(v => (IReadOnlyList<string>)(v is null ? [] : [v]))] };

    /// <summary>A column with any number of values per image.</summary>
    public static SliceColumn OfTerms(SliceSubject subject, string name, IEnumerable<IReadOnlyList<string>> terms) => new(subject, name) { Values = [.. terms] };

    /// <summary>Whether anything is known of an image.</summary>
    internal bool IsKnown(int row) => Numbers is { } numbers ? !double.IsNaN(numbers[row]) : Values![row].Count > 0;

    /// <summary>Whether a condition on this column holds for an image.</summary>
    internal bool Holds(SliceCondition condition, int row) => Numbers is { } numbers ? condition.Holds(numbers[row]) : Values![row].Contains(condition.Value!);
}
