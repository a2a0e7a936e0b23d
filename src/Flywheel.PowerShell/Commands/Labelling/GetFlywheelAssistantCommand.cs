using System.Management.Automation;
using Flywheel.Engine.Labelling;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Shows what the labelling assistant has learned from the labels given so far: its accuracy on labels it had not seen, a proposal for each other image,
/// the order in which these should be labelled, and how many labels more until automatic labelling would open.</para>
/// <para>It is a quick head on features of the pictures, or on a model's or a backbone's. Every second image of its order is drawn at random, so that the
/// labels can certify automatic ones; the others are typical ones first, and those it is least sure of as soon as that has been measured to teach more.
/// Invoke-FlywheelAutoLabel trains networks instead, which do better.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelAssistant inbox</code>
///   <para>How far labelling has come.</para>
/// </example>
/// <example>
///   <code>(Get-FlywheelAssistant inbox -Model eyes-2).Proposals | Select-Object -First 20</code>
///   <para>What it proposes for the images to be labelled next.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelAssistant")]
[OutputType(typeof(AssistantState))]
public sealed class GetFlywheelAssistantCommand : FlywheelCommand
{
    static readonly LabelAssistantRequest s_defaults = new() { Dataset = "" };

    /// <summary>The dataset: object or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference Dataset { get; set; } = null!;

    /// <summary>A model whose embeddings it looks at: object, name, id or alias.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Path of an ONNX network that turns images [N, 3, H, W] into features.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Backbone { get; set; }

    /// <summary>The precision automatic labelling shall have.</summary>
    [Parameter]
    [ValidateRange(0.5, 0.9999)]
    public double Precision { get; set; } = s_defaults.Precision;

    /// <summary>At which confidence.</summary>
    [Parameter]
    [ValidateRange(0.5, 0.9999)]
    public double Confidence { get; set; } = s_defaults.Confidence;

    /// <summary>Seed of the random parts.</summary>
    [Parameter]
    public long Seed { get; set; } = s_defaults.Seed;

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, token) => sink.Write(LabelAssistant.Open(workspace, new LabelAssistantRequest
    {
        Dataset = Dataset.Name,
        Model = Model?.Key,
        Backbone = Backbone is null ? null : ResolvePath(Backbone),
        Precision = Precision,
        Confidence = Confidence,
        Seed = Seed,
    }, sink, token).Learn(token)), Dataset.Workspace ?? Model?.Workspace);
}
