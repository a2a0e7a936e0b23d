namespace Flywheel;

/// <summary>
/// A random stream that depends on its seed alone: xoshiro256** (Blackman and Vigna, TOMS 2021) seeded through SplitMix64. The
/// stream of <see cref="Random"/> may change between runtimes, and with it every "same seed, same result". Not thread-safe.
/// </summary>
public sealed class SeededRandom
{
    ulong _s0, _s1, _s2, _s3;
    double _spare = double.NaN;

    /// <summary>Starts a stream.</summary>
    /// <param name="seed">Any value.</param>
    /// <param name="stream">Different streams of one seed are independent: one per worker, resample or epoch.</param>
    public SeededRandom(long seed, long stream = 0)
    {
        var state = unchecked((ulong)seed);
        // The stream enters through a mixed word, so that (seed 1, stream 0) and (seed 0, stream 1) have nothing in common.
        var other = unchecked((ulong)stream + 0x632be59bd9b4e019UL);
        state ^= SplitMix(ref other);
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            var z = state += 0x9e3779b97f4a7c15UL;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
            return z ^ (z >> 31);
        }
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        unchecked
        {
            var result = ulong.RotateLeft(_s1 * 5, 7) * 9;
            var t = _s1 << 17;
            _s2 ^= _s0;
            _s3 ^= _s1;
            _s1 ^= _s2;
            _s0 ^= _s3;
            _s2 ^= t;
            _s3 = ulong.RotateLeft(_s3, 45);
            return result;
        }
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in 0..<paramref name="exclusive"/>−1, without bias (Lemire, TOMACS 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int Next(int exclusive)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusive);
        var bound = (ulong)exclusive;
        var product = (NextUInt64() >> 32) * bound;
        if ((uint)product < bound)
        {
            var reject = (uint)(0x1_0000_0000UL % bound);
            while ((uint)product < reject) product = (NextUInt64() >> 32) * bound;
        }
        return (int)(product >> 32);
    }

    /// <summary>Uniform in <paramref name="inclusive"/>..<paramref name="exclusive"/>−1.</summary>
    public int Next(int inclusive, int exclusive) => inclusive + Next(exclusive - inclusive);

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Standard normal (Marsaglia's polar method).</summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spare))
        {
            var kept = _spare;
            _spare = double.NaN;
            return kept;
        }
        while (true)
        {
            var u = 2 * NextDouble() - 1;
            var v = 2 * NextDouble() - 1;
            var s = u * u + v * v;
            if (s is >= 1 or 0) continue;
            var factor = Math.Sqrt(-2 * Math.Log(s) / s);
            _spare = v * factor;
            return u * factor;
        }
    }

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A random order of 0..<paramref name="count"/>−1.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        Shuffle<int>(order);
        return order;
    }

    /// <summary><paramref name="size"/> different numbers of 0..<paramref name="count"/>−1, in random order; all of them if there are fewer.</summary>
    public int[] Sample(int count, int size)
    {
        size = Math.Min(size, count);
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        for (var i = 0; i < size; i++)
        {
            var j = Next(i, count);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order[..size];
    }
}
