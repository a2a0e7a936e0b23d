using System.Globalization;
using System.Text;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Brings one source into the dataset of its name.</summary>
sealed class ImportStage(LoopDefinition loop, DataSource source)
    : LoopStage(loop, StageNames.Import(source.Name), $"imports {source.Path ?? "the drawn samples"}", source.Sample is null ? [] : [StageNames.Sample])
{
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(2);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context)
    {
        var path = SourceTruth.PathOf(source, context, truth: false);
        return new Dictionary<string, string>
        {
            ["path"] = path,
            ["files"] = Listing(path, context.Token),
            ["namePattern"] = source.NamePattern ?? "",
            ["labelMap"] = Text(new SortedDictionary<string, string>(source.LabelMap.ToDictionary(), StringComparer.Ordinal)),
            ["groupBy"] = source.GroupBy ?? "",
            ["limit"] = source.Limit is { } limit ? string.Create(CultureInfo.InvariantCulture, $"{limit} by seed {Loop.Seed}") : "",
            ["labels"] = Loop.IsBlind(source) ? "withheld" : Text(Loop.Labels),
        };
    }

    public override bool OutputsExist(LoopContext context) => context.Workspace.Catalogue.FindDataset(source.Name) is not null;

    public override StageOutcome Run(LoopContext context)
    {
        var blind = Loop.IsBlind(source);
        var result = DatasetImporter.Import(context.Workspace, new ImportRequest
        {
            Path = SourceTruth.PathOf(source, context, truth: false),
            Name = source.Name,
            NamePattern = source.NamePattern,
            LabelMap = blind || source.LabelMap.Count == 0 ? null : source.LabelMap,
            Unlabeled = blind,
            Limit = source.Limit,
            Seed = Loop.Seed,
        }, context.Reporter, context.Token);
        var dataset = result.Dataset;
        if (Loop.Labels.Count > 0 && dataset.Labels.Except(Loop.Labels).ToArray() is { Length: > 0 } foreign)
            throw new FlywheelException("LabelNotListed", FaultCategory.InvalidData, $"The dataset '{source.Name}' has labels that 'labels' does not list: {string.Join(", ", foreign)}.", foreign[0],
                $"Add them to 'labels', or turn them into {string.Join(" or ", Loop.Labels)} with data.{source.Name}.labelMap.", new SourceLocation(Loop.File));
        if (dataset.Images > result.Added + result.AlreadyPresent)
            context.Reporter.Warning($"The dataset '{source.Name}' holds {Count(dataset.Images)}; {dataset.Images - result.Added - result.AlreadyPresent:N0} of them come from earlier imports and stay in it. Use another workspace for a fresh start.");
        if (source is { GroupBy: { } tag, Split: null, Divide: null })
        {
            // Split and divide stages remember the tag themselves; a plain hold-out needs it for its intervals.
            if (!context.Workspace.Catalogue.Images(new ImageQuery { Dataset = source.Name }).Any(i => i.Tags.ContainsKey(tag)))
                throw new FlywheelException("GroupTagNotFound", FaultCategory.InvalidArgument, $"No image of '{source.Name}' has the tag '{tag}' to be kept together by.", tag, "Name a tag that the file names or the manifest give.", new SourceLocation(Loop.File));
            context.Workspace.Catalogue.AssignSplits(source.Name, new Dictionary<string, DataSplit>(), tag);
        }
        var labels = blind ? "labels withheld" : string.Join(", ", dataset.LabelCounts.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Key} {l.Value:N0}")));
        var failed = result.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {result.Failed:N0} files could not be taken") : "";
        return new StageOutcome($"{Count(dataset.Images)} ({labels}), {result.Added:N0} new{failed}", new ImportOutput(Members(context.Workspace, source.Name)))
        {
            Metrics = new Dictionary<string, double> { ["images"] = dataset.Images, ["added"] = result.Added, ["failed"] = result.Failed, ["perSecond"] = result.Rate },
        };
    }

    /// <summary>Name, size and time of every file below a folder, or beside a manifest; hashed, because there may be many.</summary>
    static string Listing(string path, CancellationToken token)
    {
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path)!;
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.System };
        var text = new StringBuilder();
        try
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", options).OrderBy(f => f.FullName, StringComparer.Ordinal))
            {
                token.ThrowIfCancellationRequested();
                text.Append(CultureInfo.InvariantCulture, $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}\n");
            }
        }
        catch (IOException e)
        {
            throw new FlywheelException("LoopPathNotFound", FaultCategory.NotFound, $"The folder '{folder}' cannot be listed: {e.Message}", folder, "Check the path.", inner: e);
        }
        return LoopState.Hash(text.ToString());
    }
}

/// <summary>Which images came in.</summary>
sealed record ImportOutput(string Members);
