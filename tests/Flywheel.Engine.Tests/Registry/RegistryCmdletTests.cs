using Flywheel.Tests;

namespace Flywheel.Engine.Tests.Registry;

/// <summary>The registry's cmdlets in the staged module, on a workspace made here.</summary>
public class RegistryCmdletTests
{
    static async Task<ShellProcess.Outcome> Run(TemporaryWorkspace at, string script) => await ShellProcess.RunAsync([at.Write("session.ps1", script)], folder: at.Root);

    static TemporaryWorkspace Workspace()
    {
        var at = new TemporaryWorkspace();
        TinyModel.Add(at.Workspace, "one");
        TinyModel.Add(at.Workspace, "two", 8);
        TinyModel.Add(at.Workspace, "wrong", -10);
        Shades.Dataset(at, "eyes", 60);
        return at;
    }

    [Fact]
    public async Task A_model_is_published_behind_a_gate_rolled_back_and_removed()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $r = Get-FlywheelModel one | Publish-FlywheelModel -Gate 'accuracy >= 0.5', 'accuracy >= champion' -Dataset eyes -Split None
            "$($r.Published) v$($r.Version) $($r.Gate.Verdict) $($r.Gate.Checks.Count)"
            $r = Publish-FlywheelModel two -Gate 'accuracy >= champion - 0.1' -Dataset eyes -Split None -WhatIf
            "$($r.Published) $($r.Gate.Verdict) $((Get-FlywheelModel production).Name)"
            $r = Publish-FlywheelModel two -Gate 'accuracy >= champion - 0.1' -Dataset eyes -Split None
            "$($r.Published) v$($r.Version) replaced v$($r.Replaced)"
            (Get-ChildItem ../data/eyes/0001.png | Invoke-FlywheelPrediction -Model production).ModelId -eq (Get-FlywheelModel two).Id
            $m = Restore-FlywheelModel -Reason 'drill'
            "v$($m.From) to v$($m.To)"
            (Get-FlywheelModel two).Aliases
            (Get-FlywheelModelHistory production).Count
            (Get-FlywheelModelHistory production)[2].Reason
            (Remove-FlywheelModel -Alias previous).Kind
            Remove-FlywheelModel v2
            (Get-FlywheelModel).Name
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["True v1 Pass 2", "False Pass one", "True v2 replaced v1", "True", "v2 to v1", "previous", "3", "drill", "Remove", "one", "wrong"], run.Lines.Where(l => !l.StartsWith("What if", StringComparison.Ordinal)));
        Assert.Contains(run.Lines, l => l.StartsWith("What if", StringComparison.Ordinal) && l.Contains("'two' passes the gate (1 of 1 accepted).", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gate_that_does_not_pass_is_an_error_beside_its_result()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $ErrorActionPreference = 'SilentlyContinue'
            $r = 'wrong', 'one' | Publish-FlywheelModel -Gate 'accuracy >= 0.88' -Dataset eyes -Split None
            $r | ForEach-Object { "$($_.Model.Name) $($_.Published) $($_.Gate.Verdict)" }
            foreach ($e in $Error[1, 0]) { "$($e.FullyQualifiedErrorId) $($e.TargetObject)" }
            Publish-FlywheelModel one -Gate 'acuracy >= 0.88'
            $Error[0].FullyQualifiedErrorId
            $r = Publish-FlywheelModel wrong -Gate 'accuracy >= 0.88' -Dataset eyes -Split None -Force -Reason 'a drill'
            "$($r.Published) $($r.Forced)"
            'production', 'two' | Remove-FlywheelModel
            $Error[0].FullyQualifiedErrorId
            (Get-FlywheelModel).Count
            """);
        Assert.Equal([
            "wrong False Fail", "one False CannotTell",
            "GateFailed,Flywheel.PowerShell.Commands.PublishFlywheelModelCommand wrong", "GateCannotTell,Flywheel.PowerShell.Commands.PublishFlywheelModelCommand one",
            "GateSyntax,Flywheel.PowerShell.Commands.PublishFlywheelModelCommand", "True True",
            "ModelVersionInUse,Flywheel.PowerShell.Commands.RemoveFlywheelModelCommand", "2"], run.Lines);
    }

    [Fact]
    public async Task Models_go_out_as_a_zip_and_come_back_from_one()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $null = Publish-FlywheelModel one
            $a = Export-FlywheelModel production ../out/one.zip
            "$($a.Version) $($a.Files) $(Test-Path ../out/one.zip)"
            $null = New-FlywheelWorkspace ../elsewhere
            $m = Import-FlywheelModel ../out/one.zip -Workspace ../elsewhere
            $m.Name
            (Export-FlywheelModel $m ../out/two.zip).Sha256 -eq $a.Sha256
            $m | Publish-FlywheelModel -Alias challenger | ForEach-Object Alias
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["1 5 True", "one", "True", "challenger"], run.Lines);
    }

    [Fact]
    public async Task A_pattern_takes_in_every_zip_and_a_bad_one_does_not_stop_the_rest()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $ErrorActionPreference = 'SilentlyContinue'
            $null = 'one', 'two' | ForEach-Object { Export-FlywheelModel $_ "../out/$_.zip" }
            [IO.File]::WriteAllText((Resolve-Path ../out/one.zip).Path.Replace('one', 'not'), 'no zip')
            $null = New-FlywheelWorkspace ../elsewhere
            (Import-FlywheelModel ../out/*.zip -Workspace ../elsewhere).Name
            $Error[0].FullyQualifiedErrorId.Split(',')[0]
            """);
        Assert.Equal(["one", "two", "ModelArchiveInvalid"], run.Lines);
    }

    [Fact]
    public async Task A_version_is_named_as_it_is_shown_and_an_alias_that_is_there_stays()
    {
        using var at = Workspace();
        var run = await Run(at, """
            $null = 'one', 'two' | Publish-FlywheelModel
            "$((Restore-FlywheelModel production v1).To)"
            $again = Restore-FlywheelModel production 1 -WarningVariable said -WarningAction SilentlyContinue
            "$($null -eq $again) $said"
            (Get-FlywheelModelHistory production).Count
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["1", "True 'production' points to v1 already.", "3"], run.Lines);
    }

    [Fact]
    public async Task Names_are_completed()
    {
        using var at = Workspace();
        var run = await Run(at, """
            function Complete($line) { ([System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.CompletionText -join ' ' }
            $null = Publish-FlywheelModel one
            Complete 'Test-FlywheelModel pr'
            Complete 'Test-FlywheelModel v'
            Complete 'Publish-FlywheelModel one -Alias p'
            Complete 'Restore-FlywheelModel production -Version '
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["production", "v1", "production", "1"], run.Lines);
    }
}
