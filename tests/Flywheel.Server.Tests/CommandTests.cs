using Flywheel.Engine.Endpoints;

namespace Flywheel.Server.Tests;

/// <summary>The cmdlets as a user meets them, in a shell of their own; the workspace has a published model.</summary>
public sealed class CommandTests : IDisposable
{
    readonly ServerProcess _host = new();

    public void Dispose() => _host.Dispose();

    async Task<ShellProcess.Outcome> ShellAsync(string script)
    {
        var run = await ShellProcess.CommandAsync(script, _host.Workspace.Root);
        return run;
    }

    [Fact]
    public async Task An_endpoint_is_started_listed_asked_and_stopped_and_outlives_the_shell_between()
    {
        var start = await ShellAsync("$e = Start-FlywheelEndpoint -Port 0 -Keep none; $e.Url; $e.Status.ToString(); $e.Version; $e.Model; $e.ProcessId");
        Assert.Equal("", start.Error);
        Assert.Equal(["Ready", "1", "tiny"], start.Lines[1..4]);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri(start.Lines[0]) };
            using var answer = await client.PostAsync("/v1/predict", ServerProcess.Image(Pictures.Png((_, _) => 220)));
            Assert.Equal("open", (await ServerProcess.Json(answer, System.Net.HttpStatusCode.OK)).GetProperty("label").GetString());
            var list = await ShellAsync("Get-FlywheelEndpoint | ForEach-Object { $_.Url; $_.Status.ToString() }");
            Assert.Equal([start.Lines[0], "Ready"], list.Lines);
        }
        finally
        {
            var stop = await ShellAsync("(Get-FlywheelEndpoint | Stop-FlywheelEndpoint).Status.ToString(); @(Get-FlywheelEndpoint).Count");
            Assert.Equal("", stop.Error);
            Assert.Equal(["Stopped", "0"], stop.Lines);
        }
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(int.Parse(start.Lines[4])));
    }

    [Fact]
    public async Task What_cannot_be_served_is_told_before_or_instead()
    {
        var none = await ShellAsync("try { Start-FlywheelEndpoint -Alias nothing -Port 0 } catch { $_.FullyQualifiedErrorId.Split(',')[0]; $_.ErrorDetails.RecommendedAction }");
        Assert.Equal(["AliasNotFound", "Aliases here: production."], none.Lines);
        var open = await ShellAsync("try { Start-FlywheelEndpoint -Address 0.0.0.0 -Port 0 } catch { $_.FullyQualifiedErrorId.Split(',')[0]; $_.CategoryInfo.Category.ToString() }");
        Assert.Equal(["EndpointKeyNeeded", "SecurityError"], open.Lines);
        var description = Path.Combine(_host.First.Path, "model.json");
        await File.AppendAllTextAsync(description, " ");
        var tampered = await ShellAsync("try { Start-FlywheelEndpoint -Port 0 } catch { $_.FullyQualifiedErrorId.Split(',')[0]; $_.TargetObject }; @(Get-FlywheelEndpoint).Count");
        Assert.Equal(["ModelChecksumMismatch", description, "0"], tampered.Lines);
    }

    [Fact]
    public async Task A_key_is_shown_once_listed_without_and_taken_away()
    {
        var run = await ShellAsync("$k = New-FlywheelEndpointKey 'line 3' -Role Predict, Review; $k.Key; $l = Get-FlywheelEndpointKey; $l.Name; $l.Roles -join '+'; $null -eq $l.Key; [void] ($l | Remove-FlywheelEndpointKey); @(Get-FlywheelEndpointKey).Count");
        Assert.Equal("", run.Error);
        Assert.StartsWith("fwk_", run.Lines[0]);
        Assert.Equal(["line 3", "Predict+Review", "True", "0"], run.Lines[1..]);
    }

    [Fact]
    public async Task A_new_key_is_shown_whole_however_long_its_name()
    {
        var run = await ShellAsync("New-FlywheelEndpointKey ('line 3 of the southern plant ' * 3) -Role Predict, Feedback, Review");
        Assert.Equal("", run.Error);
        var shown = Assert.Single(run.Lines, l => l.Contains("fwk_", StringComparison.Ordinal));
        Assert.NotNull(EndpointKeys.Load(_host.Workspace).Check(shown[shown.IndexOf("fwk_", StringComparison.Ordinal)..].Trim(), DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task How_long_pictures_stay_is_told_as_everywhere_else_and_a_slip_does_not_delete_them()
    {
        foreach (var (typed, days) in new (string, string)[] { ("7d", "7"), ("2.12:00:00", "2.5"), ("([TimeSpan]::FromDays(3))", "3"), ("forever", ""), ("([TimeSpan]::Zero)", "") })
        {
            var run = await ShellAsync($"$e = Start-FlywheelEndpoint -Port 0 -Keep none -Retention {typed}; $e.Retention.TotalDays; $e | Stop-FlywheelEndpoint | Out-Null");
            Assert.Equal(("", days), (run.Error, string.Concat(run.Lines)));
        }
        foreach (var typed in new[] { "7", "-7d", "([TimeSpan]::FromDays(-1))", "long" })
            Assert.Equal(["CannotConvertArgumentNoMessage"], (await ShellAsync($"try {{ Start-FlywheelEndpoint -Retention {typed} -WhatIf }} catch {{ $_.FullyQualifiedErrorId.Split(',')[0] }}")).Lines);
    }

    [Fact]
    public async Task WhatIf_starts_nothing_and_makes_no_key()
    {
        var run = await ShellAsync("Start-FlywheelEndpoint -Port 0 -WhatIf; New-FlywheelEndpointKey x -WhatIf; @(Get-FlywheelEndpoint).Count; @(Get-FlywheelEndpointKey).Count");
        Assert.Equal("", run.Error);
        Assert.Equal(["0", "0"], run.Lines[^2..]);
        Assert.Contains("What if", run.Output);
    }

    [Fact]
    public async Task An_endpoint_that_was_killed_is_listed_once_as_ended()
    {
        await _host.StartAsync();
        _host.Kill();
        Assert.Equal(["Ended", "0"], (await ShellAsync("(Get-FlywheelEndpoint).Status.ToString(); @(Get-FlywheelEndpoint).Count")).Lines);
    }
}
