using System.Diagnostics;
using System.Globalization;
using Flywheel.Tests;

namespace Flywheel.Module.Tests;

/// <summary>Example scripts as a newcomer runs them, with the smallest preset.</summary>
public sealed class ExampleTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string Work => Path.Combine(_folder.Path, "work");

    /// <summary>The files of endpoints that have not said that they ended, named by process.</summary>
    string[] Endpoints => Directory.Exists(Path.Combine(Work, ".flywheel", "endpoint")) ? Directory.GetFiles(Path.Combine(Work, ".flywheel", "endpoint"), "process-*.json") : [];

    public void Dispose()
    {
        // Whatever became of the script, its endpoint ends with the test.
        foreach (var file in Endpoints)
        {
            try
            {
                using var left = Process.GetProcessById(int.Parse(Path.GetFileNameWithoutExtension(file)["process-".Length..], CultureInfo.InvariantCulture));
                left.Kill();
                left.WaitForExit();
            }
            catch (ArgumentException)
            {
                // It has ended.
            }
        }
        _folder.Dispose();
    }

    [Theory]
    [InlineData("01-first-turn/first-turn.flywheel.yaml", 17)]
    [InlineData("03-production/production.flywheel.yaml", 18)]
    [InlineData("04-labelling/labelling.flywheel.yaml", 10)]
    public async Task The_loop_files_have_no_fault(string file, int stages)
    {
        var outcome = await ShellProcess.CommandAsync($"Invoke-FlywheelLoop '{Path.Combine(ShellProcess.RepositoryRoot, "examples", file)}' -Workspace '{Work}' -WhatIf");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains(outcome.Lines, l => l.Contains($"In all: {stages} of {stages} stages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_loop_in_the_README_has_no_fault()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(ShellProcess.RepositoryRoot, "README.md"), TestContext.Current.CancellationToken);
        var file = Path.Combine(_folder.Path, "readme.flywheel.yaml");
        await File.WriteAllTextAsync(file, text.Split("```yaml\n")[1].Split("```")[0], TestContext.Current.CancellationToken);
        var outcome = await ShellProcess.CommandAsync($"Invoke-FlywheelLoop '{file}' -WhatIf -Variable @{{ LAB = '{_folder.Path}'; INBOX = '{_folder.Path}'; HOLDOUT = '{_folder.Path}' }}");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains(outcome.Lines, l => l.Contains("In all: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_models_life_in_production_runs_to_its_end_and_leaves_no_endpoint_behind()
    {
        using var process = ShellProcess.Start([Path.Combine(ShellProcess.RepositoryRoot, "examples", "03-production", "run.ps1"), "-Preset", "Fast", "-Requests", "400", "-Workspace", Work]);
        process.StandardInput.Close();
        var outcome = await ShellProcess.EndAsync(process, minutes: 20);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.Contains(outcome.Lines, l => l.StartsWith("40 reports are in the catalogue", StringComparison.Ordinal));
        Assert.Contains(outcome.Lines, l => l.StartsWith("Reasons ", StringComparison.Ordinal)); // the decision shows why
        Assert.Contains(outcome.Lines, l => l.StartsWith("Flips ", StringComparison.Ordinal));
        Assert.Equal(["Version 2", "Version 1"], outcome.Lines.Where(l => l.Contains(" after the alias was moved", StringComparison.Ordinal)).Select(l => l[..9]));
        Assert.Empty(Endpoints);
    }

    [Fact]
    public async Task Labelling_from_nothing_runs_to_its_end_and_keeps_its_promise()
    {
        using var process = ShellProcess.Start([Path.Combine(ShellProcess.RepositoryRoot, "examples", "04-labelling", "run.ps1"), "-Images", "600", "-Labels", "200", "-Workspace", Work]);
        process.StandardInput.Close();
        var outcome = await ShellProcess.EndAsync(process, minutes: 20);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.Contains(outcome.Lines, l => l.StartsWith("No: 'pool' cannot be labelled automatically with a precision of 0.98", StringComparison.Ordinal));
        Assert.Contains(outcome.Lines, l => l.StartsWith("200 labels: mean coverage ", StringComparison.Ordinal) && l.EndsWith("the promise held in 1 of 1 runs", StringComparison.Ordinal));
        Assert.Contains(outcome.Lines, l => l.Contains(" of them wrong by the file names.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_loop_that_begins_without_labels_runs_to_its_end()
    {
        using var process = ShellProcess.Start([Path.Combine(ShellProcess.RepositoryRoot, "examples", "04-labelling", "labelling.flywheel.yaml"), "-Workspace", Work]);
        process.StandardInput.Close();
        var outcome = await ShellProcess.EndAsync(process, minutes: 20);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.Contains(outcome.Lines, l => l.Contains("first labels: ", StringComparison.Ordinal) && l.Contains(" of them automatically: ", StringComparison.Ordinal));
        Assert.Contains(outcome.Lines, l => l.Contains("audit: ", StringComparison.Ordinal));
    }
}
