using Flywheel.Imaging;

namespace Flywheel.Studio.Tests;

/// <summary>The catalogue is looked through in a browser.</summary>
public sealed class ExploreTests(BrowserFixture fixture)
{
    const string Ready = "document.documentElement.dataset.ready === 'explore'";

    [Fact]
    public async Task Images_are_filtered_and_one_tells_its_history()
    {
        using var studio = new StudioProcess(120);
        StudioWorld.Fill(studio);
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(studio.Page("explore"));
        await page.UntilAsync($"{Ready} && document.querySelectorAll('.tile').length > 5");
        Assert.Equal("120 images", await page.TextAsync("#found"));

        var narrow = studio.Images.Select(i => i.Brightness).Order().ElementAt(40).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
        var expected = studio.Images.Count(i => i.Label == "open" && i.Brightness <= double.Parse(narrow, System.Globalization.CultureInfo.InvariantCulture));
        await page.ClickAsync("input[name=labels][value=open]");
        await page.ClickAsync("#f-properties");
        await page.TypeAsync($"brightness<={narrow}");
        await page.KeyAsync("Enter");
        await page.UntilAsync($"document.querySelector('#found').innerText === '{expected} image{(expected == 1 ? "" : "s")}'");
        Assert.Contains("properties=brightness", await page.EvaluateAsync<string>("location.search"), StringComparison.Ordinal);
        await page.ReloadAsync(); // the filter is in the address
        await page.UntilAsync($"{Ready} && document.querySelector('#found').innerText.startsWith('{expected} ')");

        var image = studio.Images.First(i => i.Label == "open" && i.Brightness <= double.Parse(narrow, System.Globalization.CultureInfo.InvariantCulture));
        await page.EvaluateAsync<bool>("(document.querySelector('.grid').focus(), true)");
        await page.KeyAsync("Enter");
        await page.UntilAsync("document.querySelector('dialog .timeline')");
        var text = await page.TextAsync("dialog");
        Assert.Contains(image.Name, text, StringComparison.Ordinal);
        Assert.Contains("no label → open", text, StringComparison.Ordinal);
        Assert.Contains("Predicted", text, StringComparison.Ordinal);
        await page.KeyAsync("Escape");
        await page.UntilAsync("!document.querySelector('dialog')");

        await page.ClickAsync("#f-properties");
        await page.EvaluateAsync<bool>("(document.querySelector('#f-properties').value = 'colour>1', true)");
        await page.KeyAsync("Enter");
        await page.EvaluateAsync<bool>("(document.querySelector('#f-properties').dispatchEvent(new Event('change')), true)");
        await page.UntilAsync("document.querySelector('.toast.bad')");
        Assert.Contains("'colour>1' is not a condition on a property", await page.TextAsync(".toast.bad"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selection_becomes_a_queue_and_is_labelled_and_taken_back()
    {
        using var studio = new StudioProcess(60);
        StudioWorld.Label(studio, 20);
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(studio.Page("explore", "ann", ("labelled", "no")));
        await page.UntilAsync($"{Ready} && document.querySelector('#found').innerText === '40 images'");
        await page.EvaluateAsync<bool>("(document.querySelector('.grid').focus(), true)");
        await page.KeyAsync(" ");
        await page.KeyAsync("ArrowRight", 8);
        await page.KeyAsync("ArrowRight", 8);
        await page.UntilAsync("document.querySelector('#selected').innerText === '3 selected'");
        await page.ClickAsync("#new-queue");
        await page.TypeAsync("three");
        await page.KeyAsync("Enter");
        await page.UntilAsync("document.querySelector('.toast.ok')?.innerText.includes('three')");
        var unlabelled = studio.Images.Where(i => i.Label is null).Take(3).Select(i => i.Id);
        Assert.Equal(unlabelled, studio.Workspace.Catalogue.QueueItems("three").Select(i => i.ImageId));
        Assert.Equal(["closed", "half-open", "open"], studio.Workspace.Catalogue.FindQueue("three")!.Labels);
        Assert.Equal("ann", studio.Workspace.Catalogue.FindQueue("three")!.Author);

        // A rubber band over the first row, begun on the first tile.
        var a = await page.EvaluateAsync<double[]>("(() => { const r = document.querySelectorAll('.tile')[0].getBoundingClientRect(); return [r.x + 40, r.y + 60]; })()");
        var b = await page.EvaluateAsync<double[]>("(() => { const r = document.querySelectorAll('.tile')[3].getBoundingClientRect(); return [r.x + 60, r.y + 80]; })()");
        await page.DragAsync((a[0], a[1]), (b[0], b[1]));
        await page.UntilAsync("document.querySelector('#selected').innerText === '4 selected'");
        await page.ClickAsync("#set-label");
        await page.UntilAsync("document.querySelector('#label-value')");
        await page.TypeAsync("open");
        await page.KeyAsync("Enter");
        await page.UntilAsync("document.querySelector('#found').innerText === '36 images'");
        Assert.Equal(24, studio.Images.Count(i => i.Label is not null));
        await page.ClickAsync("#undo-last");
        await page.UntilAsync("document.querySelector('#found').innerText === '40 images'");
        Assert.Equal(20, studio.Images.Count(i => i.Label is not null));

        await page.EvaluateAsync<bool>("(document.querySelector('.grid').focus(), true)");
        await page.KeyAsync("a", 2);
        await page.UntilAsync("document.querySelector('#selected').innerText === '40 selected'");
        await page.ClickAsync("#leave-out");
        await page.TypeAsync("too dark");
        await page.KeyAsync("Enter");
        await page.UntilAsync("document.querySelector('#found').innerText === '0 images'");
        Assert.Equal(40, studio.Workspace.Catalogue.CountImages(new ImageBrowse { OnlyExcluded = true }));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task The_map_shows_points_told_apart_by_colour_and_shape_and_a_rubber_band_leads_to_the_grid()
    {
        using var studio = new StudioProcess(80);
        StudioWorld.Label(studio, 80);
        StudioWorld.Predict(studio, 70);
        await studio.StartAsync();
        foreach (var scheme in (string[])["light", "dark"])
        {
            var page = await fixture.Browser.OpenAsync();
            await page.PreferAsync(scheme);
            await page.GoAsync(studio.Page("explore", "ann", ("view", "map")));
            await page.UntilAsync($"{Ready} && document.querySelector('.map canvas').dataset.seen === '70'");
            Assert.Contains("70 of 80 images", await page.TextAsync("main"), StringComparison.Ordinal);
            // Pixels of each kind's colour, as they are on the canvas.
            var pixels = await page.EvaluateAsync<int[]>("""
                (() => {
                  const c = document.querySelector('.map canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
                  return [0, 1, 2, 5].map(k => {
                    const probe = document.createElement('span'); probe.className = `k${k}`; document.body.append(probe);
                    const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g).map(Number); probe.remove();
                    let n = 0;
                    for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 200 && Math.abs(d[i] - r) + Math.abs(d[i + 1] - g) + Math.abs(d[i + 2] - b) < 24) n++;
                    return n;
                  });
                })()
                """);
            // closed, half-open (one image) and open; nothing in a colour that stands for nothing.
            Assert.True(pixels[0] > 300 && pixels[1] > 10 && pixels[2] > 300 && pixels[3] == 0, string.Join(", ", pixels));
            Assert.Equal(["closed", "half-open", "open"], await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.legend li')].map(l => l.innerText.trim().split(/\\s+/)[0])"));
            Assert.Equal(3, await page.EvaluateAsync<int>("new Set([...document.querySelectorAll('.legend path')].map(p => p.getAttribute('d'))).size"));
            Assert.Empty(page.Faults);
            await page.CloseAsync();
        }

        var map = await fixture.Browser.OpenAsync();
        await map.GoAsync(studio.Page("explore", "ann", ("view", "map")));
        await map.UntilAsync($"{Ready} && document.querySelector('.map canvas').dataset.seen === '70'");
        var box = await map.EvaluateAsync<double[]>("(() => { const r = document.querySelector('.map canvas').getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()");
        await map.WheelAsync(box[0] + box[2] / 2, box[1] + box[3] / 2, -400);
        await map.UntilAsync("document.querySelector('.map canvas').dataset.seen !== '70'");
        await map.EvaluateAsync<bool>("(document.querySelector('.map canvas').focus(), true)");
        await map.KeyAsync("0");
        await map.UntilAsync("document.querySelector('.map canvas').dataset.seen === '70'");
        await map.DragAsync((box[0] + 2, box[1] + 2), (box[0] + box[2] / 2, box[1] + box[3] - 2));
        await map.UntilAsync("document.querySelectorAll('.tile').length > 0");
        var found = int.Parse((await map.TextAsync("#found")).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(found, 1, 69);
        Assert.Contains("chosen on the map", await map.TextAsync(".side"), StringComparison.Ordinal);
        Assert.Empty(map.Faults);
    }

    [Fact]
    public async Task Labels_names_and_tags_are_text_whatever_they_hold()
    {
        const string Evil = "<img src=x onerror=\"window.hacked=1\">";
        using var studio = new StudioProcess(write: folder =>
        {
            for (var i = 0; i < 12; i++) File.WriteAllBytes(Path.Combine(folder, OperatingSystem.IsWindows() ? $"{i}.png" : $"{i}<img src=x onerror=hacked=1>.png"), Pictures.Png(i, 40, 40));
        });
        var catalogue = studio.Workspace.Catalogue;
        foreach (var image in studio.Images)
        {
            var seen = ImageInspector.Inspect(image.Path);
            catalogue.AddImages("eyes", [new ImageRecord { Id = seen.Id, Path = image.Path, Format = seen.Format, Bytes = seen.Bytes, ModifiedTicks = seen.ModifiedTicks, Measurement = seen.Measurement, Tags = new Dictionary<string, string> { [Evil] = Evil } }], Evil);
        }
        catalogue.Annotate([.. studio.Images.Select(i => new AnnotationChange(i.Id, Evil, AnnotationProvenance.Human, Evil, Evil))]);
        catalogue.AddSuggestions([.. studio.Images.Take(3).Select(i => new Suggestion { ImageId = i.Id, Reason = Evil, OldLabel = Evil, NewLabel = Evil + "2", Score = 0.9, Text = Evil, Dataset = Evil })]);
        catalogue.AddSuggestions([new Suggestion { ImageId = studio.Images[0].Id, Reason = Evil, Part = AnnotationPart.Boxes, NewBoxes = [new LabelBox("1", Evil, 1, 1, 9, 9)], Score = 0.95, Text = Evil }]);
        catalogue.AddQueue(new LabelQueue { Name = Evil, Labels = [Evil] }, [new QueueItem { ImageId = studio.Images[0].Id }]);
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        foreach (var (name, look) in new[] { ("review", ""), ("explore", ""), ("explore", $"&image={studio.Images[0].Id}"), ("dashboard", "") })
        {
            await page.GoAsync(studio.Page(name, "ann") + look);
            await page.UntilAsync($"document.documentElement.dataset.ready === '{name}'");
            if (look.Length > 0) await page.UntilAsync("document.querySelector('dialog .timeline')");
            Assert.Contains(Evil, await page.EvaluateAsync<string>("document.body.textContent"), StringComparison.Ordinal);
            Assert.Equal(0, await page.EvaluateAsync<int>("document.querySelectorAll('img[src=\"x\"], [onerror]').length"));
            Assert.True(await page.EvaluateAsync<bool>("window.hacked === undefined"));
        }
        Assert.Empty(page.Faults);
    }
}
