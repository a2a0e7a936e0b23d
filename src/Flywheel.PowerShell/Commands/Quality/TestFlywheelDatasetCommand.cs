using System.Management.Automation;
using Flywheel.Engine.Quality;
using Flywheel.Engine.Quality.Detectors;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Checks a data set: copies, leaks between splits, conflicting labels, image problems, outliers, shortcuts, order, rare labels, missing files.</para>
/// <para>Each detector gives images a score, flags those it is plain for, and says what it found in a sentence; conflicts and leakage are critical.
/// Image problems are told relative to the data set's own distribution and on an absolute scale, so that pictures of an infrared camera are not all
/// dark. Copies are found by perceptual hash and confirmed by the pictures. Likeness is that of the pictures, or of -Model's embeddings.</para>
/// <para>If the findings reach -FailOn, the check ends with the error DatasetCheckFailed and exit code 2. The report is kept in the workspace;
/// label-errors trains classifiers and runs only when named. -AsSuggestion puts the findings before reviewers, from the score on from which they agreed often enough so far.</para>
/// </summary>
/// <example>
///   <code>Test-FlywheelDataset eyes</code>
///   <para>All detectors, a line each.</para>
/// </example>
/// <example>
///   <code>Test-FlywheelDataset eyes -Detector leakage, conflicts -FailOn Critical</code>
///   <para>As a step of a pipeline: exit code 2 if figures measured on the data set could not be trusted.</para>
/// </example>
/// <example>
///   <code>Test-FlywheelDataset eyes -Detector duplicates, image-quality -ContactSheet ./check -AsSuggestion</code>
///   <para>Draws what was found, and proposes to leave the images out; Get-FlywheelSuggestion lists the proposals.</para>
/// </example>
/// <example>
///   <code>(Test-FlywheelDataset eyes -Detector outliers).Findings | Send-FlywheelAnnotation -Path ./to-look-at -IncludeLabelled</code>
///   <para>Hands the images found to people.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "FlywheelDataset", SupportsShouldProcess = true)]
[OutputType(typeof(DatasetReport))]
public sealed class TestFlywheelDatasetCommand : FlywheelCommand
{
    /// <summary>The dataset: object or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference Dataset { get; set; } = null!;

    /// <summary>Detectors, or image-quality for all of the image problems. By default all but label-errors, which takes minutes.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DetectorNameCompleter))]
    public string[] Detector { get; set; } = [];

    /// <summary>Model whose embeddings tell which images are alike: object, name, id or alias. By default the pictures themselves are compared.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>From which findings on the check fails: Critical, Warning, or None for never.</summary>
    [Parameter]
    public DatasetFailure FailOn { get; set; } = DatasetFailure.Critical;

    /// <summary>Propose to leave flagged images out, and to settle conflicts, for people to review.</summary>
    [Parameter]
    public SwitchParameter AsSuggestion { get; set; }

    /// <summary>Share of suggestions reviewers should accept; what scored where they accepted less so far is not proposed.</summary>
    [Parameter]
    [ValidateRange(0.01, 1.0)]
    public double Acceptance { get; set; } = 0.8;

    /// <summary>Folder to draw a contact sheet per detector into.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContactSheet { get; set; }

    /// <summary>HTML file to write the report to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Report { get; set; }

    /// <summary>Seed of what is drawn at random.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sheets = ContactSheet is null ? null : ResolvePath(ContactSheet);
        if (sheets is not null && !ShouldProcess(sheets, "Draw contact sheets")) sheets = null;
        var page = Report is null ? null : ResolvePath(Report);
        if (page is not null && !ShouldProcess(page, "Write the report")) page = null;
        var suggest = AsSuggestion && ShouldProcess(Dataset.Name, "Suggest changes");
        var store = ShouldProcess("the workspace", "Keep the report");
        RunInWorkspace((workspace, sink, token) =>
        {
            DetectorRegistry.Validate(Detector);
            var report = DatasetChecker.Check(workspace, new DatasetCheckRequest
            {
                Dataset = Dataset.Name,
                Detectors = Detector,
                Model = Model?.Key,
                FailOn = FailOn,
                Suggest = suggest,
                Acceptance = Acceptance,
                ContactSheetFolder = sheets,
                ReportPath = page,
                Store = store,
                Seed = Seed,
            }, sink, token);
            sink.Do(() => SessionState.PSVariable.Set("global:LASTEXITCODE", report.ExitCode));
            sink.Write(report);
            if (report.Failed)
                sink.Fault(new FlywheelException("DatasetCheckFailed", FaultCategory.InvalidData, $"The check of '{report.Dataset}' failed. {report.Summary}.", report.Dataset,
                    "Look at the Detectors of the report. Settle the findings, review them with -AsSuggestion, or pass all the same with -FailOn None."));
        }, Dataset.Workspace ?? Model?.Workspace);
    }
}
