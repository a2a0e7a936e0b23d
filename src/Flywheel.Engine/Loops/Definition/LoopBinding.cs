using System.Globalization;

namespace Flywheel.Engine.Loops.Definition;

/// <summary>What the binders of one file share: its faults, variables and base folders.</summary>
sealed class LoopBinding(FaultList faults, VariableSet variables, string fileFolder, string currentFolder)
{
    public FaultList Faults { get; } = faults;

    public string? Text(YamlNode node, string field, out bool leads)
    {
        leads = false;
        if (node is YamlScalar scalar) return variables.Expand(scalar, Faults, out leads);
        Faults.Add("LoopInvalidValue", $"'{field}' wants a single value, not {node.Kind}.", node, $"Write '{Last(field)}: value'.", field, field);
        return null;
    }

    public string? FilePath(YamlNode node, string field)
    {
        if (Text(node, field, out var leads) is not { } text) return null;
        if (text.Length == 0 || text.Contains('\0', StringComparison.Ordinal))
        {
            Invalid(node, field, text, "a path");
            return null;
        }
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, leads ? currentFolder : fileFolder));
    }

    public int? Integer(YamlNode node, string field, int low, int high)
    {
        if (Text(node, field, out _) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high) return value;
        Invalid(node, field, text, string.Create(CultureInfo.InvariantCulture, $"a whole number from {low} to {high}"));
        return null;
    }

    public string? Choice(YamlNode node, string field, ReadOnlySpan<string> choices)
    {
        if (Text(node, field, out _) is not { } text) return null;
        foreach (var choice in choices)
            if (string.Equals(choice, text, StringComparison.OrdinalIgnoreCase)) return choice;
        var all = choices.ToArray();
        var near = NearestName.Of(text, all);
        Faults.Add("LoopInvalidValue", $"'{field}' is '{text}', which is none of its values.{(near is null ? "" : $" Did you mean '{near}'?")}", node, $"Valid: {string.Join(", ", all)}.", text, field);
        return null;
    }

    public MapBinder? Map(YamlNode node, string field)
    {
        if (node is YamlMap map) return new MapBinder(this, map, field);
        Faults.Add("LoopInvalidValue", $"'{field}' wants keys and values, not {node.Kind}.", node, $"Write '{Last(field)}: {{ key: value }}', or indent the keys below it.", field, field);
        return null;
    }

    public void Invalid(YamlNode node, string field, string text, string wanted) =>
        Faults.Add("LoopInvalidValue", $"'{field}' is '{text}', but must be {wanted}.", node, $"Write {wanted}.", text, field);

    static string Last(string field) => field[(field.LastIndexOf('.') + 1)..];
}
