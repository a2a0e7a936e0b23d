using System.Numerics;
using Flywheel.Insight.Selection;

namespace Flywheel.Insight.AutoLabelling;

/// <summary>An order for people to label in: least sure first, and pictures that look like one of the last few later.</summary>
public static class QueueOrder
{
    const int Recent = 200;

    /// <summary>Orders images.</summary>
    /// <param name="sureness">Higher is surer.</param>
    /// <param name="hashes">Perceptual hashes, see <see cref="FlywheelImage.PerceptualHash"/>.</param>
    public static int[] LeastSureFirst(IReadOnlyList<double> sureness, IReadOnlyList<ulong> hashes)
    {
        ArgumentNullException.ThrowIfNull(sureness);
        ArgumentNullException.ThrowIfNull(hashes);
        var order = new List<int>(sureness.Count);
        var later = new List<int>();
        var recent = new Queue<ulong>();
        foreach (var i in Enumerable.Range(0, sureness.Count).OrderBy(i => sureness[i]).ThenBy(i => i))
        {
            if (recent.Any(h => BitOperations.PopCount(h ^ hashes[i]) <= ImageSelection.NearHashBits))
            {
                later.Add(i);
                continue;
            }
            order.Add(i);
            recent.Enqueue(hashes[i]);
            if (recent.Count > Recent) recent.Dequeue();
        }
        return [.. order, .. later];
    }
}
