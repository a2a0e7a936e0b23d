namespace Flywheel.Insight.Drift;

/// <summary>The Wasserstein-1 (earth mover's) distance of two samples of one number.</summary>
public static class Wasserstein
{
    /// <summary>How far, on average, the values have to be moved to make one sample the other, in their own unit.</summary>
    /// <param name="first">Values, in any order; at least one.</param>
    /// <param name="second">Values, in any order; at least one.</param>
    public static double Distance(double[] first, double[] second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        double[] a = [.. first.Order()], b = [.. second.Order()];
        double sum = 0, before = Math.Min(a[0], b[0]);
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            var x = i == a.Length ? b[j] : j == b.Length ? a[i] : Math.Min(a[i], b[j]);
            sum += Math.Abs(i / (double)a.Length - j / (double)b.Length) * (x - before);
            while (i < a.Length && a[i] <= x) i++;
            while (j < b.Length && b[j] <= x) j++;
            before = x;
        }
        return sum;
    }
}
