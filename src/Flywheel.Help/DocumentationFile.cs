using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Flywheel.Help;

/// <summary>The compiler's XML documentation as paragraphs of plain text.</summary>
sealed partial class DocumentationFile(XDocument file)
{
    readonly Dictionary<string, XElement> _members = file.Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);

    public XElement? Of(Type type) => _members.GetValueOrDefault("T:" + type.FullName);

    /// <summary>Of a property, or of what it overrides when it only says inheritdoc.</summary>
    public XElement? Of(PropertyInfo property)
    {
        for (var type = property.DeclaringType; type is not null; type = type.BaseType)
        {
            if (_members.TryGetValue($"P:{type.FullName}.{property.Name}", out var found) && found.Element("inheritdoc") is null) return found;
        }
        return null;
    }

    /// <summary>Paragraphs of an element: its para children, and the text around them.</summary>
    public static IReadOnlyList<string> Paragraphs(XElement? element)
    {
        if (element is null) return [];
        var paragraphs = new List<string>();
        var loose = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            if (node is XElement { Name.LocalName: "para" or "list" or "item" } block)
            {
                Flush();
                paragraphs.AddRange(block.Name == "para" ? [Tidy(Inline(block))] : Paragraphs(block));
            }
            else if (node is not XElement { Name.LocalName: "code" })
            {
                loose.Append(Text(node));
            }
        }
        Flush();
        return [.. paragraphs.Where(p => p.Length > 0)];

        void Flush()
        {
            paragraphs.Add(Tidy(loose.ToString()));
            loose.Clear();
        }
    }

    /// <summary>A code element's lines without the indentation they share.</summary>
    public static string Code(XElement code)
    {
        var lines = code.Value.Replace("\r", "", StringComparison.Ordinal).Trim('\n').Split('\n');
        var indent = lines.Where(l => l.Trim().Length > 0).Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(l => l.Length >= indent ? l[indent..].TrimEnd() : l.Trim())).Trim();
    }

    static string Inline(XElement element) => string.Concat(element.Nodes().Select(Text));

    static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "seealso" } see => see.Value.Length > 0 ? Inline(see) : see.Attribute("langword")?.Value ?? see.Attribute("href")?.Value ?? Last(see.Attribute("cref")?.Value ?? ""),
        XElement { Name.LocalName: "paramref" or "typeparamref" } reference => reference.Attribute("name")?.Value ?? "",
        XElement element => Inline(element),
        _ => "",
    };

    // "P:Flywheel.PowerShell.Commands.X.Budget" → Budget; a property is written as the parameter it is; a cmdlet class as the cmdlet.
    static string Last(string cref)
    {
        var name = cref.Split('(')[0];
        name = name[(name.LastIndexOf('.') + 1)..];
        if (cref.StartsWith("P:Flywheel.PowerShell", StringComparison.Ordinal)) return "-" + name;
        var command = CommandClass().Match(name);
        return command.Success ? $"{command.Groups[1]}-{command.Groups[2]}" : name;
    }

    static string Tidy(string text) => Whitespace().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    [GeneratedRegex("^([A-Z][a-z]+)(Flywheel.*)Command$")]
    private static partial Regex CommandClass();
}
