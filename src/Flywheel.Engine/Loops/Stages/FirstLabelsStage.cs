using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>
/// The labels a loop begins with: images of the training data drawn at random for people, and, where the loop says so, the rest labelled
/// automatically as far as the promised precision allows.
/// </summary>
sealed class FirstLabelsStage(LoopDefinition loop, DataSource source)
    : LoopStage(loop, StageNames.FirstLabels, $"has {loop.Label!.Start!.Images} images of {source.Name} labelled: {People(loop, source).What}", [StageNames.Import(source.Name), .. source.Sample is null ? (string[])[] : [StageNames.Sample]])
{
    static PeopleLabelling People(LoopDefinition loop, DataSource source) => new(loop, loop.Label!.Replay is null ? null : source, "-start");

    StartLabels Start => Loop.Label!.Start!;

    public override int ImagesToLabel => People(Loop, source).AsksPeople ? Start.Images : 0;
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(Start.Auto is null ? 1 : 90);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["images"] = Members(context.Workspace, source.Name),
        ["label"] = Text(Loop.Label),
        ["labels"] = Text(Loop.Labels),
        ["seed"] = Number(Loop.Seed),
    };

    public override StageOutcome Run(LoopContext context)
    {
        var catalogue = context.Workspace.Catalogue;
        // The order follows from seed and id alone: images that come later do not change who was drawn before.
        var order = catalogue.Images(new ImageQuery { Dataset = source.Name, HasPicture = true }).OrderBy(i => Draw(i.Id), StringComparer.Ordinal).ToList();
        var labels = Loop.Labels.Count > 0 ? Loop.Labels : throw new FlywheelException("LoopMissingKey", FaultCategory.InvalidArgument, "'label.start' needs to know which labels there are.", "labels", "Add 'labels: [closed, open]' to the loop.", new SourceLocation(Loop.File));
        var asked = Math.Min(Math.Max(Start.Images, Math.Min(Start.Most, order.TakeWhile(ByPeople).Count())), order.Count);
        var people = People(Loop, source);
        var (open, where) = people.Collect(context, order[..asked], labels);
        if (open > 0) return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{open:N0} of {Count(asked)} {where}"), null, StageStatus.Waiting);
        var dataset = catalogue.FindDataset(source.Name)!;
        if (dataset.Labelled == 0)
            throw new FlywheelException("NothingLabelled", FaultCategory.InvalidOperation, $"None of the {Count(asked)} drawn got a label.", source.Name, "Check where the labels come from.", new SourceLocation(Loop.File));
        var counts = string.Join(", ", dataset.LabelCounts.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Key} {l.Value:N0}")));
        return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{Count(dataset.Labelled)} of {dataset.Images:N0} labelled ({counts})"), new FirstLabelsOutput(dataset.VersionId))
        {
            Metrics = new Dictionary<string, double> { ["labelled"] = dataset.Labelled, ["byPeople"] = asked },
        };
    }

    static bool ByPeople(FlywheelImage image) => image.Label is not null && image.Provenance is not AnnotationProvenance.Auto;

    string Draw(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Loop.Seed}:{id}"))));
}

/// <summary>The dataset's version with its first labels.</summary>
sealed record FirstLabelsOutput(string Labels);
