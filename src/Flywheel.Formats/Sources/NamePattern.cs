using System.Text.RegularExpressions;

namespace Flywheel.Formats.Sources;

/// <summary>A user's regular expression over file names.</summary>
sealed class NamePattern
{
    static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    readonly Regex _regex;
    readonly (int Number, string Name)[] _tags;
    readonly int _label = -1;
    readonly bool _wholePath;

    public NamePattern(string pattern)
    {
        Text = pattern;
        try
        {
            _regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, s_timeout);
        }
        catch (RegexParseException e)
        {
            throw new FlywheelException("InvalidNamePattern", FaultCategory.InvalidArgument,
                $"The name pattern '{pattern}' is no regular expression, position {e.Offset}: {Reason(e)}", pattern,
                @"Write a .NET regular expression with named groups, for example '^(?<subject>s\d+)_.*_(?<label>\d)\.png$'.",
                new SourceLocation("-NamePattern", 1, e.Offset + 1), e);
        }
        var tags = new List<(int, string)>();
        foreach (var number in _regex.GetGroupNumbers())
        {
            var name = _regex.GroupNameFromNumber(number);
            if (int.TryParse(name, out _)) continue;
            if (name.Equals("label", StringComparison.OrdinalIgnoreCase)) _label = number;
            else tags.Add((number, name));
        }
        _tags = [.. tags];
        _wholePath = pattern.Contains('/', StringComparison.Ordinal);
    }

    public string Text { get; }

    public bool HasLabel => _label >= 0;

    /// <summary>False if the file does not match. A group that took no part in the match gives nothing.</summary>
    /// <exception cref="FlywheelException"><c>NamePatternTimeout</c>.</exception>
    public bool TryMatch(string relative, Dictionary<string, string> tags, out string? label)
    {
        label = null;
        var input = _wholePath ? relative : relative[(relative.LastIndexOf('/') + 1)..];
        try
        {
            var match = _regex.Match(input);
            if (!match.Success) return false;
            if (_label >= 0 && match.Groups[_label] is { Success: true } l) label = l.Value;
            foreach (var (number, name) in _tags)
                if (match.Groups[number] is { Success: true } group) tags[name] = group.Value;
            return true;
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new FlywheelException("NamePatternTimeout", FaultCategory.LimitsExceeded,
                $"The name pattern '{Text}' took over a second on '{input}'.", Text, "Simplify the pattern: nested repetitions such as (a+)+ take exponential time.", inner: e);
        }
    }

    // The framework's message starts with the pattern and the offset, which ours tells already.
    static string Reason(RegexParseException e)
    {
        var at = e.Message.LastIndexOf(". ", StringComparison.Ordinal);
        return at > 0 ? e.Message[(at + 2)..] : e.Message;
    }
}
