using System.Collections.Concurrent;
using System.Management.Automation;
using Flywheel.Engine.Workspaces;

namespace Flywheel.PowerShell;

/// <summary>
/// Base of every cmdlet. Owns cancellation, and the queue by which engine work on a worker thread reaches the pipeline thread,
/// the only one allowed to write.
/// </summary>
public abstract class FlywheelCommand : PSCmdlet, IDisposable
{
    readonly CancellationTokenSource _stop = new();

    /// <summary>The workspace's folder. Without it, the nearest workspace at or above the current folder.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Workspace { get; set; }

    /// <summary>Cancelled when the user stops the pipeline.</summary>
    protected CancellationToken CancelToken => _stop.Token;

    /// <summary>True under <c>-WhatIf</c> or <c>$WhatIfPreference</c>: tell the plan and its cost, change nothing.</summary>
    protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>
    /// Runs engine work on a worker while this thread writes what it posts. Faults end the command as terminating errors with their
    /// own id, target and recommended action.
    /// </summary>
    /// <param name="work">Gets the sink to report to and post results to, and the token to obey.</param>
    protected void RunEngine(Action<CommandSink, CancellationToken> work)
    {
        using var outbox = new BlockingCollection<Action<PSCmdlet>>(boundedCapacity: 1024);
        var sink = new CommandSink(outbox, CancelToken);
        var task = Task.Factory.StartNew(() =>
        {
            try
            {
                work(sink, CancelToken);
            }
            finally
            {
                outbox.CompleteAdding();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        try
        {
            foreach (var write in outbox.GetConsumingEnumerable()) write(this);
        }
        finally
        {
            // Reached early when a write throws: the pipeline stopped, or a command downstream had enough (Select-Object -First).
            if (!task.IsCompleted && !outbox.IsCompleted)
            {
                _stop.Cancel();
                while (!outbox.IsCompleted) outbox.TryTake(out _, 50);
            }
            Task.WaitAny(task);
        }

        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (CancelToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (FlywheelException fault)
        {
            ThrowTerminatingError(Errors.Record(fault));
        }
        catch (AggregateException many) when (many.Flatten().InnerExceptions.OfType<FlywheelException>().FirstOrDefault() is { } fault)
        {
            ThrowTerminatingError(Errors.Record(fault));
        }
    }

    /// <summary>As <see cref="RunEngine(Action{CommandSink, CancellationToken})"/>, with the workspace opened for the time of the work.</summary>
    protected void RunInWorkspace(Action<Workspace, CommandSink, CancellationToken> work, string? workspaceOfInput = null)
    {
        var named = Workspace is null ? workspaceOfInput : ResolvePath(Workspace);
        var start = CurrentFolder;
        RunEngine((sink, token) =>
        {
            using var workspace = Engine.Workspaces.Workspace.Resolve(named, start);
            work(workspace, sink, token);
        });
    }

    /// <summary>The shell's current folder, or the process's when the shell stands in another provider.</summary>
    protected string CurrentFolder => SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>A user-given path as an absolute one of the file system; it need not exist.</summary>
    protected string ResolvePath(string path) => GetUnresolvedProviderPathFromPSPath(path);

    /// <summary>User-given paths of files as absolute ones, wildcards worked out. A path without wildcards need not exist; a pattern that matches nothing is an error of its own.</summary>
    protected IReadOnlyList<string> ResolveFiles(IEnumerable<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(path) || File.Exists(ResolvePath(path)))
            {
                files.Add(ResolvePath(path));
                continue;
            }
            var found = GetResolvedProviderPathFromPSPath(path, out _);
            if (found.Count == 0) WriteError(Errors.Record(new FlywheelException("FileNotFound", FaultCategory.NotFound, $"No file matches '{path}'.", path, "Check the path.")));
            files.AddRange(found);
        }
        return files;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the token source.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _stop.Dispose();
    }
}
