namespace Flywheel.Imaging.Samples;

/// <summary>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers on every machine and runtime, and any stream can be entered directly.</summary>
struct SampleRandom
{
    ulong _state;

    public SampleRandom(int seed, int stream, int index)
    {
        _state = Mix((ulong)(uint)seed + 0x9E3779B97F4A7C15UL);
        _state = Mix(_state ^ ((ulong)(uint)stream << 32 | (uint)index));
    }

    static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ z >> 27) * 0x94D049BB133111EBUL;
        return z ^ z >> 31;
    }

    public ulong NextBits() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>0 ≤ x &lt; 1.</summary>
    public float Next() => (NextBits() >> 40) * (1f / (1 << 24));

    public float Range(double low, double high) => (float)(low + (high - low) * Next());

    public int Below(int n) => (int)(NextBits() % (ulong)n);

    public bool Chance(double p) => Next() < p;

    /// <summary>Standard normal, by summing twelve uniforms: no transcendental function, so no difference between platforms.</summary>
    public float Normal()
    {
        var sum = -6f;
        for (var i = 0; i < 3; i++)
        {
            var bits = NextBits();
            sum += ((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)) * (1f / 65536);
        }
        return sum;
    }
}
