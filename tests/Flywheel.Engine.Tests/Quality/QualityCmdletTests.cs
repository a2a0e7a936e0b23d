using Flywheel.Tests;

namespace Flywheel.Engine.Tests.Quality;

/// <summary>The cmdlets of label quality in the staged module, on a workspace made here.</summary>
public class QualityCmdletTests
{
    static async Task<ShellProcess.Outcome> Run(TemporaryWorkspace at, string script) => await ShellProcess.RunAsync([at.Write("session.ps1", script)], folder: at.Root);

    [Fact]
    public async Task Label_errors_are_listed_drawn_and_kept_once_as_suggestions()
    {
        using var at = new TemporaryWorkspace();
        TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 200);
        var run = await Run(at, """
            $ErrorActionPreference = $ProgressPreference = 'SilentlyContinue'
            $e = Find-FlywheelLabelError -Model tiny -ContactSheet ../data/sheet.png -AsSuggestion -WhatIf
            "$($e.Count -gt 5) $(Test-Path ../data/sheet.png)"
            $e = Get-FlywheelDataset eyes | Find-FlywheelLabelError -Model tiny -ContactSheet ../data/sheet.png -AsSuggestion
            "$($e[0].Rank) $($e[0].Given -ne $e[0].Suggested) $($e[0].Flagged) $(Test-Path ../data/sheet.png)"
            "$($e[0].SelfConfidence -le $e[1].SelfConfidence) $($e[0].Folds)"
            (Find-FlywheelLabelError eyes -Model tiny -All -Folds 4 -Repeats 2).Count
            ($e | Select-Object -First 1 | Set-FlywheelAnnotation -Label $e[0].Suggested -Author ann).OldLabel -eq $e[0].Given
            Find-FlywheelLabelError nobody -Model tiny
            $Error[0].FullyQualifiedErrorId
            Find-FlywheelLabelError eyes -Model tiny -GroupedFolds
            $Error[0].FullyQualifiedErrorId
            """);
        Assert.Equal("", run.Error);
        var lines = run.Lines.Where(l => !l.StartsWith("What if", StringComparison.Ordinal) && !l.StartsWith("WARNING", StringComparison.Ordinal)).ToList();
        Assert.Equal(["True False", "1 True True True", "True 5 random folds, 3 times, a linear classifier on what tiny sees", "200", "True"], lines.Take(5));
        Assert.StartsWith("DatasetNotFound", lines[5]);
        Assert.StartsWith("GroupTagMissing", lines[6]);
        Assert.Contains(run.Lines, l => l.StartsWith("What if", StringComparison.Ordinal) && l.Contains("suggestions", StringComparison.Ordinal));
        var kept = at.Workspace.Catalogue.Suggestions(new SuggestionQuery { Dataset = "eyes" }).ToList();
        Assert.NotEmpty(kept);
        Assert.All(kept, s => Assert.Equal("label-errors", s.Reason));
    }

    [Fact]
    public async Task Agreement_gives_annotators_a_summary_and_a_consensus()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "eyes", 40, labelled: false);
        var run = await Run(at, """
            $ErrorActionPreference = $ProgressPreference = 'SilentlyContinue'
            Measure-FlywheelAgreement
            $Error[0].FullyQualifiedErrorId
            $images = Get-FlywheelImage -Dataset eyes
            for ($i = 0; $i -lt $images.Count; $i++) {
                $truth = if ($i % 2) { 'open' } else { 'closed' }
                $null = Set-FlywheelAnnotation $images[$i].Id -Label $truth -Author ann
                $null = Set-FlywheelAnnotation $images[$i].Id -Label $truth -Author bob
                $null = Set-FlywheelAnnotation $images[$i].Id -Label $(if ($i % 4 -eq 1) { 'closed' } else { $truth }) -Author carol
            }
            foreach ($a in Measure-FlywheelAgreement eyes) { "$($a.Annotator) $($a.Votes) $($a.Agreement.N) $($a.Accuracy -gt 0.8)" }
            $s = Measure-FlywheelAgreement eyes -Summary
            "$($s.Shared) $($s.Alpha.Low -lt $s.Alpha.Value) $($s.Pairs.Count) $($s.Disputed)"
            $c = Measure-FlywheelAgreement eyes -Consensus -AsSuggestion -InformationAction SilentlyContinue
            "$($c.Count) $(@($c | Where-Object { -not $_.IsCurrent }).Count)"
            """);
        Assert.Equal("", run.Error);
        Assert.StartsWith("NoVotes", run.Lines[0]);
        Assert.Equal(["ann 40 40 True", "bob 40 40 True", "carol 40 40 False", "40 True 3 10", "40 10"], run.Lines.Skip(1).Where(l => !l.StartsWith("WARNING", StringComparison.Ordinal)));
        var kept = at.Workspace.Catalogue.Suggestions(new SuggestionQuery { Dataset = "eyes" }).ToList();
        Assert.Equal(10, kept.Count);
        Assert.All(kept, s => Assert.Equal(("consensus", "closed", "open"), (s.Reason, s.OldLabel, s.NewLabel)));
    }
}
