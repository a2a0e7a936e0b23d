using System.Collections.Concurrent;
using System.Text;

namespace Flywheel.Server.Observing;

/// <summary>Counters of one name, one for each combination of label values.</summary>
sealed class CounterFamily(string[] labels)
{
    sealed class Cell
    {
        public long Value;
    }

    readonly ConcurrentDictionary<(string, string), Cell> _cells = new();

    public void Add(string first = "", string second = "", long by = 1) => Interlocked.Add(ref _cells.GetOrAdd((first, second), _ => new Cell()).Value, by);

    public long this[string first, string second = ""] => _cells.TryGetValue((first, second), out var cell) ? Interlocked.Read(ref cell.Value) : 0;

    public void Write(StringBuilder text, string name)
    {
        if (labels.Length == 0) Metrics.Line(text, name, "", this[""]);
        else
            foreach (var ((first, second), cell) in _cells.OrderBy(c => c.Key))
                Metrics.Line(text, name, labels.Length == 1 ? Metrics.Labels((labels[0], first)) : Metrics.Labels((labels[0], first), (labels[1], second)), Interlocked.Read(ref cell.Value));
    }
}
