namespace Flywheel.Studio.Tests;

/// <summary>The label page as a person at keyboard and mouse meets it.</summary>
public sealed class LabelPageTests(BrowserFixture fixture) : IDisposable
{
    readonly StudioProcess _studio = new(40);

    public void Dispose() => _studio.Dispose();

    /// <summary>Opens a queue and waits until its first picture is shown.</summary>
    async Task<BrowserPage> OpenAsync(string queue = "night", string who = "ann")
    {
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(_studio.Page("label", who, ("queue", queue)));
        await ShownAsync(page);
        return page;
    }

    static Task ShownAsync(BrowserPage page) => page.UntilAsync("document.querySelector('.facts')?.innerText.includes('×') && document.querySelector('.saved') && !document.querySelector('.stage.loading')");

    /// <summary>A picture is on the screen, or there is none left.</summary>
    static Task ReadyAsync(BrowserPage page) => page.UntilAsync("document.querySelector('.facts')?.innerText.includes('×') && !document.querySelector('.stage.loading') || document.querySelector('.finished')?.hidden === false");

    static Task SavedAsync(BrowserPage page) => page.UntilAsync("document.querySelector('.saved')");

    static async Task<string> NameAsync(BrowserPage page) => (await page.TextAsync(".facts")).Split(' ')[0];

    FlywheelImage Named(string name) => _studio.Images.Single(i => i.Name == name);

    [Fact]
    public async Task Thirty_images_are_labelled_by_keyboard_and_the_catalogue_has_each_label_as_it_was_said()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        var page = await OpenAsync();
        var said = new Dictionary<string, string>();
        for (var i = 0; i < 30; i++)
        {
            await ReadyAsync(page);
            var name = await NameAsync(page);
            Assert.DoesNotContain(name, said.Keys);
            var truth = _studio.Truth[Named(name).Id];
            said[name] = truth;
            await page.KeyAsync(truth == "closed" ? "1" : "2");
            await page.UntilAsync($"studioTimings.length === {i + 1}");
        }
        await SavedAsync(page);
        Assert.Equal(said.OrderBy(s => s.Key), _studio.Images.Where(i => i.Label is not null).ToDictionary(i => i.Name, i => i.Label!).OrderBy(s => s.Key));
        var queue = _studio.Workspace.Catalogue.FindQueue("night")!;
        Assert.Equal((30, 10), (queue.Done, queue.Open));
        Assert.All(_studio.Workspace.Catalogue.Annotations(), a => Assert.Equal(("ann", AnnotationProvenance.Human), (a.Author, a.Provenance)));
        Assert.Contains("30 of 40", await page.TextAsync(".progress"), StringComparison.Ordinal);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task The_picture_on_the_screen_is_the_one_in_the_file_pixel_by_pixel()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        var page = await OpenAsync();
        var image = Named(await NameAsync(page));
        using var decoded = Imaging.ImageDecoder.DecodeFile(image.Path);
        // The middle of each of some pixels as the screen shows it, which is enlarged with hard edges.
        var places = new (int X, int Y)[] { (3, 3), (image.Width / 2, image.Height / 2), (image.Width - 4, 5), (10, image.Height - 6) };
        var shown = await page.EvaluateAsync<int[][]>($$"""
            (() => {
              const c = document.querySelector('.stage canvas'), w = {{image.Width}}, h = {{image.Height}};
              const scale = Math.min((c.width - 24) / w, (c.height - 24) / h), x0 = (c.width - w * scale) / 2, y0 = (c.height - h * scale) / 2;
              const g = c.getContext('2d');
              return [{{string.Join(", ", places.Select(p => $"[{p.X}, {p.Y}]"))}}].map(([x, y]) => [...g.getImageData(x0 + (x + .5) * scale, y0 + (y + .5) * scale, 1, 1).data]);
            })()
            """);
        for (var i = 0; i < places.Length; i++)
            for (var channel = 0; channel < 3; channel++)
            {
                var expected = decoded.Pixels[(places[i].Y * decoded.Width + places[i].X) * decoded.Channels + (decoded.Channels == 3 ? channel : 0)];
                Assert.InRange(shown[i][channel], expected - 2, expected + 2);
            }
        // Stretched, the darkest is darker and the brightest brighter; smoothing and zooming change the picture, fitting brings it back.
        var before = await page.ScreenshotAsync();
        await page.KeyAsync("c");
        var stretched = await page.ScreenshotAsync();
        Assert.NotEqual(before, stretched);
        await page.KeyAsync("c");
        await page.KeyAsync("+");
        Assert.NotEqual(before, await page.ScreenshotAsync());
        await page.KeyAsync("0");
        await page.UntilAsync("true");
        Assert.Equal(Pixels(before), Pixels(await page.ScreenshotAsync()));
    }

    /// <summary>The pixels of a screenshot; its file may be written differently.</summary>
    static string Pixels(byte[] png)
    {
        using var image = Imaging.ImageDecoder.Decode(png, "screenshot.png");
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(image.Span));
    }

    [Fact]
    public async Task Skip_flag_none_same_as_previous_undo_and_redo_do_what_their_keys_say()
    {
        _studio.AddQueue(first: 8);
        await _studio.StartAsync();
        var page = await OpenAsync();
        var names = new List<string>();
        async Task Press(string key)
        {
            names.Add(await NameAsync(page));
            await page.KeyAsync(key);
            await page.UntilAsync($"!document.querySelector('.facts').innerText.startsWith({BrowserPage.Quote(names[^1])})");
        }

        await Press("2");
        await Press("."); // same
        await Press("-"); // none of these
        await Press("s"); // skip
        names.Add(await NameAsync(page));
        await page.KeyAsync("f");
        await page.UntilAsync("document.querySelector('dialog input')");
        await page.TypeAsync("two eyes");
        await page.KeyAsync("Enter");
        await page.UntilAsync($"!document.querySelector('.facts').innerText.startsWith({BrowserPage.Quote(names[4])})");
        await SavedAsync(page);
        var items = _studio.Workspace.Catalogue.QueueItems("night").ToDictionary(i => i.ImageId);
        QueueItem Item(int i) => items[Named(names[i]).Id];
        Assert.Equal(["open", "open", null, null, null], names.Select(n => Named(n).Label));
        Assert.Equal([QueueItemState.Done, QueueItemState.Done, QueueItemState.Done, QueueItemState.Skipped, QueueItemState.Flagged], Enumerable.Range(0, 5).Select(i => Item(i).State));
        Assert.Equal("two eyes", Item(4).Note);

        // Back over all five, and forward over two.
        for (var i = 4; i >= 0; i--)
        {
            await page.KeyAsync(i % 2 == 0 ? "u" : "z", i % 2 == 0 ? 0 : 2);
            await page.UntilAsync($"document.querySelector('.facts').innerText.startsWith({BrowserPage.Quote(names[i])})");
        }
        await SavedAsync(page);
        Assert.All(names, n => Assert.Null(Named(n).Label));
        Assert.Equal((0, 0), (_studio.Workspace.Catalogue.FindQueue("night")!.Done, _studio.Workspace.Catalogue.FindQueue("night")!.Flagged));
        await page.KeyAsync("y", 2);
        await page.KeyAsync("y", 2);
        await page.UntilAsync($"document.querySelector('.facts').innerText.startsWith({BrowserPage.Quote(names[2])})");
        await SavedAsync(page);
        Assert.Equal(["open", "open", null], names.Take(3).Select(n => Named(n).Label));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Undo_leaves_no_hole_in_the_ledger()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        var page = await OpenAsync();
        var first = await NameAsync(page);
        await page.KeyAsync("1");
        await page.KeyAsync("u");
        await page.KeyAsync("2");
        await page.UntilAsync($"document.querySelector('.facts').innerText.includes('×') && !document.querySelector('.facts').innerText.startsWith({BrowserPage.Quote(first)})");
        await SavedAsync(page);
        var entries = _studio.Workspace.Catalogue.Annotations().ToList();
        Assert.Equal([("closed", null), (null, entries[0].Sequence), ("open", (long?)null)], entries.Select(a => (a.NewLabel, a.Undoes)));
        Assert.All(entries, a => Assert.Equal(entries[0].ImageId, a.ImageId));
    }

    [Fact]
    public async Task A_reload_in_the_middle_loses_nothing_even_what_was_not_acknowledged()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        var page = await OpenAsync();
        for (var i = 0; i < 5; i++) await page.KeyAsync("1");
        await SavedAsync(page);
        // Cut off from the studio, three more; then the page is loaded again.
        await page.EvaluateAsync<bool>("(window.fetch = () => Promise.reject(new TypeError('cut')), true)");
        var names = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            names.Add(await NameAsync(page));
            await page.KeyAsync("2");
            await page.UntilAsync($"!document.querySelector('.facts').innerText.startsWith({BrowserPage.Quote(names[^1])})");
        }
        await page.UntilAsync("document.querySelector('.banner:not([hidden])')?.innerText.includes('Not connected')");
        Assert.Equal("3 actions not saved yet", await page.TextAsync(".pending"));
        Assert.All(names, n => Assert.Null(Named(n).Label));
        await page.ReloadAsync();
        await ShownAsync(page);
        Assert.All(names, n => Assert.Equal("open", Named(n).Label));
        Assert.Equal(8, _studio.Workspace.Catalogue.FindQueue("night")!.Done);
        Assert.DoesNotContain(await NameAsync(page), names);
        // And what was said before the reload can still be taken back.
        await page.KeyAsync("u");
        await page.UntilAsync($"document.querySelector('.facts').innerText.startsWith({BrowserPage.Quote(names[^1])})");
        await SavedAsync(page);
        Assert.Null(Named(names[^1]).Label);
    }

    [Fact]
    public async Task Two_people_at_one_queue_never_get_the_same_image()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        var ann = await OpenAsync();
        var bob = await OpenAsync(who: "bob");
        async Task WorkAsync(BrowserPage page, string key)
        {
            for (var i = 0; ; i++)
            {
                await ReadyAsync(page);
                if (!await page.EvaluateAsync<bool>("document.querySelector('.finished').hidden")) break;
                await page.KeyAsync(key);
                await page.UntilAsync($"studioTimings.length > {i} || !document.querySelector('.finished').hidden");
                if (i > 60) break;
            }
            await SavedAsync(page);
        }

        await Task.WhenAll(WorkAsync(ann, "1"), WorkAsync(bob, "2"));
        var entries = _studio.Workspace.Catalogue.Annotations().ToList();
        Assert.Equal(40, entries.Count);
        Assert.Equal(40, entries.Select(a => a.ImageId).Distinct().Count());
        Assert.All(entries, a => Assert.Equal(a.Author == "ann" ? "closed" : "open", a.NewLabel));
        Assert.Equal(["ann", "bob"], entries.Select(a => a.Author).Distinct().Order());
        Assert.Equal(40, _studio.Workspace.Catalogue.FindQueue("night")!.Done);
    }

    [Fact]
    public async Task Killed_between_answers_and_in_the_middle_of_them_nothing_acknowledged_is_lost_and_the_page_goes_on()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        var port = _studio.Url.Port;
        var page = await OpenAsync();
        // What the studio acknowledged, as the page learned it.
        await page.EvaluateAsync<bool>("""
            (() => { window.acknowledged = []; const real = window.fetch;
              window.fetch = async (...a) => { const r = await real(...a); if (String(a[0]).endsWith('/answers') && r.ok) for (const x of JSON.parse(a[1].body).answers) window.acknowledged.push([x.imageId, x.label]); return r; }; return true; })()
            """);
        for (var round = 0; round < 3; round++)
        {
            await page.UntilAsync("document.querySelector('.progress')"); // ten are held ready
            for (var i = 0; i < 3; i++) await page.KeyAsync(i % 2 == 0 ? "1" : "2");
            if (round == 1) await SavedAsync(page); // between answers; else while some are on their way
            _studio.Kill();
            var acknowledged = await page.EvaluateAsync<string[][]>("acknowledged");
            var known = _studio.Images.ToDictionary(i => i.Id, i => i.Label);
            Assert.All(acknowledged, a => Assert.Equal(a[1], known[a[0]]));
            for (var i = 0; i < 2; i++) await page.KeyAsync("2"); // people go on
            await page.UntilAsync("document.querySelector('.banner:not([hidden])')?.innerText.includes('Not connected')");
            await _studio.StartAsync(port);
            await SavedAsync(page);
            await page.UntilAsync("document.querySelector('.banner').hidden");
        }
        var all = await page.EvaluateAsync<string[][]>("acknowledged");
        Assert.Equal(15, all.Select(a => a[0]).Distinct().Count());
        Assert.Equal(15, _studio.Workspace.Catalogue.FindQueue("night")!.Done);
        Assert.Equal(15, _studio.Workspace.Catalogue.Annotations().Count()); // sent again, counted once
    }

    [Fact]
    public async Task Suggestions_are_drawn_with_their_confidence_and_accepted_by_Enter_but_hidden_where_several_people_answer()
    {
        _studio.AddQueue(first: 10);
        _studio.AddQueue("blind", votes: 2, first: 10);
        _studio.AddPredictions();
        await _studio.StartAsync();
        var page = await OpenAsync();
        var image = Named(await NameAsync(page));
        var prediction = _studio.Workspace.Catalogue.Predictions(new PredictionQuery { ImageIds = [image.Id] }).Single();
        var suggestion = await page.TextAsync(".suggestion");
        Assert.Contains(prediction.Label, suggestion, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"{100 * prediction.Confidence:0.0} %"), suggestion, StringComparison.Ordinal);
        Assert.Equal(prediction.Label, await page.EvaluateAsync<string>("document.querySelector('button.label.suggested').dataset.label"));
        await page.KeyAsync("Enter");
        await page.UntilAsync("studioTimings.length === 1");
        await SavedAsync(page);
        Assert.Equal(prediction.Label, Named(image.Name).Label);
        await page.UntilAsync("document.querySelector('.assistant').innerText.includes('n 1')"); // it is judged by what people said

        var blind = await OpenAsync("blind");
        Assert.Contains("no suggestions", await blind.TextAsync(".suggestion"), StringComparison.Ordinal);
        Assert.Equal("", await blind.TextAsync(".assistant"));
        Assert.False(await blind.EvaluateAsync<bool>("!!document.querySelector('.suggested')"));
        Assert.DoesNotContain("is “", await blind.TextAsync(".facts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_grid_is_labelled_at_once_by_arrows_rubber_band_and_one_key_and_taken_back_at_once()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        var page = await OpenAsync();
        await page.KeyAsync("g");
        await page.UntilAsync("document.querySelectorAll('.tile').length === 40");
        Assert.True(await page.EvaluateAsync<bool>("(() => { const t = [...document.querySelectorAll('.tile')].map(t => t.getBoundingClientRect()); return t.every((a, i) => t.every((b, k) => i === k || a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top)); })()"), "tiles lie on each other");
        foreach (var _ in (int[])[1, 2, 3]) await page.KeyAsync("ArrowRight", 8);
        Assert.Equal(4, await page.EvaluateAsync<int>("document.querySelectorAll('.tile[aria-selected=true]').length"));
        await page.KeyAsync("1");
        await page.UntilAsync("document.querySelectorAll('.tile').length === 36");
        // A rubber band over the first two rows but for the last column.
        var box = await page.EvaluateAsync<double[]>("(() => { const t = [...document.querySelectorAll('.tile')].map(t => t.getBoundingClientRect()); const n = t.findIndex(r => r.top > t[0].top); const last = t[n + n - 2]; return [t[0].left - 5, t[0].top - 5, last.right - 8, last.bottom - 8, n]; })()");
        await page.DragAsync((box[0], box[1]), (box[2], box[3]));
        var selected = (int)(2 * (box[4] - 1));
        Assert.Equal(selected, await page.EvaluateAsync<int>("document.querySelectorAll('.tile[aria-selected=true]').length"));
        await page.KeyAsync("2");
        await page.UntilAsync($"document.querySelectorAll('.tile').length === {36 - selected}");
        await SavedAsync(page);
        Assert.Equal((4, selected), (_studio.Images.Count(i => i.Label == "closed"), _studio.Images.Count(i => i.Label == "open")));
        await page.KeyAsync("u");
        await page.UntilAsync("document.querySelectorAll('.tile').length === 36");
        await SavedAsync(page);
        Assert.Equal((4, 0), (_studio.Images.Count(i => i.Label == "closed"), _studio.Images.Count(i => i.Label == "open")));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Labels_beyond_the_ninth_are_typed()
    {
        _studio.AddQueue(labels: [.. Enumerable.Range(1, 12).Select(i => $"class {i}")]);
        await _studio.StartAsync();
        var page = await OpenAsync();
        var name = await NameAsync(page);
        await page.KeyAsync("/");
        await page.UntilAsync("document.querySelector('#pick')");
        await page.TypeAsync("12");
        await page.KeyAsync("Enter");
        await page.UntilAsync($"!document.querySelector('.facts').innerText.startsWith({BrowserPage.Quote(name)})");
        await SavedAsync(page);
        Assert.Equal("class 12", Named(name).Label);
    }

    [Fact]
    public async Task A_queue_that_is_open_in_another_tab_of_the_same_person_says_so_and_can_be_taken_over()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        var first = await OpenAsync();
        await first.KeyAsync("1");
        await SavedAsync(first);
        var second = await fixture.Browser.OpenAsync(first.Context);
        await second.GoAsync(_studio.Page("label", "ann", ("queue", "night")));
        await second.UntilAsync("document.body.innerText.includes('open in another tab')");
        await second.ClickAsync("main button.primary");
        await ShownAsync(second);
        await first.UntilAsync("document.body.innerText.includes('went to another tab')");
        await second.KeyAsync("2");
        await second.UntilAsync("studioTimings.length === 1");
        await SavedAsync(second);
        Assert.Equal(2, _studio.Workspace.Catalogue.FindQueue("night")!.Done);
    }

    [Fact]
    public async Task Light_and_dark_follow_the_system_until_somebody_chooses_and_every_ink_is_readable()
    {
        _studio.AddQueue();
        _studio.AddPredictions();
        await _studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        // WCAG 2.2, contrast of each text with what is behind it.
        const string Contrast = """
            (() => {
              const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return c.startsWith('color(srgb') ? [m[0] * 255, m[1] * 255, m[2] * 255, m[3] ?? 1] : [m[0], m[1], m[2], m[3] ?? 1]; };
              const light = ([r, g, b]) => { const f = v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }; return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
              const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > .99) return c; } return [255, 255, 255, 1]; };
              let worst = 99, where = '';
              for (const e of document.querySelectorAll('body *')) {
                if (!e.checkVisibility() || e.disabled || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.closest('.sr, .skip, svg')) continue;
                const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
                const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                if (ratio < worst) { worst = ratio; where = e.outerHTML.slice(0, 80); }
              }
              return [String(worst), where];
            })()
            """;
        var grounds = new List<string>();
        foreach (var scheme in (string[])["light", "dark"])
        {
            await page.PreferAsync(scheme);
            foreach (var address in (string[])[_studio.Page("label"), _studio.Page("label", "ann", ("queue", "night"))])
            {
                await page.GoAsync(address);
                await page.UntilAsync("document.querySelector('.saved, table')");
                var worst = await page.EvaluateAsync<string[]>(Contrast);
                Assert.True(double.Parse(worst[0]) >= 4.5, $"{scheme}: {worst[0]} at {worst[1]}");
            }
            grounds.Add(await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        }
        Assert.Equal(["rgb(246, 247, 248)", "rgb(20, 23, 26)"], grounds);
        await page.ClickAsync("header.top button:last-child");
        Assert.Equal("rgb(246, 247, 248)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await page.ReloadAsync();
        await page.UntilAsync("document.querySelector('.saved')");
        Assert.Equal("rgb(246, 247, 248)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }
}
