namespace Flywheel.Shell.Hosting;

/// <summary>
/// The two output streams with what is known of them, and one lock: progress drawn on the terminal is taken away before anything
/// else is written.
/// </summary>
sealed class ConsoleStreams
{
    readonly Lock _gate = new();
    Action? _erase;

    public ConsoleStreams(TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, bool color, int width)
    {
        Output = output;
        Error = error;
        OutputIsTerminal = outputIsTerminal;
        ErrorIsTerminal = errorIsTerminal;
        Color = color;
        FixedWidth = width;
    }

    public static ConsoleStreams OfProcess()
    {
        var encoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (!Console.IsOutputRedirected) Console.OutputEncoding = encoding;
        var output = Console.IsOutputRedirected ? new StreamWriter(Console.OpenStandardOutput(), encoding) { AutoFlush = true } : Console.Out;
        var error = Console.IsErrorRedirected ? new StreamWriter(Console.OpenStandardError(), encoding) { AutoFlush = true } : Console.Error;
        var terminal = Environment.GetEnvironmentVariable("TERM") != "dumb" && Terminal.EnableEscapeSequences();
        var color = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new ConsoleStreams(output, error, !Console.IsOutputRedirected && terminal, !Console.IsErrorRedirected && terminal, color, 0);
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public bool OutputIsTerminal { get; }

    public bool ErrorIsTerminal { get; }

    /// <summary>Colours may be used, on whichever stream is a terminal.</summary>
    public bool Color { get; }

    int FixedWidth { get; }

    /// <summary>Cells in a line: the terminal's, or 120 where there is none.</summary>
    public int Width
    {
        get
        {
            if (FixedWidth > 0) return FixedWidth;
            if (!OutputIsTerminal) return 120;
            try
            {
                return Console.WindowWidth > 0 ? Console.WindowWidth : 120;
            }
            catch (IOException)
            {
                return 120;
            }
        }
    }

    public void WriteOutput(string text) => Write(Output, text);

    public void WriteError(string text) => Write(Error, text);

    /// <summary>Writes to the error stream in a colour (an SGR code such as "31") where colours are welcome.</summary>
    public void WriteError(string text, string sgr) => Write(Error, Color && ErrorIsTerminal ? $"\u001b[{sgr}m{text}\u001b[0m" : text);

    void Write(TextWriter writer, string text)
    {
        lock (_gate)
        {
            _erase?.Invoke();
            _erase = null;
            writer.Write(text);
            writer.Flush();
        }
    }

    /// <summary>Draws something that goes away before the next write.</summary>
    public void Draw(string text, Action erase)
    {
        lock (_gate)
        {
            _erase?.Invoke();
            Error.Write(text);
            Error.Flush();
            _erase = erase;
        }
    }

    /// <summary>Takes away what was drawn.</summary>
    public void Erase()
    {
        lock (_gate)
        {
            _erase?.Invoke();
            _erase = null;
        }
    }
}
