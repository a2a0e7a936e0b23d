namespace Flywheel.Studio.Tests;

/// <summary>One browser for all tests; each opens windows of its own. Tests are skipped, and say so, where there is none.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    Browser? _browser;

    internal Browser Browser
    {
        get
        {
            Assert.SkipWhen(_browser is null, Browser.Missing ?? "");
            return _browser!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Flywheel.Tests.Browser.Missing is null) _browser = await Flywheel.Tests.Browser.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
    }
}
