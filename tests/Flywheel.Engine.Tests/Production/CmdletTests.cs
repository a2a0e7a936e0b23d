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
}
