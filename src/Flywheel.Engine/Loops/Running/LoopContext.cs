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

    /// <summary>What stages made in this run though they did not pass, and which is therefore not kept.</summary>
    public Dictionary<string, object> NotKept { get; } = new(StringComparer.Ordinal);

    /// <summary>The output of a stage that this run has come by, passed or not; null if it has not.</summary>
    public T? Seen<T>(string stage) where T : class =>
        NotKept.GetValueOrDefault(stage) as T ?? (Results.Exists(r => r.Name == stage) ? State.Output<T>(stage) : null);

    /// <summary>The output of an earlier stage.</summary>
    public T Output<T>(string stage) => State.Output<T>(stage) ?? throw new InvalidOperationException($"The stage '{stage}' has no output.");
}
