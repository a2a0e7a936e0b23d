using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Flywheel.Engine.Production.Logs;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Brings in the log of a model that runs elsewhere, so that its failures, edge cases and drift can be looked for here.</para>
/// <para>A log is a CSV file with a header (comma, semicolon or tab) or JSON Lines, one prediction per row: the image by path or SHA-256, the
/// predicted label, and the scores (columns such as score_open, or an object of scores) or one confidence; optionally time, id, and a
/// user's report (verdict, truth, reason, reporter). Columns are known by their usual names; -Column and -Score tell the others. Every
/// other column is a tag. Where a log scores only some labels, what is left of one is spread evenly over the rest.</para>
/// <para>Images found on disk are hashed, measured and added to the dataset inbox, or to the one -Dataset names; an image that is known by
/// its hash only still gets its prediction. A model that is not in the workspace is recorded under its name with -External. A row that
/// cannot be taken is an error of its own, with file, line and column, and the rest goes in. Importing a log again adds nothing that
/// is there already, so a log that grows is simply imported again. Times without a zone are UTC; a log without times has the file's.</para>
/// </summary>
/// <example>
///   <code>Import-FlywheelPrediction ./camera.csv -Model line-3 -External</code>
///   <para>Records line-3 as a model that runs elsewhere, and its predictions.</para>
/// </example>
/// <example>
///   <code>Import-FlywheelPrediction ./logs/*.jsonl -Model eyes-2 -Root /srv/pictures -WhatIf</code>
///   <para>Tells what the logs of eyes-2 would add; their paths are relative to another folder than their own.</para>
/// </example>
/// <example>
///   <code>Import-FlywheelPrediction ./old.csv -Model line-2 -External -Column @{ path = 'Datei'; label = 'Urteil' } -Score @{ p0 = 'ok'; p1 = 'scratch' } -Tag shift</code>
///   <para>Says which column is what, and that of the other columns only 'shift' is a tag.</para>
/// </example>
[Cmdlet(VerbsData.Import, "FlywheelPrediction", SupportsShouldProcess = true)]
[OutputType(typeof(PredictionImport))]
public sealed class ImportFlywheelPredictionCommand : FlywheelCommand
{
    /// <summary>Logs, CSV or JSON Lines; wildcards are allowed. Each is imported by itself.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName", "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The model that predicted: object, name, alias or id.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference Model { get; set; } = null!;

    /// <summary>The model runs elsewhere and is known here by its predictions only; it is recorded if it is new.</summary>
    [Parameter]
    public SwitchParameter External { get; set; }

    /// <summary>All labels of a model that runs elsewhere, in order. By default those that its logs have.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Labels { get; set; } = [];

    /// <summary>Column by field: path, hash, label, confidence, time, id, verdict, truth, reason, reporter. An empty column says that there is no such field.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Column { get; set; }

    /// <summary>Label by column that holds its score: @{ p0 = 'closed'; p1 = 'open' }.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Score { get; set; }

    /// <summary>Columns to take as tags. By default all that are nothing else.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[]? Tag { get; set; }

    /// <summary>Folder that the log's paths are relative to; the log's own by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>Let the log name files outside that folder.</summary>
    [Parameter]
    public SwitchParameter AllowOutside { get; set; }

    /// <summary>Dataset the images are added to. Without it, images unknown to the catalogue go to the dataset inbox.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var file in ResolveFiles(Path)) Import(file);
    }

    void Import(string path)
    {
        var root = Root is null ? null : ResolvePath(Root);
        if (IsWhatIf)
        {
            var plan = "";
            RunInWorkspace((workspace, sink, token) => plan = PredictionImporter.Import(workspace, Request(path, root) with { Store = false }, sink, token).ToString(), Model.Workspace);
            ShouldProcess(plan, "Import");
            return;
        }
        if (!ShouldProcess(path, $"Import predictions of {Model.Key}")) return;
        RunInWorkspace((workspace, sink, token) =>
        {
            var result = PredictionImporter.Import(workspace, Request(path, root), sink, token);
            sink.Information(string.Create(CultureInfo.InvariantCulture, $"Imported {result}, {result.Elapsed.TotalSeconds:0.0} s."));
            sink.Write(result);
        }, Model.Workspace);
    }

    PredictionImportRequest Request(string path, string? root) => new()
    {
        Path = path,
        Model = Model.Key,
        External = External,
        Labels = Labels,
        Columns = StringMap.From(Column),
        Scores = StringMap.From(Score),
        Tags = Tag,
        Root = root,
        AllowOutside = AllowOutside,
        Dataset = Dataset?.Name,
    };
}
