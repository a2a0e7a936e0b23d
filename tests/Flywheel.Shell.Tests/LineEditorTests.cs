using System.Globalization;
using System.Text;
using Flywheel.Shell.Editing;

namespace Flywheel.Shell.Tests;

public class LineEditorTests
{
    sealed class Keys : ITerminal
    {
        readonly Queue<ConsoleKeyInfo> _keys = [];
        readonly StringBuilder _screen = new();

        public int Width { get; init; } = 80;
        public bool KeyWaits => false;
        public string Screen => _screen.ToString();
        public ConsoleKeyInfo ReadKey() => _keys.Dequeue();
        public void Write(string text) => _screen.Append(text);

        public Keys Type(string text)
        {
            foreach (var c in text) _keys.Enqueue(new ConsoleKeyInfo(c, ConsoleKey.None, false, false, false));
            return this;
        }

        public Keys Press(ConsoleKey key, bool control = false, bool shift = false, bool alt = false)
        {
            _keys.Enqueue(new ConsoleKeyInfo('\0', key, shift, alt, control));
            return this;
        }

        public Keys Control(params ConsoleKey[] keys)
        {
            foreach (var key in keys) Press(key, control: true);
            return this;
        }

        public Keys Enter() => Press(ConsoleKey.Enter);
    }

    readonly LineHistory _history = new();
    Completions? _completions;

    string? Read(Keys keys) => new LineEditor(keys, _history, (_, _) => _completions, Prompt.IsComplete).Read("> ");

    [Fact]
    public void Typed_text_is_read() => Assert.Equal("Get-Date", Read(new Keys().Type("Get-Date").Enter()));

    [Fact]
    public void Arrows_home_end_and_deleting_edit_the_line() =>
        Assert.Equal("abcXd", Read(new Keys().Type("qbcdZ").Press(ConsoleKey.Backspace).Press(ConsoleKey.LeftArrow).Type("X")
            .Press(ConsoleKey.Home).Press(ConsoleKey.Delete).Type("a").Press(ConsoleKey.End).Enter()));

    [Fact]
    public void Control_keys_go_to_the_ends_kill_and_bring_back() =>
        Assert.Equal("tail one two", Read(new Keys().Type("one two tail ").Control(ConsoleKey.W, ConsoleKey.A, ConsoleKey.Y, ConsoleKey.E).Press(ConsoleKey.Backspace).Enter()));

    [Fact]
    public void Control_U_kills_what_is_before_and_control_K_what_is_behind()
    {
        Assert.Equal("right", Read(new Keys().Type("left right").Press(ConsoleKey.LeftArrow, control: true).Control(ConsoleKey.U).Enter()));
        Assert.Equal("left ", Read(new Keys().Type("left right").Press(ConsoleKey.LeftArrow, control: true).Control(ConsoleKey.K).Enter()));
    }

    [Fact]
    public void An_incomplete_input_goes_on_in_the_next_line() =>
        Assert.Equal("if (1) {\n2\n}", Read(new Keys().Type("if (1) {").Enter().Type("2").Enter().Type("}").Enter()));

    [Fact]
    public void Up_and_down_go_through_the_history_and_back_to_what_was_being_typed()
    {
        _history.Add("first");
        _history.Add("second");
        Assert.Equal("first!", Read(new Keys().Type("dra").Press(ConsoleKey.UpArrow).Press(ConsoleKey.UpArrow).Press(ConsoleKey.UpArrow).Type("!").Enter()));
        Assert.Equal("draft", Read(new Keys().Type("dra").Press(ConsoleKey.UpArrow).Press(ConsoleKey.DownArrow).Press(ConsoleKey.DownArrow).Type("ft").Enter()));
        Assert.Equal(["first", "second", "first!", "draft"], _history.Lines);
    }

    [Fact]
    public void Tab_goes_through_the_completions_both_ways_and_shows_them()
    {
        _completions = new Completions(0, 3, [("Get-Alpha", "Get-Alpha"), ("Get-Beta", "Get-Beta"), ("Get-Gamma", "Get-Gamma")]);
        var keys = new Keys().Type("Get").Press(ConsoleKey.Tab).Press(ConsoleKey.Tab).Press(ConsoleKey.Tab).Press(ConsoleKey.Tab, shift: true).Type(" x").Enter();
        Assert.Equal("Get-Beta x", Read(keys));
        Assert.Contains("2/3  Get-Beta  Get-Gamma", keys.Screen);
    }

    [Fact]
    public void Control_C_gives_the_input_up_and_control_D_ends()
    {
        Assert.Equal("", Read(new Keys().Type("half").Control(ConsoleKey.C)));
        Assert.Null(Read(new Keys().Control(ConsoleKey.D)));
        Assert.Empty(_history.Lines);
    }

    [Fact]
    public void A_line_longer_than_the_screen_is_drawn_over_its_rows()
    {
        var keys = new Keys { Width = 10 }.Type("0123456789abcdef").Press(ConsoleKey.Home).Enter();
        Assert.Equal("0123456789abcdef", Read(keys));
        // Home: two rows up from the end; the prompt takes two cells.
        Assert.Contains("\u001b[1A\r\u001b[2C", keys.Screen);
    }

    [Fact]
    public void Any_sequence_of_edits_gives_what_a_plain_model_gives()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var keys = new Keys();
            var (text, cursor) = ("", 0);
            for (var i = 0; i < 40; i++)
            {
                switch (random.Next(6))
                {
                    case 0: keys.Press(ConsoleKey.LeftArrow); cursor = Math.Max(0, cursor - 1); break;
                    case 1: keys.Press(ConsoleKey.RightArrow); cursor = Math.Min(text.Length, cursor + 1); break;
                    case 2: keys.Press(ConsoleKey.Backspace); if (cursor > 0) text = text.Remove(--cursor, 1); break;
                    case 3: keys.Press(ConsoleKey.Delete); if (cursor < text.Length) text = text.Remove(cursor, 1); break;
                    default:
                        var c = ((char)('a' + random.Next(26))).ToString(CultureInfo.InvariantCulture);
                        keys.Type(c);
                        text = text.Insert(cursor++, c);
                        break;
                }
            }
            Assert.Equal(text, Read(keys.Enter()));
        }
    }
}
