namespace Flywheel.Engine.Loops;

/// <summary>Which loop to run, and how.</summary>
public sealed record LoopRequest
{
    /// <summary>The loop file, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Values for <c>${NAME}</c> in the file; they win over environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder relative paths given by variables count from, absolute; the file's own when null.</summary>
    public string? CurrentFolder { get; init; }

    /// <summary>The workspace's folder, absolute; it wins over the file's <c>workspace</c>. It is made if it does not exist.</summary>
    public string? Workspace { get; init; }

    /// <summary>Run every stage, also those whose inputs have not changed.</summary>
    public bool Force { get; init; }
}
