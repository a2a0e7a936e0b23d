namespace Flywheel.Shell.Editing;

/// <summary>Lines entered in this session, and the place while going through them. The line being typed is kept below the newest.</summary>
sealed class LineHistory
{
    readonly List<string> _lines = [];
    int _at;
    string _draft = "";

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a line; one equal to the newest is not added again.</summary>
    public void Add(string line)
    {
        if (line.Trim().Length > 0 && (_lines.Count == 0 || _lines[^1] != line)) _lines.Add(line);
        _at = _lines.Count;
    }

    /// <summary>Starts at the bottom, with an empty draft.</summary>
    public void Begin()
    {
        _at = _lines.Count;
        _draft = "";
    }

    /// <summary>The older line, or null at the top.</summary>
    public string? Older(string present)
    {
        if (_at == 0) return null;
        if (_at == _lines.Count) _draft = present;
        return _lines[--_at];
    }

    /// <summary>The newer line or the draft, or null at the bottom.</summary>
    public string? Newer()
    {
        if (_at == _lines.Count) return null;
        return ++_at == _lines.Count ? _draft : _lines[_at];
    }
}
