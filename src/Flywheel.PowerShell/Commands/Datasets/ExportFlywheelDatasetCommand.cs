using System.Management.Automation;
using Flywheel.Engine.Datasets;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Writes a dataset as folders by label, with a manifest.csv of paths, labels, splits, ids and tags.</para>
/// <para>The folder appears only when it is complete. Every file's bytes are checked against its id on the way. Import-FlywheelDataset
/// reads the manifest back.</para>
/// </summary>
/// <example>
///   <code>Export-FlywheelDataset mrl ./mrl-export</code>
///   <para>Writes ./mrl-export/closed, ./mrl-export/open and ./mrl-export/manifest.csv.</para>
/// </example>
/// <example>
///   <code>Export-FlywheelDataset mrl ./for-training -BySplit -Label open, closed -Force</code>
///   <para>Writes train/open, train/closed, test/open, …, replacing an earlier export.</para>
/// </example>
[Cmdlet(VerbsData.Export, "FlywheelDataset", SupportsShouldProcess = true)]
[OutputType(typeof(ExportResult))]
public sealed class ExportFlywheelDatasetCommand : FlywheelCommand
{
    /// <summary>The dataset: object or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference Dataset { get; set; } = null!;

    /// <summary>The folder to make.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Only this split.</summary>
    [Parameter]
    public DataSplit? Split { get; set; }

    /// <summary>Only images with one of these labels.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Label { get; set; }

    /// <summary>Make one folder per split above those of the labels.</summary>
    [Parameter]
    public SwitchParameter BySplit { get; set; }

    /// <summary>Replace the folder if it exists; everything in it goes.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = ResolvePath(Path);
        if (!ShouldProcess(path, $"Export '{Dataset.Name}'")) return;
        RunInWorkspace((workspace, sink, token) => sink.Write(DatasetExporter.Export(workspace, new ExportRequest
        {
            Dataset = Dataset.Name,
            Path = path,
            Split = Split,
            Labels = Label,
            BySplit = BySplit,
            Force = Force,
        }, sink, token)), Dataset.Workspace);
    }
}
