namespace Flywheel.Shell.Editing;

/// <summary>What the line editor needs of a terminal.</summary>
interface ITerminal
{
    /// <summary>Cells in a line.</summary>
    int Width { get; }

    /// <summary>Waits for a key.</summary>
    ConsoleKeyInfo ReadKey();

    /// <summary>True if more keys wait: text that was pasted.</summary>
    bool KeyWaits { get; }

    /// <summary>Writes text and escape sequences.</summary>
    void Write(string text);
}
