namespace Flywheel.Engine.Loops.Definition;

/// <summary>A value of a YAML file with the place it stands at, 1-based.</summary>
abstract class YamlNode(int line, int column)
{
    public int Line { get; } = line;
    public int Column { get; } = column;

    /// <summary>The node's kind in a user's words.</summary>
    public abstract string Kind { get; }
}

sealed class YamlScalar(string text, bool plain, int line, int column) : YamlNode(line, column)
{
    public string Text { get; } = text;

    /// <summary>True if written without quotes: only then may it mean null.</summary>
    public bool Plain { get; } = plain;

    public bool IsNull => Plain && Text is "" or "~" or "null";
    public override string Kind => IsNull ? "nothing" : $"'{Text}'";
}

sealed class YamlList(int line, int column) : YamlNode(line, column)
{
    public List<YamlNode> Items { get; } = [];
    public override string Kind => "a list";
}

sealed class YamlMap(int line, int column) : YamlNode(line, column)
{
    public List<KeyValuePair<YamlScalar, YamlNode>> Entries { get; } = [];
    public override string Kind => "a mapping";
}
