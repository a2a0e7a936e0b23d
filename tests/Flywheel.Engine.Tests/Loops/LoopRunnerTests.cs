using System.Text.Json;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Tests.Loops;

/// <summary>What runs, what is skipped and what the journal says, with stages that only pretend.</summary>
public sealed class LoopRunnerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-runner-").FullName;
    readonly RecordingReporter _reporter = new();
    readonly FakeStage _import = new("import") { Given = { ["path"] = "a" } };
    readonly FakeStage _train = new("train", "import") { Given = { ["seed"] = "1" } };
    readonly FakeStage _prove = new("prove", "train");
    int _run;

    public void Dispose() => Directory.Delete(_folder, true);

    (LoopStatus Status, LoopContext Context) Run(bool force = false, CancellationToken token = default)
    {
        var folder = Path.Combine(_folder, "runs", $"r{++_run}");
        using var journal = new LoopJournal(folder, TimeProvider.System);
        var runner = new LoopRunner([_import, _train, _prove], TimeProvider.System);
        var reporter = new StageReporter(_reporter, journal, runner.Hear);
        var context = new LoopContext(null, LoopState.Load(Path.Combine(_folder, "state.json"), _reporter), $"r{_run}", folder, reporter, token);
        return (runner.Run(context, journal, reporter, _reporter, "Loop", force), context);
    }

    IReadOnlyList<PlannedStage> Plan() =>
        new LoopRunner([_import, _train, _prove], TimeProvider.System)
            .Plan(new LoopContext(null, LoopState.Load(Path.Combine(_folder, "state.json"), _reporter), "plan", _folder, _reporter, default), false);

    string[] Events(int run) => [.. LoopJournal.Read(Path.Combine(_folder, "runs", $"r{run}")).Select(e =>
        e.GetProperty("event").GetString() + (e.TryGetProperty("stage", out var s) ? " " + s.GetString() : ""))];

    [Fact]
    public void A_second_run_skips_every_stage_whose_inputs_did_not_change()
    {
        Assert.Equal(LoopStatus.Done, Run().Status);
        var (status, context) = Run();
        Assert.Equal(LoopStatus.Done, status);
        Assert.All(context.Results, r => Assert.Equal(StageStatus.Skipped, r.Status));
        Assert.Equal([1, 1, 1], [_import.Runs, _train.Runs, _prove.Runs]);
        Assert.Equal(["stage-skipped import", "stage-skipped train", "stage-skipped prove"], Events(2));
    }

    [Fact]
    public void A_change_runs_the_stage_and_what_depends_on_it_and_says_why()
    {
        Run();
        _train.Given["seed"] = "2";
        var (_, context) = Run();
        Assert.Equal([StageStatus.Skipped, StageStatus.Done, StageStatus.Done], context.Results.Select(r => r.Status));
        Assert.Equal("changed: seed", context.Results[1].Why);
        Assert.Equal("changed: train", context.Results[2].Why);
    }

    [Fact]
    public void A_stage_that_makes_the_same_again_leaves_the_later_ones_alone()
    {
        Run();
        _import.Given["path"] = "b";
        _import.Does = _ => new StageOutcome("same", new FakeStage.Made("aimport"));
        var (_, context) = Run();
        Assert.Equal([StageStatus.Done, StageStatus.Skipped, StageStatus.Skipped], context.Results.Select(r => r.Status));
    }

    [Fact]
    public void A_stage_whose_output_is_gone_runs_again()
    {
        Run();
        _train.Exists = false;
        var (_, context) = Run();
        Assert.Equal("what it made is gone", context.Results[1].Why);
        Assert.Equal(2, _train.Runs);
    }

    [Fact]
    public void Force_runs_everything()
    {
        Run();
        Run(force: true);
        Assert.Equal([2, 2, 2], [_import.Runs, _train.Runs, _prove.Runs]);
    }

    [Fact]
    public void A_failing_stage_keeps_what_was_done_and_the_next_run_goes_on_there()
    {
        _train.Does = _ => throw new FlywheelException("NoLabels", FaultCategory.InvalidOperation, "There are no labels.", "x", "Label some.");
        Assert.Throws<FlywheelException>(() => Run());
        Assert.Equal(["stage-start import", "stage-done import", "stage-start train", "stage-failed train"], Events(1));
        _train.Does = null;
        var (status, context) = Run();
        Assert.Equal(LoopStatus.Done, status);
        Assert.Equal([StageStatus.Skipped, StageStatus.Done, StageStatus.Done], context.Results.Select(r => r.Status));
    }

    [Fact]
    public void A_stage_stopped_by_the_user_is_not_taken_for_done_even_if_it_returns()
    {
        using var stop = new CancellationTokenSource();
        _train.Does = _ =>
        {
            stop.Cancel();
            return new StageOutcome("best so far", new FakeStage.Made("half"));
        };
        Assert.Throws<OperationCanceledException>(() => Run(token: stop.Token));
        _train.Does = null;
        var (_, context) = Run();
        Assert.Equal("it has not run yet", context.Results[1].Why);
    }

    [Fact]
    public void A_stage_that_waits_for_people_ends_the_run_and_runs_again_next_time()
    {
        _train.Does = _ => new StageOutcome("label 80 images", null, StageStatus.Waiting);
        Assert.Equal(LoopStatus.WaitingForPeople, Run().Status);
        Assert.Equal(0, _prove.Runs);
        _train.Does = null;
        Assert.Equal(LoopStatus.Done, Run().Status);
        Assert.Equal((1, 2, 1), (_import.Runs, _train.Runs, _prove.Runs));
    }

    [Fact]
    public void A_stage_that_ends_the_turn_is_done_and_what_comes_after_stays_as_it_is()
    {
        Run();
        _train.Given["seed"] = "2";
        _train.Does = _ => new StageOutcome("does not pay", new FakeStage.Made("w")) { EndsTurn = true };
        var (status, context) = Run();
        Assert.Equal(LoopStatus.Done, status);
        Assert.Equal(["import", "train"], context.Results.Select(r => r.Name));
        Assert.Equal(["stage-skipped import", "stage-start train", "stage-done train"], Events(2));
        Assert.Equal((1, "prove made"), (_prove.Runs, context.State.Find("prove")!.Summary));
    }

    [Fact]
    public void A_gate_that_ends_the_turn_fails_the_run()
    {
        _train.Does = _ => new StageOutcome("refused", null, StageStatus.GateFailed) { EndsTurn = true };
        Assert.Equal(LoopStatus.GateFailed, Run().Status);
        Assert.Equal(0, _prove.Runs);
    }

    [Fact]
    public void A_failed_gate_does_not_keep_the_later_stages_from_running()
    {
        _train.Does = _ => new StageOutcome("worse", new FakeStage.Made("w"), StageStatus.GateFailed);
        // A gate must speak in every run, so its record is never kept; nothing reads its output.
        var after = new FakeStage("prove");
        using var journal = new LoopJournal(Path.Combine(_folder, "g"), TimeProvider.System);
        var runner = new LoopRunner([_import, _train, after], TimeProvider.System);
        var reporter = new StageReporter(_reporter, journal, runner.Hear);
        var context = new LoopContext(null, LoopState.Empty(), "g", _folder, reporter, default);
        Assert.Equal(LoopStatus.GateFailed, runner.Run(context, journal, reporter, _reporter, "Loop", false));
        Assert.Equal(1, after.Runs);
    }

    [Fact]
    public void The_plan_tells_what_would_run_and_why_and_writes_nothing()
    {
        var first = Plan();
        Assert.All(first, p => Assert.True(p.WouldRun));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Run();
        Assert.All(Plan(), p => Assert.Equal((false, "unchanged"), (p.WouldRun, p.Why)));
        _train.Given["seed"] = "9";
        var plan = Plan();
        Assert.Equal([false, true, true], plan.Select(p => p.WouldRun));
        Assert.Equal(["unchanged", "changed: seed", "'train' runs before it"], plan.Select(p => p.Why));
    }

    [Fact]
    public void A_damaged_state_file_means_everything_runs_again_with_a_warning()
    {
        Run();
        File.WriteAllText(Path.Combine(_folder, "state.json"), "{ half");
        Run();
        Assert.Equal(2, _import.Runs);
        Assert.Contains(_reporter.Warnings, w => w.Contains("damaged"));
    }

    [Fact]
    public void Each_stage_leaves_one_line_in_the_log_of_an_unattended_run()
    {
        Run();
        Assert.Equal(["[1/3] import: import made", "[2/3] train: train made", "[3/3] prove: prove made"], _reporter.Lines.Select(l => l[..l.LastIndexOf(" (", StringComparison.Ordinal)]));
    }

    [Fact]
    public void Progress_names_the_stage_its_number_and_the_time_left()
    {
        Run();
        var reports = _reporter.ProgressReports.Where(p => p.Id == StageReporter.LoopActivity).ToArray();
        Assert.Equal(["stage 1 of 3: import", "stage 2 of 3: train", "stage 3 of 3: prove", "done"], reports.Select(r => r.Status));
        Assert.Equal(6, reports[0].Remaining!.Value.TotalSeconds, 1);
        Assert.True(reports[2].Percent > reports[1].Percent);
    }

    [Fact]
    public void A_torn_last_line_of_the_journal_is_left_out()
    {
        Run();
        var file = Path.Combine(_folder, "runs", "r1", LoopJournal.FileName);
        File.AppendAllText(file, "{\"time\":\"2026-0");
        Assert.Equal(6, Events(1).Length);
    }

    [Fact]
    public void Inputs_with_equal_concatenations_have_different_fingerprints() =>
        Assert.NotEqual(LoopState.Fingerprint(new Dictionary<string, string> { ["a"] = "bc" }), LoopState.Fingerprint(new Dictionary<string, string> { ["ab"] = "c" }));

    [Fact]
    public void A_second_run_of_a_workspace_is_told_who_holds_it()
    {
        using (LoopLock.Take(_folder, "run-one", TimeProvider.System))
        {
            var fault = Assert.Throws<FlywheelException>(() => LoopLock.Take(_folder, "run-two", TimeProvider.System));
            Assert.Equal(("WorkspaceBusy", FaultCategory.ResourceBusy), (fault.ErrorId, fault.Category));
            Assert.Contains($"run run-one of process {Environment.ProcessId}, since", fault.Message);
            Assert.Equal("run-one", LoopLock.HeldBy(_folder));
        }
        Assert.Null(LoopLock.HeldBy(_folder));
        LoopLock.Take(_folder, "run-three", TimeProvider.System).Dispose();
    }
}
