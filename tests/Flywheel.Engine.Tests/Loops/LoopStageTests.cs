using Flywheel.Engine.Loops;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Loops.Stages;

namespace Flywheel.Engine.Tests.Loops;

/// <summary>The stages around the trainings: bringing data in, keeping it apart, getting it labelled.</summary>
public sealed class LoopStageTests : IDisposable
{
    readonly TemporaryWorkspace _w = new();
    readonly string _file;

    public LoopStageTests()
    {
        _file = Path.Combine(_w.Folder, "a.flywheel.yaml");
        for (var photo = 0; photo < 30; photo++)
            foreach (var (side, at) in new[] { ("L", 0), ("R", 1) })
                _w.Write($"field/{(photo % 3 == 0 ? "closedEyes" : "openEyes")}/p{photo:00}_{side}.png", Pictures.Png(photo * 2 + at));
        for (var i = 0; i < 24; i++) _w.Write($"lab/{(i % 2 == 0 ? "closed" : "open")}/s{i % 6}_{i:00}.png", Pictures.Png(500 + i));
    }

    public void Dispose() => _w.Dispose();

    LoopDefinition Loop(string change = "", string to = "", string label = "replay: field")
    {
        var yaml = $$"""
            flywheel: 1
            name: a
            labels: [closed, open]
            seed: 3
            data:
              lab: { path: data/lab, namePattern: '(?<subject>s\d)_', groupBy: subject, split: { train: 0.5, validation: 0.2, test: 0.3 } }
              field: { path: data/field, namePattern: '(?<label>open|closed)Eyes/(?<photo>p\d+)_', groupBy: photo, divide: { pool: 20, holdout: rest } }
            train: { dataset: lab }
            production: pool
            mine: { budget: 5, strategy: random }
            label: { {{label}} }
            prove: { on: [holdout, lab.test] }
            """;
        File.WriteAllText(_file, change.Length > 0 ? yaml.Replace(change, to) : yaml);
        var (loop, faults) = LoopFile.Read(_file, null, null, _ => null);
        Assert.Empty(faults);
        return loop!;
    }

    LoopContext Context() => new(_w.Workspace, LoopState.Load(Path.Combine(_w.Folder, "state.json"), _w.Reports), "run", Path.Combine(_w.Folder, "run"), _w.Reports, default);

    /// <summary>Runs stages and keeps their outputs, as the runner does.</summary>
    StageOutcome Do(LoopContext context, ILoopStage stage)
    {
        var outcome = stage.Run(context);
        if (outcome.Status == StageStatus.Done) context.State.Save(stage.Name, new StageRecord
        {
            Fingerprint = LoopState.Fingerprint(stage.Inputs(context)),
            Inputs = stage.Inputs(context),
            Output = outcome.Output is null ? null : System.Text.Json.JsonSerializer.SerializeToElement(outcome.Output, LoopJson.Options),
            Summary = outcome.Summary,
            RunId = "run",
        });
        return outcome;
    }

    LoopContext Divided(LoopDefinition loop)
    {
        var context = Context();
        foreach (var stage in LoopStages.Of(loop).TakeWhile(s => s.Name != StageNames.Train)) Do(context, stage);
        return context;
    }

    List<FlywheelImage> Images(string dataset) => [.. _w.Workspace.Catalogue.Images(new ImageQuery { Dataset = dataset })];

    [Fact]
    public void Production_is_met_without_labels_and_the_hold_out_has_them()
    {
        Divided(Loop());
        Assert.All(Images("pool"), i => Assert.Null(i.Label));
        Assert.All(Images("holdout"), i => Assert.Equal(i.Path.Contains("closedEyes") ? "closed" : "open", i.Label));
        Assert.Equal((20, 40), (Images("pool").Count, Images("holdout").Count));
    }

    [Fact]
    public void The_parts_share_no_group()
    {
        Divided(Loop());
        Assert.Empty(Images("pool").Select(i => i.Tags["photo"]).Intersect(Images("holdout").Select(i => i.Tags["photo"])));
        Assert.Equal("photo", _w.Workspace.GetDataset("holdout").GroupBy);
    }

    [Fact]
    public void A_hold_out_stays_one_when_the_seed_or_the_sizes_change()
    {
        Divided(Loop());
        var before = Images("holdout").Select(i => i.Id).ToHashSet();
        Divided(Loop("seed: 3", "seed: 4"));
        Divided(Loop("pool: 20", "pool: 30"));
        Assert.Equal(before, Images("holdout").Select(i => i.Id).ToHashSet());
        Assert.Equal(20, Images("pool").Count);
    }

    [Fact]
    public void New_images_of_a_known_group_follow_it()
    {
        Divided(Loop());
        var photo = Images("holdout")[0].Tags["photo"];
        _w.Write($"field/openEyes/{photo}_X.png", Pictures.Png(900));
        Divided(Loop());
        Assert.Contains(Images("holdout"), i => i.Name == $"{photo}_X.png");
    }

    [Fact]
    public void Another_seed_divides_otherwise()
    {
        Divided(Loop());
        var first = Images("pool").Select(i => i.Id).ToHashSet();
        using var other = new LoopStageTests();
        other.Divided(other.Loop("seed: 3", "seed: 5"));
        Assert.NotEqual(first, other.Images("pool").Select(i => i.Id).ToHashSet());
    }

    [Fact]
    public void Labels_the_loop_does_not_list_are_refused()
    {
        var fault = Assert.Throws<FlywheelException>(() => Divided(Loop("labels: [closed, open]", "labels: [closed, opened]")));
        Assert.Equal(("LabelNotListed", (object)"open"), (fault.ErrorId, fault.Target));
    }

    [Fact]
    public void A_changed_file_changes_what_import_depends_on_and_nothing_else_does()
    {
        var loop = Loop();
        var context = Context();
        var import = LoopStages.Of(loop)[0];
        var before = import.Inputs(context);
        Assert.Equal(before, import.Inputs(context));
        _w.Write("lab/open/s1_99.png", Pictures.Png(999));
        Assert.Equal(["files"], import.Inputs(context).Where(i => before[i.Key] != i.Value).Select(i => i.Key));
    }

    LoopContext Chosen(LoopDefinition loop)
    {
        var context = Divided(loop);
        var pool = Images("pool").OrderBy(i => i.Id).Take(5).Select(i => new ChosenImage(i.Id, "random", true)).ToArray();
        context.State.Save(StageNames.Select, new StageRecord { Fingerprint = "", Inputs = new Dictionary<string, string>(), Summary = "", RunId = "run", Output = System.Text.Json.JsonSerializer.SerializeToElement(new SelectOutput(pool), LoopJson.Options) });
        return context;
    }

    [Fact]
    public void Replay_gives_the_truth_of_the_chosen_images_and_of_no_other()
    {
        var loop = Loop();
        var context = Chosen(loop);
        Do(context, new LabelStage(loop));
        var labelled = Images("pool").Where(i => i.Label is not null).ToArray();
        Assert.Equal(context.Output<SelectOutput>(StageNames.Select).Images.Select(i => i.ImageId).Order(), labelled.Select(i => i.Id).Order());
        Assert.All(labelled, i => Assert.Equal(i.Path.Contains("closedEyes") ? "closed" : "open", i.Label));
    }

    [Fact]
    public void A_labelling_folder_waits_until_people_have_filled_it_in_and_then_goes_on()
    {
        var folder = Path.Combine(_w.Folder, "to-label");
        var loop = Loop(label: "folder: to-label");
        var context = Chosen(loop);
        var stage = new LabelStage(loop);
        Assert.Equal(5, stage.ImagesToLabel);

        var waiting = Do(context, stage);
        Assert.Equal(StageStatus.Waiting, waiting.Status);
        Assert.Contains("5 of 5 images wait for a label", waiting.Summary);
        var manifest = Path.Combine(folder, "manifest.csv");
        var lines = File.ReadAllLines(manifest);
        Assert.Equal("path,label", lines[0]);
        Assert.All(lines[1..], l => Assert.Matches(@"^\d{4}-[0-9a-f]{12}\.png,$", l));
        Assert.All(lines[1..], l => Assert.True(File.Exists(Path.Combine(folder, l.TrimEnd(',')))));

        // Half done, with a slip of the pen: what is right is taken, the rest still waits, and what people wrote stays.
        File.WriteAllLines(manifest, [lines[0], lines[1] + "open", lines[2] + "opne", .. lines[3..]]);
        Assert.Contains("4 of 5", Do(context, stage).Summary);
        // An empty cell is no fault: it is what waiting looks like.
        Assert.Equal(("LabelNotListed", (object)"opne"), (Assert.Single(_w.Reports.Faults).ErrorId, _w.Reports.Faults.First().Target));
        Assert.Equal(lines[1] + "open", File.ReadAllLines(manifest)[1]);

        File.WriteAllLines(manifest, [lines[0], lines[1] + "open", lines[2] + "open", lines[3] + "closed", lines[4] + "closed", lines[5] + "-"]);
        var done = Do(context, stage);
        Assert.Equal(StageStatus.Done, done.Status);
        Assert.Equal("4 images labelled (closed 2, open 2)", done.Summary);
        Assert.Equal(4, context.Output<LabelOutput>(StageNames.Label).Labels.Count);
    }

    [Fact]
    public void Labels_given_elsewhere_meanwhile_count()
    {
        var loop = Loop(label: "folder: to-label");
        var context = Chosen(loop);
        Do(context, new LabelStage(loop));
        _w.Workspace.Catalogue.Annotate([.. context.Output<SelectOutput>(StageNames.Select).Images.Select(i => new AnnotationChange(i.ImageId, "open", AnnotationProvenance.Human, "ann"))]);
        Assert.Equal(StageStatus.Done, Do(context, new LabelStage(loop)).Status);
    }

    [Fact]
    public void A_labelling_folder_that_holds_something_else_is_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(_w.Folder, "to-label"));
        File.WriteAllText(Path.Combine(_w.Folder, "to-label", "thesis.txt"), "x");
        var loop = Loop(label: "folder: to-label");
        Assert.Equal("LabelFolderInUse", Assert.Throws<FlywheelException>(() => Do(Chosen(loop), new LabelStage(loop))).ErrorId);
    }

    [Fact]
    public void Audited_labels_set_off_the_adaptation_again_and_other_labels_do_not()
    {
        var loop = Loop("production: pool", "production: pool\nadapt: true");
        var context = Divided(loop);
        context.State.Save(StageNames.Train, new StageRecord { Fingerprint = "", Inputs = new Dictionary<string, string>(), Summary = "", RunId = "run", Output = System.Text.Json.JsonSerializer.SerializeToElement(new ModelOutput("m"), LoopJson.Options) });
        var stage = new AdaptStage(loop);
        var before = stage.Inputs(context);
        var pool = Images("pool");
        _w.Workspace.Catalogue.Annotate([new AnnotationChange(pool[0].Id, "open", AnnotationProvenance.Human, "ann")]);
        Assert.Equal(before, stage.Inputs(context));
        _w.Workspace.Catalogue.AddAuditPicks([new AuditPick { ImageId = pool[1].Id, ModelId = "m", Probability = 0.5 }]);
        var drawn = stage.Inputs(context);
        _w.Workspace.Catalogue.Annotate([new AnnotationChange(pool[1].Id, "open", AnnotationProvenance.Human, "ann")]);
        Assert.Equal(["audited"], stage.Inputs(context).Where(i => drawn[i.Key] != i.Value).Select(i => i.Key));
    }

    [Fact]
    public void What_an_endpoint_records_is_looked_at_after_the_first_model_is_out() =>
        Assert.Equal(["import lab", "split lab", "import field", "divide field", "train", "evaluate", "first publish", "import inbox", "production", "mine", "select", "prove", "publish", "report"],
            LoopStages.Of(Loop("train: { dataset: lab }\nproduction: pool\nmine: { budget: 5, strategy: random }\nlabel: { replay: field }", "  inbox: { recorded: true }\ntrain: { dataset: lab }\npublish: { gate: ['accuracy >= 0.5'] }\nproduction: inbox\nmine: { budget: 5, strategy: random }")).Select(s => s.Name));

    [Fact]
    public void The_stages_come_in_the_order_of_the_wheel() =>
        Assert.Equal(["import lab", "split lab", "import field", "divide field", "train", "evaluate", "production", "mine", "select", "label", "retrain", "control plain", "control failure", "prove", "report", "gate"],
            LoopStages.Of(Loop("prove: { on: [holdout, lab.test] }", "controls: [plain, failure]\nprove: { on: [holdout, lab.test], require: better }")).Select(s => s.Name));

    [Fact]
    public void Every_stage_needs_only_stages_before_it()
    {
        var seen = new HashSet<string>();
        foreach (var stage in LoopStages.Of(Loop("production: pool", "production: pool\nadapt: true\ncontrols: [plain, failure, labels-random]")))
        {
            Assert.All(stage.Needs, n => Assert.Contains(n, seen));
            Assert.True(seen.Add(stage.Name));
        }
    }

    [Fact]
    public void A_faulty_file_runs_nothing_makes_no_workspace_and_reports_every_fault()
    {
        Loop();
        File.WriteAllText(_file, File.ReadAllText(_file).Replace("seed: 3", "sead: 3").Replace("production: pool", "production: poll"));
        var request = new LoopRequest { Path = _file, Workspace = Path.Combine(_w.Folder, "fresh") };
        var fault = Assert.Throws<FlywheelException>(() => LoopService.Run(request, _w.Reports, default));
        Assert.Equal("LoopInvalid", fault.ErrorId);
        Assert.Contains("2 faults", fault.Message);
        Assert.Equal(["LoopUnknownKey", "LoopInvalidValue"], _w.Reports.FaultIds);
        Assert.False(Directory.Exists(request.Workspace));
    }

    [Fact]
    public void A_plan_makes_no_workspace_and_tells_the_cost()
    {
        Loop(label: "folder: to-label");
        var request = new LoopRequest { Path = _file, Workspace = Path.Combine(_w.Folder, "fresh") };
        var plan = LoopService.Plan(request, _w.Reports, default);
        Assert.All(plan, p => Assert.True(p.WouldRun));
        Assert.Equal(5, plan.Sum(p => p.ImagesToLabel));
        Assert.True(plan.Single(p => p.Name == "train").Estimate > TimeSpan.FromSeconds(5));
        Assert.False(Directory.Exists(request.Workspace));
    }

    [Fact]
    public void A_run_whose_process_was_killed_shows_as_interrupted()
    {
        var folder = Path.Combine(_w.Workspace.RunsPath, "20260101-000000-abcd");
        using (var journal = new LoopJournal(folder, TimeProvider.System))
        {
            journal.Write("start", ("loop", "a"), ("definition", "a.yaml"));
            journal.Write("stage-start", ("stage", "import lab"), ("why", "it has not run yet"));
            journal.Write("stage-done", ("stage", "import lab"), ("seconds", 1.5), ("summary", "24 images"));
            journal.Write("stage-start", ("stage", "train"), ("why", "it has not run yet"));
        }
        File.AppendAllText(Path.Combine(folder, LoopJournal.FileName), "{\"torn");
        var run = Assert.Single(LoopService.Runs(_w.Workspace));
        Assert.Equal(LoopStatus.Interrupted, run.Status);
        Assert.Equal([("import lab", StageStatus.Done), ("train", StageStatus.Cancelled)], run.Stages.Select(s => (s.Name, s.Status)));
        Assert.Null(run.Ended);
    }

    // ---- the labels a loop begins with

    const string WithStart = "mine: { budget: 5, strategy: random }";

    LoopDefinition Starting(string label) => Loop(WithStart, "", label);

    [Fact]
    public void A_loop_that_begins_with_labels_withholds_those_of_its_training_data_and_replays_just_the_drawn()
    {
        var loop = Starting("replay: lab, start: 12");
        var context = Divided(loop);
        var lab = Images("lab");
        Assert.Equal((24, 12), (lab.Count, lab.Count(i => i.Label is not null)));
        Assert.All(lab.Where(i => i.Label is not null), i => Assert.Contains($"/{i.Label}/", i.Path));
        Assert.All(lab.Where(i => i.Label is not null), i => Assert.Equal(AnnotationProvenance.Human, i.Provenance));
        Assert.DoesNotContain(LoopStages.Of(loop), s => s.Name == StageNames.Label); // nothing is mined
        // The same seed draws the same images.
        var drawn = lab.Where(i => i.Label is not null).Select(i => i.Id).ToHashSet();
        Assert.StartsWith("12 images of 24 labelled", Do(context, LoopStages.Of(loop).First(s => s.Name == StageNames.FirstLabels)).Summary, StringComparison.Ordinal);
        Assert.Equal(drawn, Images("lab").Where(i => i.Label is not null).Select(i => i.Id).ToHashSet());
    }

    [Fact]
    public void People_who_label_first_in_the_studio_hold_the_loop_up_until_they_are_done()
    {
        var loop = Starting("studio: eyes, start: 10");
        var context = Context();
        var stages = LoopStages.Of(loop).TakeWhile(s => !s.Name.StartsWith("split", StringComparison.Ordinal)).ToList();
        Assert.Equal(["import lab", "first labels"], stages.Select(s => s.Name));
        Do(context, stages[0]);
        var waiting = Do(context, stages[1]);
        Assert.Equal(StageStatus.Waiting, waiting.Status);
        Assert.Contains("10 of 10 images wait for a label in the queue 'eyes-start'", waiting.Summary, StringComparison.Ordinal);
        Assert.Contains("Start-FlywheelStudio -Queue eyes-start", waiting.Summary, StringComparison.Ordinal);
        Assert.Null(context.State.Find(StageNames.FirstLabels));

        var items = _w.Workspace.Catalogue.Claim("eyes-start", "ann", 10, DateTimeOffset.UtcNow.AddMinutes(5));
        _w.Workspace.Catalogue.Answer("eyes-start", "ann", [.. items.Skip(1).Select((i, n) => new QueueAnswer(i.ImageId, QueueItemState.Done, new AnnotationChange(i.ImageId, n % 2 == 0 ? "open" : "closed", AnnotationProvenance.Human, "ann")))]);
        Assert.Contains("1 of 10 images wait", Do(context, stages[1]).Summary, StringComparison.Ordinal);
        Assert.Single(_w.Workspace.Catalogue.Queues()); // the same queue, not one more
        _w.Workspace.Catalogue.Answer("eyes-start", "ann", [new QueueAnswer(items[0].ImageId, QueueItemState.Flagged, null, "no eye")]);
        Assert.Equal(StageStatus.Done, Do(context, stages[1]).Status);
        Assert.Equal(9, Images("lab").Count(i => i.Label is not null));
    }

    [Fact]
    public void Each_turn_has_a_queue_of_its_own_in_the_studio()
    {
        var loop = Loop(label: "studio: eyes");
        var context = Divided(loop);
        var pool = Images("pool");
        var label = LoopStages.Of(loop).First(s => s.Name == StageNames.Label);
        foreach (var (skip, name) in new[] { (0, "eyes"), (5, "eyes-2"), (0, "eyes") })
        {
            context.State.Save(StageNames.Select, new StageRecord { Fingerprint = "x", Inputs = new Dictionary<string, string>(), Summary = "", RunId = "run", Output = System.Text.Json.JsonSerializer.SerializeToElement(new SelectOutput([.. pool.Skip(skip).Take(5).Select(i => new ChosenImage(i.Id, "", true))]), LoopJson.Options) });
            Assert.Contains($"queue '{name}'", Do(context, label).Summary, StringComparison.Ordinal);
        }
        Assert.Equal(["eyes", "eyes-2"], _w.Workspace.Catalogue.Queues().Select(q => q.Name));
    }
}
