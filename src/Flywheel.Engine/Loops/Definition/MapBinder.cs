using System.Globalization;

namespace Flywheel.Engine.Loops.Definition;

/// <summary>Reads one mapping by key; what was never asked for is unknown and reported at the end with the nearest valid name.</summary>
sealed class MapBinder(LoopBinding binding, YamlMap map, string path)
{
    readonly Dictionary<string, KeyValuePair<YamlScalar, YamlNode>> _entries = map.Entries.ToDictionary(e => e.Key.Text, StringComparer.Ordinal);
    readonly List<string> _valid = [];

    public YamlMap Node => map;

    /// <summary>The value of a key, null when the key is absent or empty.</summary>
    public YamlNode? Find(string key)
    {
        _valid.Add(key);
        return _entries.TryGetValue(key, out var entry) && entry.Value is not YamlScalar { IsNull: true } ? entry.Value : null;
    }

    public YamlNode? Require(string key)
    {
        if (Find(key) is { } node) return node;
        var at = _entries.TryGetValue(key, out var empty) ? empty.Value : map;
        binding.Faults.Add("LoopMissingKey", path.Length == 0 ? $"The key '{key}' is missing." : $"'{path}' lacks the key '{key}'.", at, $"Add '{key}: …'.", key, Of(key));
        return null;
    }

    public string? Text(string key, bool required = false) =>
        (required ? Require(key) : Find(key)) is { } node ? binding.Text(node, Of(key), out _) : null;

    /// <summary>A path made absolute: from the file's folder, or from the current folder when a variable leads it.</summary>
    public string? FilePath(string key, bool required = false) =>
        (required ? Require(key) : Find(key)) is { } node ? binding.FilePath(node, Of(key)) : null;

    public int? Integer(string key, int low, int high) => Find(key) is { } node ? binding.Integer(node, Of(key), low, high) : null;

    public double? Number(string key, double low, double high)
    {
        if (Find(key) is not { } node || binding.Text(node, Of(key), out _) is not { } text) return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high) return value;
        binding.Invalid(node, Of(key), text, string.Create(CultureInfo.InvariantCulture, $"a number from {low} to {high}"));
        return null;
    }

    /// <summary>A time span such as 30d, 12h, 15m or 90s.</summary>
    public TimeSpan? Duration(string key)
    {
        if (Find(key) is not { } node || binding.Text(node, Of(key), out _) is not { } text) return null;
        if (text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 100_000)
        {
            switch (text[^1])
            {
                case 'd': return TimeSpan.FromDays(value);
                case 'h': return TimeSpan.FromHours(value);
                case 'm': return TimeSpan.FromMinutes(value);
                case 's': return TimeSpan.FromSeconds(value);
            }
        }
        binding.Invalid(node, Of(key), text, "a time span such as 30d, 12h or 15m");
        return null;
    }

    /// <summary>A mapping, or true for one without keys; null where the key is absent, empty or false.</summary>
    public MapBinder? MapOrTrue(string key)
    {
        if (Find(key) is not { } node) return null;
        if (node is YamlMap) return binding.Map(node, Of(key));
        return Flag(key) == true ? new MapBinder(binding, new YamlMap(node.Line, node.Column), Of(key)) : null;
    }

    public bool? Flag(string key)
    {
        if (Find(key) is not { } node || binding.Text(node, Of(key), out _) is not { } text) return null;
        if (text is "true" or "false") return text == "true";
        binding.Invalid(node, Of(key), text, "true or false");
        return null;
    }

    public string? Choice(string key, params ReadOnlySpan<string> choices) => Find(key) is { } node ? binding.Choice(node, Of(key), choices) : null;

    public T? Enum<T>(string key) where T : struct, Enum =>
        Find(key) is { } node && binding.Choice(node, Of(key), [.. System.Enum.GetNames<T>().Select(n => n.ToLowerInvariant())]) is { } name
            ? System.Enum.Parse<T>(name, true) : null;

    public MapBinder? Map(string key, bool required = false)
    {
        if ((required ? Require(key) : Find(key)) is not { } node) return null;
        return binding.Map(node, Of(key));
    }

    public IReadOnlyList<(string Text, YamlNode Node)>? Texts(string key, bool required = false)
    {
        if ((required ? Require(key) : Find(key)) is not { } node) return null;
        var items = node is YamlList list ? list.Items : [node]; // one value may stand without brackets
        var result = new List<(string, YamlNode)>();
        foreach (var item in items)
            if (binding.Text(item, Of(key), out _) is { } text) result.Add((text, item));
        return result;
    }

    /// <summary>Every key with its value, for mappings whose keys are the user's own names.</summary>
    public IEnumerable<KeyValuePair<YamlScalar, YamlNode>> All()
    {
        _valid.AddRange(_entries.Keys);
        return map.Entries;
    }

    public string Of(string key) => path.Length == 0 ? key : path + "." + key;

    /// <summary>Reports the keys nobody asked for.</summary>
    public void End()
    {
        foreach (var (key, _) in map.Entries)
        {
            if (_valid.Contains(key.Text)) continue;
            var near = NearestName.Of(key.Text, _valid);
            binding.Faults.Add("LoopUnknownKey", $"Unknown key '{key.Text}'{(path.Length == 0 ? "" : $" in '{path}'")}.{(near is null ? "" : $" Did you mean '{near}'?")}",
                key, $"Valid keys here: {string.Join(", ", _valid.Distinct().Order(StringComparer.Ordinal))}.", key.Text, Of(key.Text));
        }
    }
}
