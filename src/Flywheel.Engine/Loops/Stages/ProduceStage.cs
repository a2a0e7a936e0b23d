using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>The start model meets production: predicts what it has never seen, without labels.</summary>
sealed class ProduceStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Produce, $"predicts {loop.Production}", [StageNames.Train, ProductionSource(loop)])
{
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
        ["model"] = context.Output<ModelOutput>(StageNames.Train).ModelId,
        ["images"] = Members(context.Workspace, Loop.Production!),
    };

    public override StageOutcome Run(LoopContext context)
    {
        var model = context.Workspace.GetModel(context.Output<ModelOutput>(StageNames.Train).ModelId);
        using var service = new PredictionService(context.Workspace, model, reporter: context.Reporter);
        var images = context.Workspace.Catalogue.Images(new ImageQuery { Dataset = Loop.Production });
        var predictions = service.PredictImages(images, context.Reporter, context.Token).ToList();
        service.Complete(context.Reporter);
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
