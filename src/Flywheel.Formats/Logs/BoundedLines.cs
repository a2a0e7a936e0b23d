using System.Text;

namespace Flywheel.Formats.Logs;

/// <summary>Reads lines, none of which may take more memory than is good.</summary>
sealed class BoundedLines(TextReader text, int longest)
{
    readonly char[] _buffer = new char[1 << 14];
    readonly StringBuilder _line = new();
    int _at, _end;

    /// <summary>The next line; null if it is too long. False at the end.</summary>
    public bool Next(out string? line)
    {
        line = null;
        _line.Clear();
        var any = false;
        var tooLong = false;
        while (true)
        {
            if (_at == _end)
            {
                _at = 0;
                if ((_end = text.Read(_buffer, 0, _buffer.Length)) == 0) break;
            }
            any = true;
            var rest = _buffer.AsSpan(_at, _end - _at);
            var stop = rest.IndexOf('\n');
            var part = stop < 0 ? rest : rest[..stop];
            if (_line.Length + part.Length > longest) tooLong = true;
            else _line.Append(part);
            _at += stop < 0 ? rest.Length : stop + 1;
            if (stop >= 0) break;
        }
        if (any && !tooLong) line = _line.ToString();
        return any;
    }
}
