using System.Runtime.InteropServices;
using Flywheel.Tests;

namespace Flywheel.Module.Tests;

/// <summary>The cmdlets at work in one session, as a user meets them.</summary>
public sealed partial class WorkTests : IDisposable
{
    // Drawing may take so long on a busy machine that it shows progress.
    const string Prepare = """
        $ProgressPreference = 'SilentlyContinue'
        [void] (New-FlywheelWorkspace .)
        $sample = New-FlywheelSampleDataset ./sample -Lab 120 -Field 20 -FieldTest 20 -Subjects 12
        [void] (Import-FlywheelDataset $sample.LabManifest lab)
        [void] (Split-FlywheelDataset lab -GroupBy subject -WarningAction SilentlyContinue)

        """;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    Task<ShellProcess.Outcome> Script(string text) => ShellProcess.RunAsync([_folder.Write("work.ps1", text)], folder: _folder.Path);

    [Fact]
    public async Task Dataset_and_model_names_and_values_complete()
    {
        var run = await Script(Prepare + """
            function Complete($text) { (TabExpansion2 $text $text.Length).CompletionMatches.CompletionText }
            Complete 'Get-FlywheelDataset l'
            Complete 'Invoke-FlywheelTraining -Dataset l'
            Complete 'Invoke-FlywheelTraining -Preset Fa'
            Complete 'Get-FlywheelDataset -Name nothing-of-that-name'
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["lab", "lab", "Fast"], run.Lines);
    }

    [Fact]
    public async Task Objects_of_several_kinds_in_one_script_each_show_in_their_own_view()
    {
        var run = await Script(Prepare + "Get-FlywheelWorkspace; Get-FlywheelDataset lab; Get-FlywheelImage -Dataset lab | Select-Object -First 2");
        Assert.Equal("", run.Error);
        Assert.Contains(run.Lines, line => line.Contains("Catalogue", StringComparison.Ordinal) && line.Contains("Root", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("Name", StringComparison.Ordinal) && line.Contains("Splits", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("Id", StringComparison.Ordinal) && line.Contains("Sharpness", StringComparison.Ordinal));
        Assert.All(run.Lines, line => Assert.InRange(line.Length, 0, 120));
    }

    [Fact]
    public async Task A_task_goes_to_a_tool_and_comes_back()
    {
        var run = await Script(Prepare + """
            $task = Get-FlywheelImage -Dataset lab | Send-FlywheelAnnotation -To Cvat -Path ./cvat -PreAnnotate
            "$($task.To) $($task.Queue) $($task.Images) $($task.Proposed) $($task.Labels -join '+')"
            $text = [IO.File]::ReadAllText("$PWD/cvat/annotations.xml")
            $open = ([regex]::Matches($text, 'tag label="open"')).Count
            [IO.File]::WriteAllText("$PWD/back.xml", $text.Replace('tag label="open"', 'tag label="closed"'))
            @(Receive-FlywheelAnnotation ./back.xml -WhatIf).Count -eq $open
            @(Receive-FlywheelAnnotation ./cvat/annotations.xml -Name cvat).Count
            @(Receive-FlywheelAnnotation -LiteralPath ./back.xml | Where-Object { $_.Kind -eq 'Changed' -and $_.OldLabel -eq 'open' -and $_.NewLabel -eq 'closed' -and $_.Recorded }).Count -eq $open
            $all = @(Receive-FlywheelAnnotation ./back.xml -All); "$(@($all | Where-Object Kind -eq Unchanged).Count) of $($all.Count)"
            @(Get-FlywheelImage -Dataset lab -Label open).Count
            (TabExpansion2 'Receive-FlywheelAnnotation x -Name c' 36).CompletionMatches.CompletionText
            $queue = Get-FlywheelImage -Dataset lab | Send-FlywheelAnnotation -To Studio -Name first -IncludeLabelled
            "$($queue.To) $($queue.Queue) $($queue.Images)"
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["Cvat cvat 120 120 closed+open", "True", "0", "True", "120 of 120", "0", "cvat", "Studio first 120"], run.Lines.Where(l => !l.StartsWith("What if:", StringComparison.Ordinal)));
        Assert.Contains(run.Lines, l => l.StartsWith("What if:", StringComparison.Ordinal) && l.Contains("changed, ", StringComparison.Ordinal) && l.Contains("unchanged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_with_its_line_and_a_token_is_never_shown()
    {
        var run = await Script(Prepare + """
            [void] (Get-FlywheelImage -Dataset lab | Send-FlywheelAnnotation -To Coco -Path ./coco -PreAnnotate)
            $text = [IO.File]::ReadAllText("$PWD/coco/instances.json")
            [IO.File]::WriteAllText("$PWD/cut.json", $text.Substring(0, 2000))
            try { Receive-FlywheelAnnotation ./cut.json } catch { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.Exception.Location.Line -gt 1)" }
            $env:LABEL_STUDIO_API_KEY = 'a-very-secret-token'
            try { Receive-FlywheelAnnotation -Url http://127.0.0.1:9 -Project 1 } catch { "$($_.FullyQualifiedErrorId.Split(',')[0])"; "$_ $($_.Exception) $($_.ErrorDetails.RecommendedAction)" }
            """);
        Assert.Equal("", run.Error);
        Assert.Equal("AnnotationFileInvalid True", run.Lines[0]);
        Assert.Equal("LabelStudioUnreachable", run.Lines[1]);
        Assert.DoesNotContain("very-secret", string.Concat(run.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_during_a_training_stops_it_and_keeps_the_best_model_so_far()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals cannot be sent to a process on Windows without sharing its console.");
        using var process = ShellProcess.Start([_folder.Write("train.ps1", Prepare + "$ProgressPreference = 'Continue'; Invoke-FlywheelTraining lab -Preset Fast -Epochs 1000 -Name long")], folder: _folder.Path);
        // The plain progress line shows that there is a model worth keeping.
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync();
            Assert.NotNull(line);
        }
        while (!line.StartsWith("Training long: ", StringComparison.Ordinal) || !line.Contains("validation", StringComparison.Ordinal));
        Assert.Equal(0, Kill(process.Id, 15));
        var end = await ShellProcess.EndAsync(process);
        Assert.Equal(143, end.ExitCode);

        var after = await ShellProcess.CommandAsync("$m = Get-FlywheelModel long; $m.Interrupted; (Test-FlywheelModel $m -Dataset lab -Split Test).N -gt 0", _folder.Path);
        Assert.Equal("", after.Error);
        Assert.Equal(["True", "True"], after.Lines);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
