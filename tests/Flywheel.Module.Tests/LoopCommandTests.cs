using Flywheel.Tests;

namespace Flywheel.Module.Tests;

/// <summary>Invoke-FlywheelLoop and Get-FlywheelRun as they ship, run as a pipeline step runs them.</summary>
public sealed class LoopCommandTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    // Trains for a second on drawn eyes and waits for people.
    const string Yaml = """
        flywheel: 1
        name: tiny
        workspace: ./work
        data:
          lab: { sample: lab, images: 60, split: { train: 0.6, validation: 0.2, test: 0.2 } }
          field: { sample: field, images: 20 }
        train: { dataset: lab, preset: fast, epochs: 1, threads: 1 }
        production: field
        mine: { failures: 4, budget: 3, strategy: random }
        label: { folder: ./to-label }
        prove: { on: lab.test }
        """;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_faulty_file_fails_the_step_with_every_fault_its_place_and_what_to_write()
    {
        var file = _folder.Write("bad.flywheel.yaml", Yaml.Replace("budget: 3", "bugdet: 3").Replace("preset: fast", "preset: fats"));
        var outcome = await ShellProcess.RunAsync([file]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("bad.flywheel.yaml(7,32): 'train.preset' is 'fats', which is none of its values. Did you mean 'fast'?", outcome.Error);
        Assert.Contains("bad.flywheel.yaml(9,22): Unknown key 'bugdet' in 'mine'. Did you mean 'budget'?", outcome.Error);
        Assert.Contains("LoopUnknownKey", outcome.Error);
        Assert.Contains("Valid keys here: budget, failures, slices, strategy.", outcome.Error);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "work")));
    }

    [Fact]
    public async Task WhatIf_prints_the_plan_with_reasons_and_costs_and_writes_nothing()
    {
        var file = _folder.Write("tiny.flywheel.yaml", Yaml);
        var outcome = await ShellProcess.CommandAsync($"Invoke-FlywheelLoop '{file}' -WhatIf");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains(outcome.Lines, l => l.Contains(" 1 sample: run (it has not run yet): draws sample eyes"));
        Assert.Contains(outcome.Lines, l => l.Contains("label: run") && l.Contains("3 images to label"));
        Assert.Contains(outcome.Lines, l => l.Contains("In all: 13 of 13 stages") && l.Contains("3 images for people to label"));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "work")));
    }

    [Fact]
    public async Task A_run_that_waits_for_people_says_so_with_exit_code_3_and_shows_in_Get_FlywheelRun()
    {
        var file = _folder.Write("tiny.flywheel.yaml", Yaml);
        var outcome = await ShellProcess.RunAsync([file]);
        Assert.Equal(3, outcome.ExitCode);
        Assert.DoesNotContain("Invoke-FlywheelLoop:", outcome.Error); // warnings of so small a set are welcome, errors are not
        Assert.Contains(outcome.Lines, l => l.StartsWith("[10/13] label: 3 of 3 images wait for a label in ", StringComparison.Ordinal));
        var runs = await ShellProcess.CommandAsync($"$r = Get-FlywheelRun -Workspace '{Path.Combine(_folder.Path, "work")}'; $r.Name, $r.Status, $r.Stages.Count -join ' '; Invoke-FlywheelLoop '{file}' > $null; \"code $LASTEXITCODE\"");
        Assert.Equal("tiny WaitingForPeople 10", runs.Lines[0]);
        Assert.Equal("code 3", runs.Lines[^1]);
    }

    [Fact]
    public async Task A_workspace_another_run_holds_gives_exit_code_4_and_names_the_holder()
    {
        var file = _folder.Write("tiny.flywheel.yaml", Yaml);
        var state = Directory.CreateDirectory(Path.Combine(_folder.Path, "work", ".flywheel")).FullName;
        File.WriteAllText(Path.Combine(state, "loop.lock.json"), """{"processId":4711,"runId":"20260101-000000-abcd","since":"2026-01-01T00:00:00+00:00"}""");
        using (new FileStream(Path.Combine(state, "loop.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            var outcome = await ShellProcess.RunAsync([file]);
            Assert.Equal(4, outcome.ExitCode);
            Assert.Contains("held by run 20260101-000000-abcd of process 4711, since 2026-01-01 00:00:00 UTC", outcome.Error);
            var code = await ShellProcess.CommandAsync($"try {{ Invoke-FlywheelLoop '{file}' }} catch {{ \"$($_.FullyQualifiedErrorId.Split(',')[0]) $LASTEXITCODE\" }}");
            Assert.Equal("WorkspaceBusy 4", code.Lines[^1]);
        }
    }
}
