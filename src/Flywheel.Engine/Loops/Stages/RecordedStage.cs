using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>
/// Looks at a dataset that others fill: an endpoint, the prediction cmdlets, an imported log. Nothing is imported. In a loop that publishes,
/// the turn ends here while there is nothing: the model is out, and has not been asked yet.
/// </summary>
sealed class RecordedStage(LoopDefinition loop, DataSource source) : LoopStage(loop, StageNames.Import(source.Name), $"looks at what was recorded in {source.Name}")
{
    public override bool AlwaysRuns => true;

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>();

    public override StageOutcome Run(LoopContext context)
    {
        if (context.Workspace.Catalogue.FindDataset(source.Name) is not { Images: > 0 } dataset)
        {
            const string filling = "Serve the model with Start-FlywheelEndpoint, predict with Invoke-FlywheelPrediction, or bring in a log with Import-FlywheelPrediction.";
            var nothing = $"Nothing has been recorded in '{source.Name}' yet.";
            return Loop.Publish is null
                ? throw new FlywheelException("NothingRecorded", FaultCategory.InvalidOperation, nothing, source.Name, filling, new SourceLocation(Loop.File))
                : new StageOutcome($"{nothing} {filling}") { EndsTurn = true };
        }
        var kept = context.Workspace.Catalogue.Images(new ImageQuery { Dataset = source.Name }).Count(i => i.Path.Length > 0);
        return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{Count(dataset.Images)} recorded, {kept:N0} of them kept as pictures"))
        {
            Metrics = new Dictionary<string, double> { ["images"] = dataset.Images, ["kept"] = kept },
        };
    }
}
