namespace Flywheel.Studio.Tests;

/// <summary>The cmdlets as a user meets them, in a shell of their own.</summary>
public sealed class CommandTests : IDisposable
{
    readonly StudioProcess _studio = new(12);

    public void Dispose() => _studio.Dispose();

    Task<ShellProcess.Outcome> ShellAsync(string script) => ShellProcess.CommandAsync(script, _studio.Workspace.Root);

    [Fact]
    public async Task Queues_are_made_of_what_comes_down_the_pipeline_listed_and_forgotten()
    {
        var made = await ShellAsync("""
            $q = Get-FlywheelImage eyes | ForEach-Object { $_ } | New-FlywheelQueue night -Labels closed, open -First 5
            $q.Name; $q.Images; $q.Labels -join '+'; $q.Part.ToString()
            $b = New-FlywheelQueue -Dataset eyes -Boxes -Labels eye -Votes 2
            $b.Name; $b.Images; $b.Part.ToString(); $b.Votes
            (Get-FlywheelQueue).Name -join '+'
            (Get-FlywheelQueue n*).Name
            """);
        Assert.Equal("", made.Error);
        Assert.Equal(["night", "5", "closed+open", "Label", "eyes", "12", "Boxes", "2", "night+eyes", "night"], made.Lines);
        Assert.Equal(_studio.Images.Take(5).Select(i => i.Id), _studio.Workspace.Catalogue.QueueItems("night").Select(i => i.ImageId));
        var gone = await ShellAsync("(Get-FlywheelQueue night | Remove-FlywheelQueue).Name; (Get-FlywheelQueue).Name; try { Get-FlywheelQueue night -ErrorAction Stop } catch { $_.FullyQualifiedErrorId.Split(',')[0] }");
        Assert.Equal(["night", "eyes", "QueueNotFound"], gone.Lines);
    }

    [Fact]
    public async Task What_cannot_be_a_queue_is_told_and_WhatIf_makes_none()
    {
        var run = await ShellAsync("""
            New-FlywheelQueue night -Dataset eyes -Labels open -WhatIf
            Start-FlywheelStudio -Dataset eyes -Labels open -WhatIf
            @(Get-FlywheelQueue).Count; @(Get-FlywheelStudio).Count
            try { New-FlywheelQueue night -Dataset eyes } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            [void] (New-FlywheelQueue night -Dataset eyes -Labels open)
            try { New-FlywheelQueue night -Dataset eyes -Labels open } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            try { Start-FlywheelStudio day -Port 0 } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            try { Start-FlywheelStudio -Address 0.0.0.0 -Port 0 } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            """);
        Assert.Equal("", run.Error);
        Assert.Contains("12 images", run.Output, StringComparison.Ordinal);
        Assert.Equal(["0", "0", "LabelsMissing", "QueueExists", "QueueNotFound", "EndpointKeyNeeded"], run.Lines[^6..]);
    }

    [Fact]
    public async Task A_studio_is_started_with_a_queue_used_again_listed_and_stopped_and_outlives_the_shell_between()
    {
        var start = await ShellAsync("$s = Get-FlywheelImage eyes | Start-FlywheelStudio 'night shift' -Labels closed, open -Port 0; $s.Url; $s.Page; $s.Status.ToString(); $s.ProcessId; $s.Keyed");
        Assert.Equal("", start.Error);
        try
        {
            Assert.Equal($"{start.Lines[0]}/studio/label?queue=night%20shift&who={Uri.EscapeDataString(Environment.UserName)}", start.Lines[1]);
            Assert.Equal(["Ready", "False"], [start.Lines[2], start.Lines[4]]);
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            Assert.Contains("label.js", await client.GetStringAsync(start.Lines[1]), StringComparison.Ordinal);
            var again = await ShellAsync($"(Start-FlywheelStudio -Port {new Uri(start.Lines[0]).Port}).ProcessId; (Get-FlywheelStudio).Status.ToString()");
            Assert.Equal([start.Lines[3], "Ready"], again.Lines);
        }
        finally
        {
            var stop = await ShellAsync("(Stop-FlywheelStudio).Status.ToString(); @(Get-FlywheelStudio).Count; Stop-FlywheelStudio 3>&1 | ForEach-Object { $_.ToString() }");
            Assert.Equal("", stop.Error);
            Assert.Equal(["Stopped", "0", "No studio of this workspace runs."], stop.Lines);
        }
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(int.Parse(start.Lines[3])));
    }

    [Fact]
    public async Task A_studio_that_was_killed_is_listed_once_as_ended()
    {
        await _studio.StartAsync();
        _studio.Kill();
        Assert.Equal(["Ended", "0"], (await ShellAsync("(Get-FlywheelStudio).Status.ToString(); @(Get-FlywheelStudio).Count")).Lines);
    }
}
