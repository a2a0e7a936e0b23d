using Flywheel.Tests;

namespace Flywheel.Engine.Tests.Production;

/// <summary>The cmdlets of evaluation and production in the staged module, on a workspace made here.</summary>
public class CmdletTests
{
    internal static async Task<ShellProcess.Outcome> Run(TemporaryWorkspace at, string script)
    {
        var file = at.Write("session.ps1", script);
        return await ShellProcess.RunAsync([file], folder: at.Root);
    }

    internal static TemporaryWorkspace Workspace()
    {
        var at = new TemporaryWorkspace();
        TinyModel.Add(at.Workspace);
        TinyModel.Add(at.Workspace, "wrong", -10);
        Shades.Dataset(at, "eyes", 40);
        Shades.Dataset(at, "field", 30, labelled: false, mark: 500);
        return at;
    }

    [Fact]
    public async Task Predictions_take_paths_wildcards_files_images_selections_and_datasets()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $all = '../data/field/*.png'
            (Invoke-FlywheelPrediction $all -Model tiny).Count
            ('../data/field/0001.png', '../data/field/0003.png' | Invoke-FlywheelPrediction -Model tiny).Count
            (Get-ChildItem ../data/field | Invoke-FlywheelPrediction -Model tiny).Count
            (Get-FlywheelImage field | Invoke-FlywheelPrediction -Model tiny).Count
            (Select-FlywheelImage field -Model tiny -Budget 5 | Invoke-FlywheelPrediction -Model tiny).Count
            (Get-FlywheelDataset eyes | Invoke-FlywheelPrediction -Model tiny).Count
            (Find-FlywheelFailure tiny -Known | Invoke-FlywheelPrediction -Model wrong -NoStore).Count
            (Invoke-FlywheelPrediction -LiteralPath ../data/field/0002.png -Model tiny).Name
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["30", "2", "30", "30", "5", "40", "4", "0002.png"], run.Lines);
        Assert.Null(at.Workspace.Catalogue.FindDataset("inbox")); // all of them were known
    }

    [Fact]
    public async Task The_first_prediction_comes_out_before_the_second_image_goes_in()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $global:fed = 0
            $first = Get-FlywheelImage eyes | ForEach-Object { $global:fed++; $_ } | Invoke-FlywheelPrediction -Model tiny | Select-Object -First 1
            "$($first.Label) $global:fed"
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["closed 1"], run.Lines);
        Assert.Single(at.Workspace.Catalogue.Predictions(new PredictionQuery()));
    }

    [Fact]
    public async Task Bad_files_are_errors_of_their_own()
    {
        using var at = Workspace();
        at.Write("bad/text.png", "not a picture");
        var run = await Run(at, """
            $ErrorActionPreference = 'SilentlyContinue'
            (Invoke-FlywheelPrediction ../data/bad/text.png, ../data/bad/none.png, ../data/field/0001.png -Model tiny).Name
            foreach ($e in $Error[1, 0]) { $e.FullyQualifiedErrorId; [IO.Path]::GetFileName($e.TargetObject) }
            """);
        Assert.Equal("0001.png", run.Lines[0]);
        Assert.Equal(["FileNotFound,Flywheel.PowerShell.Commands.InvokeFlywheelPredictionCommand", "ImageFormatUnknown,Flywheel.PowerShell.Commands.InvokeFlywheelPredictionCommand"],
            run.Lines.Where(l => l.Contains(',')).Order(StringComparer.Ordinal));
        Assert.Equal(["none.png", "text.png"], run.Lines.Skip(1).Where(l => !l.Contains(',')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Evaluations_and_comparisons_come_out_of_the_pipeline_with_the_engines_figures()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $e = Test-FlywheelModel tiny -Dataset eyes
            "$($e.N) $($e.Accuracy.Value) $($e.Split)"
            $c = Compare-FlywheelModel wrong tiny -Dataset eyes
            "$($c.Verdict) $($c.Gained) $($c.Lost)"
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["40 0.9 None", "Better 36 4"], run.Lines);
    }

    [Fact]
    public async Task Failures_pipe_into_annotation_and_the_sheet_obeys_WhatIf()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $f = Find-FlywheelFailure tiny -Dataset eyes -Known -ContactSheet ./sheet.png -WhatIf
            "$($f.Count) $(Test-Path ./sheet.png)"
            $f = Find-FlywheelFailure tiny -Dataset eyes -Known -ContactSheet ./sheet.png
            "$($f.Count) $(Test-Path ./sheet.png)"
            $f[0] | Set-FlywheelAnnotation -Label $f[0].Predicted | ForEach-Object NewLabel
            (Find-FlywheelFailure tiny -Since 1h -Known).Count
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["4 False", "4 True", "3"], run.Lines.Where(l => char.IsDigit(l[0])));
    }

    [Fact]
    public async Task Selections_state_what_there_was_and_leave_out_what_they_are_told()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $s = Select-FlywheelImage field -Model tiny -Budget 10 -Strategy Margin
            $t = Select-FlywheelImage field -Model tiny -Budget 10 -Strategy Margin -Exclude $s
            $u = Select-FlywheelImage field -Model tiny -Budget 10 -Strategy Margin -Exclude $s[0].Image.ShortId
            "$($s.Count) $($t.Count) $(($t | Where-Object { $_.ImageId -in $s.ImageId }).Count) $($u.ImageId -contains $s[0].ImageId)"
            (Select-FlywheelImage field -Budget 99 -Strategy Random -WarningVariable w -WarningAction SilentlyContinue).Count
            "$w"
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["10 10 0 False", "30", "'field' has only 30 unlabelled images to choose from; all are chosen, 69 of the budget of 99 are left."], run.Lines);
    }

    [Fact]
    public async Task A_log_comes_in_once_and_WhatIf_only_tells()
    {
        using var at = Workspace();
        at.Write("log.csv", "Datei;Urteil;p0;p1;Zeit\neyes/0001.png;open;0,2;0,8;2027-01-31T18:00:00Z\nfield/0002.png;closed;0,9;0,1;2027-01-31T18:00:01Z\nnone.png;closed;0,9;0,1;\n");
        var run = await Run(at, """
            $how = @{ Path = '../data/*.csv'; Model = 'line-3'; External = $true; Column = @{ path = 'Datei'; label = 'Urteil'; time = 'Zeit' }; Score = @{ p0 = 'closed'; p1 = 'open' }; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'e' }
            Import-FlywheelPrediction @how -WhatIf
            (Get-FlywheelModel).Count
            $r = Import-FlywheelPrediction @how
            "$($r.Added) $($r.Known) $($r.Failed) $($r.Model.IsExternal) $($r.Model.Labels)"
            $r = Import-FlywheelPrediction @how
            "$($r.Added) $($r.Known) $($r.Failed)"
            "$($e[0].FullyQualifiedErrorId) $($e[0].TargetObject.EndsWith('none.png'))"
            (Get-FlywheelPrediction line-3).Confidence
            Import-FlywheelPrediction ../data/log.csv -Model line-4 -ErrorAction SilentlyContinue -ErrorVariable e
            $e[0].ErrorDetails.RecommendedAction.StartsWith('If it runs elsewhere, say so with -External')
            """);
        Assert.Equal("", run.Error);
        Assert.Contains("2 predictions of 'line-3', a new external model, from 'log.csv' (0 known, 1 rows left out)", run.Lines[0], StringComparison.Ordinal);
        Assert.Equal(["2", "2 0 1 True closed open", "0 2 1", "LogImageMissing,Flywheel.PowerShell.Commands.ImportFlywheelPredictionCommand True", "0.9", "0.8", "True"], run.Lines.Skip(1));
    }

    [Fact]
    public async Task Predictions_are_listed_newest_first_and_filtered_and_drawn()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $all = Get-FlywheelDataset eyes | Invoke-FlywheelPrediction -Model tiny
            $null = Get-FlywheelDataset field | Invoke-FlywheelPrediction -Model wrong
            "$((Get-FlywheelPrediction).Count) $((Get-FlywheelPrediction tiny).Count) $((Get-FlywheelPrediction tiny)[0].Id -eq $all[-1].Id)"
            "$((Get-FlywheelPrediction -Verdict Wrong).Count) $((Get-FlywheelPrediction -Verdict Right).Count) $((Get-FlywheelPrediction -Verdict Unknown).Count) $((Get-FlywheelPrediction tiny -Label open).Count)"
            "$((Get-FlywheelPrediction -Tag @{ subject = 's0' } -Model tiny).Count) $((Get-FlywheelPrediction tiny -MaxConfidence 0.9).Count + (Get-FlywheelPrediction tiny -MinConfidence 0.9).Count) $(@(Get-FlywheelPrediction tiny -Property 'brightness<0.1').Count)"
            "$(@(Get-FlywheelPrediction -Until 1h).Count) $(@(Get-FlywheelPrediction -Source Shadow).Count) $((Get-FlywheelPrediction -Id $all[3].Id.Substring(0, 35)).Name) $((Get-FlywheelPrediction -First 3).Count)"
            (Get-FlywheelPrediction tiny -Similar ../data/field/0001.png -First 4 -ContactSheet ./like.png).Count
            (Get-FlywheelImage eyes -First 1 | ForEach-Object { Get-FlywheelPrediction tiny -Similar $_ -First 1 }).Name
            Test-Path ./like.png
            """);
        Assert.Equal("", run.Error);
        var dark = at.Images("eyes").Count(i => i.Brightness < 0.1);
        Assert.Equal(["70 40 True", "4 36 30 20", $"5 40 {dark}", "0 0 0003.png 3", "4", "0000.png", "True"], run.Lines);
    }

    [Fact]
    public async Task Feedback_comes_from_the_pipeline_and_from_files()
    {
        using var at = Workspace();
        at.Write("reports.csv", "path,verdict,label,reason\nfield/0004.png,wrong,open,glare\nfield/none.png,wrong,,\n");
        var run = await Run(at, """
            $p = Get-FlywheelDataset field | Invoke-FlywheelPrediction -Model tiny
            $null = $p[0] | Add-FlywheelFeedback -Wrong -Reason 'too dark' -WhatIf
            $f = $p[0, 1] | Add-FlywheelFeedback -Wrong -Reason 'too dark' -Reporter ann
            "$($f.Count) $($f[0].Verdict) $($f[0].Reporter)"
            (Add-FlywheelFeedback $p[2].Id.Substring(0, 35) -Label $p[2].Label).Verdict
            Add-FlywheelFeedback 0199f6f2 -Right -ErrorAction SilentlyContinue -ErrorVariable e
            Add-FlywheelFeedback $p[3] -Right -Wrong -ErrorAction SilentlyContinue -ErrorVariable +e
            (Add-FlywheelFeedback -Path ../data/reports.csv -ErrorAction SilentlyContinue -ErrorVariable +e).Count
            (Add-FlywheelFeedback -Path ../data/reports.csv -ErrorAction SilentlyContinue).Count
            foreach ($x in $e) { $x.FullyQualifiedErrorId.Split(',')[0] }
            (Get-FlywheelPrediction -Reported).Count
            (Find-FlywheelFailure tiny -Known | Where-Object { $_.Reason -like '*too dark*' }).Count
            (Find-FlywheelFailure tiny -Known -First 1 | Add-FlywheelFeedback -Label open).Count
            (Get-FlywheelPrediction -Reason GLARE).Feedback.Label
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["2 Wrong ann", "Right", "1", "0", "PredictionNotFound", "VerdictMissing", "PredictionNotFound", "4", "2", "1", "open"], run.Lines.Where(l => !l.StartsWith("What if", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Labels_tags_and_models_complete_and_the_tables_fit()
    {
        using var at = Workspace();
        at.Write("log.csv", "path,label,confidence,camera\nfield/0002.png,closed,0.9,north\nfield/0003.png,open,0.6,south\n");
        var run = await Run(at, """
            function Complete($text) { (TabExpansion2 $text $text.Length).CompletionMatches.CompletionText }
            Import-FlywheelPrediction ../data/log.csv line-3 -External
            Get-FlywheelPrediction
            Get-FlywheelDataset field | Invoke-FlywheelPrediction -Model tiny | Select-Object -First 1 | Add-FlywheelFeedback -Wrong -Label closed -Reason 'a long story about how the sun came in through the window and blinded the camera'
            Get-FlywheelPrediction tiny -Similar ../data/field/0001.png -First 2
            Find-FlywheelFailure tiny
            'completions:'
            Complete 'Get-FlywheelPrediction -Label cl'
            Complete 'Get-FlywheelPrediction -Model lin'
            (Complete 'Get-FlywheelPrediction -Tag ')[0]
            Complete 'Add-FlywheelFeedback x -Label op'
            Complete 'Find-FlywheelFailure -Challenger wr'
            """);
        Assert.Equal("", run.Error);
        Assert.All(run.Lines, line => Assert.InRange(line.Length, 0, 120));
        foreach (var header in new[] { "Added", "Confidence", "Similarity", "Reporter", "Reason" }) Assert.Contains(run.Lines, line => line.Contains(header, StringComparison.Ordinal));
        Assert.Equal(["closed", "line-3", "@{ camera = 'north' }", "open", "wrong"], run.Lines.SkipWhile(l => l != "completions:").Skip(1));
    public async Task Drift_is_measured_listed_and_kept_unless_only_asked_what_if()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $report = Measure-FlywheelDrift tiny -Dataset field -Reference eyes -GroupBy subject -WhatIf
            $report = Measure-FlywheelDrift tiny -Dataset field -Reference eyes -GroupBy subject
            "$($report.Verdict) $($report.ReferenceGroups) $($report.WindowGroups) $($report.Budget)"
            ($report.Tests | Where-Object Flagged | ForEach-Object Name) -contains 'width'
            ($report.Telling[0] | ForEach-Object { Get-FlywheelImage -Id $_.ImageId }).Id -eq $report.Telling[0].ImageId
            try { Measure-FlywheelDrift tiny -Dataset field -FalseAlarms seldom } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            try { Measure-FlywheelDrift tiny -Dataset field -Every 3w } catch { 'no span' }
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["Drift 8 6 1 per 30d, looking every 1h", "True", "True", "FalseAlarmBudgetInvalid", "no span"], run.Lines.Where(l => !l.StartsWith("What if", StringComparison.Ordinal)));
        Assert.Single(at.Workspace.Catalogue.Reports("drift"));
    }
}
