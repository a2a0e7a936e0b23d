using System.Diagnostics;
using System.Runtime.InteropServices;
using Flywheel.Tests;

namespace Flywheel.Shell.Tests;

public sealed partial class ShellProcessTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_exit_code_of_a_script_is_what_it_says()
    {
        var script = _folder.Write("job.ps1", "param([int] $Code) 'before'; exit $Code; 'never'");
        var run = await ShellProcess.RunAsync([script, "-Code", "7"]);
        Assert.Equal(7, run.ExitCode);
        Assert.Equal(["before"], run.Lines);
    }

    [Fact]
    public async Task A_script_that_runs_through_ends_with_0_and_one_that_throws_with_1()
    {
        Assert.Equal(0, (await ShellProcess.RunAsync([_folder.Write("good.ps1", "'done'")])).ExitCode);
        var bad = await ShellProcess.RunAsync([_folder.Write("bad.ps1", "'first'\nthrow 'broken'\n'never'")]);
        Assert.Equal(1, bad.ExitCode);
        Assert.Equal(["first"], bad.Lines);
        Assert.Contains("broken", bad.Error);
        Assert.Contains("bad.ps1(2,1)", bad.Error);
    }

    [Fact]
    public async Task A_command_line_whose_last_command_failed_ends_with_1()
    {
        var run = await ShellProcess.CommandAsync("Get-FlywheelWorkspace", _folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(0, (await ShellProcess.CommandAsync("Get-FlywheelWorkspace; 1", _folder.Path)).ExitCode);
    }

    [Fact]
    public async Task Errors_show_their_id_target_and_next_step_on_standard_error_only()
    {
        var run = await ShellProcess.CommandAsync("'result'; Get-FlywheelWorkspace; Write-Warning careful", _folder.Path);
        Assert.Equal(["result"], run.Lines);
        Assert.Contains("id      WorkspaceNotFound", run.Error);
        Assert.Contains($"target  {_folder.Path}", run.Error);
        Assert.Contains("do      Make one with New-FlywheelWorkspace", run.Error);
        Assert.Contains("WARNING: careful", run.Error);
    }

    [Fact]
    public async Task Nothing_written_to_a_pipe_holds_escape_sequences()
    {
        var run = await ShellProcess.CommandAsync("Get-ChildItem | Format-Table Name, Length; throw 'x'", ShellProcess.RepositoryRoot);
        Assert.Contains("Flywheel.psd1", run.Output);
        Assert.DoesNotContain('\u001b', run.Output + run.Error);
    }

    [Fact]
    public async Task Standard_input_is_run_as_a_script()
    {
        var run = await ShellProcess.RunAsync([], "1..2 | ForEach-Object { $_ * 2 }\nexit 5\n");
        Assert.Equal(5, run.ExitCode);
        Assert.Equal(["2", "4"], run.Lines);
    }

    [Fact]
    public async Task Without_a_person_a_question_is_an_error_and_not_a_wait()
    {
        var run = await ShellProcess.CommandAsync("New-FlywheelWorkspace ./w -Confirm; Read-Host name", _folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nobody is there to answer", run.Error);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "w")));
    }

    [Fact]
    public async Task A_parse_error_names_file_line_and_column()
    {
        var run = await ShellProcess.RunAsync([_folder.Write("half.ps1", "'a'\nif (")]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("half.ps1(2,5)", run.Error);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task A_missing_file_is_told()
    {
        var run = await ShellProcess.RunAsync(["no-such.ps1"], folder: _folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no-such.ps1", run.Error);
    }

    [Fact]
    public async Task Long_work_without_a_terminal_shows_plain_progress_lines()
    {
        var run = await ShellProcess.CommandAsync("$t = [Diagnostics.Stopwatch]::StartNew(); while ($t.Elapsed.TotalSeconds -lt 3) { Write-Progress Counting 'on the way' -PercentComplete 40; [Threading.Thread]::Sleep(50) }; Write-Progress Counting -Completed; 'end'");
        Assert.Equal(["end"], run.Lines);
        Assert.Contains("Counting: on the way, 40 %", run.Error);
        Assert.Contains("Counting: done in", run.Error);
    }

    [Fact]
    public async Task The_everyday_commands_work_as_their_full_sisters_do()
    {
        _folder.Write("b.txt", "12345");
        _folder.Write("a.txt", "1");
        var run = await ShellProcess.CommandAsync("""
            (Get-ChildItem *.txt | Sort-Object Length -Descending | Select-Object -First 1).Name
            1..1000000000 | Select-Object -First 2
            (Get-ChildItem -File | Select-Object Name, @{ n = 'Double'; e = { $_.Length * 2 } } | Where-Object Double -eq 2).Name
            Test-Path ./a.txt; Test-Path ./none
            (Get-Content a.txt) + (Get-Content b.txt -Raw)
            ('x', 'y', 'x' | Group-Object Length).Count
            Remove-Item a.txt; Test-Path a.txt
            Set-Location ..; (Get-Location).Path -eq [IO.Path]::GetDirectoryName($args)
            Write-Host out -NoNewline; Write-Host ward
            """.Replace("$args", $"'{_folder.Path}'", StringComparison.Ordinal), _folder.Path);
        Assert.Equal("", run.Error);
        Assert.Equal(["b.txt", "1", "2", "a.txt", "True", "False", "112345", "3", "False", "True", "outward"], run.Lines);
    }

    [Theory]
    [InlineData(2, 130)]   // SIGINT
    [InlineData(15, 143)]  // SIGTERM
    public async Task A_signal_stops_the_running_pipeline(int signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals cannot be sent to a process on Windows without sharing its console.");
        Assert.SkipWhen(signal == 2 && InterruptIsIgnored(), "The test run itself was started with Ctrl+C ignored, and its children inherit that.");
        using var process = ShellProcess.Start(["-Command", "try { 'started'; while ($true) { } } finally { [Console]::Out.WriteLine('cleaned up') }"]);
        Assert.Equal("started", await process.StandardOutput.ReadLineAsync());
        Assert.Equal(0, Kill(process.Id, signal));
        var end = await ShellProcess.EndAsync(process);
        Assert.Equal(exitCode, end.ExitCode);
        Assert.Contains("cleaned up", end.Output);
    }

    static bool InterruptIsIgnored()
    {
        if (!OperatingSystem.IsLinux()) return false;
        var mask = File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)).Split(':')[1].Trim();
        return (Convert.ToUInt64(mask, 16) & 2) != 0;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
