using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production;
using Flywheel.Engine.Production.Slices;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Finds what the model probably gets wrong in production.</summary>
sealed class MineStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Mine, $"finds failures in {loop.Production}{(loop.Mine!.Slices is null ? "" : " and names their conditions")}",
        [loop.Publish is null ? AdaptStage.CurrentStage(loop) : StageNames.Produce, ProduceStage.ProductionSource(loop)])
{
    /// <summary>The model in production, where the loop publishes; else the one it would run now.</summary>
    static string Judged(LoopDefinition loop, LoopContext context) => loop.Publish is null ? AdaptStage.Current(loop, context) : ProduceStage.InProduction(loop, context);

    public override TimeSpan? Estimate => TimeSpan.FromSeconds(2);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["model"] = Judged(Loop, context),
        ["images"] = Members(context.Workspace, Loop.Production!),
        ["failures"] = Number(Loop.Mine!.Failures),
        ["slices"] = Text(Loop.Mine.Slices),
        ["reports"] = Number(context.Workspace.Catalogue.Feedback(new FeedbackQuery { ModelId = Judged(Loop, context) }).Count()),
        ["seed"] = Number(Loop.Seed),
    };

    public override bool OutputsExist(LoopContext context) => context.State.Output<MineOutput>(Name) is { } made && (made.ContactSheet is null || File.Exists(made.ContactSheet));

    public override StageOutcome Run(LoopContext context)
    {
        var model = context.Workspace.GetModel(Judged(Loop, context));
        var sheet = Path.Combine(context.RunFolder, "failures.png");
        var failures = FailureFinder.Find(context.Workspace, model, new FailureQuery { Dataset = Loop.Production, First = Loop.Mine!.Failures, ContactSheet = sheet, Seed = Loop.Seed }, context.Reporter, context.Token);
        var known = failures.Count(f => f.Known);
        var groups = failures.Select(f => f.Group).Where(g => g > 0).Distinct().Count();
        var slices = Slices(context, model);
        return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{failures.Count:N0} failures ({known:N0} known, {failures.Count - known:N0} suspected){(groups > 1 ? $" in {groups} groups of appearance" : "")}{(slices is null ? "" : slices.Count == 0 ? "; no slice confirmed" : $"; {slices.Count} confirmed slice{(slices.Count == 1 ? "" : "s")}: {string.Join("; ", slices.Take(5).Select(s => s.Text))}")}"),
            new MineOutput(File.Exists(sheet) ? sheet : null, [.. failures.Select(f => new MinedFailure(f.Image.Id, f.Reason, f.Known, f.Group))], slices?.OrderBy(s => s.Rank).Select(s => new MinedSlice(s.Text, s.Images, s.ErrorRate, s.RateElsewhere, s.Q, s.Known, [.. s.ImageIds.Take(MinedSlice.Shown)], s.ContactSheetPath)).ToArray()))
        {
            Metrics = new Dictionary<string, double> { ["failures"] = failures.Count, ["known"] = known, ["groups"] = groups, ["slices"] = slices?.Count ?? 0 },
        };
    }

    /// <summary>The confirmed slices; null where the loop does not ask for them, or there are too few predictions to find any.</summary>
    IReadOnlyList<Slice>? Slices(LoopContext context, Model model)
    {
        if (Loop.Mine!.Slices is not { } options) return null;
        try
        {
            return SliceFinder.Find(context.Workspace, model, new SliceQuery
            {
                Dataset = Loop.Production,
                Conditions = options.Conditions,
                MaxQ = options.MaxQ,
                Against = options.Against,
                ContactSheetFolder = Path.Combine(context.RunFolder, "slices"),
                Seed = Loop.Seed,
            }, context.Reporter, context.Token);
        }
        catch (FlywheelException few) when (few.ErrorId == "TooFewToSlice")
        {
            context.Reporter.Warning(few.Message);
            return null;
        }
    }
}

/// <summary>The failures, worst first, and the confirmed slices, null where none were sought.</summary>
sealed record MineOutput(string? ContactSheet, IReadOnlyList<MinedFailure> Failures, IReadOnlyList<MinedSlice>? Slices = null);

/// <summary>A confirmed slice in words and figures, with its worst images and its sheet.</summary>
sealed record MinedSlice(string Text, int Images, Metric ErrorRate, double RateElsewhere, double Q, bool Known, IReadOnlyList<string> Worst, string? ContactSheet)
{
    /// <summary>As many of its images are kept for the report.</summary>
    public const int Shown = 12;
}

/// <summary>One of them.</summary>
sealed record MinedFailure(string ImageId, string Reason, bool Known, int Group);
