using System.Management.Automation;
using Flywheel.Engine.Quality;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Finds wrong labels in a dataset, with what they should be instead, the surest first.</para>
/// <para>The images are divided into folds; each is judged by a classifier that learned from the others, several times over with other folds. A
/// label is flagged by confident learning (as many per pair of labels as it estimates to be exchanged), or if another label leads by -Margin. Identical
/// pictures with different labels come first: one of them is wrong for certain. Labels that machines gave are neither judged nor learned from.</para>
/// <para>The classifier is a linear one on the features of -Backbone or on what -Model sees; without either, on what the newest model trained on the
/// dataset sees; without one, or with -Retrain, a small network is trained for every fold, which takes minutes. With random
/// folds more of what is flagged is wrong than with folds by group (on eyes with a tenth of the labels exchanged 73 % instead of 56 %), because
/// other images of the same subject help; what was used stands in Folds.</para>
/// </summary>
/// <example>
///   <code>Find-FlywheelLabelError mrl -Backbone ./squeezenet.onnx -ContactSheet ./errors.png</code>
///   <para>Judges the labels of mrl by a frozen feature network, and draws what is flagged.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelLabelError mrl -AsSuggestion</code>
///   <para>Also keeps what is found as suggestions for a reviewer.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelLabelError mrl -GroupBy subject -All | Where-Object SelfConfidence -lt 0.1 | Format-List</code>
///   <para>Every image whose label has less than 0.1 by a classifier that saw no other image of the same subject.</para>
/// </example>
[Cmdlet(VerbsCommon.Find, "FlywheelLabelError", SupportsShouldProcess = true)]
[OutputType(typeof(LabelError))]
public sealed class FindFlywheelLabelErrorCommand : FlywheelCommand
{
    /// <summary>The dataset: object or name. By default the workspace's only one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Model whose embeddings the classifier reads: object, name, id or alias.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Path of an ONNX network that turns images [N, 3, H, W] into features the classifier reads.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Backbone { get; set; }

    /// <summary>Train a small network for every fold, whatever models there are.</summary>
    [Parameter]
    public SwitchParameter Retrain { get; set; }

    /// <summary>Folds.</summary>
    [Parameter]
    [ValidateRange(2, 50)]
    public int Folds { get; set; } = 5;

    /// <summary>How often, each time with other folds. By default three times, or once where networks are trained.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int Repeats { get; set; }

    /// <summary>Keep images of one group in one fold; the groups are those the dataset was split by, or -GroupBy's.</summary>
    [Parameter]
    public SwitchParameter GroupedFolds { get; set; }

    /// <summary>Tag whose equal values are a group, such as a person; means -GroupedFolds.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TagNameCompleter))]
    public string? GroupBy { get; set; }

    /// <summary>Least lead of another label that is a clear disagreement, from 0 to 1.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double Margin { get; set; } = 0.5;

    /// <summary>Every judged image, not only those flagged.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Keep what is flagged as suggestions for a reviewer; of two identical pictures, the one whose label is more probably wrong.</summary>
    [Parameter]
    public SwitchParameter AsSuggestion { get; set; }

    /// <summary>PNG file to draw what is flagged into.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContactSheet { get; set; }

    /// <summary>Seed of the folds.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sheet = ContactSheet is null ? null : ResolvePath(ContactSheet);
        if (sheet is not null && !ShouldProcess(sheet, "Draw a contact sheet of the label errors")) sheet = null;
        var backbone = Backbone is null ? null : ResolvePath(Backbone);
        var store = AsSuggestion && ShouldProcess(Dataset?.Name ?? "the workspace's dataset", "Keep the label errors as suggestions");
        RunInWorkspace((workspace, sink, token) =>
        {
            var report = LabelErrorFinder.Find(workspace, new LabelErrorRequest
            {
                Dataset = QualityDataset.NameOf(workspace, Dataset?.Name),
                Model = Model is null ? null : workspace.GetModel(Model.Key),
                Backbone = backbone,
                Retrain = Retrain,
                Folds = Folds,
                Repeats = Repeats > 0 ? Repeats : null,
                GroupedFolds = GroupedFolds,
                GroupBy = GroupBy,
                Margin = Margin,
                All = All,
                ContactSheet = sheet,
                Seed = Seed,
            }, sink, token);
            if (store)
            {
                var suggestions = LabelErrorFinder.Suggestions(report);
                sink.Information($"{workspace.Catalogue.AddSuggestions(suggestions)} of {suggestions.Count} suggestions are new.");
            }
            foreach (var error in report.Errors) sink.Write(error);
        }, Dataset?.Workspace ?? Model?.Workspace);
    }
}
