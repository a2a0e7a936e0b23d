using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Flywheel.Engine.Loops.Definition;

/// <summary>
/// Text to nodes. Built on the event stream, not on the library's document model, so that duplicate keys, aliases and depth
/// are ours to report and to limit.
/// </summary>
sealed class YamlReader
{
    const int MaxDepth = 32;
    const int MaxNodes = 20_000;
    const int MaxAliases = 64;

    readonly FaultList _faults;
    readonly Dictionary<string, YamlNode> _anchors = [];
    readonly HashSet<string> _open = [];
    readonly IParser _parser;
    int _nodes;
    int _aliases;

    YamlReader(string text, FaultList faults)
    {
        _faults = faults;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The file's single document, or null after a fault was reported.</summary>
    public static YamlNode? Read(string text, FaultList faults)
    {
        try
        {
            var reader = new YamlReader(text, faults);
            reader._parser.Consume<StreamStart>();
            if (reader._parser.TryConsume<StreamEnd>(out _))
            {
                faults.Add("LoopSyntax", "The file is empty.", 1, 1, "A loop begins with 'flywheel: 1'.");
                return null;
            }
            reader._parser.Consume<DocumentStart>();
            var node = reader.Node(0);
            reader._parser.Consume<DocumentEnd>();
            if (reader._parser.Accept<DocumentStart>(out var second))
            {
                faults.Add("LoopSyntax", "The file holds more than one document.", (int)second.Start.Line, (int)second.Start.Column, "Write one loop in one file, without further '---'.");
                return null;
            }
            return node;
        }
        catch (TooMuch limit)
        {
            faults.Add("LoopSyntax", limit.Message, limit.Line, limit.Column, limit.Action);
            return null;
        }
        catch (YamlException e)
        {
            var line = Math.Max(1, (int)e.Start.Line);
            var lines = text.Split('\n');
            // The parser may blame the place where the block began, so look for the tab from there on.
            var tabbed = Array.FindIndex(lines, Math.Min(line, lines.Length) - 1, l => l.AsSpan(0, l.Length - l.TrimStart(' ', '\t').Length).Contains('\t'));
            if (tabbed >= 0)
                faults.Add("LoopSyntax", "The line is indented with a tab.", tabbed + 1, lines[tabbed].IndexOf('\t', StringComparison.Ordinal) + 1, "Indent with spaces; YAML does not allow tabs there.");
            else
                faults.Add("LoopSyntax", $"This is not valid YAML: {Clean(e.Message)}", line, Math.Max(1, (int)e.Start.Column), "Check the indentation, colons and brackets here and on the line above.");
            return null;
        }
    }

    YamlNode Node(int depth)
    {
        var e = _parser.Consume<ParsingEvent>();
        var (line, column) = ((int)e.Start.Line, (int)e.Start.Column);
        if (depth > MaxDepth) throw new TooMuch($"The file nests deeper than {MaxDepth} levels.", line, column, "Flatten it.");
        if (++_nodes > MaxNodes) throw new TooMuch($"The file has more than {MaxNodes} values.", line, column, "Shorten it.");
        switch (e)
        {
            case AnchorAlias alias:
                if (++_aliases > MaxAliases) throw new TooMuch($"The file has more than {MaxAliases} aliases.", line, column, "Write the values out.");
                if (_open.Contains(alias.Value.Value)) throw new TooMuch($"The alias '*{alias.Value.Value}' stands inside what it names.", line, column, "Remove it.");
                return _anchors.TryGetValue(alias.Value.Value, out var known) ? known
                    : throw new TooMuch($"The alias '*{alias.Value.Value}' names nothing.", line, column, $"Set the anchor '&{alias.Value.Value}' before it is used.");
            case Scalar scalar:
                return Anchored(scalar, new YamlScalar(scalar.Value, scalar.Style is ScalarStyle.Plain or ScalarStyle.Any, line, column));
            case SequenceStart sequence:
                var list = new YamlList(line, column);
                Open(sequence);
                while (!_parser.TryConsume<SequenceEnd>(out _)) list.Items.Add(Node(depth + 1));
                return Anchored(sequence, list);
            case MappingStart mapping:
                var map = new YamlMap(line, column);
                var seen = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
                Open(mapping);
                while (!_parser.TryConsume<MappingEnd>(out _))
                {
                    var key = Node(depth + 1);
                    var value = Node(depth + 1);
                    if (key is not YamlScalar name)
                        _faults.Add("LoopSyntax", $"A key must be a word, but this is {key.Kind}.", key.Line, key.Column, "Write 'key: value'. A value that begins with '{' or '[' needs quotes.");
                    else if (seen.TryGetValue(name.Text, out var first))
                        _faults.Add("LoopDuplicateKey", $"The key '{name.Text}' stands here a second time; the first is on line {first.Line}.", name.Line, name.Column, "Keep one of the two.", name.Text);
                    else
                    {
                        seen.Add(name.Text, name);
                        map.Entries.Add(new(name, value));
                    }
                }
                return Anchored(mapping, map);
            default:
                throw new TooMuch($"Unexpected {e.GetType().Name}.", line, column, "Check the YAML here.");
        }
    }

    void Open(NodeEvent e)
    {
        if (!e.Anchor.IsEmpty) _open.Add(e.Anchor.Value);
    }

    YamlNode Anchored(NodeEvent e, YamlNode node)
    {
        if (!e.Anchor.IsEmpty)
        {
            _open.Remove(e.Anchor.Value);
            _anchors[e.Anchor.Value] = node;
        }
        return node;
    }

    // Older and newer versions of the library prefix the position, which the location tells already.
    static string Clean(string message) => message.StartsWith('(') && message.IndexOf("): ", StringComparison.Ordinal) is > 0 and var at ? message[(at + 3)..] : message;

    sealed class TooMuch(string message, int line, int column, string action) : Exception(message)
    {
        public int Line { get; } = line;
        public int Column { get; } = column;
        public string Action { get; } = action;
    }
}
