using System.Management.Automation;
using Flywheel.Engine.Registry;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Takes in a model from elsewhere: a zip of Export-FlywheelModel, or any image classifier as ONNX with a small description beside it.</para>
/// <para>A zip is taken only if every file is what its checksum says. An ONNX file is rewritten so that it answers as every other model here, with
/// probabilities, logits and an embedding; that it still says the same is checked on random pictures. The description, YAML or JSON, has the
/// ONNX file's name with .yaml, .yml or .json:</para>
/// <para>labels: [closed, open] in output order, or the name of a text file beside it, a label a line. output: { kind: logits } or probabilities; name,
/// if the network has several; embedding, a tensor to take instead of the last linear layer's input. input: { size: 224, channels: 3, layout:
/// nchw or nhwc, order: rgb or bgr, scale: 0..1, 0..255 or -1..1, mean: [...], std: [...] in units of the scale }; only what the network does not say.</para>
/// <para>Pictures are resized to the input's size without a crop. The network takes float numbers and any number of images at once.</para>
/// </summary>
/// <example>
///   <code>Import-FlywheelModel ./vendor.onnx | Publish-FlywheelModel</code>
///   <para>Takes vendor.onnx, described in vendor.yaml, as the champion.</para>
/// </example>
/// <example>
///   <code>Import-FlywheelModel ./eyes.zip -Name eyes-from-lab</code>
///   <para>Takes in an exported model under a name of its own.</para>
/// </example>
[Cmdlet(VerbsData.Import, "FlywheelModel", SupportsShouldProcess = true)]
[OutputType(typeof(Model))]
public sealed class ImportFlywheelModelCommand : FlywheelCommand
{
    /// <summary>The zip or ONNX files; wildcards are allowed. One that cannot be taken is an error of its own.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName", "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The description of an ONNX file, if it is not beside it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Sidecar { get; set; }

    /// <summary>Name of the model; by default the one it has, or the file's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sidecar = Sidecar is null ? null : ResolvePath(Sidecar);
        foreach (var path in ResolveFiles(Path))
        {
            if (!ShouldProcess(path, "Import the model")) continue;
            RunInWorkspace((workspace, sink, _) =>
            {
                try
                {
                    sink.Write(System.IO.Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase)
                        ? ModelArchive.Import(workspace, path, Name)
                        : ForeignModels.Import(workspace, path, sidecar, Name));
                }
                catch (FlywheelException fault)
                {
                    sink.Fault(fault);
                }
            });
        }
    }
}
