using System.Management.Automation;
using Flywheel.Engine.Training;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Trains a classifier on a split dataset and registers it as a model.</para>
/// <para>The network's input is chosen from the images' own sizes, classes are balanced, and every training image is varied in scale,
/// crop, rotation, resolution, light, noise and occlusion, so that the model stands up to production it has not seen. The weights are
/// averaged over the last steps; the best epoch on validation is kept (the last one where validation has fewer than five groups) and its
/// probabilities are calibrated there. The model is an ONNX
/// file that takes plain images; its answers are compared with the trainer's on real images before it is registered.</para>
/// <para>With -Unlabeled, the model then teaches itself on production images nobody has labelled: it learns from its own sure answers,
/// aligned to the estimated share of each label, beside the training data so that it forgets nothing. A gate looks at the evidence and
/// keeps the result only if it does no harm; the model's Adaptation property tells the verdict.</para>
/// <para>Presets: Fast (98,000 parameters, 20 epochs), Balanced (292,000, 30 epochs), Accurate (655,000, 60 epochs). The expected time is
/// measured on this machine before the training starts; -WhatIf only tells it. Ctrl+C ends the training within a second and keeps the
/// best model so far, marked as interrupted; Get-FlywheelModel finds it.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelDataset mrl | Invoke-FlywheelTraining</code>
///   <para>Trains with the Balanced preset.</para>
/// </example>
/// <example>
///   <code>Invoke-FlywheelTraining mrl -Preset Accurate -WhatIf</code>
///   <para>Tells the images, the network, its input and the expected time, and does nothing.</para>
/// </example>
/// <example>
///   <code>Invoke-FlywheelTraining mrl -From mrl-balanced-1 -Unlabeled inbox</code>
///   <para>Adapts a model to the images of a production dataset. If people have labelled some of them, those labels teach too.</para>
/// </example>
/// <example>
///   <code>Invoke-FlywheelTraining parts -Backbone ./squeezenet.onnx</code>
///   <para>Puts a linear head on a frozen feature network and writes both as one ONNX file.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "FlywheelTraining", SupportsShouldProcess = true)]
[OutputType(typeof(Model))]
public sealed class InvokeFlywheelTrainingCommand : FlywheelCommand
{
    /// <summary>
    /// The dataset to train on: object or name. It must be split. Several names train one model: the first is the source that also
    /// validates, all labelled images of the others teach beside it. Each dataset from the pipeline is trained on by itself.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference[] Dataset { get; set; } = [];

    /// <summary>Fast, Balanced or Accurate: network, largest input and number of epochs.</summary>
    [Parameter]
    public TrainingPreset Preset { get; set; } = TrainingPreset.Balanced;

    /// <summary>Seed of everything random. The same seed and number of threads give the same model file.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <summary>Epochs instead of the preset's; with -From, those of the continuation or adaptation.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Epochs { get; set; }

    /// <summary>Continue from this model: object, name or id. Its network, input and labels are kept.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? From { get; set; }

    /// <summary>Adapt to the images of this production dataset: object or name. Those in its validation and test splits stay unseen.</summary>
    [Parameter]
    [Alias("Unlabelled")]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Unlabeled { get; set; }

    /// <summary>
    /// Datasets with labelled production images, which get their own share of every batch. By default the labelled images of -Unlabeled; an
    /// empty array means none of them.
    /// </summary>
    [Parameter]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference[]? Target { get; set; }

    /// <summary>
    /// Ids of labelled production images that were drawn at random. From twenty on, the share of each label is counted on them and the
    /// adaptation is judged by them.
    /// </summary>
    [Parameter]
    public string[] RandomSample { get; set; } = [];

    /// <summary>Robust; Flip for mirroring only; None for labels that a mirror image would change.</summary>
    [Parameter]
    public TrainingAugmentation Augmentation { get; set; } = TrainingAugmentation.Robust;

    /// <summary>At most this many training images of each label, drawn with the seed.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int PerLabel { get; set; }

    /// <summary>Path of an ONNX network that turns images [N, 3, H, W] into features; only a linear head is trained.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Backbone { get; set; }

    /// <summary>Threads; by default the number of processors, at most four.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int Threads { get; set; }

    /// <summary>Name of the model; made from dataset, preset and a number by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Longest time of training; the best so far is kept when it is over.</summary>
    [Parameter]
    public TimeSpan MaxTime { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var from = Dataset[0].Workspace ?? From?.Workspace;
        var request = Request();
        if (IsWhatIf)
        {
            TrainingPlan? plan = null;
            RunInWorkspace((workspace, sink, token) => plan = TrainingService.Plan(workspace, request, sink, token), from);
            ShouldProcess($"{plan!.Name}: {plan}", "Train");
            return;
        }
        if (!ShouldProcess(string.Join(", ", Dataset.Select(d => d.Name)), "Train a model")) return;
        RunInWorkspace((workspace, sink, token) => sink.Write(TrainingService.Train(workspace, request, sink, token)), from);
    }

    TrainingRequest Request() => new()
    {
        Datasets = [.. Dataset.Select(d => d.Name)],
        Preset = Preset,
        Seed = Seed,
        Epochs = Epochs > 0 ? Epochs : null,
        From = From?.Key,
        Unlabeled = Unlabeled?.Name,
        Targets = Target is null ? null : [.. Target.Select(t => t.Name)],
        RandomSample = RandomSample,
        Augmentation = Augmentation,
        PerLabel = PerLabel > 0 ? PerLabel : null,
        Threads = Threads,
        Name = Name,
        Backbone = Backbone is null ? null : ResolvePath(Backbone),
        MaxTime = MaxTime > TimeSpan.Zero ? MaxTime : null,
    };
}
