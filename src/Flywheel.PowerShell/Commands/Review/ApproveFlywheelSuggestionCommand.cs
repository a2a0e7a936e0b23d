using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Accepts suggestions: the annotations become what was proposed, as reviewed by you.</para>
/// <para>A suggestion that somebody has decided, or whose annotation changed since it was made, is an error; the others are accepted.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelSuggestion -Reason duplicates -MinScore 0.99 | Approve-FlywheelSuggestion</code>
///   <para>Leaves the plainest copies out of their datasets.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Approve, "FlywheelSuggestion", SupportsShouldProcess = true)]
[OutputType(typeof(Suggestion))]
public sealed class ApproveFlywheelSuggestionCommand : SuggestionVerdictCommand
{
    /// <inheritdoc/>
    protected override string Action => "Approve";

    /// <inheritdoc/>
    protected override SuggestionVerdict Verdict(string id, string author) => new(id, SuggestionStatus.Accepted, author);
}
