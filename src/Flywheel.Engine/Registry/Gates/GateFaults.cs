namespace Flywheel.Engine.Registry.Gates;

/// <summary>Makes the faults of one demand, with line and column.</summary>
/// <param name="text">The demand.</param>
/// <param name="origin">Where it stands in a file, or null when it was typed.</param>
sealed class GateFaults(string text, SourceLocation? origin)
{
    public FlywheelException At(int offset, string message, string action)
    {
        var before = text.AsSpan(0, Math.Min(offset, text.Length));
        var line = before.Count('\n') + 1;
        var column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        // In a file, the demand's first line begins in the middle of one of the file's.
        var location = new SourceLocation(origin?.File ?? "gate", (origin?.Line ?? 1) + line - 1, line == 1 ? (origin?.Column ?? 1) + column - 1 : column);
        return new FlywheelException("GateSyntax", FaultCategory.InvalidArgument, $"{location}: {message}", text, action, location);
    }

    /// <summary><c> Did you mean 'recall'?</c>, or nothing.</summary>
    public static string Nearest(string typed, IEnumerable<string> names) => NearestName.Of(typed, names) is { } near ? $" Did you mean '{near}'?" : "";
}
