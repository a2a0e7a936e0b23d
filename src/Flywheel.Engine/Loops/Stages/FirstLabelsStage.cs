using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flywheel.Engine.Labelling;
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
        AutoLabelResult? automatic = null;
        string? refused = null;
        while (true)
        {
            var (open, where) = people.Collect(context, order[..asked], labels);
            if (open > 0) return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{(refused is null ? "" : refused + " ")}{open:N0} of {Count(asked)} {where}"), null, StageStatus.Waiting);
            if (Start.Auto is not { } promise || catalogue.FindDataset(source.Name)!.Labelled >= order.Count) break;
            try
            {
                automatic = AutoLabelService.Run(context.Workspace, new AutoLabelRequest { Dataset = source.Name, Precision = promise.Precision, Confidence = promise.Confidence, Seed = Loop.Seed, Threads = Loop.Train.Threads ?? 0 }, context.Reporter, context.Token);
                break;
            }
            catch (FlywheelException e) when (e.ErrorId is "PrecisionNotReachable" or "TooFewLabels")
            {
                refused = e.Message;
                // Some labels more than before, so that this ends; no more than people were to be asked for.
                var more = Math.Min(Math.Min(Math.Max(e.Target is int needed ? needed : 0, asked + 10), Start.Most), order.Count);
                if (more <= asked) break;
                asked = more;
            }
        }
        if (automatic is null && refused is not null) context.Reporter.Warning($"{refused} The loop goes on with the labels of people alone.");
        var dataset = catalogue.FindDataset(source.Name)!;
        if (dataset.Labelled == 0)
            throw new FlywheelException("NothingLabelled", FaultCategory.InvalidOperation, $"None of the {Count(asked)} drawn got a label.", source.Name, "Check where the labels come from.", new SourceLocation(Loop.File));
        var counts = string.Join(", ", dataset.LabelCounts.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Key} {l.Value:N0}")));
        return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{Count(dataset.Labelled)} of {dataset.Images:N0} labelled ({counts}){Automatic(automatic)}"), new FirstLabelsOutput(dataset.VersionId))
        {
            Metrics = new Dictionary<string, double> { ["labelled"] = dataset.Labelled, ["byPeople"] = asked, ["automatic"] = automatic?.Written ?? 0 },
        };
    }

    static string Automatic(AutoLabelResult? result) => result is null ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {result.Written:N0} of them automatically: {result.Bound * 100:0.0} % of these are right at least, with {result.Confidence:P0} confidence (n {result.Tested:N0}, {result.Errors:N0} wrong)");

    static bool ByPeople(FlywheelImage image) => image.Label is not null && image.Provenance is not AnnotationProvenance.Auto;

    string Draw(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Loop.Seed}:{id}"))));
}

/// <summary>The dataset's version with its first labels.</summary>
sealed record FirstLabelsOutput(string Labels);
