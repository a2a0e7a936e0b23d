using System.Management.Automation;
using Flywheel.Engine.Quality;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Finds images that show the same picture, or nearly, and gathers them in sets.</para>
/// <para>Candidates have perceptual hashes at most -Distance bits apart; their pictures are read and compared, and only those that correlate are
/// copies. Every image of a set is a copy of the first, which is the one to keep: the one in test rather than validation rather than training,
/// labelled by a person, largest. A chain of video frames is cut into several sets. A mirrored or strongly cropped copy is not found.</para>
/// </summary>
/// <example>
///   <code>Find-FlywheelDuplicate eyes</code>
///   <para>The sets, the largest first.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelDuplicate eyes -Across | ForEach-Object Images</code>
///   <para>The images of sets that lie in more than one split.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelDuplicate eyes -ContactSheet ./copies.png</code>
///   <para>Draws the sets, one section each.</para>
/// </example>
[Cmdlet(VerbsCommon.Find, "FlywheelDuplicate", SupportsShouldProcess = true)]
[OutputType(typeof(DuplicateSet))]
public sealed class FindFlywheelDuplicateCommand : FlywheelCommand
{
    /// <summary>The dataset: object or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference Dataset { get; set; } = null!;

    /// <summary>Bits in which the hashes of copies may differ before their pictures are compared, of 64.</summary>
    [Parameter]
    [ValidateRange(0, 11)]
    public int Distance { get; set; } = 8;

    /// <summary>Only sets that lie in more than one split.</summary>
    [Parameter]
    public SwitchParameter Across { get; set; }

    /// <summary>PNG file to draw the sets into.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContactSheet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sheet = ContactSheet is null ? null : ResolvePath(ContactSheet);
        if (sheet is not null && !ShouldProcess(sheet, "Draw a contact sheet of the copies")) sheet = null;
        RunInWorkspace((workspace, sink, token) =>
        {
            foreach (var set in DuplicateService.Find(workspace, Dataset.Name, Distance, Across, sheet, sink, token)) sink.Write(set);
        }, Dataset.Workspace);
    }
}
