using System.Collections;
using System.Management.Automation;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Production;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Labels images, withdraws labels, or takes labels from a folder or manifest that knows the truth. Writes the ledger.</para>
/// <para>The ledger only grows: a correction and an undo are entries, too. Images come as ids or from the pipeline: what
/// Get-FlywheelImage, Select-FlywheelImage and Find-FlywheelFailure emit. All images of one call are stored together or not at all.</para>
/// </summary>
/// <example>
///   <code>Set-FlywheelAnnotation 3f2a9c11d0b4 -Label closed</code>
///   <para>Labels one image by the first digits of its id.</para>
/// </example>
/// <example>
///   <code>Select-FlywheelImage field -Model eyes -Budget 80 | Set-FlywheelAnnotation -From ./field-truth.csv</code>
///   <para>Labels the eighty chosen images with what the manifest says of them: a replay of what people would have said.</para>
/// </example>
/// <example>
///   <code>Set-FlywheelAnnotation -FromManifest ./to-label/manifest.csv</code>
///   <para>Takes back what people filled in for Send-FlywheelAnnotation. Empty cells stay open and can be taken later.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelImage field -Label blurred | Set-FlywheelAnnotation -Withdraw -Source 'label no longer used'</code>
///   <para>Takes a label back.</para>
/// </example>
[Cmdlet(VerbsCommon.Set, "FlywheelAnnotation", SupportsShouldProcess = true, DefaultParameterSetName = "Label")]
[OutputType(typeof(Annotation))]
public sealed class SetFlywheelAnnotationCommand : FlywheelCommand
{
    readonly List<string> _ids = [];

    /// <summary>Image ids, their first digits (at least six), or paths of source files.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Label")]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Withdraw")]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "From")]
    [Alias("Id")]
    [ValidateNotNullOrEmpty]
    public string[] ImageId { get; set; } = [];

    /// <summary>The label.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Label")]
    [ValidateNotNullOrEmpty]
    public string Label { get; set; } = "";

    /// <summary>Withdraw the present label.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Withdraw")]
    public SwitchParameter Withdraw { get; set; }

    /// <summary>A labelled folder or CSV manifest to look the labels up in, by place or bytes of the image.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    public string From { get; set; } = "";

    /// <summary>The filled-in manifest of a task that Send-FlywheelAnnotation wrote: all its images get the labels people gave.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Manifest")]
    [ValidateNotNullOrEmpty]
    public string FromManifest { get; set; } = "";

    /// <summary>How -From tells labels: regular expression over file names, as for Import-FlywheelDataset.</summary>
    [Parameter(ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    public string? NamePattern { get; set; }

    /// <summary>Turns what -From says into labels.</summary>
    [Parameter(ParameterSetName = "From")]
    [ValidateNotNull]
    public Hashtable? LabelMap { get; set; }

    /// <summary>Where no file of -From has the image's bytes, believe the one file of the same name.</summary>
    [Parameter(ParameterSetName = "From")]
    public SwitchParameter MatchName { get; set; }

    /// <summary>Kind of source.</summary>
    [Parameter]
    public AnnotationProvenance Provenance { get; set; } = AnnotationProvenance.Human;

    /// <summary>Who says so; your user name by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <summary>From what, or why, in words.</summary>
    [Parameter(ParameterSetName = "Label")]
    [Parameter(ParameterSetName = "Withdraw")]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _ids.AddRange(ImageId);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "Manifest")
        {
            var manifest = ResolvePath(FromManifest);
            if (!ShouldProcess(manifest, "Take the labels people filled in")) return;
            RunInWorkspace((workspace, sink, token) =>
            {
                foreach (var annotation in LabellingTasks.Take(workspace, manifest, sink, token)) sink.Write(annotation);
            });
            return;
        }
        if (_ids.Count == 0) return;
        var what = ParameterSetName switch
        {
            "From" => $"Label as '{From}' says",
            "Withdraw" => "Withdraw the label",
            _ => $"Label '{Label}'",
        };
        if (!ShouldProcess($"{_ids.Count} {(_ids.Count == 1 ? "image" : "images")}", what)) return;
        var from = ParameterSetName == "From" ? ResolvePath(From) : "";
        RunInWorkspace((workspace, sink, token) =>
        {
            var made = from.Length > 0
                ? Annotator.Replay(workspace, TruthSource.Open(new TruthRequest { Path = from, NamePattern = NamePattern, LabelMap = StringMap.From(LabelMap), MatchNames = MatchName }, sink, token),
                    [.. _ids.Select(id => Annotator.Resolve(workspace, id))], sink, Provenance, Author)
                : Annotator.Set(workspace, _ids, Withdraw ? null : Label, Provenance, Author, Source);
            foreach (var annotation in made) sink.Write(annotation);
        });
    }
}
