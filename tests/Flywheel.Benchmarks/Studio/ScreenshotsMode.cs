using Flywheel.Tests;

namespace Flywheel.Benchmarks.Studio;

/// <summary>
/// Pictures of every page of the studio, light and dark, on a large and a small screen, to be looked at:
/// <c>dotnet run -c Release --project tests/Flywheel.Benchmarks -- screenshots &lt;folder&gt; [beginning of a scene's name]</c>.
/// </summary>
static class ScreenshotsMode
{
    static readonly (string Name, int Width, int Height)[] s_screens = [("large", 1280, 800), ("small", 390, 844)];

    public static int Run(string[] args)
    {
        if (args is not [var folder, .. { Length: <= 1 } only])
        {
            Console.Error.WriteLine("Usage: screenshots <folder> [beginning of a scene's name]");
            return 1;
        }
        return RunAsync(folder, only is [var name] ? name : "").GetAwaiter().GetResult();
    }

    static async Task<int> RunAsync(string folder, string only)
    {
        using var studio = new StudioProcess(160);
        StudioScenes.Fill(studio);
        await studio.StartAsync();
        await using var browser = await Browser.StartAsync();
        foreach (var scene in StudioScenes.All.Where(s => s.Name.StartsWith(only, StringComparison.Ordinal)))
            foreach (var scheme in (string[])["light", "dark"])
                foreach (var (name, width, height) in s_screens)
                {
                    var page = await browser.OpenAsync(width, height);
                    await page.PreferAsync(scheme);
                    await page.GoAsync(studio.Page(scene.Page, "ann"));
                    if (await page.EvaluateAsync<bool>("!document.getElementById('main')"))
                    {
                        Console.WriteLine($"{scene.Name}: no such page");
                        await page.CloseAsync();
                        continue;
                    }
                    await scene.Prepare(page);
                    var file = Path.Combine(folder, $"{scene.Name}-{scheme}-{name}.png");
                    await page.ScreenshotAsync(file);
                    Console.WriteLine(file + (page.Faults.Count > 0 ? $"  FAULTS: {string.Join(" | ", page.Faults)}" : ""));
                    await page.CloseAsync();
                }
        return 0;
    }
}
