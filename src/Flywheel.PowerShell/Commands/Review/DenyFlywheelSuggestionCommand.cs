using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Rejects suggestions: the annotations stay as they are.</para>
/// <para>The same is not proposed again, and the verdict counts when the score is set from which on suggestions of this reason are made.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelSuggestion -Reason blurry | Deny-FlywheelSuggestion</code>
///   <para>Blurred pictures are fine here.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Deny, "FlywheelSuggestion", SupportsShouldProcess = true)]
[OutputType(typeof(Suggestion))]
public sealed class DenyFlywheelSuggestionCommand : SuggestionVerdictCommand
{
    /// <inheritdoc/>
    protected override string Action => "Deny";

    /// <inheritdoc/>
    protected override SuggestionVerdict Verdict(string id, string author) => new(id, SuggestionStatus.Rejected, author);
}
