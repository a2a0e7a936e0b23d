using System.Buffers;
using System.Text;

namespace Flywheel.Formats.Manifests;

/// <summary>Writes a manifest that the importer reads back: RFC 4180, comma, UTF-8 without mark, LF.</summary>
public sealed class ManifestWriter : IDisposable
{
    static readonly SearchValues<char> s_quoted = SearchValues.Create("\",\r\n;\t|#");

    readonly StreamWriter _text;
    readonly IReadOnlyList<string> _columns;

    /// <summary>Starts a manifest and writes its header.</summary>
    /// <param name="stream">Target; left open.</param>
    /// <param name="columns">Column names, <c>path</c> among them.</param>
    public ManifestWriter(Stream stream, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _text = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        _columns = columns;
        Write(columns);
    }

    /// <summary>Writes one row.</summary>
    /// <param name="fields">As many as there are columns; null is an empty field.</param>
    public void Write(IReadOnlyList<string?> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentOutOfRangeException.ThrowIfNotEqual(fields.Count, _columns.Count);
        for (var i = 0; i < fields.Count; i++)
        {
            if (i > 0) _text.Write(',');
            var field = fields[i] ?? "";
            if (field.AsSpan().ContainsAny(s_quoted) || field.Length > 0 && (field[0] == ' ' || field[^1] == ' '))
            {
                _text.Write('"');
                _text.Write(field.Replace("\"", "\"\"", StringComparison.Ordinal));
                _text.Write('"');
            }
            else
            {
                _text.Write(field);
            }
        }
        _text.WriteLine();
    }

    /// <summary>Writes what is buffered.</summary>
    public void Dispose() => _text.Dispose();
}
