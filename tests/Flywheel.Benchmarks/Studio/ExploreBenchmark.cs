using System.Diagnostics;
using System.Globalization;
using Flywheel.Engine.Production;
using Flywheel.Engine.Studio.Dashboard;
using Flywheel.Engine.Studio.Explore;
using Flywheel.Engine.Studio.Review;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight;
using Flywheel.Insight.Projection;
using Flywheel.Tests;

namespace Flywheel.Benchmarks.Studio;

/// <summary>What the explore, review and dashboard pages ask of a large catalogue: <c>explore [images]</c>; 100,000 by default. Medians of five.</summary>
static class ExploreBenchmark
{
    public static int Run(string[] args)
    {
        var count = args is [var n] ? int.Parse(n, CultureInfo.InvariantCulture) : 100_000;
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Create(Path.Combine(folder.Path, "workspace"));
        Fill(workspace, count);
        var catalogue = workspace.Catalogue;
        void Time(string what, Func<object> work)
        {
            List<double> times = [];
            object result = "";
            for (var i = 0; i < 5; i++)
            {
                var clock = Stopwatch.StartNew();
                result = work();
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
            times.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-58}{times[2],10:N0} ms   {result}"));
        }

        ImageBrowse Ask(ExploreFilter filter) => filter.ToBrowse(workspace) with { Size = 400 };
        foreach (var (name, filter) in new (string, ExploreFilter)[]
        {
            ("no filter", new()), ("dataset, label", new() { Dataset = "big", Labels = ["open"] }), ("width<=40, brightness>0.5", new() { Properties = ["width<=40", "brightness>0.5"] }), ("tag camera=c1*", new() { Tags = ["camera=c1*"] }),
            ("prediction differs from label", new() { Disagrees = true }), ("predicted open", new() { Predicted = ["open"] }),
        })
        {
            Time($"first page of 400, {name}", () => catalogue.Browse(Ask(filter)).Images.Count);
            Time($"count, {name}", () => catalogue.CountImages(Ask(filter)));
        }
        foreach (var order in (string[])["arrival", "brightness", "confidence"])
        {
            var first = catalogue.Browse(Ask(new ExploreFilter { Order = order, Descending = true }));
            Time($"page after the first, by {order}", () => catalogue.Browse(Ask(new ExploreFilter { Order = order, Descending = true }) with { After = first.Next }).Images.Count);
        }
        var one = catalogue.Browse(new ImageBrowse { Size = 1 }).Images[0].Image.Id;
        Time("history of one image", () => ImageHistory.Of(workspace, one).Events.Count);
        Time("first 100 suggestions with pictures", () => ReviewService.List(workspace, new ReviewFilter()).Count);
        Time("suggestions by reason and state", () => ReviewService.Statistics(workspace).Count);
        Time("dashboard", () => DashboardService.Read(workspace, TimeProvider.System).Labels.Count);
        foreach (var d in (int[])[128, 512])
        {
            var random = new SeededRandom(1);
            var matrix = new EmbeddingMatrix([.. Enumerable.Range(0, EmbeddingMap.Most * d).Select(_ => random.NextSingle())], EmbeddingMap.Most, d);
            Time($"principal components of {EmbeddingMap.Most:N0} x {d}", () => PrincipalComponents.Fit(matrix, 2, CancellationToken.None).Explained[0].ToString("0.0000", CultureInfo.InvariantCulture));
        }
        return 0;
    }

    static void Fill(Workspace workspace, int count)
    {
        var random = new SeededRandom(1);
        static string Id(int i) => i.ToString("x64", CultureInfo.InvariantCulture);
        foreach (var block in Enumerable.Range(1, count).Chunk(10_000))
        {
            workspace.Catalogue.AddImages("big", [.. block.Select(i => new ImageRecord
            {
                Id = Id(i), Path = Path.Combine(workspace.Root, $"{i}.png"), Format = "png", Bytes = 1000 + i % 500, ModifiedTicks = 1, Label = i % 3 == 0 ? null : i % 2 == 0 ? "open" : "closed",
                Measurement = new ImageMeasurement(20 + random.Next(60), 30, random.NextDouble(), random.NextDouble(0, 0.3), 100 * random.NextDouble(), 6, 0, random.NextUInt64()), Tags = new Dictionary<string, string> { ["camera"] = $"c{i % 30}" },
            })], "bench");
            workspace.Catalogue.AddPredictions([.. block.Select(i => new Prediction
            {
                Id = Guid.CreateVersion7().ToString(), ImageId = Id(i), Path = "", ModelId = "0123456789abcdef", Label = i % 7 < 4 ? "open" : "closed", Confidence = random.NextDouble(0.5, 1), Scores = new Dictionary<string, double> { ["open"] = 1 }, Time = DateTimeOffset.UtcNow,
            })]);
            workspace.Catalogue.AddSuggestions([.. block.Where(i => i % 10 == 1).Select(i => new Suggestion { ImageId = Id(i), Reason = i % 20 == 1 ? "label-errors" : "consensus", OldLabel = i % 3 == 0 ? null : i % 2 == 0 ? "open" : "closed", NewLabel = "half", Score = random.NextDouble() })]);
        }
    }
}
