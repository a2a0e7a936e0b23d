namespace Flywheel.Studio.Tests;

/// <summary>Suggestions are reviewed in a browser, by key.</summary>
public sealed class ReviewTests(BrowserFixture fixture)
{
    const string Ready = "document.documentElement.dataset.ready === 'review'";
    const string Saved = "document.getElementById('main').dataset.unsaved === '0'";

    static List<FlywheelImage> Suggested(StudioProcess studio, int count, Func<int, double>? score = null)
    {
        var images = StudioWorld.Label(studio, studio.Images.Count).Where(i => i.Label is "open" or "closed").Take(count).ToList();
        studio.Workspace.Catalogue.AddSuggestions([.. images.Select((image, i) => StudioWorld.Relabel(image, score?.Invoke(i) ?? 0.99 - i / 100.0))]);
        return images;
    }

    [Fact]
    public async Task Twenty_suggestions_are_decided_by_key_with_an_edit_an_undo_and_a_reload_in_the_middle()
    {
        using var studio = new StudioProcess(40);
        var images = Suggested(studio, 20);
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(studio.Page("review"));
        await page.UntilAsync(Ready);
        Assert.Contains($"{images[0].Label}", await page.TextAsync(".change .old"), StringComparison.Ordinal);
        Assert.Equal(StudioWorld.Other(images[0].Label!), await page.TextAsync(".change .new"));
        Assert.Equal("20", await page.TextAsync("[data-reason='label-errors'] .count"));

        foreach (var key in (string[])["a", "a", "r", "a", "e"]) await page.KeyAsync(key);
        await page.UntilAsync("document.querySelector('.editor')");
        Assert.Contains("half-open", await page.TextAsync(".editor"), StringComparison.Ordinal);
        await page.KeyAsync("2"); // closed, half-open, open
        foreach (var key in (string[])["a", "r"]) await page.KeyAsync(key);
        await page.UntilAsync(Saved);
        await page.KeyAsync("u"); // the reject of the seventh
        await page.UntilAsync($"{Saved} && document.querySelector('.strip .chosen')?.id === document.querySelectorAll('.strip li')[6].id");
        await page.KeyAsync("a");
        await page.UntilAsync(Saved);
        await page.ReloadAsync();
        await page.UntilAsync(Ready);
        Assert.Equal("13", await page.TextAsync("[data-reason='label-errors'] .count"));
        foreach (var _ in Enumerable.Range(0, 6)) await page.KeyAsync("a");
        await page.KeyAsync("r");
        await page.UntilAsync(Saved);
        await page.KeyAsync("u"); // the undo reaches over what the page has forgotten: this tab's own list survives the reload
        await page.UntilAsync(Saved);
        foreach (var _ in Enumerable.Range(0, 7)) await page.KeyAsync("r");
        await page.UntilAsync($"{Saved} && document.querySelector('[data-reason] .count').innerText === '0'");

        var all = studio.Workspace.Catalogue.Suggestions(new SuggestionQuery()).ToList();
        SuggestionStatus[] expected = [SuggestionStatus.Accepted, SuggestionStatus.Accepted, SuggestionStatus.Rejected, SuggestionStatus.Accepted, SuggestionStatus.Edited, SuggestionStatus.Accepted, SuggestionStatus.Accepted,
            .. Enumerable.Repeat(SuggestionStatus.Accepted, 6), .. Enumerable.Repeat(SuggestionStatus.Rejected, 7)];
        Assert.Equal(expected, all.Select(s => s.Status));
        Assert.All(all, s => Assert.Equal("ann", s.DecidedBy));
        var now = studio.Images.ToDictionary(i => i.Id);
        for (var i = 0; i < 20; i++)
            Assert.Equal(expected[i] switch { SuggestionStatus.Accepted => StudioWorld.Other(images[i].Label!), SuggestionStatus.Edited => "half-open", _ => images[i].Label }, now[images[i].Id].Label);
        Assert.Equal(AnnotationProvenance.Reviewed, now[images[0].Id].Provenance);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Many_are_accepted_together_only_behind_a_sample_and_taken_back_together()
    {
        using var studio = new StudioProcess(90);
        var images = Suggested(studio, 70, i => i < 60 ? 0.95 : 0.3);
        var before = studio.Images.ToDictionary(i => i.Id, i => i.Label);
        int Changed() => studio.Images.Count(i => before[i.Id] != i.Label);
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(studio.Page("review"));
        await page.UntilAsync(Ready);
        await page.ClickAsync("#bulk");
        await page.UntilAsync("document.querySelector('dialog')?.innerText.includes('60 open suggestions')");
        await page.ClickAsync("#draw");
        await page.UntilAsync("document.querySelector('#audit-state')");
        Assert.Equal("… in review", await page.TextAsync("#audit-state"));
        Assert.Equal(20, await page.EvaluateAsync<int>("document.querySelectorAll('.strip li').length"));
        Assert.False(await page.EvaluateAsync<bool>("!!document.querySelector('#accept-rest')"));
        for (var i = 0; i < 10; i++) await page.KeyAsync("a");
        await page.UntilAsync(Saved);
        await page.ReloadAsync(); // a sample half done is not lost
        await page.UntilAsync($"{Ready} && document.querySelector('.audit').innerText.includes('10 of 20')");
        await page.KeyAsync("r");
        for (var i = 0; i < 9; i++) await page.KeyAsync("a");
        await page.UntilAsync($"{Saved} && document.querySelector('#audit-state').innerText.includes('passed')");
        var text = await page.TextAsync("#audit-text");
        Assert.Contains("19 of 20 accepted as they were (95.0 %)", text, StringComparison.Ordinal);
        Assert.Contains("at least 78.4 %", text, StringComparison.Ordinal);
        Assert.Equal(19, Changed());
        await page.ClickAsync("#accept-rest");
        await page.UntilAsync("document.querySelector('#bulk-done')");
        Assert.Equal(59, Changed());
        Assert.Equal(10, studio.Workspace.Catalogue.Suggestions(new SuggestionQuery { Status = [SuggestionStatus.Open] }).Count());
        await page.ClickAsync("#undo-rest");
        await page.UntilAsync("!document.querySelector('#bulk-done') && document.querySelector('#accept-rest')");
        Assert.Equal(19, Changed());

        // Two wrong of twenty are too many.
        await page.ClickAsync("#leave-audit");
        await page.UntilAsync("document.querySelector('#bulk')?.checkVisibility() && !document.querySelector('.audit:not([hidden])')");
        await page.ClickAsync("#bulk");
        await page.ClickAsync("#draw");
        await page.UntilAsync("document.querySelector('#audit-state')?.innerText.includes('review')");
        foreach (var key in Enumerable.Repeat("a", 18).Append("r").Append("r")) await page.KeyAsync(key);
        await page.UntilAsync("document.querySelector('#audit-state').innerText.includes('not enough')");
        Assert.Contains("the share asked for is 95.0 %", await page.TextAsync("#audit-text"), StringComparison.Ordinal);
        Assert.Contains("earlier sample", await page.TextAsync(".audit"), StringComparison.Ordinal);
        Assert.False(await page.EvaluateAsync<bool>("!!document.querySelector('#accept-rest')"));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Boxes_are_drawn_old_beside_new_and_can_be_edited()
    {
        using var studio = new StudioProcess(60);
        StudioWorld.Label(studio, 50);
        StudioWorld.Suggest(studio);
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(studio.Page("review", "ann", ("reason", "assistant")));
        await page.UntilAsync(Ready);
        Assert.Equal(["~ eye,− pupil", "+ glasses,~ eye"], await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.pane')].map(p => [...p.querySelectorAll('.tag')].map(t => t.textContent).sort().join())"));
        await page.KeyAsync("e");
        await page.UntilAsync("document.querySelector('.stage .box')");
        await page.KeyAsync("Tab");
        await page.KeyAsync("Delete");
        await page.UntilAsync("document.querySelectorAll('.stage .box').length === 1");
        await page.KeyAsync("Enter");
        await page.UntilAsync($"{Saved} && !document.querySelector('dialog')");
        var suggestion = studio.Workspace.Catalogue.Suggestions(new SuggestionQuery { Reasons = ["assistant"] }).Single();
        Assert.Equal(SuggestionStatus.Edited, suggestion.Status);
        Assert.Equal("glasses", Assert.Single(studio.Workspace.Catalogue.FindImage(suggestion.ImageId)!.Boxes!).Label);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Copies_are_shown_side_by_side_and_stale_ones_are_called_so()
    {
        using var studio = new StudioProcess(60);
        StudioWorld.Label(studio, 50);
        StudioWorld.Suggest(studio);
        await studio.StartAsync();
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(studio.Page("review", "ann", ("reason", "duplicates")));
        await page.UntilAsync($"{Ready} && [...document.querySelectorAll('.pane img')].length === 2 && [...document.querySelectorAll('.pane img')].every(i => i.complete && i.naturalWidth > 0)");
        Assert.Equal(2, await page.EvaluateAsync<int>("new Set([...document.querySelectorAll('.pane img')].map(i => i.src)).size"));
        await page.KeyAsync("a");
        await page.UntilAsync(Saved);
        Assert.Equal("near-duplicate", Assert.Single(studio.Workspace.Catalogue.Images(new ImageQuery { IncludeExcluded = true }), i => i.Excluded is not null).Excluded);

        await page.GoAsync(studio.Page("review", "ann", ("status", "stale")));
        await page.UntilAsync($"{Ready} && document.querySelector('.card .banner')");
        Assert.StartsWith("Stale: it would change", await page.TextAsync(".card .banner"), StringComparison.Ordinal);
        Assert.True(await page.EvaluateAsync<bool>("document.getElementById('accept').disabled && !document.getElementById('reject').disabled"));
        await page.KeyAsync("r");
        await page.UntilAsync(Saved);
        Assert.Empty(studio.Workspace.Catalogue.Suggestions(new SuggestionQuery { Status = [SuggestionStatus.Stale] }));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Two_reviewers_never_overwrite_each_other()
    {
        using var studio = new StudioProcess(20);
        Suggested(studio, 3);
        await studio.StartAsync();
        var (ann, bob) = (await fixture.Browser.OpenAsync(), await fixture.Browser.OpenAsync());
        foreach (var (page, who) in new[] { (ann, "ann"), (bob, "bob") })
        {
            await page.GoAsync(studio.Page("review", who));
            await page.UntilAsync(Ready);
        }
        await ann.KeyAsync("a");
        await ann.UntilAsync(Saved);
        await bob.KeyAsync("r"); // the same one, which is decided by now
        await bob.UntilAsync($"{Saved} && document.querySelector('.toast.bad')");
        Assert.Contains("was accepted by ann", await bob.TextAsync(".toast.bad"), StringComparison.Ordinal);
        var first = studio.Workspace.Catalogue.Suggestions(new SuggestionQuery()).First();
        Assert.Equal((SuggestionStatus.Accepted, "ann"), (first.Status, first.DecidedBy));
        Assert.Contains("accepted by ann", await bob.TextAsync(".card"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_studio_that_is_killed_loses_no_verdict_that_the_page_has_taken()
    {
        using var studio = new StudioProcess(20);
        Suggested(studio, 6);
        await studio.StartAsync();
        var port = studio.Url.Port;
        var page = await fixture.Browser.OpenAsync();
        await page.GoAsync(studio.Page("review"));
        await page.UntilAsync(Ready);
        await page.KeyAsync("a");
        await page.UntilAsync(Saved);
        studio.Kill();
        await page.KeyAsync("r");
        await page.KeyAsync("a");
        await page.UntilAsync("document.querySelector('.toast.bad')");
        await studio.StartAsync(port);
        await page.UntilAsync(Saved);
        Assert.Equal([SuggestionStatus.Accepted, SuggestionStatus.Rejected, SuggestionStatus.Accepted, SuggestionStatus.Open, SuggestionStatus.Open, SuggestionStatus.Open], studio.Workspace.Catalogue.Suggestions(new SuggestionQuery()).Select(s => s.Status));
    }
}
