using System.Management.Automation;
using Flywheel.Engine.Loops;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Shows the runs of loops in the workspace, newest first.</para>
/// <para>Reads the journals under .flywheel/runs: when a run started, which stages it ran and skipped, how it ended, where its report lies.
/// A run whose process was killed shows as Interrupted.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelRun -First 1 | ForEach-Object Stages</code>
///   <para>The stages of the last run with their results.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelRun -Name eyes</code>
///   <para>Every run of the loop named eyes.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelRun")]
[OutputType(typeof(LoopRun))]
public sealed class GetFlywheelRunCommand : FlywheelCommand
{
    /// <summary>Only runs with this id; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Id { get; set; } = "*";

    /// <summary>Only runs of loops with this name; wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <summary>At most so many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var id = WildcardPattern.Get(Id, WildcardOptions.IgnoreCase);
        var name = WildcardPattern.Get(Name, WildcardOptions.IgnoreCase);
        RunInWorkspace((workspace, sink, _) =>
        {
            foreach (var run in LoopService.Runs(workspace).Where(r => id.IsMatch(r.Id) && name.IsMatch(r.Name)).Take(First)) sink.Write(run);
        });
    }
}
