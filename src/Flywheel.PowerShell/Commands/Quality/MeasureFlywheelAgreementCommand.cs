using System.Management.Automation;
using Flywheel.Engine.Quality;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Measures how far the people who label a dataset agree, and what they say together.</para>
/// <para>What counts is the newest label each person gave an image, by hand or in review; what was taken back does not, and imported labels are nobody's
/// opinion. Of every annotator: how many images, and in how many of those others labelled too the annotator says what the others point to, with
/// Wilson's interval. With -Summary, one report: Krippendorff's alpha with an interval over images, Fleiss's kappa, Cohen's kappa of each
/// pair. With -Consensus, what each image most probably is: votes weighed by each annotator's own error rates (Dawid and Skene, 1979), the least
/// certain first.</para>
/// </summary>
/// <example>
///   <code>Measure-FlywheelAgreement eyes</code>
///   <para>The annotators of eyes, the one with the most labels first.</para>
/// </example>
/// <example>
///   <code>Measure-FlywheelAgreement eyes -Summary | Format-List</code>
///   <para>Whether the labels can be relied on at all: alpha below 0.67 says that the instruction is not clear.</para>
/// </example>
/// <example>
///   <code>Measure-FlywheelAgreement eyes -Consensus -AsSuggestion | Where-Object IsCurrent -eq $false</code>
///   <para>Images whose label is not what their annotators say together, which are kept as suggestions for a reviewer.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "FlywheelAgreement", DefaultParameterSetName = AnnotatorSet, SupportsShouldProcess = true)]
[OutputType(typeof(AnnotatorQuality), ParameterSetName = [AnnotatorSet])]
[OutputType(typeof(AgreementReport), ParameterSetName = [SummarySet])]
[OutputType(typeof(ImageConsensus), ParameterSetName = [ConsensusSet])]
public sealed class MeasureFlywheelAgreementCommand : FlywheelCommand
{
    const string AnnotatorSet = "Annotator", SummarySet = "Summary", ConsensusSet = "Consensus";

    /// <summary>The dataset: object or name. By default the workspace's only one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>One report of the whole dataset instead of one object for each annotator.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SummarySet)]
    public SwitchParameter Summary { get; set; }

    /// <summary>The consensus of each image instead of the annotators.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ConsensusSet)]
    public SwitchParameter Consensus { get; set; }

    /// <summary>Keep suggestions where the consensus of several people is not the label the image has.</summary>
    [Parameter(ParameterSetName = ConsensusSet)]
    public SwitchParameter AsSuggestion { get; set; }

    /// <summary>Resamples of the interval of alpha.</summary>
    [Parameter]
    [ValidateRange(100, 100_000)]
    public int Resamples { get; set; } = 2000;

    /// <summary>Seed of the resamples.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var store = AsSuggestion && ShouldProcess(Dataset?.Name ?? "the workspace's dataset", "Keep what the consensus would change as suggestions");
        RunInWorkspace((workspace, sink, token) =>
        {
            var result = AgreementService.Measure(workspace, new AgreementRequest { Dataset = QualityDataset.NameOf(workspace, Dataset?.Name), Resamples = Resamples, Seed = Seed }, sink, token);
            if (store)
            {
                var suggestions = AgreementService.Suggestions(result);
                sink.Information($"{workspace.Catalogue.AddSuggestions(suggestions)} of {suggestions.Count} suggestions are new.");
            }
            if (Summary) sink.Write(result.Report);
            else if (Consensus) foreach (var image in result.Consensus) sink.Write(image);
            else foreach (var annotator in result.Report.Annotators) sink.Write(annotator);
        }, Dataset?.Workspace);
    }
}
