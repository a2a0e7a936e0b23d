using System.Management.Automation;
using Flywheel.Engine.Registry;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Publishes a model behind a gate: makes it an immutable version and moves an alias to it.</para>
/// <para>The version's folder under .flywheel/registry holds the network, its weights, a model card as JSON and Markdown, and checksums that are
/// verified at every load. The alias is moved in one step; where production pointed before is called previous from then on. Every move
/// is kept with who, why and what the gate found.</para>
/// <para>A gate is a list of demands: a figure, a comparison, a bound. Figures: accuracy, balanced accuracy, auroc, calibration error, log loss,
/// precision[label], recall[label], f1[label], latency.p50, latency.p95, latency.p99 (one image at a time, one thread, with decoding, on
/// this machine), size (of the ONNX file), images (judged). Brackets also take conditions on tags and image properties:
/// accuracy[glasses=1, width&lt;=30]. Comparisons: &gt;=, &gt;, &lt;=, &lt;. Bounds: numbers, with % or a unit (us, ms, s; B, kB, MB, GB), and champion, the model
/// the alias points to: champion - 0.005, 1.2 * champion. And: no slice worse than champion by 0.02, which looks at every tag value,
/// label, answer of the champion, quarter of every property and slice that Find-FlywheelSlice last confirmed for the champion, each with
/// enough images, all at once.</para>
/// <para>A demand passes if the whole 95 % interval of its figure meets the bound, fails if no part of it does, and cannot be told otherwise. Against
/// the champion it is the interval of the paired difference on the same images that counts; without a champion such demands pass.
/// -CannotTell says what happens to what cannot be told, and "or unclear" at the end of a demand lets it pass. Images either model learned from
/// are left out. If the gate does not let the model pass, the result says Published = false and an error GateFailed or GateCannotTell is
/// written.</para>
/// </summary>
/// <example>
///   <code>Publish-FlywheelModel eyes-2 -Gate 'accuracy >= champion - 0.005', 'recall[closed] >= 0.95', 'latency.p95 &lt;= 20ms'</code>
///   <para>Publishes eyes-2 to production if it is shown to be no worse, finds the closed eyes and is fast enough.</para>
/// </example>
/// <example>
///   <code>$model | Publish-FlywheelModel -Gate 'no slice worse than champion by 0.02 or unclear' -Dataset holdout -Split None -WhatIf</code>
///   <para>Shows the verdict without publishing; slices too small to say do not hold the model back.</para>
/// </example>
/// <example>
///   <code>Publish-FlywheelModel eyes-2 -Gate 'accuracy >= 0.97' -Force -Reason 'the old one fails on the new camera'</code>
///   <para>Publishes whatever the gate says; the override is kept in the history.</para>
/// </example>
[Cmdlet(VerbsData.Publish, "FlywheelModel", SupportsShouldProcess = true)]
[OutputType(typeof(PublishResult))]
public sealed class PublishFlywheelModelCommand : FlywheelCommand
{
    /// <summary>The model: object, name, id, version (v3) or alias.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference Model { get; set; } = null!;

    /// <summary>The alias to move. Only production moves previous along.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AliasNameCompleter))]
    public string Alias { get; set; } = "production";

    /// <summary>Demands on the model; without any it is published as it is.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Gate { get; set; } = [];

    /// <summary>The dataset to judge on: object or name. By default the one the model was trained on.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>The split to judge on; None for all images of the dataset.</summary>
    [Parameter]
    public DataSplit Split { get; set; } = DataSplit.Test;

    /// <summary>What happens when a demand cannot be told: Wait (not published, somebody has to label more or decide), Fail or Pass.</summary>
    [Parameter]
    public CannotTellPolicy CannotTell { get; set; }

    /// <summary>Publish whatever the gate says; needs -Reason.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Why, for the history.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>Seed of the resampling.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var from = Model.Workspace ?? Dataset?.Workspace;
        var request = new PublishRequest
        {
            Model = Model.Key,
            Alias = Alias,
            Gate = Gate,
            Dataset = Dataset?.Name,
            Split = Split,
            CannotTell = CannotTell,
            Force = Force,
            Reason = Reason,
            Seed = Seed,
        };
        Judgement? judgement = null;
        RunInWorkspace((workspace, sink, token) => judgement = RegistryService.Judge(workspace, request, sink, token), from);
        var now = judgement!.Champion is { } version ? $"'{Alias}' (now v{version})" : $"'{Alias}'";
        if (!ShouldProcess($"{now}: {judgement.Summary}", "Publish"))
        {
            WriteObject(judgement.Refused);
            return;
        }
        RunInWorkspace((workspace, sink, token) =>
        {
            var result = RegistryService.Publish(workspace, judgement, sink, token);
            sink.Write(result);
            if (result.Published) return;
            var failed = result.Gate.Verdict == GateVerdict.Fail;
            sink.Fault(new FlywheelException(failed ? "GateFailed" : "GateCannotTell", FaultCategory.InvalidOperation, $"Not published to '{Alias}'. {result.Summary}", Model.Key,
                failed ? "Look at the Gate.Checks of the result. To publish all the same: -Force -Reason '…'." : "Label more images, end the demand with 'or unclear', or decide with -CannotTell Pass or -Force -Reason '…'."));
        }, from);
    }
}
