using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;

namespace Flywheel.Shell.Hosting;

/// <summary>Turns a process's arguments into the call of a script block, bound by the engine as if typed.</summary>
static partial class ScriptCall
{
    /// <summary>Text that calls the script block in its first argument with <paramref name="arguments"/>.</summary>
    public static string Text(IEnumerable<string> arguments)
    {
        var text = new StringBuilder("param($__script) & $__script");
        foreach (var argument in arguments)
        {
            text.Append(' ');
            if (Parameter().Match(argument) is { Success: true } named)
            {
                text.Append(named.Groups[1].Value);
                if (!named.Groups[2].Success) continue;
                text.Append(':').Append(named.Groups[2].Value.ToLowerInvariant() is "$true" or "$false" ? named.Groups[2].Value : Quote(named.Groups[2].Value));
            }
            else
            {
                text.Append(Quote(argument));
            }
        }
        return text.ToString();
    }

    static string Quote(string value) => "'" + CodeGeneration.EscapeSingleQuotedStringContent(value) + "'";

    [GeneratedRegex(@"^(-[A-Za-z_]\w*)(?::(.*))?$", RegexOptions.Singleline)]
    private static partial Regex Parameter();
}
