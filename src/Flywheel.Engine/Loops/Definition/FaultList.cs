namespace Flywheel.Engine.Loops.Definition;

/// <summary>Gathers every fault of one loop file, so that the user sees all of them at once.</summary>
sealed class FaultList(string file)
{
    readonly List<FlywheelException> _faults = [];

    public string File { get; } = file;
    public int Count => _faults.Count;

    /// <summary>In reading order.</summary>
    public IReadOnlyList<FlywheelException> Faults => [.. _faults.OrderBy(f => f.Location!.Line).ThenBy(f => f.Location!.Column)];

    public void Add(string id, string message, int line, int column, string? action, object? target = null, string? field = null)
    {
        var location = new SourceLocation(File, line, column, field);
        var category = id is "LoopSyntax" or "LoopDuplicateKey" ? FaultCategory.InvalidData
            : id is "LoopPathNotFound" ? FaultCategory.NotFound : FaultCategory.InvalidArgument;
        _faults.Add(new FlywheelException(id, category, $"{location}: {message}", target ?? File, action, location));
    }

    public void Add(string id, string message, YamlNode at, string? action, object? target = null, string? field = null) =>
        Add(id, message, at.Line, at.Column, action, target, field);
}
