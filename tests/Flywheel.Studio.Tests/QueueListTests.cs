namespace Flywheel.Studio.Tests;

/// <summary>The list of queues, in a browser.</summary>
public sealed class QueueListTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Queues_are_listed_with_how_far_they_are()
    {
        using var studio = new StudioProcess(6);
        studio.AddQueue("night shift");
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(studio.Page("label"));
        await page.UntilAsync("document.querySelector('table')");
        Assert.Contains("night shift", await page.TextAsync("main"), StringComparison.Ordinal);
        Assert.Contains("0 of 6", await page.TextAsync("main"), StringComparison.Ordinal);
        Assert.Equal("Label", await page.TextAsync("nav a[aria-current]"));
        Assert.Empty(page.Faults);
    }
}
