using System.Globalization;
using Flywheel.Tests;

namespace Flywheel.Benchmarks.Studio;

/// <summary>
/// From a key to the next image on the screen, in a real browser: from the key event's own time to the first task after the frame in which the
/// next image was painted; of that, at the 95th percentile, what the key waited for the page's thread and what the page itself worked. <c>studio [images]</c>; 100 images by default, small crops and large pictures.
/// </summary>
static class StudioBenchmark
{
    public static int Run(string[] args) => RunAsync(args is [var n] ? int.Parse(n, CultureInfo.InvariantCulture) : 100).GetAwaiter().GetResult();

    static async Task<int> RunAsync(int count)
    {
        Console.WriteLine($"{"pictures",-28}{"n",6}{"p50 ms",10}{"p95 ms",10}{"max ms",10}{"wait p95",12}{"work p95",12}");
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
            // Where the time goes: until the page's thread takes the key, its own work, and the rest until the frame.
            await page.EvaluateAsync<bool>("(window.keyEvents = [], new PerformanceObserver(l => keyEvents.push(...l.getEntries().filter(e => e.name === 'keydown').map(e => [e.processingStart - e.startTime, e.processingEnd - e.processingStart]))).observe({ type: 'event', durationThreshold: 16 }), true)");
            for (var i = 1; i <= count; i++)
            {
                await page.KeyAsync(i % 2 == 0 ? "1" : "2");
                await page.UntilAsync($"studioTimings.length >= {i}");
                await Task.Delay(200); // a fast person
            }
            var times = await page.EvaluateAsync<double[]>("studioTimings");
            var parts = await page.EvaluateAsync<double[][]>("keyEvents");
            Array.Sort(times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28}{times.Length,6}{At(times, 0.5),10:0.0}{At(times, 0.95),10:0.0}{times[^1],10:0.0}{At(parts.Select(p => p[0]), 0.95),12:0.0}{At(parts.Select(p => p[1]), 0.95),12:0.0}"));
        }
    }

    static double At(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
