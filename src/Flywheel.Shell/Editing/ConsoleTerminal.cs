using Flywheel.Shell.Hosting;

namespace Flywheel.Shell.Editing;

/// <summary>The process's own terminal.</summary>
sealed class ConsoleTerminal(ConsoleStreams streams) : ITerminal
{
    public int Width => streams.Width;

    public bool KeyWaits => Console.KeyAvailable;

    public ConsoleKeyInfo ReadKey() => Console.ReadKey(intercept: true);

    public void Write(string text) => streams.WriteOutput(text);
}
