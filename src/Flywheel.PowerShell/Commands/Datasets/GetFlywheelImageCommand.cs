using System.Collections;
using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists images by dataset, label, split, tag and measured property. Images stream: the first come at once.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelImage mrl -Label closed -Tag @{ glasses = 1; subject = 's00*' } -First 5</code>
///   <para>Five closed eyes behind glasses of the subjects s00….</para>
/// </example>
/// <example>
///   <code>Get-FlywheelImage field -Property 'width&lt;=30', 'brightness&lt;0.2'</code>
///   <para>Small and dark images. Properties: width, height, brightness, contrast, sharpness, entropy, colorfulness, bytes.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelImage mrl -Split Test | Group-Object Label</code>
///   <para>How many test images each label has.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelImage", DefaultParameterSetName = "Dataset")]
[OutputType(typeof(FlywheelImage))]
public sealed class GetFlywheelImageCommand : FlywheelCommand
{
    /// <summary>The dataset: object or name. Without it, all images of the workspace.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Dataset")]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Image ids, their first digits (at least six), or paths of source files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    [Alias("ImageId")]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Only images with one of these labels.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    [ValidateNotNullOrEmpty]
    public string[]? Label { get; set; }

    /// <summary>Only images whose tags have these values; * and ? are wildcards.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    [ValidateNotNull]
    public Hashtable? Tag { get; set; }

    /// <summary>Only images that meet these conditions, such as 'width&lt;=30'.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    [ValidateNotNullOrEmpty]
    public string[]? Property { get; set; }

    /// <summary>Only images of this split of the dataset.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    public DataSplit? Split { get; set; }

    /// <summary>Only images nobody has labelled yet.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    [Alias("Unlabelled")]
    public SwitchParameter Unlabeled { get; set; }

    /// <summary>At most this many.</summary>
    [Parameter(ParameterSetName = "Dataset")]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, token) =>
    {
        if (ParameterSetName == "Id")
        {
            foreach (var id in Id) sink.Write(Engine.Datasets.Annotator.Resolve(workspace, id));
            return;
        }
        var query = new ImageQuery
        {
            Dataset = Dataset is null ? null : workspace.GetDataset(Dataset.Name).Name,
            Labels = Label,
            Labelled = Unlabeled ? false : null,
            Tags = StringMap.From(Tag),
            Properties = [.. (Property ?? []).Select(PropertyCondition.Parse)],
            Split = Split,
            First = First > 0 ? First : null,
        };
        foreach (var image in workspace.Catalogue.Images(query))
        {
            token.ThrowIfCancellationRequested();
            sink.Write(image);
        }
    }, Dataset?.Workspace);
}
