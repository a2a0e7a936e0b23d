namespace Flywheel.Engine.Tests.Production;

/// <summary>The cmdlets of logs, reports and the catalogue of predictions in the staged module.</summary>
public class CatalogueCmdletTests
{
    [Fact]
    public async Task A_log_comes_in_once_and_WhatIf_only_tells()
    {
        using var at = CmdletTests.Workspace();
        at.Write("log.csv", "Datei;Urteil;p0;p1;Zeit\neyes/0001.png;open;0,2;0,8;2027-01-31T18:00:00Z\nfield/0002.png;closed;0,9;0,1;2027-01-31T18:00:01Z\nnone.png;closed;0,9;0,1;\n");
        var run = await CmdletTests.Run(at, """
            $how = @{ Path = '../data/*.csv'; Model = 'line-3'; External = $true; Column = @{ path = 'Datei'; label = 'Urteil'; time = 'Zeit' }; Score = @{ p0 = 'closed'; p1 = 'open' }; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'e' }
            Import-FlywheelPrediction @how -WhatIf
            (Get-FlywheelModel).Count
            $r = Import-FlywheelPrediction @how
            "$($r.Added) $($r.Known) $($r.Failed) $($r.Model.IsExternal) $($r.Model.Labels)"
            $r = Import-FlywheelPrediction @how
            "$($r.Added) $($r.Known) $($r.Failed)"
            "$($e[0].FullyQualifiedErrorId) $($e[0].TargetObject.EndsWith('none.png'))"
            (Get-FlywheelPrediction line-3).Confidence
            try { Import-FlywheelPrediction ../data/log.csv -Model line-4 } catch { $e = $_ }
            $e.ErrorDetails.RecommendedAction.StartsWith('If it runs elsewhere, say so with -External')
            """);
        Assert.Equal("", run.Error);
        Assert.Contains("2 predictions of 'line-3', a new external model, from 'log.csv' (0 known, 1 rows left out)", run.Lines[0], StringComparison.Ordinal);
        Assert.Equal(["2", "2 0 1 True closed open", "0 2 1", "LogImageMissing,Flywheel.PowerShell.Commands.ImportFlywheelPredictionCommand True", "0.9", "0.8", "True"], run.Lines.Skip(1));
    }

    [Fact]
    public async Task Predictions_are_listed_newest_first_and_filtered_and_drawn()
    {
        using var at = CmdletTests.Workspace();
        var run = await CmdletTests.Run(at, """
            $all = Get-FlywheelDataset eyes | Invoke-FlywheelPrediction -Model tiny
            $null = Get-FlywheelDataset field | Invoke-FlywheelPrediction -Model wrong
            "$((Get-FlywheelPrediction).Count) $((Get-FlywheelPrediction tiny).Count) $((Get-FlywheelPrediction tiny)[0].Id -eq $all[-1].Id)"
            "$((Get-FlywheelPrediction -Verdict Wrong).Count) $((Get-FlywheelPrediction -Verdict Right).Count) $((Get-FlywheelPrediction -Verdict Unknown).Count) $((Get-FlywheelPrediction tiny -Label open).Count)"
            "$((Get-FlywheelPrediction -Tag @{ subject = 's0' } -Model tiny).Count) $((Get-FlywheelPrediction tiny -MaxConfidence 0.9).Count + (Get-FlywheelPrediction tiny -MinConfidence 0.9).Count) $(@(Get-FlywheelPrediction tiny -Property 'brightness<0.1').Count)"
            "$(@(Get-FlywheelPrediction -Until 1h).Count) $(@(Get-FlywheelPrediction -Source Shadow).Count) $((Get-FlywheelPrediction -Id $all[3].Id.Substring(0, 35)).Name) $((Get-FlywheelPrediction -First 3).Count)"
            (Get-FlywheelPrediction tiny -Similar ../data/field/0001.png -First 4 -ContactSheet ./like.png).Count
            (Get-FlywheelImage eyes -First 1 | ForEach-Object { Get-FlywheelPrediction tiny -Similar $_ -First 1 }).Similarity.ToString('0.0000')
            Test-Path ./like.png
            """);
        Assert.Equal("", run.Error);
        var dark = at.Images("eyes").Count(i => i.Brightness < 0.1);
        Assert.Equal(["70 40 True", "4 36 30 20", $"5 40 {dark}", "0 0 0003.png 3", "4", "1.0000", "True"], run.Lines);
    }

    [Fact]
    public async Task Feedback_comes_from_the_pipeline_and_from_files()
    {
        using var at = CmdletTests.Workspace();
        at.Write("reports.csv", "path,verdict,label,reason\nfield/0004.png,wrong,open,glare\nfield/none.png,wrong,,\n");
        var run = await CmdletTests.Run(at, """
            $p = Get-FlywheelDataset field | Invoke-FlywheelPrediction -Model tiny
            $null = $p[0] | Add-FlywheelFeedback -Wrong -Reason 'too dark' -WhatIf
            $f = $p[0, 1] | Add-FlywheelFeedback -Wrong -Reason 'too dark' -Reporter ann
            "$($f.Count) $($f[0].Verdict) $($f[0].Reporter)"
            (Add-FlywheelFeedback $p[2].Id.Substring(0, 35) -Label $p[2].Label).Verdict
            Add-FlywheelFeedback 0199f6f2 -Right -ErrorAction SilentlyContinue -ErrorVariable e
            try { Add-FlywheelFeedback $p[3] -Right -Wrong } catch { $null = $e.Add($_) }
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
        using var at = CmdletTests.Workspace();
        at.Write("log.csv", "path,label,confidence,camera\nfield/0002.png,closed,0.9,north\nfield/0003.png,open,0.6,south\n");
        var run = await CmdletTests.Run(at, """
            function Complete($text) { (TabExpansion2 $text $text.Length).CompletionMatches.CompletionText }
            Import-FlywheelPrediction ../data/log.csv line-3 -External
            Get-FlywheelPrediction
            Get-FlywheelDataset field | Invoke-FlywheelPrediction -Model tiny | Select-Object -First 1 | Add-FlywheelFeedback -Wrong -Label open -Reason 'a long story about how the sun came in through the window and blinded the camera'
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
    }
}
