using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Loops.Running;

/// <summary>What a stage works with.</summary>
sealed class LoopContext(Workspace? workspace, LoopState state, string runId, string runFolder, IReporter reporter, CancellationToken token)
{
    /// <summary>The workspace; stages of the tests do without.</summary>
    public Workspace Workspace => workspace ?? throw new InvalidOperationException("This run has no workspace.");

    public LoopState State { get; } = state;
    public string RunId { get; } = runId;

    /// <summary>The run's folder, for what belongs to this run alone.</summary>
    public string RunFolder { get; } = runFolder;

    public IReporter Reporter { get; } = reporter;
    public CancellationToken Token { get; } = token;

    /// <summary>The stages of this run so far.</summary>
    public List<StageResult> Results { get; } = [];

    /// <summary>The output of an earlier stage.</summary>
    public T Output<T>(string stage) => State.Output<T>(stage) ?? throw new InvalidOperationException($"The stage '{stage}' has no output.");
}
