using System.Management.Automation;
using Flywheel.Engine.Datasets;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Reads the annotation ledger: who labelled which image what, when, and what it was before.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelAnnotation 3f2a9c11d0b4</code>
///   <para>The history of one image.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelAnnotation -Provenance Human, Reviewed</code>
///   <para>Everything people have said.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelAnnotation")]
[OutputType(typeof(Annotation))]
public sealed class GetFlywheelAnnotationCommand : FlywheelCommand
{
    /// <summary>Image ids, their first digits, or paths of source files. Without it, the whole ledger.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ValidateNotNullOrEmpty]
    public string[]? ImageId { get; set; }

    /// <summary>Only entries from these kinds of sources.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public AnnotationProvenance[]? Provenance { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, token) =>
    {
        foreach (var id in ImageId ?? [null!])
        {
            foreach (var annotation in workspace.Catalogue.Annotations(id is null ? null : Annotator.Resolve(workspace, id).Id))
            {
                token.ThrowIfCancellationRequested();
                if (Provenance is null || Provenance.Contains(annotation.Provenance)) sink.Write(annotation);
            }
        }
    });
}
