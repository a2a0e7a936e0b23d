namespace Flywheel.Formats.Sources;

/// <summary>Turns raw labels into labels; remembers the ones the map lacks, to report each once.</summary>
sealed class LabelMapper(IReadOnlyDictionary<string, string>? map, string what)
{
    readonly SortedDictionary<string, (string First, int Count, SourceLocation? Location)> _missing = new(StringComparer.Ordinal);

    public int Missing { get; private set; }

    /// <summary>False if a map was given and lacks the raw label.</summary>
    public bool TryMap(string raw, string path, SourceLocation? location, out string label)
    {
        label = raw;
        if (map is null) return true;
        if (map.TryGetValue(raw, out var mapped))
        {
            label = mapped;
            return true;
        }
        Missing++;
        _missing[raw] = _missing.TryGetValue(raw, out var seen) ? seen with { Count = seen.Count + 1 } : (path, 1, location);
        return false;
    }

    public void Report(IReporter reporter)
    {
        foreach (var (raw, (first, count, location)) in _missing)
        {
            var nearest = NearestName.Of(raw, map!.Keys);
            reporter.Fault(new FlywheelException("LabelNotMapped", FaultCategory.InvalidData,
                $"The label map has no entry for '{raw}' ({what}), which {(count == 1 ? $"'{first}' has" : $"{count} files have, the first being '{first}'")}{(location is null ? "" : $", {location}")}. They were left out.",
                raw, $"The map has: {string.Join(", ", map.Keys.Order(StringComparer.Ordinal))}.{(nearest is null ? "" : $" Did you mean '{nearest}'?")} Add '{raw}' to -LabelMap.",
                location ?? new SourceLocation(first)));
        }
    }

    /// <exception cref="FlywheelException"><c>InvalidLabelMap</c>.</exception>
    public static void Validate(IReadOnlyDictionary<string, string>? map)
    {
        if (map is null) return;
        if (map.Count == 0)
            throw new FlywheelException("InvalidLabelMap", FaultCategory.InvalidArgument, "The label map is empty.", map, "Write it as @{ raw = 'label'; … }.");
        foreach (var (raw, label) in map)
            if (string.IsNullOrWhiteSpace(label))
                throw new FlywheelException("InvalidLabelMap", FaultCategory.InvalidArgument, $"The label map gives '{raw}' an empty label.", raw, "Give every raw label a name.");
    }
}
