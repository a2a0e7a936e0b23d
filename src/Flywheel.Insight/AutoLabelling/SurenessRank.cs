namespace Flywheel.Insight.AutoLabelling;

/// <summary>Where an answer stands among others by how sure it is.</summary>
public static class SurenessRank
{
    /// <summary>The share of the others that are less sure. Among equals the place is drawn, the same for the same number: ranks of answers like the others are spread evenly, ties or not.</summary>
    /// <param name="ascending">How sure the others are.</param>
    /// <param name="value">How sure this one is.</param>
    /// <param name="number">Of the answer.</param>
    public static double Of(double[] ascending, double value, int number)
    {
        ArgumentNullException.ThrowIfNull(ascending);
        if (ascending.Length == 0) return 1;
        int below = Count(ascending, value, orEqual: false), upTo = Count(ascending, value, orEqual: true);
        return (below + (upTo - below) * new SeededRandom(number, 4711).NextDouble()) / ascending.Length;
    }

    static int Count(double[] ascending, double value, bool orEqual)
    {
        int low = 0, high = ascending.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ascending[middle] < value || orEqual && ascending[middle] <= value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
