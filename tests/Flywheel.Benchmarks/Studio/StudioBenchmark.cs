using System.Globalization;
using Flywheel.Tests;

namespace Flywheel.Benchmarks.Studio;

/// <summary>
/// From a key to the next image on the screen, in a real browser: from the key event's own time to the first task after the frame in which the
/// next image was painted. <c>studio [images]</c>; 100 images by default, small crops and large pictures.
/// </summary>
static class StudioBenchmark
{
    public static int Run(string[] args) => RunAsync(args is [var n] ? int.Parse(n, CultureInfo.InvariantCulture) : 100).GetAwaiter().GetResult();

    static async Task<int> RunAsync(int count)
    {
        Console.WriteLine($"{"pictures",-28}{"n",6}{"p50 ms",10}{"p95 ms",10}{"max ms",10}");
        await MeasureAsync("drawn eyes", new StudioProcess(count + 20), count);
        await MeasureAsync("1280 x 960 grey PNG", new StudioProcess(write: folder =>
        {
            for (var i = 0; i < count + 20; i++) File.WriteAllBytes(Path.Combine(folder, $"{i:0000}.png"), Pictures.Png(i, 1280, 960));
        }), count);
        return 0;
    }

    static async Task MeasureAsync(string name, StudioProcess studio, int count)
    {
        using (studio)
        {
            studio.AddQueue();
            await studio.StartAsync();
            await using var browser = await Browser.StartAsync();
            var page = await browser.OpenAsync();
            await page.GoAsync(studio.Page("label", "ann", ("queue", "night")));
            await page.UntilAsync("document.querySelector('.facts')?.innerText.includes('×')");
            await Task.Delay(1000);
            for (var i = 1; i <= count; i++)
            {
                await page.KeyAsync(i % 2 == 0 ? "1" : "2");
                await page.UntilAsync($"studioTimings.length >= {i}");
                await Task.Delay(200); // a fast person
            }
            var times = await page.EvaluateAsync<double[]>("studioTimings");
            Array.Sort(times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28}{times.Length,6}{times[times.Length / 2],10:0.0}{times[(int)Math.Ceiling(0.95 * times.Length) - 1],10:0.0}{times[^1],10:0.0}"));
        }
    }
}
