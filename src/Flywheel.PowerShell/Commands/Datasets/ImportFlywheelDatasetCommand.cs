using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Flywheel.Engine.Datasets;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Imports images into a dataset, with labels from folders, from file names or from a CSV manifest.</para>
/// <para>Without further parameters every file's own folder is its label. A name pattern is a .NET regular expression over file names:
/// its group 'label' is the label, every other named group a tag. A manifest is a CSV file with a column 'path', relative to the
/// manifest, optionally a column 'label', and tags in every other column. Images stay where they are unless -Copy is given. Each file
/// is read once, hashed, and measured: width, height, brightness, contrast, sharpness, entropy, colourfulness. Equal bytes are one
/// image. Files that cannot be taken are reported as errors and the rest goes in. Importing the same files again adds nothing and
/// reads nothing that is unchanged, so a stopped import is simply run again.</para>
/// <para>-Boxes adds the boxes of objects: a folder of Pascal VOC or YOLO files, or a file of COCO, CVAT or Label Studio, whose images are told by
/// their names. Boxes without area are reported and left out, those over the edge of their picture cut. Images that the files do not tell
/// of keep unknown boxes; those with an entry but no object are known to show nothing.</para>
/// </summary>
/// <example>
///   <code>Import-FlywheelDataset ./fruit</code>
///   <para>Imports ./fruit/apple/*.png as 'apple', ./fruit/pear/*.png as 'pear' into the dataset 'fruit'.</para>
/// </example>
/// <example>
///   <code>Import-FlywheelDataset ./mrl -NamePattern '^(?&lt;subject&gt;s\d+)_\d+_\d_(?&lt;glasses&gt;\d)_(?&lt;label&gt;\d)_' -LabelMap @{ 0 = 'closed'; 1 = 'open' } -Limit 1000 -Seed 7</code>
///   <para>Takes labels and the tags 'subject' and 'glasses' from the names, a thousand images of each label.</para>
/// </example>
/// <example>
///   <code>Import-FlywheelDataset ./inbox -Name field -Unlabeled -Copy</code>
///   <para>Imports images nobody has labelled, and keeps copies of them in the workspace.</para>
/// </example>
/// <example>
///   <code>Get-ChildItem ./inbox/*.jpg | Import-FlywheelDataset -Name field -Unlabeled</code>
///   <para>Imports just these files.</para>
/// </example>
/// <example>
///   <code>Import-FlywheelDataset ./parts.csv | Split-FlywheelDataset -GroupBy machine</code>
///   <para>Imports from a manifest and splits by its column 'machine'.</para>
/// </example>
/// <example>
///   <code>Import-FlywheelDataset ./bccd/JPEGImages -Name cells -Boxes ./bccd/Annotations</code>
///   <para>Imports images with the boxes of Pascal VOC files.</para>
/// </example>
[Cmdlet(VerbsData.Import, "FlywheelDataset", SupportsShouldProcess = true)]
[OutputType(typeof(Dataset))]
public sealed class ImportFlywheelDatasetCommand : FlywheelCommand
{
    readonly List<string> _files = [];
    string _folder = "";

    /// <summary>Folders, CSV manifests, or image files. Folders and manifests are imported one by one, all image files of a call together.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName", "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Name of the dataset; the folder's or file's name by default. An existing dataset grows.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string? Name { get; set; }

    /// <summary>
    /// .NET regular expression with named groups: 'label' gives the label, every other one a tag. It is matched against the file's name,
    /// or, if it contains a slash, against the path below the folder. Without a group 'label' the labels come from the folders.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NamePattern { get; set; }

    /// <summary>Turns what folder, name or manifest say into labels: @{ 0 = 'closed'; 1 = 'open' }. It must have an entry for each.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? LabelMap { get; set; }

    /// <summary>Take no labels; a label in folder or name is hidden, not kept as a tag.</summary>
    [Parameter]
    [Alias("Unlabelled")]
    public SwitchParameter Unlabeled { get; set; }

    /// <summary>A file or folder with the boxes of these images. Their own folders then are no labels.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Boxes { get; set; }

    /// <summary>At most this many images per label (in all, with -Unlabeled), chosen at random by the seed.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Limit { get; set; }

    /// <summary>Seed of the choice that -Limit makes.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <summary>Copy the images into the workspace, so that it no longer depends on their folder.</summary>
    [Parameter]
    public SwitchParameter Copy { get; set; }

    /// <summary>Let a manifest name files outside its own folder.</summary>
    [Parameter]
    public SwitchParameter AllowOutside { get; set; }

    /// <summary>Who imports, for the ledger; your user name by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            var full = ResolvePath(path);
            // A listing of files piped in is one import, with one version at its end.
            if (File.Exists(full) && System.IO.Path.GetExtension(full).ToUpperInvariant() is not (".CSV" or ".TSV")) _files.Add(full);
            else Import(Request(full), full);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_files.Count == 0) return;
        RunEngine((_, _) => _folder = ImportRequest.CommonFolder(_files));
        Import(Request(_folder) with { Files = _files }, _files.Count == 1 ? _files[0] : $"{_files.Count} files of {_folder}");
    }

    void Import(ImportRequest request, string what)
    {
        if (IsWhatIf)
        {
            var plan = "";
            RunInWorkspace((workspace, sink, token) => plan = DatasetImporter.Plan(workspace, request, sink, token) + (request.Boxes is null ? "" : $", with the boxes of '{request.Boxes}'"));
            ShouldProcess(plan, "Import");
            return;
        }
        if (!ShouldProcess(what, "Import images")) return;
        RunInWorkspace((workspace, sink, token) =>
        {
            var result = DatasetImporter.Import(workspace, request, sink, token);
            sink.Information(string.Create(CultureInfo.InvariantCulture,
                $"Imported {what} into '{result.Dataset.Name}': {result.Added:N0} new, {result.AlreadyPresent:N0} known, {result.Failed:N0} left out, {result.Elapsed.TotalSeconds:0.0} s ({result.Rate:N0} files/s)."));
            sink.Write(result.Dataset);
        });
    }

    ImportRequest Request(string path) => new()
    {
        Path = path,
        Name = Name,
        NamePattern = NamePattern,
        LabelMap = StringMap.From(LabelMap),
        Unlabeled = Unlabeled || Boxes is not null && NamePattern is null && LabelMap is null && System.IO.Path.GetExtension(path).ToUpperInvariant() is not (".CSV" or ".TSV"),
        Boxes = Boxes is null ? null : ResolvePath(Boxes),
        Limit = Limit > 0 ? Limit : null,
        Seed = Seed,
        Copy = Copy,
        AllowOutside = AllowOutside,
        Author = Author,
    };
}
