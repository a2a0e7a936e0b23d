using System.Globalization;
using System.Text.Json;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>What the stages share.</summary>
abstract class LoopStage(LoopDefinition loop, string name, string what, params string[] needs) : ILoopStage
{
    protected LoopDefinition Loop { get; } = loop;

    public string Name => name;
    public virtual string What => what;
    public IReadOnlyList<string> Needs => needs;
    public virtual bool AlwaysRuns => false;
    public virtual int ImagesToLabel => 0;
    public virtual TimeSpan? Estimate => null;
    public abstract IReadOnlyDictionary<string, string> Inputs(LoopContext context);
    public virtual bool OutputsExist(LoopContext context) => true;
    public abstract StageOutcome Run(LoopContext context);

    /// <summary>A part of the definition as text for a fingerprint.</summary>
    protected static string Text(object? value) => JsonSerializer.Serialize(value, LoopJson.Options);

    protected static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>
    /// Which images a dataset holds, whatever their labels: for stages that must not run again because somebody labelled an image.
    /// </summary>
    protected static string Members(Workspace workspace, string dataset) =>
        LoopState.Hash(string.Join('\n', workspace.Catalogue.Images(new ImageQuery { Dataset = dataset }).Select(i => i.Id).Order(StringComparer.Ordinal)));

    /// <summary>Membership, labels and splits of a dataset; "none" while it does not exist.</summary>
    protected static string Version(Workspace workspace, string dataset) => workspace.Catalogue.FindDataset(dataset)?.VersionId ?? "none";

    /// <summary>Whether a model is still in the catalogue and on the disk.</summary>
    protected static bool ModelExists(LoopContext context, string? id) =>
        id is not null && context.Workspace.Catalogue.FindModel(id) is { } model && File.Exists(model.OnnxPath);

    protected static string Count(long n, string unit = "images") => string.Create(CultureInfo.InvariantCulture, $"{n:N0} {(n == 1 && unit == "images" ? "image" : unit)}");

    /// <summary>A metric as "94.2 % [92.3, 95.8]".</summary>
    protected static string Percent(Metric metric) => string.Create(CultureInfo.InvariantCulture, $"{metric.Value * 100:0.0} % [{metric.Low * 100:0.0}, {metric.High * 100:0.0}]");
}
