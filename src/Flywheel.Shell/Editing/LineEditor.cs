using System.Globalization;
using System.Text;

namespace Flywheel.Shell.Editing;

/// <summary>What the text could be completed to.</summary>
/// <param name="Start">Where the part to replace begins.</param>
/// <param name="Length">Its length.</param>
/// <param name="Matches">The candidates: what to insert, and what to show.</param>
sealed record Completions(int Start, int Length, IReadOnlyList<(string Text, string Shown)> Matches);

/// <summary>
/// Reads one input, of several lines if need be. Keys: arrows, Home/End or Ctrl+A/E, Ctrl+arrows or Alt+B/F by word, Ctrl+U/K to the
/// line's ends, Ctrl+W the word before, Tab and Shift+Tab through the completions, up and down through the history, Escape clears,
/// Ctrl+L clears the screen, Ctrl+C gives the input up, Ctrl+D on an empty line ends.
/// </summary>
sealed class LineEditor(ITerminal terminal, LineHistory history, Func<string, int, Completions?> complete, Func<string, bool> isComplete)
{
    readonly StringBuilder _text = new();
    int _cursor;
    int _cursorRow;
    string _prompt = "";
    string _killed = "";
    Completions? _completions;
    int _completion;

    /// <summary>Shown before lines after the first.</summary>
    public const string Continuation = ">> ";

    /// <summary>The input; an empty string after Ctrl+C; null at the end (Ctrl+D).</summary>
    public string? Read(string prompt)
    {
        _prompt = prompt;
        _text.Clear();
        _cursor = _cursorRow = 0;
        _completions = null;
        history.Begin();
        Draw();
        while (true)
        {
            var key = terminal.ReadKey();
            var control = (key.Modifiers & ConsoleModifiers.Control) != 0;
            if (key.Key != ConsoleKey.Tab) EndCompletion();
            switch (key.Key)
            {
                case ConsoleKey.Enter when (key.Modifiers & ConsoleModifiers.Shift) == 0 && isComplete(_text.ToString()):
                    Finish("");
                    var entered = _text.ToString();
                    history.Add(entered);
                    return entered;
                case ConsoleKey.Enter:
                    Insert("\n");
                    break;
                case ConsoleKey.C when control:
                    Finish("^C");
                    return "";
                case ConsoleKey.D when control && _text.Length == 0:
                    Finish("");
                    return null;
                default:
                    Edit(key, control);
                    break;
            }
            if (!terminal.KeyWaits) Draw(); // pasted text is drawn once
        }
    }

    void Edit(ConsoleKeyInfo key, bool control)
    {
        var alt = (key.Modifiers & ConsoleModifiers.Alt) != 0;
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow when control:
            case ConsoleKey.B when alt:
                _cursor = WordStart();
                break;
            case ConsoleKey.RightArrow when control:
            case ConsoleKey.F when alt:
                _cursor = WordEnd();
                break;
            case ConsoleKey.LeftArrow:
            case ConsoleKey.B when control:
                _cursor = Previous();
                break;
            case ConsoleKey.RightArrow:
            case ConsoleKey.F when control:
                _cursor = Next();
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                _cursor = LineStart();
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                _cursor = LineEnd();
                break;
            case ConsoleKey.Backspace when control:
            case ConsoleKey.W when control:
            case ConsoleKey.Backspace when alt:
                Kill(WordStart(), _cursor);
                break;
            case ConsoleKey.Backspace:
            case ConsoleKey.H when control:
                Remove(Previous(), _cursor);
                break;
            case ConsoleKey.Delete:
            case ConsoleKey.D when control:
                Remove(_cursor, Next());
                break;
            case ConsoleKey.U when control:
                Kill(LineStart(), _cursor);
                break;
            case ConsoleKey.K when control:
                Kill(_cursor, LineEnd());
                break;
            case ConsoleKey.Y when control:
                Insert(_killed);
                break;
            case ConsoleKey.L when control:
                terminal.Write("\u001b[2J\u001b[H");
                _cursorRow = 0;
                break;
            case ConsoleKey.Escape:
                Remove(0, _text.Length);
                break;
            case ConsoleKey.UpArrow:
            case ConsoleKey.P when control:
                Recall(history.Older(_text.ToString()));
                break;
            case ConsoleKey.DownArrow:
            case ConsoleKey.N when control:
                Recall(history.Newer());
                break;
            case ConsoleKey.Tab:
                Complete((key.Modifiers & ConsoleModifiers.Shift) != 0 ? -1 : 1);
                break;
            default:
                if (!char.IsControl(key.KeyChar) && !(control && !alt)) Insert(key.KeyChar.ToString());
                break;
        }
    }

    void Insert(string text)
    {
        _text.Insert(_cursor, text);
        _cursor += text.Length;
    }

    void Remove(int from, int to)
    {
        _text.Remove(from, to - from);
        _cursor = from;
    }

    void Kill(int from, int to)
    {
        if (to > from) _killed = _text.ToString(from, to - from);
        Remove(from, to);
    }

    void Recall(string? line)
    {
        if (line is null) return;
        _text.Clear().Append(line);
        _cursor = _text.Length;
    }

    // Surrogate pairs move as one.
    int Previous() => _cursor == 0 ? 0 : _cursor - (_cursor > 1 && char.IsLowSurrogate(_text[_cursor - 1]) ? 2 : 1);

    int Next() => _cursor == _text.Length ? _cursor : _cursor + (_cursor + 1 < _text.Length && char.IsHighSurrogate(_text[_cursor]) ? 2 : 1);

    int LineStart()
    {
        var at = _cursor;
        while (at > 0 && _text[at - 1] != '\n') at--;
        return at;
    }

    int LineEnd()
    {
        var at = _cursor;
        while (at < _text.Length && _text[at] != '\n') at++;
        return at;
    }

    int WordStart()
    {
        var at = _cursor;
        while (at > 0 && !char.IsLetterOrDigit(_text[at - 1])) at--;
        while (at > 0 && char.IsLetterOrDigit(_text[at - 1])) at--;
        return at;
    }

    int WordEnd()
    {
        var at = _cursor;
        while (at < _text.Length && !char.IsLetterOrDigit(_text[at])) at++;
        while (at < _text.Length && char.IsLetterOrDigit(_text[at])) at++;
        return at;
    }

    void Complete(int step)
    {
        if (_completions is null)
        {
            _completions = complete(_text.ToString(), _cursor);
            if (_completions is not { Matches.Count: > 0 })
            {
                _completions = null;
                return;
            }
            _completion = step > 0 ? 0 : _completions.Matches.Count - 1;
            Replace(_completions.Length);
        }
        else
        {
            var present = _completions.Matches[_completion].Text.Length;
            _completion = (_completion + step + _completions.Matches.Count) % _completions.Matches.Count;
            Replace(present);
        }
        if (_completions.Matches.Count == 1) _completions = null;

        void Replace(int length)
        {
            _text.Remove(_completions.Start, length).Insert(_completions.Start, _completions.Matches[_completion].Text);
            _cursor = _completions.Start + _completions.Matches[_completion].Text.Length;
        }
    }

    void EndCompletion() => _completions = null;

    // One line under the input: the chosen candidate and its neighbours.
    string Menu(int width)
    {
        if (_completions is not { } menu) return "";
        var line = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{_completion + 1}/{menu.Matches.Count} "));
        for (var i = 0; i < menu.Matches.Count && line.Length < width; i++) line.Append(i == 0 ? " " : "  ").Append(menu.Matches[(_completion + i) % menu.Matches.Count].Shown);
        return line.Length <= width ? line.ToString() : line.ToString(0, width - 1) + "…";
    }

    void Finish(string mark)
    {
        _completions = null;
        _cursor = _text.Length;
        Draw();
        terminal.Write(mark + "\r\n");
        _cursorRow = 0;
    }

    // Draws everything anew from the first row of the prompt: simple, and right after any edit.
    void Draw()
    {
        var width = Math.Max(10, terminal.Width);
        var output = new StringBuilder("\u001b[?25l");
        if (_cursorRow > 0) output.Append(CultureInfo.InvariantCulture, $"\u001b[{_cursorRow}A");
        output.Append("\r\u001b[J").Append(_prompt);

        int row = 0, column = 0;
        Advance(_prompt.Length);
        var (cursorRow, cursorColumn) = (row, column);
        for (var i = 0; i < _text.Length; i++)
        {
            if (i == _cursor) (cursorRow, cursorColumn) = (row, column);
            if (_text[i] == '\n')
            {
                output.Append("\r\n").Append(Continuation);
                row++;
                column = Continuation.Length;
                continue;
            }
            output.Append(_text[i]);
            if (!char.IsLowSurrogate(_text[i])) Advance(1);
        }
        if (_cursor == _text.Length) (cursorRow, cursorColumn) = (row, column);
        // A terminal stays in the last cell of a full row until the next character comes: go on to the next row ourselves.
        if (column == 0 && row > 0 && (_text.Length == 0 || _text[^1] != '\n')) output.Append("\r\n");
        var menu = Menu(width - 1);
        if (menu.Length > 0)
        {
            output.Append("\r\n\u001b[2m").Append(menu).Append("\u001b[0m");
            row++;
        }
        if (row > cursorRow) output.Append(CultureInfo.InvariantCulture, $"\u001b[{row - cursorRow}A");
        output.Append('\r');
        if (cursorColumn > 0) output.Append(CultureInfo.InvariantCulture, $"\u001b[{cursorColumn}C");
        output.Append("\u001b[?25h");
        terminal.Write(output.ToString());
        _cursorRow = cursorRow;

        void Advance(int cells)
        {
            column += cells;
            row += column / width;
            column %= width;
        }
    }
}
