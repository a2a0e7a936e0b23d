namespace Flywheel.Engine.Quality.Detectors;

/// <summary>The detectors there are, by name, in the order they run.</summary>
public static class DetectorRegistry
{
    static readonly IDatasetDetector[] s_all =
    [
        new MissingDetector(),
        new ConflictDetector(),
        new LabelErrorDetector(),
        new LeakageDetector(),
        new DuplicateDetector(),
        .. ImagePropertyDetector.All,
        new OutlierDetector(),
        new ShortcutDetector(),
        new OrderDetector(),
        new ImbalanceDetector(),
    ];

    /// <summary>Several detectors under one name.</summary>
    static readonly Dictionary<string, string[]> s_groups = new(StringComparer.OrdinalIgnoreCase)
    {
        ["image-quality"] = [.. ImagePropertyDetector.All.Select(d => d.Name)],
    };

    /// <summary>Names of all detectors.</summary>
    public static IReadOnlyList<string> Names => [.. s_all.Select(d => d.Name)];

    /// <summary>All that may be asked for: detectors and groups of them, with what each looks for.</summary>
    public static IReadOnlyList<(string Name, string About)> Choices =>
        [.. s_all.Select(d => (d.Name, d.About)), .. s_groups.Select(g => (g.Key, string.Join(", ", g.Value)))];

    /// <summary>The named detectors in the order they run, each once; without names, all but those that take minutes.</summary>
    /// <exception cref="FlywheelException"><c>DetectorNotFound</c>: there is none of that name.</exception>
    internal static IReadOnlyList<IDatasetDetector> Find(IReadOnlyCollection<string> names)
    {
        if (names.Count == 0) return [.. s_all.Where(d => !d.OnlyByName)];
        var wanted = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            if (s_groups.TryGetValue(name, out var members)) wanted.UnionWith(members);
            else if (s_all.Any(d => d.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) wanted.Add(name);
            else throw NotFound(name);
        }
        return [.. s_all.Where(d => wanted.Contains(d.Name))];
    }

    /// <summary>Checks names without running anything.</summary>
    /// <exception cref="FlywheelException"><c>DetectorNotFound</c>.</exception>
    public static void Validate(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        Find(names);
    }

    static FlywheelException NotFound(string name)
    {
        var valid = Choices.Select(c => c.Name).ToList();
        var near = NearestName.Of(name, valid);
        return new FlywheelException("DetectorNotFound", FaultCategory.NotFound, $"There is no detector '{name}'.", name, $"Detectors: {string.Join(", ", valid)}.{(near is null ? "" : $" Did you mean '{near}'?")}");
    }
}
