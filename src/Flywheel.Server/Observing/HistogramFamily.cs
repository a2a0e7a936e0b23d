using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Flywheel.Server.Observing;

/// <summary>Histograms of one name, one for each label value; buckets are cumulative when written.</summary>
sealed class HistogramFamily(double[] bounds, string[] labels)
{
    sealed class Cell(int buckets)
    {
        public readonly long[] Counts = new long[buckets];
        public double Sum;
    }

    readonly ConcurrentDictionary<string, Cell> _cells = new();

    public void Observe(double value, string label = "")
    {
        var cell = _cells.GetOrAdd(label, _ => new Cell(bounds.Length + 1));
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        lock (cell)
        {
            cell.Counts[bucket]++;
            cell.Sum += value;
        }
    }

    public void Write(StringBuilder text, string name)
    {
        foreach (var (label, cell) in _cells.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            long[] counts;
            double sum;
            lock (cell) (counts, sum) = ([.. cell.Counts], cell.Sum);
            long total = 0;
            for (var i = 0; i <= bounds.Length; i++)
            {
                total += counts[i];
                var le = i < bounds.Length ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                Metrics.Line(text, name + "_bucket", labels.Length == 0 ? Metrics.Labels(("le", le)) : Metrics.Labels((labels[0], label), ("le", le)), total);
            }
            var own = labels.Length == 0 ? "" : Metrics.Labels((labels[0], label));
            Metrics.Line(text, name + "_sum", own, sum);
            Metrics.Line(text, name + "_count", own, total);
        }
    }
}
