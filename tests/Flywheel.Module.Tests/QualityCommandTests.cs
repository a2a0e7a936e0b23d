using Flywheel.Tests;

namespace Flywheel.Module.Tests;

/// <summary>Checking a data set and reviewing what is suggested, as a user does it.</summary>
public sealed class QualityCommandTests : IDisposable
{
    // A copy of a closed eye among the open ones: the same bytes with another label, and the same picture in another file.
    const string Prepare = """
        $ProgressPreference = 'SilentlyContinue'
        [void] (New-FlywheelWorkspace .)
        $sample = New-FlywheelSampleDataset ./sample -Lab 120 -Field 20 -FieldTest 20 -Subjects 12
        $file = (Get-ChildItem ./sample/lab/closed)[0]
        [IO.File]::Copy($file.FullName, "$PWD/sample/lab/open/twin.png")
        [void] (Import-FlywheelDataset ./sample/lab -Name lab -ErrorAction SilentlyContinue)

        """;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    Task<ShellProcess.Outcome> Script(string text) => ShellProcess.RunAsync([_folder.Write("work.ps1", text)], folder: _folder.Path);

    [Fact]
    public async Task A_failed_check_is_an_error_and_exit_code_2_in_a_step()
    {
        Assert.Equal("", (await Script(Prepare)).Error);
        var step = await ShellProcess.CommandAsync("Test-FlywheelDataset lab -Detector conflicts, dark", _folder.Path);
        Assert.Equal(2, step.ExitCode);
        Assert.Contains("DatasetCheckFailed", step.Error);
        Assert.Contains(step.Lines, l => l.Contains("critical  conflicts", StringComparison.Ordinal) && l.Contains("1 of 120", StringComparison.Ordinal));

        var lenient = await ShellProcess.CommandAsync("(Test-FlywheelDataset lab -Detector conflicts -FailOn None).ExitCode", _folder.Path);
        Assert.Equal((0, ""), (lenient.ExitCode, lenient.Error));
        Assert.Equal(["0"], lenient.Lines);

        var unknown = await ShellProcess.CommandAsync("Test-FlywheelDataset lab -Detector conflict", _folder.Path);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("DetectorNotFound", unknown.Error);
        Assert.Contains("Did you mean 'conflicts'?", unknown.Error);
    }

    [Fact]
    public async Task Suggestions_are_made_reviewed_and_taken_back()
    {
        var run = await Script(Prepare + """
            $r = Test-FlywheelDataset lab -Detector conflicts -AsSuggestion -FailOn None
            "made $($r.Suggested)"
            $s = Get-FlywheelSuggestion lab
            "$($s.Reason) $($s.OldLabel) $($s.NewLabel) $($s.Status)"
            "what if $(($s | Approve-FlywheelSuggestion -WhatIf).Status), still $((Get-FlywheelSuggestion -Id $s.Id).Status)"
            "now $(($s | Approve-FlywheelSuggestion -Author ann).Status) by $((Get-FlywheelSuggestion -Id $s.Id).DecidedBy)"
            "label $((Get-FlywheelImage -Id $s.ImageId).Label)"
            "undone $((Undo-FlywheelSuggestion $s.Id).Status), label $((Get-FlywheelImage -Id $s.ImageId).Label)"
            "edited $((Edit-FlywheelSuggestion $s -Label half-open).EditedValue)"
            $entry = @(Get-FlywheelAnnotation $s.ImageId)[-1]
            [void] ($entry | Undo-FlywheelAnnotation)
            "open again $((Get-FlywheelSuggestion lab).Status)"
            "denied $((Deny-FlywheelSuggestion $s.Id).Status)"
            "none left $(@(Get-FlywheelSuggestion lab).Count)"
            $m = Measure-FlywheelSuggestion lab
            "$($m.Reason) $($m.Decided) decided, $($m.Acceptance.Value), $($m.Text)"
            "again $((Test-FlywheelDataset lab -Detector conflicts -AsSuggestion -FailOn None).Suggested)"
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(
            [
                "made 1", "conflicts closed open Open", "What if: Performing the operation \"Approve\" on target \"1 suggestion\".", "what if Accepted, still Open", "now Accepted by ann", "label open",
                "undone Open, label closed", "edited half-open", "open again Open", "denied Rejected", "none left 0", "conflicts 1 decided, 0, not known yet: 1 of 20 verdicts", "again 0",
            ], run.Lines);
    }

    [Fact]
    public async Task Findings_and_copies_go_on_to_other_commands_and_a_bad_id_holds_up_nothing()
    {
        var run = await Script(Prepare + """
            $a = (Get-FlywheelImage lab)[0].Path; $b = "$PWD/sample/lab/open/copy.png"
            $bytes = [IO.File]::ReadAllBytes($a)
            [IO.File]::WriteAllBytes($b, $bytes + [byte[]] (0, 0, 0)) # bytes after the end change the file, not the picture
            [void] (Import-FlywheelDataset ./sample/lab -Name lab -ErrorAction SilentlyContinue)
            $set = Find-FlywheelDuplicate lab
            "$($set.Count) of $($set.Distance) bits: $($set.Why)"
            $report = Test-FlywheelDataset lab -Detector duplicates, dark -FailOn None
            "$(@($report.Findings | Get-FlywheelImage).Count) image"
            [void] ($report.Findings | Send-FlywheelAnnotation -Path ./task -IncludeLabelled)
            "$((Get-ChildItem ./task/*.png).Count) sent"
            $made = (Test-FlywheelDataset lab -Detector conflicts -AsSuggestion -FailOn None).Suggested
            $got = @(Get-FlywheelSuggestion lab).Id + '0123456789abcdef' | Deny-FlywheelSuggestion -ErrorAction SilentlyContinue -ErrorVariable bad
            "$made made, $(@($got).Count) denied, $($bad.Count) bad: $($bad[0].FullyQualifiedErrorId)"
            function Complete($text) { (TabExpansion2 $text $text.Length).CompletionMatches.CompletionText }
            Complete 'Test-FlywheelDataset lab -Detector du'
            Complete 'Get-FlywheelSuggestion -Reason conf'
            """);
        Assert.Equal("", run.Error);
        Assert.Equal("2 of 0 bits: the same pixels in different files", run.Lines[0]);
        Assert.Equal(["1 image", "1 sent"], run.Lines[1..3]);
        Assert.Matches(@"^(\d) made, \1 denied, 1 bad: SuggestionNotFound,", run.Lines[3]);
        Assert.Equal(["duplicates", "conflicts"], run.Lines[4..]);
    }
}
