namespace Flywheel.Insight.LabelQuality;

/// <summary>What confident learning says of labels.</summary>
public sealed record LabelErrorResult
{
    /// <summary>What speaks against each label [n].</summary>
    public required LabelErrorSigns[] Signs { get; init; }

    /// <summary>Rows the rule flags, the lowest probability of the given label first; equal ones in the order of the input.</summary>
    public required int[] Ranked { get; init; }

    /// <summary>Probability of a class from which on it is believed: the mean over the rows with its label; 2, which none has, for a class without rows.</summary>
    public required double[] Thresholds { get; init; }

    /// <summary>Estimated rows of each given (first index) and true (second) label, given totals preserved.</summary>
    public required int[,] Joint { get; init; }

    /// <summary>Estimated number of wrong labels: the joint's sum off its diagonal.</summary>
    public int EstimatedErrors
    {
        get
        {
            var sum = 0;
            for (var given = 0; given < Joint.GetLength(0); given++)
                for (var truth = 0; truth < Joint.GetLength(1); truth++)
                    if (given != truth) sum += Joint[given, truth];
            return sum;
        }
    }
}
