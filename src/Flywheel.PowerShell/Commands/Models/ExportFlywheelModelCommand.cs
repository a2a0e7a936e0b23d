using System.Management.Automation;
using Flywheel.Engine.Registry;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Writes a model as one zip: network, weights, description, and for a published version its card; with checksums.</para>
/// <para>The same model gives the same bytes, also after Import-FlywheelModel took it into another workspace.</para>
/// </summary>
/// <example>
///   <code>Export-FlywheelModel production ./eyes.zip</code>
///   <para>Writes the version in production.</para>
/// </example>
/// <example>
///   <code>Export-FlywheelModel eyes-2 ./eyes-2.zip -Force | ForEach-Object Sha256</code>
///   <para>Writes a model that need not be published, replacing an earlier file, and shows the zip's checksum.</para>
/// </example>
[Cmdlet(VerbsData.Export, "FlywheelModel", SupportsShouldProcess = true)]
[OutputType(typeof(ModelExport))]
public sealed class ExportFlywheelModelCommand : FlywheelCommand
{
    /// <summary>The model: object, name, id, version (v3) or alias.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference Model { get; set; } = null!;

    /// <summary>The zip to make.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Replace the file if it exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = ResolvePath(Path);
        if (!ShouldProcess(path, $"Export '{Model}'")) return;
        RunInWorkspace((workspace, sink, _) => sink.Write(ModelArchive.Export(workspace, Model.Key, path, Force)), Model.Workspace);
    }
}
