using Flywheel.Tests;

namespace Flywheel.Module.Tests;

/// <summary>A loop as a pipeline step: `flywheel loop.yaml`, its exit codes and streams.</summary>
public sealed class LoopTests : IDisposable
{
    const string Yaml = """
        flywheel: 1
        name: small
        labels: [closed, open]
        workspace: ./work
        seed: 5
        data:
          lab: { sample: lab, images: 160, groupBy: subject, split: { train: 0.7, validation: 0.15, test: 0.15 } }
          field: { sample: field, images: 60 }
          field-test: { sample: field-test, images: 60, groupBy: subject }
        train: { dataset: lab, preset: fast, epochs: '${EPOCHS:-1}', threads: 1 }
        production: field
        adapt: { epochs: 1 }
        mine: { failures: 6, budget: 10 }
        label: { folder: to-label }
        retrain: { epochs: 1 }
        prove: { on: [field-test, lab.test] }

        """;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    Task<ShellProcess.Outcome> Run(params string[] more) => ShellProcess.RunAsync([Path.Combine(_folder.Path, "small.flywheel.yaml"), .. more], folder: _folder.Path);

    [Fact]
    public async Task A_mistake_in_the_file_ends_with_1_and_names_file_line_column_and_the_nearest_name()
    {
        _folder.Write("small.flywheel.yaml", Yaml.Replace("seed: 5", "sede: 5", StringComparison.Ordinal));
        var run = await Run();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("small.flywheel.yaml(5,1)", run.Error);
        Assert.Contains("seed", run.Error);
        Assert.Equal("", run.Output);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "work")));
    }

    [Fact]
    public async Task WhatIf_prints_the_plan_and_ends_with_0()
    {
        _folder.Write("small.flywheel.yaml", Yaml);
        var run = await Run("-WhatIf", "-Variable", "EPOCHS=3");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Error);
        Assert.Contains(run.Lines, line => line.Contains("train: run", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "work", ".flywheel")));
    }

    [Fact]
    public async Task Waiting_for_people_ends_with_3_and_tells_the_log_what_for()
    {
        _folder.Write("small.flywheel.yaml", Yaml);
        var run = await Run();
        Assert.Equal(3, run.ExitCode);
        Assert.Contains(run.Lines, line => line.StartsWith("[1/", StringComparison.Ordinal));
        Assert.Contains("to-label", run.Output);
        Assert.Contains("WaitingForPeople", run.Output);
        Assert.All(run.Lines.Where(line => line.Contains(" : ", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 120));

        // A second run that finds the workspace held.
        using var held = new FileStream(Path.Combine(_folder.Path, "work", ".flywheel", "loop.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var second = await Run();
        Assert.Equal(4, second.ExitCode);
        Assert.Contains("WorkspaceBusy", second.Error);
    }
}
