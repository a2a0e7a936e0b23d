using System.Management.Automation;
using Flywheel.Engine.Production;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Chooses which images of a dataset to label next.</para>
/// <para>Auto, the default, takes the images the model finds hardest to tell (lowest margin, averaged with the mirrored picture), skips
/// near-duplicates, and draws a tenth of the budget at random: those few keep an unbiased estimate of the accuracy. Random, Failure,
/// Margin, Diverse and Typical are there to compare. Chosen are images without a label that are not set aside for validation or test.
/// Nothing is changed.</para>
/// <para>Audit is for measuring, not for learning: it draws from all images of the dataset at random, more where the model is unsure, and
/// records the chance of each, so that Measure-FlywheelPerformance can weigh their labels. Drawing again with the same seed draws others.</para>
/// </summary>
/// <example>
///   <code>Select-FlywheelImage cew -Model eyes-2 -Budget 80</code>
///   <para>The eighty images of cew most worth labelling for eyes-2.</para>
/// </example>
/// <example>
///   <code>Select-FlywheelImage cew -Budget 80 -Strategy Random -Seed 3</code>
///   <para>The random control; needs no model.</para>
/// </example>
/// <example>
///   <code>Select-FlywheelImage cew -Model eyes-2 -Budget 60 -Strategy Audit</code>
///   <para>Sixty images whose labels tell how accurate eyes-2 is on cew.</para>
/// </example>
[Cmdlet(VerbsCommon.Select, "FlywheelImage", SupportsShouldProcess = true)]
[OutputType(typeof(SelectedImage))]
public sealed class SelectFlywheelImageCommand : FlywheelCommand
{
    /// <summary>The dataset to choose from: object or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference Dataset { get; set; } = null!;

    /// <summary>The model whose scores guide the choice: object, name or id. Only Random does without.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>How many images to choose; what labelling will cost.</summary>
    [Parameter(Mandatory = true)]
    [ValidateRange(1, int.MaxValue)]
    public int Budget { get; set; }

    /// <summary>How to choose.</summary>
    [Parameter]
    public SelectionStrategy Strategy { get; set; } = SelectionStrategy.Auto;

    /// <summary>Seed of the random parts.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <summary>Images not to choose: objects or ids.</summary>
    [Parameter]
    public ImageReference[] Exclude { get; set; } = [];

    /// <summary>Choose among labelled images as well, as to have known failures looked at again.</summary>
    [Parameter]
    public SwitchParameter IncludeLabelled { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Strategy == SelectionStrategy.Audit && !ShouldProcess(Dataset.Name, $"Draw {Budget} images for audit and record their chances")) return;
        RunInWorkspace((workspace, sink, token) =>
        {
            var model = Model is null ? null : workspace.GetModel(Model.Key);
            var chosen = ImageSelector.Select(workspace, model, new SelectionRequest
            {
                Dataset = Dataset.Name,
                Budget = Budget,
                Strategy = Strategy,
                Seed = Seed,
                Exclude = [.. Exclude.Select(i => i.Id)],
                IncludeLabelled = IncludeLabelled,
            }, sink, token);
            foreach (var image in chosen) sink.Write(image);
        }, Dataset.Workspace ?? Model?.Workspace);
    }
}
