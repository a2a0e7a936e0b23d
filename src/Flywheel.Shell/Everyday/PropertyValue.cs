using System.Collections;
using System.Management.Automation;

namespace Flywheel.Shell.Everyday;

/// <summary>A property as Select-Object and Sort-Object take it: a name, a script block over $_, or @{ Name; Expression }.</summary>
sealed class PropertyValue
{
    readonly string? _name;
    readonly ScriptBlock? _script;

    PropertyValue(string name, string? property, ScriptBlock? script)
    {
        Name = name;
        _name = property;
        _script = script;
    }

    public string Name { get; }

    public bool IsWildcard => _name is not null && WildcardPattern.ContainsWildcardCharacters(_name);

    public static PropertyValue Of(object property)
    {
        var value = property is PSObject wrapped ? wrapped.BaseObject : property;
        switch (value)
        {
            case ScriptBlock script:
                return new PropertyValue(script.ToString().Trim(), null, script);
            case IDictionary table:
                var expression = Entry(table, "Expression", "E") ?? throw new PSArgumentException("A calculated property needs an Expression.");
                var of = Of(expression);
                return new PropertyValue(Entry(table, "Name", "Label", "N", "L")?.ToString() ?? of.Name, of._name, of._script);
            default:
                var name = value.ToString() ?? "";
                return new PropertyValue(name, name, null);
        }
    }

    public object? Get(PSObject item) => _script is null
        ? item.Properties[_name!]?.Value
        : _script.InvokeWithContext(null, [new PSVariable("_", item)]) is { Count: > 0 } results ? (results.Count == 1 ? results[0] : results) : null;

    static object? Entry(IDictionary table, params string[] names) => table.Keys.Cast<object>()
        .Where(k => names.Contains(k.ToString(), StringComparer.OrdinalIgnoreCase)).Select(k => table[k]).FirstOrDefault();
}
