using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Splits one source into training, validation and test.</summary>
sealed class SplitStage(LoopDefinition loop, DataSource source)
    : LoopStage(loop, StageNames.Split(source.Name), $"splits {source.Name}{(source.GroupBy is { } by ? $" by {by}" : "")}", [StageNames.Import(source.Name), .. loop.Label?.Start is not null && loop.Train.Dataset == source.Name ? (string[])[StageNames.FirstLabels] : []])
{
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(1);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["import"] = context.Output<ImportOutput>(StageNames.Import(source.Name)).Members,
        ["split"] = Text(source.Split),
        ["groupBy"] = source.GroupBy ?? "",
        ["seed"] = Number(Loop.Seed),
        ["labels"] = Loop.Label?.Start is not null && Loop.Train.Dataset == source.Name ? context.Output<FirstLabelsOutput>(StageNames.FirstLabels).Labels : "",
    };

    public override bool OutputsExist(LoopContext context) => context.Workspace.Catalogue.FindDataset(source.Name)?.SplitCounts.GetValueOrDefault(DataSplit.Train) > 0;

    public override StageOutcome Run(LoopContext context)
    {
        var options = source.Split!;
        var dataset = DatasetSplitter.Split(context.Workspace, new SplitRequest
        {
            Dataset = source.Name,
            GroupBy = source.GroupBy,
            Stratify = options.Stratify ? "label" : null,
            Train = options.Train,
            Validation = options.Validation,
            Test = options.Test,
            Seed = Loop.Seed,
        }, context.Reporter, context.Token);
        var version = context.Workspace.Catalogue.Snapshot(source.Name);
        return new StageOutcome(string.Join(", ", dataset.SplitCounts.Where(s => s.Key != DataSplit.None).OrderBy(s => s.Key).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key.ToString().ToLowerInvariant()} {s.Value:N0}")))
            + (source.GroupBy is { } by ? $" images, apart by {by}" : " images"), new SplitOutput(version.Id))
        {
            Metrics = dataset.SplitCounts.ToDictionary(s => s.Key.ToString().ToLowerInvariant(), s => (double)s.Value),
        };
    }
}

/// <summary>The version after the split.</summary>
sealed record SplitOutput(string VersionId);
