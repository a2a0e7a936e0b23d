using System.Collections.Concurrent;

namespace Flywheel.Imaging;

/// <summary>
/// Weights by which one axis is resampled: output i is the sum of <c>Weights[Offset[i] .. Offset[i+1]]</c> times the inputs from <c>Start[i]</c> on.
/// Shrinking averages the covered area exactly; growing interpolates linearly between pixel centres, clamped at the borders.
/// </summary>
sealed class ResampleAxis
{
    const int MaxCached = 4096;
    static readonly ConcurrentDictionary<(int, int), ResampleAxis> s_cache = new();

    public readonly int[] Start;
    public readonly int[] Offset;
    public readonly float[] Weights;

    ResampleAxis(int from, int to)
    {
        Start = new int[to];
        Offset = new int[to + 1];
        var weights = new List<float>();
        for (var i = 0; i < to; i++)
        {
            Offset[i] = weights.Count;
            if (to <= from)
            {
                // Cell borders in integers of 1/to input pixels: exact whatever the sizes.
                long lo = (long)i * from, hi = lo + from;
                var first = lo / to;
                Start[i] = (int)first;
                for (var p = first; p * to < hi; p++)
                    weights.Add((float)((double)(Math.Min(hi, (p + 1) * to) - Math.Max(lo, p * to)) / from));
            }
            else
            {
                var centre = Math.Clamp((i + 0.5) * from / to - 0.5, 0, from - 1);
                var left = Math.Min((int)centre, Math.Max(from - 2, 0));
                Start[i] = left;
                var t = (float)(centre - left);
                weights.Add(1 - t);
                if (from > 1) weights.Add(t);
            }
        }
        Offset[to] = weights.Count;
        Weights = [.. weights];
    }

    public static ResampleAxis Get(int from, int to)
    {
        if (s_cache.TryGetValue((from, to), out var axis)) return axis;
        if (s_cache.Count >= MaxCached) s_cache.Clear();
        return s_cache.GetOrAdd((from, to), static k => new ResampleAxis(k.Item1, k.Item2));
    }
}
