using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace Flywheel.Shell.Hosting;

/// <summary>How a command line ended.</summary>
enum RunEnd
{
    /// <summary>It ran through, perhaps with errors on the way.</summary>
    Completed,
    /// <summary>An error ended it.</summary>
    Failed,
    /// <summary>The user stopped it.</summary>
    Stopped,
}

/// <summary>One runspace with the module in it, in which command lines run one after the other.</summary>
sealed class ShellSession : IDisposable
{
    readonly Runspace _runspace;
    readonly ShellInterface _ui;
    readonly Lock _gate = new();
    System.Management.Automation.PowerShell? _running;
    bool _stopped;

    public ShellSession(ShellHost host, ShellInterface ui)
    {
        _ui = ui;
        Host = host;
        if (!ui.SupportsVirtualTerminal) PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = ExecutionPolicy.RemoteSigned; // Restricted would refuse the format file
        state.ThreadOptions = PSThreadOptions.UseCurrentThread;
        Everyday.EverydayCommands.AddTo(state);
        _runspace = RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
        Runspace.DefaultRunspace = _runspace;
        Ask(Everyday.EverydayCommands.Script());
    }

    public ShellHost Host { get; }

    public Runspace Runspace => _runspace;

    /// <summary>The error that ended the last run, or null.</summary>
    public ErrorRecord? LastFailure { get; private set; }

    /// <summary>Imports the module; false, with the reason shown, if that fails.</summary>
    public bool Import(string module) =>
        Run(ps => ps.AddCommand("Import-Module").AddParameter("Name", module).AddParameter("ErrorAction", ActionPreference.Stop)) == RunEnd.Completed;

    /// <summary>Runs a pipeline, its results shown on the host.</summary>
    public RunEnd Run(Action<System.Management.Automation.PowerShell> build, bool addToHistory = false)
    {
        using var ps = System.Management.Automation.PowerShell.Create(_runspace);
        build(ps);
        ps.AddCommand(new CmdletInfo("Show-Result", typeof(ShowResultCommand)));
        ps.Streams.Error.DataAdded += (_, added) => _ui.WriteErrorLine(ErrorText.Of(ps.Streams.Error[added.Index]));
        lock (_gate)
        {
            _running = ps;
            _stopped = false;
        }
        LastFailure = null;
        try
        {
            ps.Invoke(null, new PSInvocationSettings { Host = Host, AddToHistory = addToHistory });
            return _stopped ? RunEnd.Stopped : RunEnd.Completed;
        }
        catch (PipelineStoppedException)
        {
            return RunEnd.Stopped;
        }
        catch (RuntimeException failure)
        {
            if (_stopped) return RunEnd.Stopped;
            LastFailure = failure.ErrorRecord;
            _ui.WriteErrorLine(ErrorText.Of(failure.ErrorRecord));
            return RunEnd.Failed;
        }
        finally
        {
            lock (_gate) _running = null;
            _ui.Progress.Clear();
        }
    }

    /// <summary>What a script gives, nothing shown. For the shell's own questions.</summary>
    public IReadOnlyList<PSObject> Ask(string script)
    {
        using var ps = System.Management.Automation.PowerShell.Create(_runspace);
        return ps.AddScript(script).Invoke();
    }

    /// <summary>Asks the running pipeline to stop. False if none runs or it has been asked before.</summary>
    public bool Stop()
    {
        lock (_gate)
        {
            if (_running is null || _stopped) return false;
            _stopped = true;
            _running.BeginStop(null, null);
            return true;
        }
    }

    public void Dispose() => _runspace.Dispose();
}
