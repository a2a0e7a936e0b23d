namespace Flywheel.Insight.Slices;

/// <summary>How slices are sought and judged.</summary>
public sealed record SliceOptions
{
    /// <summary>Most conditions joined, 1..3.</summary>
    public int Conditions { get; init; } = 3;

    /// <summary>Largest Benjamini–Hochberg q of a confirmed slice, above 0, below 1.</summary>
    public double MaxQ { get; init; } = 0.05;

    /// <summary>Least share of the half that is searched, above 0, at most 0.5; never fewer than ten images.</summary>
    public double MinShare { get; init; } = 0.01;

    /// <summary>Least error rate of a slice in times that of the rest, 1 or more: what is less is not worth a name.</summary>
    public double MinLift { get; init; } = 1.5;

    /// <summary>Most slices, 1..100.</summary>
    public int Slices { get; init; } = 20;

    /// <summary>What the search maximises.</summary>
    public SliceScore Score { get; init; } = SliceScore.Evidence;

    /// <summary>Seed of the halves and of the permutations.</summary>
    public long Seed { get; init; } = 1;

    internal void Validate()
    {
        Check(Conditions is >= 1 and <= 3, nameof(Conditions), Conditions, "1..3");
        Check(MaxQ is > 0 and < 1, nameof(MaxQ), MaxQ, "above 0 and below 1");
        Check(MinShare is > 0 and <= 0.5, nameof(MinShare), MinShare, "above 0 and at most 0.5");
        Check(MinLift >= 1, nameof(MinLift), MinLift, "1 or more");
        Check(Slices is >= 1 and <= 100, nameof(Slices), Slices, "1..100");

        static void Check(bool holds, string name, object value, string range)
        {
            if (!holds) throw new FlywheelException("SliceOptionOutOfRange", FaultCategory.InvalidArgument, FormattableString.Invariant($"{name} is {value}; allowed is {range}."), value, $"Give {name} in {range}.");
        }
    }
}
