using System.Management.Automation;
using Flywheel.Engine.Registry;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists every move of the aliases, oldest first: from which version to which, when, by whom, why, and what the gate found.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelModelHistory production</code>
///   <para>What was in production, and since when.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelModelHistory | Where-Object Forced | Format-List</code>
///   <para>The publications against a gate, with the gate's report.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelModelHistory")]
[OutputType(typeof(AliasMove))]
public sealed class GetFlywheelModelHistoryCommand : FlywheelCommand
{
    /// <summary>The alias; all by default.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AliasNameCompleter))]
    public string? Alias { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => RunInWorkspace((workspace, sink, _) =>
    {
        foreach (var move in RegistryService.History(workspace, Alias)) sink.Write(move);
    });
}
