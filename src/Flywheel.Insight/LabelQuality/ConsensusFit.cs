namespace Flywheel.Insight.LabelQuality;

/// <summary>What annotators' votes say together.</summary>
public sealed record ConsensusFit
{
    /// <summary>Number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>Probability of each item's true class, row-major [items × classes].</summary>
    public required double[] Posterior { get; init; }

    /// <summary>Chance that an annotator calls a true class (second index) by another (third), row-major [annotators × classes × classes].</summary>
    public required double[] Confusion { get; init; }

    /// <summary>Share of each class.</summary>
    public required double[] Prior { get; init; }

    /// <summary>Rounds until nothing changed.</summary>
    public int Iterations { get; init; }

    /// <summary>Chance that an annotator's label is right, over the classes as they occur.</summary>
    public double Accuracy(int annotator)
    {
        double sum = 0;
        for (var c = 0; c < Classes; c++) sum += Prior[c] * Confusion[(annotator * Classes + c) * Classes + c];
        return sum;
    }

    /// <summary>The class an item most probably has, and how probably.</summary>
    public (int Class, double Probability) Of(int item)
    {
        var row = Posterior.AsSpan(item * Classes, Classes);
        var best = 0;
        for (var c = 1; c < row.Length; c++) if (row[c] > row[best]) best = c;
        return (best, row[best]);
    }

    /// <summary>The class an item most probably has by the votes of the others alone.</summary>
    public int Without(Vote vote)
    {
        int best = 0;
        var top = double.NegativeInfinity;
        for (var c = 0; c < Classes; c++)
        {
            // In logarithms: what the vote multiplied in is divided out.
            var rest = Math.Log(Math.Max(Posterior[vote.Item * Classes + c], double.Epsilon)) - Math.Log(Confusion[(vote.Annotator * Classes + c) * Classes + vote.Class]);
            if (rest > top) (best, top) = (c, rest);
        }
        return best;
    }
}
