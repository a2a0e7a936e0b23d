using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>
/// The model in production meets what it has never seen, without labels: the one the loop's alias points to, or the start model of a loop
/// that publishes nothing. What it has predicted already, by an endpoint or an earlier run, stands.
/// </summary>
sealed class ProduceStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Produce, $"predicts {loop.Production}", [Source(loop), ProductionSource(loop)])
{
    static string Source(LoopDefinition loop) => loop.Publish is null ? StageNames.Train : StageNames.FirstPublish;

    /// <summary>Id of the model in production.</summary>
    public static string InProduction(LoopDefinition loop, LoopContext context) => loop.Publish is { } publish
        ? context.Workspace.Catalogue.FindAlias(publish.Alias)?.ModelId ?? "none"
        : context.Output<ModelOutput>(StageNames.Train).ModelId;

    /// <summary>The stage that makes the production dataset.</summary>
    public static string ProductionSource(LoopDefinition loop) => SourceStage(loop, loop.Production!);

    /// <summary>The last stage that touches a dataset before it is used.</summary>
    public static string SourceStage(LoopDefinition loop, string dataset)
    {
        var source = loop.SourceOf(dataset);
        return source.Name != dataset ? StageNames.Divide(source.Name) : source.Split is not null ? StageNames.Split(dataset) : StageNames.Import(dataset);
    }

    public override TimeSpan? Estimate => TimeSpan.FromSeconds(1);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["model"] = InProduction(Loop, context),
        ["images"] = Members(context.Workspace, Loop.Production!),
    };

    public override StageOutcome Run(LoopContext context)
    {
        var model = context.Workspace.GetModel(InProduction(Loop, context));
        var catalogue = context.Workspace.Catalogue;
        var made = new PredictionQuery { ModelId = model.Id, Dataset = Loop.Production };
        var done = catalogue.Predictions(made).Select(p => p.ImageId).ToHashSet(StringComparer.Ordinal);
        using (var service = new PredictionService(context.Workspace, model, reporter: context.Reporter))
        {
            foreach (var _ in service.PredictImages(catalogue.Images(new ImageQuery { Dataset = Loop.Production, HasPicture = true }).Where(i => !done.Contains(i.Id)), context.Reporter, context.Token)) { }
            service.Complete(context.Reporter);
        }
        var predictions = catalogue.Predictions(made).ToList();
        if (predictions.Count == 0)
            throw new FlywheelException("ProductionEmpty", FaultCategory.InvalidOperation, $"No image of '{Loop.Production}' could be predicted.", Loop.Production, "Check the source of the production images.", new SourceLocation(Loop.File));
        var labels = predictions.CountBy(p => p.Label).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Key} {l.Value:N0}"));
        var unsure = predictions.Count(p => p.Confidence < 0.8);
        return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{Count(predictions.Count)} predicted ({string.Join(", ", labels)}), {100.0 * unsure / predictions.Count:0.0} % with a confidence below 0.8"))
        {
            Metrics = new Dictionary<string, double> { ["images"] = predictions.Count, ["meanConfidence"] = predictions.Average(p => p.Confidence), ["unsure"] = unsure },
        };
    }
}
