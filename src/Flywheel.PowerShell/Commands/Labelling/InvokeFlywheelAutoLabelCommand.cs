using System.Management.Automation;
using Flywheel.Engine.Labelling;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Labels by machine the images it can be proven to label well enough, and leaves the rest to people, in the order in which it teaches most.</para>
/// <para>Networks are trained on parts of the labels people gave, and each judges the part it has not seen. The surest answers are taken as labels, as many
/// as the lower Clopper-Pearson bound of their precision allows; if none are, the command fails with PrecisionNotReachable and says how many labels
/// are still needed. The labels of people must be of images drawn at random (Select-FlywheelImage -Strategy Random, or the assistant's order, half of
/// which is random): name the others with -Chosen. What people label after a first run teaches but does not certify.</para>
/// <para>Automatic labels have the provenance Auto: they are learned from, but never enter validation, test or any figure of accuracy. A random sample of
/// them is put into a queue for people to check; Get-FlywheelAutoLabel shows how precise they turned out.</para>
/// </summary>
/// <example>
///   <code>Invoke-FlywheelAutoLabel inbox -Precision 0.95 -WhatIf</code>
///   <para>How many images could be labelled, and how many of these labels would be wrong. Nothing is written.</para>
/// </example>
/// <example>
///   <code>Invoke-FlywheelAutoLabel inbox -Precision 0.95 -Model eyes-2</code>
///   <para>Labels them, starting from a trained model.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "FlywheelAutoLabel", SupportsShouldProcess = true)]
[OutputType(typeof(AutoLabelResult))]
public sealed class InvokeFlywheelAutoLabelCommand : FlywheelCommand
{
    static readonly AutoLabelRequest s_defaults = new() { Dataset = "" };

    /// <summary>The dataset: object or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference Dataset { get; set; } = null!;

    /// <summary>Share of the automatic labels that must be right.</summary>
    [Parameter]
    [ValidateRange(0.5, 0.9999)]
    public double Precision { get; set; } = s_defaults.Precision;

    /// <summary>Chance that it is so.</summary>
    [Parameter]
    [ValidateRange(0.5, 0.9999)]
    public double Confidence { get; set; } = s_defaults.Confidence;

    /// <summary>A model to start from: object, name, id or alias.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Path of an ONNX network that turns images [N, 3, H, W] into features; only a linear head is trained.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Backbone { get; set; }

    /// <summary>Automatic labels drawn at random for people to check.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Audit { get; set; } = s_defaults.Audit;

    /// <summary>Images that people labelled because of what they show, not drawn at random: objects or ids. They teach but do not certify.</summary>
    [Parameter]
    public ImageReference[] Chosen { get; set; } = [];

    /// <summary>Seed of everything random.</summary>
    [Parameter]
    public long Seed { get; set; } = s_defaults.Seed;

    /// <summary>Threads; by default the number of processors, at most four.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int Threads { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Under -WhatIf the work is done all the same: only it tells the coverage and the errors to expect.
        var apply = !IsWhatIf && ShouldProcess(Dataset.Name, FormattableString.Invariant($"Label images automatically with a precision of {Precision:0.####} at {Confidence:P0} confidence"));
        if (!apply && !IsWhatIf) return;
        RunInWorkspace((workspace, sink, token) =>
        {
            var chosen = Chosen.Select(i => Engine.Datasets.Annotator.Resolve(workspace, i.Id).Id).ToList();
            var result = AutoLabelService.Run(workspace, new AutoLabelRequest
            {
                Dataset = Dataset.Name,
                Precision = Precision,
                Confidence = Confidence,
                Model = Model?.Key,
                Backbone = Backbone is null ? null : ResolvePath(Backbone),
                Audit = Audit,
                Chosen = chosen,
                Seed = Seed,
                Threads = Threads,
                Apply = apply,
            }, sink, token);
            sink.Write(result);
        }, Dataset.Workspace ?? Model?.Workspace);
    }
}
