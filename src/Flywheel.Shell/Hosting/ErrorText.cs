using System.Management.Automation;
using System.Text;

namespace Flywheel.Shell.Hosting;

/// <summary>An error as a person reads it: who, what, the id to search for, the offending input, where, and what to do next.</summary>
public static class ErrorText
{
    /// <summary>Several lines without a line end at the last.</summary>
    public static string Of(ErrorRecord error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var text = new StringBuilder();
        var command = error.InvocationInfo?.MyCommand?.Name;
        if (!string.IsNullOrEmpty(command)) text.Append(command).Append(": ");
        text.Append(error.ErrorDetails?.Message is { Length: > 0 } message ? message : error.Exception.Message);

        var id = error.FullyQualifiedErrorId.Split(',')[0];
        text.AppendLine().Append("  id      ").Append(id).Append(" (").Append(error.CategoryInfo.Category).Append(')');
        if (Target(error) is { Length: > 0 } target) text.AppendLine().Append("  target  ").Append(target);
        if (Place(error) is { } place) text.AppendLine().Append("  at      ").Append(place);
        if (error.ErrorDetails?.RecommendedAction is { Length: > 0 } action) text.AppendLine().Append("  do      ").Append(action);
        return text.ToString();
    }

    static string? Target(ErrorRecord error)
    {
        var target = error.TargetObject is PSObject wrapped ? wrapped.BaseObject : error.TargetObject;
        // Only what a person typed or can look up: other objects' names say nothing.
        if (target is not (string or IFormattable or FileSystemInfo)) return null;
        var text = target.ToString() ?? "";
        return text.Length <= 200 ? text : text[..199] + "…";
    }

    static string? Place(ErrorRecord error)
    {
        if (error.Exception is ParseException { Errors: [var first, ..] })
            return $"{first.Extent.File ?? "line"}({first.Extent.StartLineNumber},{first.Extent.StartColumnNumber}): {first.Extent.StartScriptPosition.Line.Trim()}";
        var info = error.InvocationInfo;
        if (info is null || string.IsNullOrEmpty(info.ScriptName)) return null;
        return $"{info.ScriptName}({info.ScriptLineNumber},{info.OffsetInLine}): {info.Line.Trim()}";
    }
}
