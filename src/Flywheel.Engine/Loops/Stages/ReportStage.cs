using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production;
using Flywheel.Engine.Reports;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Writes the page of the turn.</summary>
sealed class ReportStage(LoopDefinition loop) : LoopStage(loop, StageNames.Report, $"writes the report to {loop.Report}", Reads(loop))
{
    const int Tiles = 36;

    static string[] Reads(LoopDefinition loop)
    {
        var needs = new List<string> { StageNames.Prove };
        if (loop.Mine is not null) needs.AddRange([StageNames.Mine, StageNames.Select]);
        if (loop.LabelsProduction) needs.Add(StageNames.Label);
        if (loop.Publish is not null) needs.AddRange([StageNames.FirstPublish, StageNames.Publish]);
        if (loop.Watch is not null) needs.Add(StageNames.Watch);
        if (loop is { Production: not null, Retrain.When: not null }) needs.Add(StageNames.Decide);
        return [.. needs];
    }

    public override TimeSpan? Estimate => TimeSpan.FromSeconds(2);

    string PagePath => Path.Combine(Loop.Report, Loop.Name + ".html");

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context)
    {
        var inputs = new Dictionary<string, string> { ["path"] = PagePath, ["definition"] = LoopState.Hash(File.ReadAllText(Loop.File)), ["version"] = Version() };
        foreach (var need in Needs) inputs[need] = LoopState.Hash(Text(context.NotKept.GetValueOrDefault(need) ?? context.State.Find(need)?.Output)); // written anew, because the file's own layout differs from the memory's
        return inputs;
    }

    public override bool OutputsExist(LoopContext context) => File.Exists(context.State.Output<ReportOutput>(Name)?.Path);

    public override StageOutcome Run(LoopContext context)
    {
        var proof = context.Output<ProveOutput>(StageNames.Prove);
        var catalogue = context.Workspace.Catalogue;
        var start = proof.Arms.First(a => a.Key == "start");
        var last = proof.Arms[^1];
        var turned = last.ModelId != start.ModelId;
        var models = proof.Arms.DistinctBy(a => a.ModelId).Select(a => (Role: a.Key is "start" or "adapted" or "final" ? a.Key : "control " + a.Key, Model: context.Workspace.GetModel(a.ModelId))).ToList();

        var galleries = new List<ReportGallery>();
        galleries.Add(Wrong(context, start, turned ? "Failures before" : "Failures"));
        if (turned) galleries.Add(Wrong(context, last, "Failures after"));
        var mined = Loop.Mine is null ? null : context.Output<MineOutput>(StageNames.Mine);
        if (mined is not null) galleries.Add(Mined(context, mined));
        if (Loop.Mine is not null) galleries.Add(Chosen(context));

        var datasets = new List<(string, Dataset)>();
        foreach (var source in Loop.Data)
        {
            IEnumerable<string> sets = source.Divide is { } divide ? divide.Parts.Select(p => p.Name) : [source.Name];
            foreach (var name in sets)
            {
                var use = name == Loop.Train.Dataset ? "learned from" : name == Loop.Production ? "met in production" : Loop.Prove.On.Any(t => t.Dataset == name) ? "judged on" : "brought in";
                datasets.Add((use, context.Workspace.GetDataset(name)));
            }
        }
        var page = HtmlReport.Render(new ReportData
        {
            Name = Loop.Name,
            RunId = context.RunId,
            Definition = Loop.File,
            DefinitionText = File.ReadAllText(Loop.File),
            Time = DateTimeOffset.UtcNow,
            Seed = Loop.Seed,
            Targets = [.. Loop.Prove.On.Select(t => t.ToString())],
            Arms = proof.Arms,
            Before = turned ? start.Evaluations[0] : null,
            After = last.Evaluations[0],
            Comparison = turned ? last.AgainstStart : null,
            Requirement = Loop.Prove.RequireBetter ? GateStage.Judge(Loop, proof) : null,
            Publication = context.Seen<PublishOutput>(StageNames.Publish) ?? context.Seen<PublishOutput>(StageNames.FirstPublish),
            Watch = context.Seen<WatchOutput>(StageNames.Watch),
            Slices = mined?.Slices,
            SliceImages = mined?.Slices is { } slices ? Images(context, slices.SelectMany(s => s.Worst)).ToDictionary(i => i.Key, i => i.Value.Path, StringComparer.Ordinal) : [],
            Decision = context.Seen<RetrainingDecision>(StageNames.Decide),
            Adaptation = models.FirstOrDefault(m => m.Role == "adapted").Model?.Adaptation,
            Models = models,
            Datasets = datasets,
            Galleries = galleries,
            Stages = [.. context.Results],
            Environment =
            [
                ("Flywheel", Version()), (".NET", Environment.Version.ToString()), ("on", RuntimeInformation.OSDescription),
                ("processors", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
            ],
        }, context.Token);
        AtomicFile.Write(PagePath, page);
        return new StageOutcome(PagePath, new ReportOutput(PagePath));
    }

    static string Version() => typeof(ReportStage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>What a model gets wrong on the hold-out, the most confident mistakes first.</summary>
    ReportGallery Wrong(LoopContext context, LoopArm arm, string title)
    {
        var target = Loop.Prove.On[0];
        var model = context.Workspace.GetModel(arm.ModelId);
        var judged = target.Split == DataSplit.None ? null
            : context.Workspace.Catalogue.Images(new ImageQuery { Dataset = target.Dataset, Split = target.Split }).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        var wrong = FailureFinder.Find(context.Workspace, model, new FailureQuery { Dataset = target.Dataset, Suspected = false, Seed = Loop.Seed }, context.Reporter, context.Token)
            .Where(f => judged is null || judged.Contains(f.Image.Id)).ToList();
        return new ReportGallery(title, string.Create(CultureInfo.InvariantCulture, $"{wrong.Count:N0} of {arm.Evaluations[0].N:N0} images of {target} are taken for something else{(wrong.Count > Tiles ? $"; the {Tiles} most confident mistakes" : wrong.Count > 0 ? ", most confident first" : "")}. {arm.Title}."),
            [.. wrong.Take(Tiles).Select(f => new ReportTile(f.Image.Path, $"is {f.Truth}", string.Create(CultureInfo.InvariantCulture, $"said {f.Predicted}, {f.Confidence:0.00}"), "bad"))]);
    }

    ReportGallery Mined(LoopContext context, MineOutput output)
    {
        var mined = output.Failures;
        var images = Images(context, mined.Select(f => f.ImageId));
        return new ReportGallery("Suspected in production", string.Create(CultureInfo.InvariantCulture, $"What production's model probably gets wrong on {Loop.Production}, found without labels; {(mined.Count > Tiles ? $"the first {Tiles} of {mined.Count:N0}" : $"{mined.Count:N0}")}."),
            [.. mined.Take(Tiles).Where(f => images.ContainsKey(f.ImageId)).Select(f => new ReportTile(images[f.ImageId].Path, f.Reason.Split(',')[0], f.Group > 0 ? string.Create(CultureInfo.InvariantCulture, $"group {f.Group}") : "", f.Known ? "bad" : "plain"))]);
    }

    ReportGallery Chosen(LoopContext context)
    {
        var chosen = context.Output<SelectOutput>(StageNames.Select).Images;
        var labels = !Loop.LabelsProduction ? null : context.Output<LabelOutput>(StageNames.Label).Labels.Where(l => chosen.Any(c => c.ImageId == l.Key)).ToDictionary();
        var images = Images(context, chosen.Select(c => c.ImageId));
        var counts = labels is null ? "" : $"; labelled {string.Join(", ", labels.Values.CountBy(l => l).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key} {l.Value}"))}";
        return new ReportGallery("Chosen for labelling", string.Create(CultureInfo.InvariantCulture, $"{chosen.Count:N0} images of {Loop.Production} chosen by {Loop.Mine!.Strategy.ToString().ToLowerInvariant()}{counts}."),
            [.. chosen.Where(c => images.ContainsKey(c.ImageId)).Select(c => new ReportTile(images[c.ImageId].Path, labels?.GetValueOrDefault(c.ImageId) ?? "", c.Reason, "plain"))]);
    }

    static Dictionary<string, FlywheelImage> Images(LoopContext context, IEnumerable<string> ids) =>
        context.Workspace.Catalogue.Images(new ImageQuery { Ids = [.. ids] }).ToDictionary(i => i.Id, StringComparer.Ordinal);
}

/// <summary>Where the page lies.</summary>
sealed record ReportOutput(string Path);
