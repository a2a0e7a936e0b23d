using System.Diagnostics;
using Flywheel.Engine.Loops;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Tests.Loops;

/// <summary>Whole loops on drawn eyes, small but real: nothing is pretended.</summary>
public sealed class LoopRunTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-run-").FullName;
    readonly RecordingReporter _reports = new();
    readonly string _file;

    const string Yaml = """
        flywheel: 1
        name: small
        labels: [closed, open]
        workspace: ./work
        seed: 5
        data:
          lab: { sample: lab, images: 240, groupBy: subject, split: { train: 0.7, validation: 0.15, test: 0.15 } }
          field: { sample: field, images: 120 }
          field-test: { sample: field-test, images: 160, groupBy: subject }
        train: { dataset: lab, preset: fast, epochs: 3, threads: 1 }
        production: field
        adapt: { epochs: 1 }
        mine: { failures: 12, budget: 30 }
        label: { replay: field }
        retrain: { epochs: 1 }
        controls: [random]
        prove: { on: [field-test, lab.test] }
        """;

    public LoopRunTests()
    {
        _file = Path.Combine(_folder, "small.flywheel.yaml");
        File.WriteAllText(_file, Yaml);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void A_name_its_models_may_not_have_is_refused_before_anything_runs()
    {
        File.WriteAllText(_file, Yaml.Replace("name: small", "name: v3"));
        var fault = Assert.Throws<FlywheelException>(() => LoopService.Run(new LoopRequest { Path = _file }, _reports, TestContext.Current.CancellationToken));
        Assert.Equal(("InvalidModelName", "v3"), (fault.ErrorId, fault.Target));
        Assert.False(Directory.Exists(Path.Combine(_folder, "work", "sample")));
    }

    LoopResult Run(CancellationToken token = default) => LoopService.Run(new LoopRequest { Path = _file }, _reports, token);

    Workspace Open() => Workspace.Open(Path.Combine(_folder, "work"));

    [Fact]
    public void One_turn_runs_end_to_end_and_the_next_run_skips_it_all()
    {
        var result = Run();
        Assert.Empty(_reports.Faults);
        Assert.Equal((LoopStatus.Done, 0), (result.Status, result.ExitCode));
        Assert.Equal(["start", "adapted", "random", "final"], result.Arms.Select(a => a.Key));
        Assert.Equal([0, 0, 30, 30], result.Arms.Select(a => a.Labels));
        Assert.All(result.Arms, a => Assert.Equal([160, result.Arms[0].Evaluations[1].N], a.Evaluations.Select(e => e.N)));
        Assert.Equal(result.Arms[0].Evaluations[0].Accuracy, result.Before!.Accuracy);
        Assert.Equal(result.Arms[^1].Evaluations[0].Accuracy, result.After!.Accuracy);
        Assert.NotNull(result.Comparison);
        Assert.StartsWith("before ", result.Message);
        Assert.Contains("→ after ", result.Message);
        Assert.Contains(result.Message[..result.Message.IndexOf('→')], string.Join('\n', _reports.Lines));

        var html = File.ReadAllText(result.ReportPath!);
        Assert.Contains("The proof", html);
        Assert.Contains("data:image/png;base64,", html);
        Assert.True(File.Exists(Path.Combine(result.Workspace, ".flywheel", "runs", result.RunId, "result.json")));

        using (var workspace = Open())
        {
            // The control's thirty labels are its own; only the real turn's are in the catalogue.
            Assert.Equal(30, workspace.GetDataset("field").Labelled);
            Assert.Equal(120, workspace.GetDataset("field").Images);
        }

        var again = Run();
        Assert.All(again.Stages, s => Assert.Equal((s.Name, StageStatus.Skipped), (s.Name, s.Status)));
        Assert.Equal(result.Arms.Select(a => a.ModelId), again.Arms.Select(a => a.ModelId));
        Assert.Equal(result.ReportPath, again.ReportPath);

        using var open = Open();
        var runs = LoopService.Runs(open).ToArray();
        Assert.Equal([again.RunId, result.RunId], runs.Select(r => r.Id));
        Assert.All(runs, r => Assert.Equal(LoopStatus.Done, r.Status));
        Assert.Equal(result.Stages.Select(s => (s.Name, s.Summary)), runs[1].Stages.Select(s => (s.Name, s.Summary)));
    }

    [Fact]
    public void A_gate_that_is_not_met_gives_exit_code_2_in_every_run()
    {
        // Well trained on the lab, then turned towards the field: on three dozen images of the lab that cannot be significantly better.
        File.WriteAllText(_file, Yaml.Replace("epochs: 3", "epochs: 12").Replace("controls: [random]\n", "").Replace("on: [field-test, lab.test]", "on: [lab.test], require: better"));
        var result = Run();
        Assert.NotEqual(ComparisonVerdict.Better, result.Comparison!.Verdict);
        Assert.Equal((LoopStatus.GateFailed, 2), (result.Status, result.ExitCode));
        Assert.True(File.Exists(result.ReportPath));
        Assert.Equal(2, Run().ExitCode);
    }

    [Fact]
    public void Waiting_for_people_gives_exit_code_3_and_goes_on_when_they_are_done()
    {
        File.WriteAllText(_file, Yaml.Replace("label: { replay: field }", "label: { folder: to-label }").Replace("controls: [random]\n", ""));
        var waiting = Run();
        Assert.Equal((LoopStatus.WaitingForPeople, 3), (waiting.Status, waiting.ExitCode));
        Assert.Null(waiting.After);
        var manifest = Path.Combine(_folder, "to-label", "manifest.csv");
        var rows = File.ReadAllLines(manifest);
        Assert.Equal(31, rows.Length);
        File.WriteAllLines(manifest, [rows[0], .. rows[1..].Select((r, i) => r + (i % 2 == 0 ? "open" : "closed"))]);
        var result = Run();
        Assert.Equal(LoopStatus.Done, result.Status);
        Assert.Equal(StageStatus.Skipped, result.Stages.First(s => s.Name == "adapt").Status);
        Assert.Equal(30, result.Arms[^1].Labels);
    }

    [Fact]
    public void Stopping_a_run_leaves_a_journal_and_the_next_one_goes_on()
    {
        using var stop = new CancellationTokenSource();
        var stopping = new StoppingReporter(_reports, p => p.Activity.StartsWith("Training", StringComparison.Ordinal) && p.Done > 0, stop);
        Assert.ThrowsAny<OperationCanceledException>(() => LoopService.Run(new LoopRequest { Path = _file }, stopping, stop.Token));
        using (var workspace = Open())
        {
            var run = Assert.Single(LoopService.Runs(workspace));
            Assert.Equal(LoopStatus.Cancelled, run.Status);
            Assert.Equal(("train", StageStatus.Cancelled), (run.Stages[^1].Name, run.Stages[^1].Status));
        }
        var result = Run();
        Assert.Equal(LoopStatus.Done, result.Status);
        Assert.Equal(["sample", "import lab", "split lab", "import field", "import field-test"], result.Stages.Where(s => s.Status == StageStatus.Skipped).Select(s => s.Name));
    }

    [Theory]
    [InlineData("ACTIVITY Drawing")]
    [InlineData("ACTIVITY Importing")]
    [InlineData("ACTIVITY Training")]
    [InlineData("STAGE [8/")]
    [InlineData("STAGE [12/")]
    public void A_run_killed_at_any_moment_is_completed_by_the_next(string moment)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "..", "..", "Flywheel.LoopHost", Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "Flywheel.LoopHost.dll");
        if (!File.Exists(host)) Assert.Skip($"The loop host is not built: {host}");
        var start = new ProcessStartInfo("dotnet", [host, _file]) { RedirectStandardOutput = true };
        using (var process = Process.Start(start)!)
        {
            var seen = "";
            while (process.StandardOutput.ReadLine() is { } line)
            {
                seen += line + "\n";
                if (line.StartsWith(moment, StringComparison.Ordinal)) break;
            }
            Assert.False(process.HasExited, seen);
            process.Kill(); // SIGKILL: no handler runs
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }
        using (var workspace = Open()) Assert.Equal(LoopStatus.Interrupted, Assert.Single(LoopService.Runs(workspace)).Status);
        var done = Run();
        Assert.Equal(LoopStatus.Done, done.Status);
        Assert.Empty(_reports.Faults);
        using var open = Open();
        Assert.Equal((240, 120, 160), (open.GetDataset("lab").Images, open.GetDataset("field").Images, open.GetDataset("field-test").Images));
    }

    /// <summary>Stops the run when progress meets a condition.</summary>
    sealed class StoppingReporter(IReporter inner, Func<ProgressInfo, bool> when, CancellationTokenSource stop) : IReporter
    {
        public void Progress(ProgressInfo progress)
        {
            inner.Progress(progress);
            if (when(progress)) stop.Cancel();
        }

        public void Warning(string message) => inner.Warning(message);
        public void Information(string message) => inner.Information(message);
        public void Verbose(string message) => inner.Verbose(message);
        public void Fault(FlywheelException fault) => inner.Fault(fault);
    }
}
