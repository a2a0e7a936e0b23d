using System.Management.Automation.Host;

namespace Flywheel.Shell.Hosting;

/// <summary>What the engine may know of the screen. Sizes are the terminal's, or 120 columns where there is none.</summary>
sealed class RawInterface(ConsoleStreams streams) : PSHostRawUserInterface
{
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Size BufferSize
    {
        get => new(streams.Width, 9999);
        set => throw new NotSupportedException("The size of the screen cannot be set.");
    }

    public override Size WindowSize
    {
        get => new(streams.Width, Height);
        set => throw new NotSupportedException("The size of the screen cannot be set.");
    }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Coordinates CursorPosition
    {
        get => new(0, 0);
        set => throw new NotSupportedException("The cursor cannot be set.");
    }

    public override int CursorSize { get; set; } = 25;

    public override Coordinates WindowPosition { get; set; }

    public override string WindowTitle
    {
        get => "";
        set
        {
            if (streams.OutputIsTerminal) streams.WriteOutput($"\u001b]0;{value}\u0007");
        }
    }

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    static int Height
    {
        get
        {
            try
            {
                return Console.IsOutputRedirected || Console.WindowHeight <= 0 ? 50 : Console.WindowHeight;
            }
            catch (IOException)
            {
                return 50;
            }
        }
    }

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (Console.IsInputRedirected) throw new InvalidOperationException("Standard input is redirected: no key can be read.");
        var key = Console.ReadKey(intercept: (options & ReadKeyOptions.NoEcho) != 0);
        return new KeyInfo((int)key.Key, key.KeyChar, 0, keyDown: true);
    }

    public override void FlushInputBuffer() { }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException("The screen cannot be read.");

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw new NotSupportedException("The screen cannot be scrolled.");

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException("The screen cannot be written at.");

    // Clear-Host calls this with a rectangle of -1: the whole screen.
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        if (streams.OutputIsTerminal) streams.WriteOutput("\u001b[2J\u001b[H");
    }
}
