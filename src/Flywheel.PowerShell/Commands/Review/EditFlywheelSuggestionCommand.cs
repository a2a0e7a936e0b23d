using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Decides suggestions by giving the annotation another value than the proposed one.</para>
/// <para>For when the annotation was wrong and the proposal is, too. A proposal to leave an image out can only be accepted or rejected.</para>
/// </summary>
/// <example>
///   <code>Edit-FlywheelSuggestion 1f2e3d4c5b6a7988 -Label half-open</code>
///   <para>Neither the old label nor the proposed one is right.</para>
/// </example>
[Cmdlet(VerbsData.Edit, "FlywheelSuggestion", SupportsShouldProcess = true, DefaultParameterSetName = "Label")]
[OutputType(typeof(Suggestion))]
public sealed class EditFlywheelSuggestionCommand : SuggestionVerdictCommand
{
    /// <summary>The label the images get.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Label")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabelCompleter))]
    public string? Label { get; set; }

    /// <summary>The boxes the images get; an empty list says that there is nothing in them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Boxes")]
    [AllowEmptyCollection]
    public LabelBox[]? Boxes { get; set; }

    /// <inheritdoc/>
    protected override string Action => ParameterSetName == "Boxes" ? $"Give {Boxes!.Length} boxes" : $"Label '{Label}'";

    /// <inheritdoc/>
    protected override SuggestionVerdict Verdict(string id, string author) => new(id, SuggestionStatus.Edited, author) { Label = Label, Boxes = Boxes };
}
