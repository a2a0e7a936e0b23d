namespace Flywheel.Insight.Comparison;

/// <summary>Points of the normal and of Student's distribution.</summary>
static class CriticalValue
{
    /// <summary>z with P(Z ≤ z) = p, relative error about 1e-7 (Wichura's PPND7, Applied Statistics 37, 1988).</summary>
    public static double Normal(double p)
    {
        var q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var r = 0.180625 - q * q;
            return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179) / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
        }
        var t = Math.Sqrt(-Math.Log(Math.Min(p, 1 - p)));
        double z;
        if (t <= 5)
        {
            t -= 1.6;
            z = (((0.17023821103 * t + 1.3067284816) * t + 2.7568153900) * t + 1.4234372777) / ((0.12021132975 * t + 0.73700164250) * t + 1);
        }
        else
        {
            t -= 5;
            z = (((0.017337203997 * t + 0.42868294337) * t + 3.0812263860) * t + 6.6579051150) / ((0.012258202635 * t + 0.24197894225) * t + 1);
        }
        return q < 0 ? -z : z;
    }

    /// <summary>Student's t with that probability below it (expansion 26.7.5 of Abramowitz and Stegun); good to a few per cent from four degrees of freedom on.</summary>
    public static double Student(double p, int freedom)
    {
        double z = Normal(p), z2 = z * z, f = freedom;
        var g1 = (z2 + 1) * z / 4;
        var g2 = ((5 * z2 + 16) * z2 + 3) * z / 96;
        var g3 = (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z / 384;
        var g4 = ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) * z / 92160;
        return z + (g1 + (g2 + (g3 + g4 / f) / f) / f) / f;
    }
}
