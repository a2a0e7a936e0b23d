using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>
/// Makes several datasets of one source so that no group is in two of them. Sticky like a split: a group that is in a part stays there,
/// because an image judged on today must not be learned from tomorrow.
/// </summary>
sealed class DivideStage(LoopDefinition loop, DataSource source)
    : LoopStage(loop, StageNames.Divide(source.Name), $"divides {source.Name} into {string.Join(", ", source.Divide!.Parts.Select(p => p.Name))}", [StageNames.Import(source.Name)])
{
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(1);

    DivideOptions Options => source.Divide!;

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["import"] = context.Output<ImportOutput>(StageNames.Import(source.Name)).Members,
        ["divide"] = Text(Options),
        ["groupBy"] = source.GroupBy ?? "",
        ["production"] = Loop.Production ?? "",
        ["seed"] = Number(Loop.Seed),
    };

    public override bool OutputsExist(LoopContext context) => Options.Parts.All(p => context.Workspace.Catalogue.FindDataset(p.Name) is not null);

    public override StageOutcome Run(LoopContext context)
    {
        var catalogue = context.Workspace.Catalogue;
        var images = catalogue.Images(new ImageQuery { Dataset = source.Name }).ToList();
        var groupOf = images.ToDictionary(i => i.Id, i => source.GroupBy is { } tag ? i.Tags.TryGetValue(tag, out var value) ? "=" + value : i.Id : i.Id, StringComparer.Ordinal);
        if (source.GroupBy is { } by && !images.Exists(i => i.Tags.ContainsKey(by)))
            throw new FlywheelException("GroupTagNotFound", FaultCategory.InvalidArgument, $"No image of '{source.Name}' has the tag '{by}' to be kept together by.", by,
                $"Tags here: {string.Join(", ", images.SelectMany(i => i.Tags.Keys).Distinct().Order(StringComparer.Ordinal))}.", new SourceLocation(Loop.File));

        var partOf = new Dictionary<string, string>(StringComparer.Ordinal);
        var held = Options.Parts.ToDictionary(p => p.Name, _ => 0);
        foreach (var part in Options.Parts)
        {
            if (catalogue.FindDataset(part.Name) is null) continue;
            foreach (var image in catalogue.Images(new ImageQuery { Dataset = part.Name }))
            {
                held[part.Name]++;
                if (groupOf.TryGetValue(image.Id, out var group)) partOf.TryAdd(group, part.Name);
            }
        }
        // Groups in the order of their names, then shuffled: the seed alone decides, not the order of import.
        var groups = images.GroupBy(i => groupOf[i.Id], StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
        new SeededRandom(Loop.Seed).Shuffle(groups.AsSpan());
        var members = Options.Parts.ToDictionary(p => p.Name, _ => new List<string>());
        foreach (var group in groups)
        {
            if (!partOf.TryGetValue(group.Key, out var to))
                to = Options.Parts.FirstOrDefault(p => p.Images is { } wanted && held[p.Name] + members[p.Name].Count < wanted)?.Name ?? Options.Parts.FirstOrDefault(p => p.Images is null)?.Name;
            if (to is not null) members[to].AddRange(group.Select(i => i.Id));
        }
        foreach (var (part, ids) in members)
        {
            if (ids.Count == 0 && held[part] == 0)
                throw new FlywheelException("PartEmpty", FaultCategory.InvalidOperation, $"Nothing of '{source.Name}' ({Count(images.Count)} in {groups.Length:N0} groups) is left for '{part}'.", part,
                    "Give the other parts fewer images.", new SourceLocation(Loop.File));
            catalogue.AddMembers(part, ids);
            if (source.GroupBy is not null) catalogue.AssignSplits(part, new Dictionary<string, DataSplit>(), source.GroupBy);
        }

        // Import withheld the labels for production's sake; the other parts are there to be judged on, so they get theirs back.
        if (Loop.IsBlind(source) && !source.Unlabeled)
        {
            var judged = members.Where(m => m.Key != Loop.Production).SelectMany(m => m.Value).ToHashSet(StringComparer.Ordinal);
            Annotator.Replay(context.Workspace, SourceTruth.Open(source, context), images.Where(i => judged.Contains(i.Id)), context.Reporter, AnnotationProvenance.Imported, "loop");
        }
        foreach (var part in Options.Parts) catalogue.Snapshot(part.Name);
        var parts = Options.Parts.Select(p => catalogue.FindDataset(p.Name)!).ToArray();
        return new StageOutcome(string.Join(", ", parts.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name} {p.Images:N0}"))) + (source.GroupBy is { } g ? $" images, apart by {g}" : " images"),
            new DivideOutput(Options.Parts.ToDictionary(p => p.Name, p => Members(context.Workspace, p.Name))))
        {
            Metrics = parts.ToDictionary(p => p.Name, p => (double)p.Images),
        };
    }
}

/// <summary>Which images each part holds.</summary>
sealed record DivideOutput(IReadOnlyDictionary<string, string> Members);
