using System.Diagnostics;
using System.Management.Automation;
using Flywheel.Engine.Production;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Predicts picture files, images of the catalogue or whole datasets, and records the predictions.</para>
/// <para>Predictions come out while pictures still go in, in the same order. Each is stored with the model that made it; a file unknown to
/// the catalogue is added to it, in the dataset inbox or the one -Dataset names, so that every prediction's image can be found again.
/// A file that is missing, damaged or no picture is an error of its own; the rest goes on. With -NoStore nothing is written.</para>
/// </summary>
/// <example>
///   <code>Get-ChildItem ./inbox/*.jpg | Invoke-FlywheelPrediction -Model eyes-2 | Where-Object Confidence -lt 0.8</code>
///   <para>Predicts files and shows the unsure ones.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelDataset cew | Invoke-FlywheelPrediction -Model eyes-2 | Group-Object Label -NoElement</code>
///   <para>Predicts all images of a dataset and counts the answers.</para>
/// </example>
/// <example>
///   <code>Invoke-FlywheelPrediction ./camera/*.png -Model eyes-2 -Dataset camera -NoStore</code>
///   <para>Only looks; nothing is recorded.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "FlywheelPrediction", DefaultParameterSetName = "Path")]
[OutputType(typeof(Prediction))]
public sealed class InvokeFlywheelPredictionCommand : FlywheelCommand
{
    /// <summary>How many inputs, or how long, are gathered before they are worked on: a fast pipeline runs in batches, a slow one is answered at once.</summary>
    const int MostPending = 256;
    static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(200);

    readonly List<string> _files = [];
    readonly List<FlywheelImage> _images = [];
    readonly Stopwatch _sinceFlush = new();
    string? _named;
    string? _start;
#pragma warning disable CA1859 // A cmdlet's fields name no engine type: reading the cmdlet must not load the engine.
    IDisposable? _workspace;
    IDisposable? _service;
#pragma warning restore CA1859

    /// <summary>Picture files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Picture files, names taken as they are. Files piped from Get-ChildItem arrive here.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Paths, images of the catalogue (from Get-FlywheelImage, Select-FlywheelImage or Find-FlywheelFailure) or datasets.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    public PredictionTarget[] InputObject { get; set; } = [];

    /// <summary>The model: object, name or id.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference Model { get; set; } = null!;

    /// <summary>Dataset that what is predicted is added to. Without it, files unknown to the catalogue go to the dataset inbox.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Record nothing: no predictions, no images, no embeddings.</summary>
    [Parameter]
    public SwitchParameter NoStore { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "Path":
                foreach (var path in Path) AddFiles(path);
                break;
            case "LiteralPath":
                foreach (var path in LiteralPath) Gather(_files, ResolvePath(path));
                break;
            default:
                foreach (var target in InputObject)
                {
                    if (target.Path is { } path) AddFiles(path);
                    else if (target.File is { } file) Gather(_files, file);
                    else if (target.Image is { } image) Gather(_images, image);
                    else if (target.Dataset is { } dataset) PredictDataset(dataset);
                }
                break;
        }
        // A slow pipeline is answered as it comes.
        if (_sinceFlush.Elapsed >= s_longestWait || !_sinceFlush.IsRunning) Flush();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Flush();
        if (_service is not null) RunEngine((sink, _) => ((PredictionService)_service).Complete(sink));
    }

    void AddFiles(string path)
    {
        try
        {
            foreach (var file in GetResolvedProviderPathFromPSPath(path, out var provider))
            {
                if (provider.Name != "FileSystem")
                {
                    WriteError(Errors.Record(new FlywheelException("NotAFile", FaultCategory.InvalidArgument, $"'{path}' is not in the file system.", path, "Give the path of a file.")));
                    return;
                }
                Gather(_files, file);
            }
        }
        catch (ItemNotFoundException e)
        {
            WriteError(Errors.Record(new FlywheelException("FileNotFound", FaultCategory.NotFound, $"The file '{path}' does not exist.", path, "Check the path.", inner: e)));
        }
    }

    /// <summary>Inputs keep their order: one kind is worked off before the other is gathered.</summary>
    void Gather<T>(List<T> pending, T input)
    {
        if (typeof(T) == typeof(string) ? _images.Count > 0 : _files.Count > 0) Flush();
        pending.Add(input);
        if (pending.Count >= MostPending) Flush();
    }

    void Flush()
    {
        LocateWorkspace();
        if (_files.Count > 0)
        {
            string[] files = [.. _files];
            _files.Clear();
            RunEngine((sink, token) =>
            {
                foreach (var prediction in ((PredictionService)Open(sink)).PredictFiles(files, sink, token)) sink.Write(prediction);
            });
        }
        else if (_images.Count > 0)
        {
            FlywheelImage[] images = [.. _images];
            _images.Clear();
            RunEngine((sink, token) =>
            {
                foreach (var prediction in ((PredictionService)Open(sink)).PredictImages(images, sink, token)) sink.Write(prediction);
            });
        }
        _sinceFlush.Restart();
    }

    void PredictDataset(Dataset dataset)
    {
        Flush();
        RunEngine((sink, token) =>
        {
            var service = (PredictionService)Open(sink);
            var workspace = (Engine.Workspaces.Workspace)_workspace!;
            workspace.GetDataset(dataset.Name);
            foreach (var prediction in service.PredictImages(workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name }), sink, token)) sink.Write(prediction);
        });
    }

    /// <summary>The session's state may only be read on the pipeline thread.</summary>
    void LocateWorkspace()
    {
        _named ??= Workspace is null ? Model.Workspace : ResolvePath(Workspace);
        _start ??= CurrentFolder;
    }

    /// <summary>The service, opened on first use and kept to the end of the pipeline.</summary>
    IDisposable Open(CommandSink sink)
    {
        if (_service is not null) return _service;
        var workspace = Engine.Workspaces.Workspace.Resolve(_named, _start!);
        _workspace = workspace;
        return _service = new PredictionService(workspace, workspace.GetModel(Model.Key), new PredictionOptions { Dataset = Dataset?.Name, Store = !NoStore }, sink);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _service?.Dispose();
            _workspace?.Dispose();
        }
        base.Dispose(disposing);
    }
}
