using System.Text;

namespace Flywheel.Engine.Loops.Definition;

/// <summary>Puts values in place of <c>${NAME}</c> and <c>${NAME:-default}</c>; <c>$${</c> stands for a plain <c>${</c>.</summary>
sealed class VariableSet(IReadOnlyDictionary<string, string> given, Func<string, string?> environment)
{
    /// <summary>
    /// Only scalars that are read go through here, after parsing: a value can never change the structure of the file.
    /// </summary>
    /// <param name="scalar">The text as written.</param>
    /// <param name="faults">Receives <c>LoopVariableUndefined</c> and <c>LoopInvalidValue</c>.</param>
    /// <param name="leads">True if the text begins with a variable that was given a value, so that a relative path counts from where the user stands.</param>
    public string? Expand(YamlScalar scalar, FaultList faults, out bool leads)
    {
        leads = false;
        var text = scalar.Text;
        if (!text.Contains("${", StringComparison.Ordinal)) return text;
        var result = new StringBuilder();
        var failed = false;
        for (var i = 0; i < text.Length;)
        {
            if (text.AsSpan(i).StartsWith("$${"))
            {
                result.Append("${");
                i += 3;
                continue;
            }
            if (!text.AsSpan(i).StartsWith("${"))
            {
                result.Append(text[i++]);
                continue;
            }
            var end = text.IndexOf('}', i);
            var inner = end < 0 ? "" : text[(i + 2)..end];
            var cut = inner.IndexOf(":-", StringComparison.Ordinal);
            var name = cut < 0 ? inner : inner[..cut];
            if (end < 0 || name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                faults.Add("LoopInvalidValue", $"'{text}' holds a '${{' that is not a variable.", scalar, "Write ${NAME} or ${NAME:-default}; for the characters themselves write $${.", text);
                return null;
            }
            var value = given.TryGetValue(name, out var g) ? g : environment(name);
            if (string.IsNullOrEmpty(value))
            {
                if (cut >= 0) value = inner[(cut + 2)..];
                else
                {
                    var near = NearestName.Of(name, given.Keys);
                    faults.Add("LoopVariableUndefined", $"The variable '{name}' has no value.{(near is null ? "" : $" Did you mean '{near}'?")}", scalar,
                        $"Give it with -Variable @{{ {name} = '...' }}, as an environment variable, or a default as ${{{name}:-default}}." +
                        (given.Count > 0 ? $" Given: {string.Join(", ", given.Keys.Order(StringComparer.Ordinal))}." : ""), name);
                    failed = true;
                    value = "";
                }
            }
            else if (i == 0) leads = true;
            result.Append(value);
            i = end + 1;
        }
        return failed ? null : result.ToString();
    }
}
