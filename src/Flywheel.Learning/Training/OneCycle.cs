namespace Flywheel.Learning.Training;

/// <summary>
/// Learning rate and momentum over a training (Smith and Topin, 2018): the rate rises by a cosine from a 25th of its peak, then falls to
/// almost nothing while the momentum goes the other way.
/// </summary>
sealed class OneCycle(int steps, double peak, double rising)
{
    const double StartDivisor = 25, EndDivisor = 1e4, MomentumLow = 0.85, MomentumHigh = 0.95;

    readonly double _turn = Math.Max(1, rising * steps - 1);

    public (float Rate, float Momentum) At(int step)
    {
        double start = peak / StartDivisor, end = start / EndDivisor;
        if (step <= _turn) return ((float)Cosine(start, peak, step / _turn), (float)Cosine(MomentumHigh, MomentumLow, step / _turn));
        var t = Math.Min(1, (step - _turn) / Math.Max(1, steps - 1 - _turn));
        return ((float)Cosine(peak, end, t), (float)Cosine(MomentumLow, MomentumHigh, t));
    }

    static double Cosine(double from, double to, double t) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * t));
}
