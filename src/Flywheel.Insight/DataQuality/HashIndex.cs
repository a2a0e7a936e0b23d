using System.Numerics;

namespace Flywheel.Insight.DataQuality;

/// <summary>
/// Finds all pairs of 64-bit hashes at most so many bits apart, exactly, without comparing all with all: multi-index hashing (Norouzi,
/// Punjani and Fleet, CVPR 2012). The hash is cut into four bands of 16 bits. If two hashes differ in at most r bits, one band differs in at
/// most ⌊r/4⌋ of them, so a band's table is asked for the band itself and for its neighbours within that radius.
/// </summary>
public sealed class HashIndex
{
    /// <summary>Largest distance that is looked for, bits; beyond it, lists of neighbours grow out of hand.</summary>
    public const int MaxDistance = 11;

    const int Bands = 4, BandBits = 16, Buckets = 1 << BandBits;

    readonly ulong[] _hashes;
    readonly int[][] _starts = new int[Bands][]; // by bucket, where its rows begin
    readonly int[][] _rows = new int[Bands][];

    /// <summary>Sorts the hashes into the tables.</summary>
    /// <param name="hashes">One hash per row.</param>
    public HashIndex(ulong[] hashes)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        _hashes = hashes;
        for (var band = 0; band < Bands; band++)
        {
            var starts = _starts[band] = new int[Buckets + 1];
            foreach (var hash in hashes) starts[Band(hash, band) + 1]++;
            for (var b = 0; b < Buckets; b++) starts[b + 1] += starts[b];
            var rows = _rows[band] = new int[hashes.Length];
            var next = starts[..Buckets];
            for (var i = 0; i < hashes.Length; i++) rows[next[Band(hashes[i], band)]++] = i;
        }
    }

    /// <summary>Calls back for every row later than <paramref name="row"/> whose hash is near, each once, in no particular order.</summary>
    /// <param name="row">The row.</param>
    /// <param name="distance">Largest distance, 0..<see cref="MaxDistance"/> bits.</param>
    /// <param name="found">Gets the other row and the distance.</param>
    public void Later(int row, int distance, Action<int, int> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentOutOfRangeException.ThrowIfNegative(distance);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(distance, MaxDistance);
        var radius = distance / Bands;
        var hash = _hashes[row];
        for (var band = 0; band < Bands; band++)
        {
            var own = Band(hash, band);
            Visit(band, own);
            if (radius < 1) continue;
            for (var a = 0; a < BandBits; a++)
            {
                Visit(band, own ^ 1 << a);
                for (var b = a + 1; radius > 1 && b < BandBits; b++) Visit(band, own ^ 1 << a ^ 1 << b);
            }
        }

        void Visit(int band, int bucket)
        {
            var rows = _rows[band].AsSpan(_starts[band][bucket], _starts[band][bucket + 1] - _starts[band][bucket]);
            foreach (var other in rows[(rows.BinarySearch(row) is var at && at >= 0 ? at + 1 : ~at)..]) // rows of a bucket ascend
            {
                var difference = hash ^ _hashes[other];
                var bits = BitOperations.PopCount(difference);
                if (bits <= distance && !SeenBefore(difference, band, radius)) found(other, bits);
            }
        }
    }

    /// <summary>Whether an earlier band has found the pair already.</summary>
    static bool SeenBefore(ulong difference, int band, int radius)
    {
        for (var earlier = 0; earlier < band; earlier++)
            if (BitOperations.PopCount((uint)Band(difference, earlier)) <= radius) return true;
        return false;
    }

    static int Band(ulong hash, int band) => (int)(hash >> band * BandBits & Buckets - 1);
}
