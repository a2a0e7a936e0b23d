namespace Flywheel.Studio.Tests;

/// <summary>The dashboard says what the catalogue says; all three pages can be read in both themes and on both screens.</summary>
public sealed class DashboardTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Figures_are_those_of_the_catalogue()
    {
        using var studio = new StudioProcess(120);
        StudioWorld.Fill(studio);
        studio.AddQueue("night", first: 30);
        var catalogue = studio.Workspace.Catalogue;
        var items = catalogue.Claim("night", "bob", 7, DateTimeOffset.UtcNow.AddMinutes(5));
        catalogue.Answer("night", "bob", [.. items.Select(i => new QueueAnswer(i.ImageId, QueueItemState.Done))]);
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(studio.Page("dashboard", null));
        await page.UntilAsync("document.documentElement.dataset.ready === 'dashboard' && !document.querySelector('#endpoints').innerText.includes('Asking')");
        Assert.Equal("120", await page.TextAsync("#images"));
        foreach (var source in Enum.GetValues<AnnotationProvenance>())
            Assert.Equal($"{studio.Images.Count(i => i.Label is not null && i.Provenance == source)}", await page.TextAsync($"[data-labels='{source.ToString().ToLowerInvariant()}']"));
        Assert.Equal([0.83, 0.88, 0.85, 0.91], (await page.EvaluateAsync<double[]>("[...document.querySelectorAll('#accuracy [data-figure]')].map(e => Number(e.dataset.figure)).sort()")).OrderBy(v => Array.IndexOf([0.83, 0.88, 0.85, 0.91], v)));
        Assert.Equal(4, await page.EvaluateAsync<int>("document.querySelectorAll('#accuracy .chart [data-value]').length"));
        var slices = await page.TextAsync("#slices");
        Assert.Contains("1 open, 1 closed", slices, StringComparison.Ordinal);
        Assert.Contains("width ≤ 30 px", slices, StringComparison.Ordinal);
        Assert.Contains("25.0 % [15.0, 39.0], n 48", slices, StringComparison.Ordinal);
        Assert.Contains("width 83 → 24 px", await page.TextAsync("#drift"), StringComparison.Ordinal);
        Assert.Contains("label first", await page.TextAsync("#decision"), StringComparison.Ordinal);
        Assert.Contains("7 of 30", await page.TextAsync("#queues"), StringComparison.Ordinal);
        Assert.Contains("75.0 % [30.1, 95.4], n 4", await page.TextAsync("#reviews [data-reason=consensus]"), StringComparison.Ordinal); // Wilson of 3 in 4
        Assert.Contains("waiting for people", await page.TextAsync("#runs"), StringComparison.Ordinal);
        Assert.Contains("Start-FlywheelEndpoint", await page.TextAsync("#endpoints"), StringComparison.Ordinal);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task An_empty_workspace_names_the_commands_that_fill_it()
    {
        using var studio = new StudioProcess(2);
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        foreach (var (name, command) in new[] { ("dashboard", "Test-FlywheelRetraining"), ("dashboard", "Find-FlywheelSlice"), ("review", "Find-FlywheelLabelError") })
        {
            await page.GoAsync(studio.Page(name));
            await page.UntilAsync($"document.documentElement.dataset.ready === '{name}'");
            Assert.Contains(command, await page.TextAsync("main"), StringComparison.Ordinal);
        }
        Assert.Empty(page.Faults);
    }

    public static TheoryData<string, string, int, int> Screens() => [.. from page in new[] { "review", "explore", "explore?view=map", "dashboard" } from scheme in new[] { "light", "dark" } from size in new[] { (1280, 800), (390, 844) } select (page, scheme, size.Item1, size.Item2)];

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Pages_can_be_read(string name, string scheme, int width, int height)
    {
        var studio = await World.GetAsync();
        var page = await fixture.Browser.OpenAsync(width, height);
        await page.PreferAsync(scheme);
        await page.GoAsync(studio.Page(name + (name.Contains('?', StringComparison.Ordinal) ? "&" : "")));
        await page.UntilAsync("document.documentElement.dataset.ready");
        await page.UntilAsync("!document.querySelector('#endpoints')?.innerText.includes('Asking')");
        await page.EvaluateAsync<bool>("(document.querySelectorAll('details').forEach(d => d.open = true), true)");
        Assert.Empty(await Looks.FaultsAsync(page));
        Assert.Empty(page.Faults);
        // Everything that takes keys is reached with Tab, each once, from the top of the page down.
        var stops = await page.EvaluateAsync<int>("[...document.querySelectorAll('a[href], button:not(:disabled), input, select, summary, [tabindex=\"0\"]')].filter(e => e.checkVisibility()).length");
        Assert.True(stops > 8, $"{stops} places take the focus");
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0).length"));
        await page.CloseAsync();
    }

    static class World
    {
        static readonly Lazy<Task<StudioProcess>> s_studio = new(async () =>
        {
            var studio = new StudioProcess(120);
            StudioWorld.Fill(studio);
            studio.AddQueue("night", first: 30);
            await studio.StartAsync();
            AppDomain.CurrentDomain.ProcessExit += (_, _) => studio.Dispose();
            return studio;
        });

        public static Task<StudioProcess> GetAsync() => s_studio.Value;
    }
}
