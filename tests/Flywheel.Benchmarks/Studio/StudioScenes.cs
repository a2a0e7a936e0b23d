using Flywheel.Tests;

namespace Flywheel.Benchmarks.Studio;

/// <summary>What is worth a picture, and the workspace it is taken in.</summary>
static class StudioScenes
{
    /// <param name="Name">Of the file.</param>
    /// <param name="Page">Path below /studio/.</param>
    /// <param name="Prepare">Brings the page there.</param>
    public sealed record Scene(string Name, string Page, Func<BrowserPage, Task> Prepare);

    public static IReadOnlyList<Scene> All { get; } =
    [
        new("queues", "label", p => p.UntilAsync("document.querySelector('table')")),
        new("label", "label?queue=night%20shift&", async p =>
        {
            await ReadyAsync(p);
            foreach (var key in (string[])["1", "2", "2", "s"]) await p.KeyAsync(key);
            await p.UntilAsync("document.querySelector('.saved')");
        }),
        new("boxes", "label?queue=boxes&", async p =>
        {
            await ReadyAsync(p);
            await DrawAsync(p, 0.32, 0.35, 0.68, 0.62);
            await p.KeyAsync("Escape");
            await p.KeyAsync("2");
            await DrawAsync(p, 0.45, 0.42, 0.55, 0.56);
        }),
        new("grid", "label?queue=night%20shift&", async p =>
        {
            await ReadyAsync(p);
            await p.KeyAsync("g");
            await p.UntilAsync("document.querySelectorAll('.tile img').length > 5 && [...document.querySelectorAll('.tile img')].slice(0, 20).every(i => i.complete)");
            foreach (var _ in (int[])[1, 2, 3, 4]) await p.KeyAsync("ArrowRight", 8);
        }),
        new("help", "label?queue=boxes&", async p =>
        {
            await ReadyAsync(p);
            await p.KeyAsync("?");
            await p.UntilAsync("document.querySelector('dialog')");
        }),
        new("finished", "label?queue=finished&", p => p.UntilAsync("document.querySelector('.finished:not([hidden])')")),
        new("review", "review", async p =>
        {
            await DrawnAsync(p);
            await p.EvaluateAsync<bool>("(document.querySelector('details').open = true)");
        }),
        new("review-boxes", "review?reason=assistant&", DrawnAsync),
        new("review-copies", "review?reason=duplicates&", DrawnAsync),
        new("review-edit", "review", async p =>
        {
            await DrawnAsync(p);
            await p.KeyAsync("e");
        }),
        new("review-stale", "review?status=stale&", DrawnAsync),
        new("review-sample", "review?reason=label-errors&", async p =>
        {
            await DrawnAsync(p);
            await p.ClickAsync("#bulk");
            await p.UntilAsync("document.querySelector('#draw')");
            await p.EvaluateAsync<bool>("(document.querySelector('#b-score').value = 0.5, true)");
            await p.ClickAsync("#draw");
            await p.UntilAsync("document.querySelector('#audit-state')");
        }),
        new("review-bulk", "review", async p =>
        {
            await DrawnAsync(p);
            await p.ClickAsync("#bulk");
            await p.UntilAsync("document.querySelector('dialog')?.innerText.includes('open suggestions')");
        }),
        new("explore", "explore", async p =>
        {
            await DrawnAsync(p);
            await p.EvaluateAsync<bool>("(document.querySelector('.grid').focus(), true)");
            foreach (var key in (string[])[" ", "ArrowRight", "ArrowRight", "ArrowRight"]) await p.KeyAsync(key, 8);
        }),
        new("explore-map", "explore?view=map&", p => p.UntilAsync("document.querySelector('.map canvas')?.dataset.seen > 50")),
        new("explore-image", "explore?disagrees=yes&", async p =>
        {
            await DrawnAsync(p);
            await p.ClickAsync(".tile img");
            await p.UntilAsync("document.querySelector('dialog .picture img')?.complete");
        }),
        new("dashboard", "dashboard", SettledAsync),
        new("dashboard-lower", "dashboard", async p =>
        {
            await SettledAsync(p);
            await p.EvaluateAsync<bool>("(document.querySelector('#slices').scrollIntoView(), true)");
        }),
    ];

    /// <summary>Queues of every kind, some answers, and predictions to suggest from.</summary>
    public static void Fill(StudioProcess studio)
    {
        studio.AddQueue("night shift");
        studio.AddQueue("boxes", AnnotationPart.Boxes, labels: ["eye", "pupil", "glasses"]);
        studio.AddQueue("two opinions", votes: 2, first: 40);
        studio.AddQueue("many classes", labels: [.. Enumerable.Range(1, 14).Select(i => $"class {i}")], first: 20);
        studio.AddQueue("finished", first: 5);
        studio.AddPredictions();
        StudioWorld.Fill(studio);
        var catalogue = studio.Workspace.Catalogue;
        foreach (var (queue, count) in (ReadOnlySpan<(string, int)>)[("finished", 5), ("night shift", 40)])
        {
            var items = catalogue.Claim(queue, "bob", count, DateTimeOffset.UtcNow.AddMinutes(1));
            catalogue.Answer(queue, "bob", [.. items.Select(i => new QueueAnswer(i.ImageId, QueueItemState.Done, new AnnotationChange(i.ImageId, studio.Truth[i.ImageId], AnnotationProvenance.Human, "bob", $"queue {queue}")))]);
        }
    }

    static Task DrawnAsync(BrowserPage page) => page.UntilAsync("document.documentElement.dataset.ready && document.images.length > 0 && [...document.images].slice(0, 12).every(i => i.complete)");

    static Task ReadyAsync(BrowserPage page) => page.UntilAsync("document.querySelector('.facts')?.innerText.includes('×')");

    static async Task SettledAsync(BrowserPage page)
    {
        await page.UntilAsync("document.documentElement.dataset.ready && !document.querySelector('#endpoints')?.innerText.includes('Asking')");
    }

    static async Task DrawAsync(BrowserPage page, double left, double top, double right, double bottom)
    {
        var r = await page.EvaluateAsync<double[]>("(() => { const r = document.querySelector('.stage').getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()");
        await page.DragAsync((r[0] + left * r[2], r[1] + top * r[3]), (r[0] + right * r[2], r[1] + bottom * r[3]));
    }
}
