namespace Flywheel.Studio.Tests;

/// <summary>Boxes drawn and edited by mouse and keyboard.</summary>
public sealed class BoxPageTests(BrowserFixture fixture) : IDisposable
{
    // Pictures that fill the stage at a known scale.
    readonly StudioProcess _studio = new(write: folder =>
    {
        for (var i = 0; i < 6; i++) File.WriteAllBytes(Path.Combine(folder, $"p{i}.png"), Pictures.Png(i, 200, 150));
    });

    public void Dispose() => _studio.Dispose();

    double _x, _y, _scale;

    async Task<BrowserPage> OpenAsync()
    {
        _studio.AddQueue(part: AnnotationPart.Boxes, labels: ["eye", "pupil", "lash"]);
        await _studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(_studio.Page("label", "ann", ("queue", "night")));
        await page.UntilAsync("document.querySelector('.facts')?.innerText.includes('×') && document.querySelector('.saved') && !document.querySelector('.stage.loading')");
        var stage = await page.EvaluateAsync<double[]>("(() => { const r = document.querySelector('.stage').getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()");
        _scale = Math.Min((stage[2] - 24) / 200, (stage[3] - 24) / 150);
        _x = stage[0] + (stage[2] - 200 * _scale) / 2;
        _y = stage[1] + (stage[3] - 150 * _scale) / 2;
        return page;
    }

    (double X, double Y) At(double x, double y) => (_x + x * _scale, _y + y * _scale);

    static Task<string> BoxesAsync(BrowserPage page) => page.EvaluateAsync<string>("[...document.querySelectorAll('.box')].map(b => b.getAttribute('aria-label')).join(' | ')");

    FlywheelImage Image(int position) => _studio.Workspace.Catalogue.FindImage(_studio.Workspace.Catalogue.QueueItems("night")[position].ImageId)!;

    [Fact]
    public async Task Boxes_are_drawn_moved_resized_duplicated_relabelled_nudged_deleted_and_saved()
    {
        var page = await OpenAsync();
        await page.DragAsync(At(40, 30), At(120, 90));
        Assert.Equal("eye, at 40, 30, 80 by 60, selected", await BoxesAsync(page));
        await page.DragAsync(At(80, 60), At(100, 70)); // moves the selected one
        Assert.Equal("eye, at 60, 40, 80 by 60, selected", await BoxesAsync(page));
        await page.DragAsync(At(140, 100), At(150, 110)); // its lower right handle
        Assert.Equal("eye, at 60, 40, 90 by 70, selected", await BoxesAsync(page));
        await page.DragAsync(At(60, 75), At(50, 20)); // the left edge's handle moves x only
        Assert.Equal("eye, at 50, 40, 100 by 70, selected", await BoxesAsync(page));
        await page.KeyAsync("ArrowRight");
        await page.KeyAsync("ArrowDown", 8);
        Assert.Equal("eye, at 51, 50, 100 by 70, selected", await BoxesAsync(page));
        // A box within a box: let go of the outer one first.
        await page.KeyAsync("Escape");
        await page.KeyAsync("2");
        await page.DragAsync(At(90, 75), At(110, 95));
        Assert.Equal("eye, at 51, 50, 100 by 70 | pupil, at 90, 75, 20 by 20, selected", await BoxesAsync(page));
        await page.KeyAsync("d");
        Assert.Equal("eye, at 51, 50, 100 by 70 | pupil, at 90, 75, 20 by 20 | pupil, at 94, 79, 20 by 20, selected", await BoxesAsync(page));
        await page.KeyAsync("3");
        Assert.EndsWith("lash, at 94, 79, 20 by 20, selected", await BoxesAsync(page), StringComparison.Ordinal);
        await page.KeyAsync("Delete");
        await page.KeyAsync("u"); // back again
        Assert.EndsWith("lash, at 94, 79, 20 by 20, selected", await BoxesAsync(page), StringComparison.Ordinal);
        await page.KeyAsync("Delete");
        await page.KeyAsync("Escape");
        await page.KeyAsync("Tab");
        Assert.Equal("eye, at 51, 50, 100 by 70, selected | pupil, at 90, 75, 20 by 20", await BoxesAsync(page));
        await page.KeyAsync("Enter");
        await page.UntilAsync("studioTimings.length === 1");
        await page.UntilAsync("document.querySelector('.saved')");
        Assert.Equal([("eye", 51, 50, 100, 70), ("pupil", 90, 75, 20, 20)], Image(0).Boxes!.Select(b => (b.Label, Math.Round(b.X), Math.Round(b.Y), Math.Round(b.Width), Math.Round(b.Height))).OrderBy(b => b.Label));
        Assert.Null(Image(0).Label);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Nothing_here_is_told_apart_from_nobody_looked_and_previous_boxes_are_taken_over()
    {
        var page = await OpenAsync();
        await page.KeyAsync("n");
        await page.UntilAsync("studioTimings.length === 1");
        await page.DragAsync(At(20, 20), At(60, 50));
        await page.KeyAsync("Enter");
        await page.UntilAsync("studioTimings.length === 2");
        await page.KeyAsync("."); // the same boxes again
        Assert.Equal("eye, at 20, 20, 40 by 30", await BoxesAsync(page));
        await page.KeyAsync("Enter");
        await page.UntilAsync("studioTimings.length === 3");
        await page.UntilAsync("document.querySelector('.saved')");
        Assert.Empty(Image(0).Boxes!);
        Assert.Equal(["eye"], Image(1).Boxes!.Select(b => b.Label));
        Assert.Equal((20, 20), (Math.Round(Image(2).Boxes!.Single().X), Math.Round(Image(2).Boxes!.Single().Y)));
        Assert.NotEqual(Image(1).Boxes!.Single().Id, Image(2).Boxes!.Single().Id);
        Assert.Null(Image(3).Boxes);
        // Enter alone does not say that there is nothing.
        await page.KeyAsync("Enter");
        await page.UntilAsync("document.querySelector('.toast')");
        Assert.Null(Image(3).Boxes);
        // Undo brings the picture back with its boxes, to go on from there.
        await page.KeyAsync("u");
        await page.UntilAsync("document.querySelectorAll('.box').length === 1");
        await page.UntilAsync("document.querySelector('.saved')");
        Assert.Null(Image(2).Boxes);
        await page.DragAsync(At(100, 100), At(140, 130));
        await page.KeyAsync("Enter");
        await page.UntilAsync("document.querySelector('.saved')");
        await page.UntilAsync("studioTimings.length === 4");
        await page.UntilAsync("document.querySelector('.saved')");
        Assert.Equal(2, Image(2).Boxes!.Count);
    }

    [Fact]
    public async Task Boxes_stay_within_the_picture_whatever_the_mouse_does_and_are_drawn_where_they_are()
    {
        var page = await OpenAsync();
        await page.WheelAsync(_x + 100 * _scale, _y + 75 * _scale, -200); // closer, at the middle
        await page.DragAsync(At(100, 75), (5000, 5000));
        await page.KeyAsync("0");
        var label = await BoxesAsync(page);
        Assert.Matches("^eye, at 100, 75, 100 by 75, selected$", label);
        // The edge's colour is on the screen there.
        using var shot = Imaging.ImageDecoder.Decode(await page.ScreenshotAsync(), "screen.png");
        var (x, y) = At(150, 75);
        var found = Enumerable.Range(-3, 7).Any(dy =>
        {
            var at = (((int)y + dy) * shot.Width + (int)x + 20) * shot.Channels;
            return shot.Channels == 3 && Math.Abs(shot.Pixels[at] - 0x0b) < 12 && Math.Abs(shot.Pixels[at + 1] - 0x57) < 12 && Math.Abs(shot.Pixels[at + 2] - 0xd0) < 12;
        });
        Assert.True(found, "no edge where the box begins");
    }
}
