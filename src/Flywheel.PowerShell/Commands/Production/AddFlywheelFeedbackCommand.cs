using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Flywheel.Engine.Production.Logs;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Records what users say of predictions: right or wrong, the correct label, why, who.</para>
/// <para>Reports come one by one from the pipeline, or from a log: a CSV file with a header, or JSON Lines. A row names the prediction by its
/// id, or the image by path or SHA-256 and perhaps the model; then its newest prediction is meant. Besides, it has a verdict (right or
/// wrong, true or false, 1 or 0) or the correct label, and optionally reason, reporter and time. A row that cannot be taken is an
/// error of its own; the rest goes in. Importing a log again adds nothing.</para>
/// <para>A report is a claim: it counts as a failure for Find-FlywheelFailure, but never changes an image's label. Set-FlywheelAnnotation does.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelPrediction -Label open -First 1 | Add-FlywheelFeedback -Wrong -Label closed -Reason 'glare on the glasses'</code>
///   <para>Reports the newest prediction of open as wrong.</para>
/// </example>
/// <example>
///   <code>Add-FlywheelFeedback 0199f6f2 -Right -Reporter ann</code>
///   <para>Reports a prediction by the first digits of its id.</para>
/// </example>
/// <example>
///   <code>Add-FlywheelFeedback -Path ./complaints.csv -Model production -WhatIf</code>
///   <para>Tells what a file of complaints would add.</para>
/// </example>
[Cmdlet(VerbsCommon.Add, "FlywheelFeedback", SupportsShouldProcess = true, DefaultParameterSetName = "Prediction")]
[OutputType(typeof(Feedback))]
public sealed class AddFlywheelFeedbackCommand : FlywheelCommand
{
    /// <summary>The predictions: objects (from Get-FlywheelPrediction, Invoke-FlywheelPrediction or Find-FlywheelFailure), ids, or their first digits (at least eight).</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Prediction")]
    public PredictionReference[] Prediction { get; set; } = [];

    /// <summary>The prediction is right.</summary>
    [Parameter(ParameterSetName = "Prediction")]
    public SwitchParameter Right { get; set; }

    /// <summary>The prediction is wrong.</summary>
    [Parameter(ParameterSetName = "Prediction")]
    public SwitchParameter Wrong { get; set; }

    /// <summary>The correct label. Alone, it also tells whether the prediction is right.</summary>
    [Parameter(ParameterSetName = "Prediction")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabelCompleter))]
    public string? Label { get; set; }

    /// <summary>Why, in the reporter's words.</summary>
    [Parameter(ParameterSetName = "Prediction")]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>Logs of reports, CSV or JSON Lines; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [Alias("FullName", "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The model whose predictions are meant where a row names an image, or an id of the model's own log: object, name, alias or id.</summary>
    [Parameter(ParameterSetName = "Path")]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Column by field: id, path, hash, model, verdict, label, reason, reporter, time. An empty column says that there is no such field.</summary>
    [Parameter(ParameterSetName = "Path")]
    [ValidateNotNull]
    public Hashtable? Column { get; set; }

    /// <summary>Folder that the log's paths are relative to; the log's own by default.</summary>
    [Parameter(ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>Let the log name files outside that folder.</summary>
    [Parameter(ParameterSetName = "Path")]
    public SwitchParameter AllowOutside { get; set; }

    /// <summary>Who reports, where the log does not say; your user name by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reporter { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (ParameterSetName != "Prediction" || (Right ^ Wrong) || (!Right && !Wrong && Label is not null)) return;
        ThrowTerminatingError(Errors.Record(new FlywheelException("VerdictMissing", FaultCategory.InvalidArgument,
            Right ? "A prediction cannot be both right and wrong." : "The report has no verdict.", Right ? "-Right -Wrong" : null, "Give -Right or -Wrong, or the correct label with -Label.")));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Path")
        {
            foreach (var file in ResolveFiles(Path)) Import(file);
        }
        else
        {
            foreach (var prediction in Prediction) Report(prediction);
        }
    }

    void Import(string path)
    {
        var root = Root is null ? null : ResolvePath(Root);
        if (IsWhatIf)
        {
            var count = 0;
            RunInWorkspace((workspace, sink, token) => count = FeedbackImporter.Import(workspace, Request(path, root) with { Store = false }, sink, token).Count(), Model?.Workspace);
            ShouldProcess(string.Create(CultureInfo.InvariantCulture, $"{count:N0} reports from '{path}'"), "Add");
            return;
        }
        if (!ShouldProcess(path, "Add reports")) return;
        RunInWorkspace((workspace, sink, token) =>
        {
            foreach (var report in FeedbackImporter.Import(workspace, Request(path, root), sink, token)) sink.Write(report);
        }, Model?.Workspace);
    }

    FeedbackImportRequest Request(string path, string? root) => new()
    {
        Path = path,
        Model = Model?.Key,
        Reporter = Reporter,
        Columns = StringMap.From(Column),
        Root = root,
        AllowOutside = AllowOutside,
    };

    void Report(PredictionReference prediction)
    {
        // What is asked and what is stored must be the same prediction: it is looked up first.
        Feedback? report = null;
        RunInWorkspace((workspace, sink, _) =>
        {
            try
            {
                var found = workspace.Catalogue.FindPrediction(prediction.Id) ?? throw new FlywheelException("PredictionNotFound", FaultCategory.NotFound,
                    $"There is no prediction '{prediction.Id}' in the catalogue.", prediction.Id, "Get-FlywheelPrediction lists the predictions. A prediction made with -NoStore cannot be reported on.");
                report = FeedbackImporter.Report(workspace, found, Right ? FeedbackVerdict.Right : Wrong ? FeedbackVerdict.Wrong : null, Label, Reason, Reporter, DateTimeOffset.UtcNow);
            }
            catch (FlywheelException fault)
            {
                sink.Fault(fault);
            }
        });
        if (report is null || !ShouldProcess($"prediction {report.PredictionId}", $"Report as {(report.Verdict == FeedbackVerdict.Right ? "right" : "wrong")}")) return;
        RunInWorkspace((workspace, sink, _) =>
        {
            workspace.Catalogue.AddFeedback([report]);
            sink.Write(report);
        });
    }
}
