namespace Flywheel.Insight.Slices;

/// <summary>One slice as found on one half and judged on the other.</summary>
public sealed record FoundSlice
{
    /// <summary>What its images have in common.</summary>
    public required IReadOnlyList<SliceCondition> Conditions { get; init; }

    /// <summary>Its images, both halves: rows of the columns, ascending.</summary>
    public required IReadOnlyList<int> Rows { get; init; }

    /// <summary>Images in the held-out half.</summary>
    public int Support { get; init; }

    /// <summary>Their errors, or the sum of expected errors.</summary>
    public double Errors { get; init; }

    /// <summary>Error rate in the held-out half with its interval.</summary>
    public required Metric Rate { get; init; }

    /// <summary>Error rate of the other images of the held-out half.</summary>
    public double RateElsewhere { get; init; }

    /// <summary>Rate over the rate elsewhere.</summary>
    public double Lift { get; init; }

    /// <summary>One-sided p on the held-out half.</summary>
    public double P { get; init; }

    /// <summary>Benjamini–Hochberg q among the slices of the search.</summary>
    public double Q { get; init; }

    /// <summary>True if q and lift hold what was asked.</summary>
    public bool Confirmed { get; init; }

    /// <summary>How p was made.</summary>
    public required string Method { get; init; }
}
