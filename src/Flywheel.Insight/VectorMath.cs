using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Flywheel.Insight;

/// <summary>
/// Sums over float vectors. Always eight lanes, whatever the machine has: the order of summation, and so every choice that hangs on a
/// last bit, is the same everywhere.
/// </summary>
static class VectorMath
{
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector256<float>.Zero;
        var i = 0;
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        for (; i <= a.Length - 8; i += 8) sum += Vector256.LoadUnsafe(ref pa, (nuint)i) * Vector256.LoadUnsafe(ref pb, (nuint)i);
        var total = Vector256.Sum(sum);
        for (; i < a.Length; i++) total += a[i] * b[i];
        return total;
    }

    /// <summary>Adds a row to a sum, element by element.</summary>
    public static void Add(ReadOnlySpan<float> row, Span<float> sum)
    {
        var i = 0;
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sum);
        for (; i <= row.Length - 8; i += 8) (Vector256.LoadUnsafe(ref from, (nuint)i) + Vector256.LoadUnsafe(ref to, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < row.Length; i++) sum[i] += row[i];
    }

    public static float SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector256<float>.Zero;
        var i = 0;
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        for (; i <= a.Length - 8; i += 8)
        {
            var d = Vector256.LoadUnsafe(ref pa, (nuint)i) - Vector256.LoadUnsafe(ref pb, (nuint)i);
            sum += d * d;
        }
        var total = Vector256.Sum(sum);
        for (; i < a.Length; i++) total += (a[i] - b[i]) * (a[i] - b[i]);
        return total;
    }
}
