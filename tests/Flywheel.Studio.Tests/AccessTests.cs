using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Flywheel.Engine.Endpoints;

namespace Flywheel.Studio.Tests;

/// <summary>Who gets in, and what no page of another site can do.</summary>
public sealed class AccessTests : IDisposable
{
    readonly StudioProcess _studio = new(6);

    public void Dispose() => _studio.Dispose();

    HttpClient Client(string? key = null, string? who = "ann", bool ours = true)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = _studio.Url };
        if (ours) client.DefaultRequestHeaders.Add("X-Flywheel", "1");
        if (who is not null) client.DefaultRequestHeaders.Add("X-Flywheel-User", Uri.EscapeDataString(who));
        if (key is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    static async Task<JsonElement> Json(HttpResponseMessage response, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    static async Task Problem(HttpResponseMessage response, HttpStatusCode status, string errorId)
    {
        var problem = await Json(response, status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(errorId, problem.GetProperty("errorId").GetString());
        Assert.DoesNotContain(Path.GetTempPath(), problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_other_sites_can_neither_change_nor_read_anything()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        using var client = Client();
        using var plain = Client(ours: false);
        using var bare = await plain.PostAsJsonAsync("/studio/queues/night/claim", new { count = 1 });
        await Problem(bare, HttpStatusCode.Forbidden, "CrossSite");
        foreach (var (header, value) in ((string, string)[])[("Origin", "https://example.com"), ("Sec-Fetch-Site", "cross-site")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/studio/queues");
            request.Headers.Add(header, value);
            using var answer = await client.SendAsync(request);
            await Problem(answer, HttpStatusCode.Forbidden, "CrossSite");
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/studio/queues");
        rebound.Headers.Host = "attacker.example.com";
        using var refused = await client.SendAsync(rebound);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        // A link from elsewhere may lead here.
        using var link = new HttpRequestMessage(HttpMethod.Get, "/studio/label");
        link.Headers.Add("Sec-Fetch-Site", "cross-site");
        link.Headers.Add("Sec-Fetch-Mode", "navigate");
        using var page = await client.SendAsync(link);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(("nosniff", "DENY"), (page.Headers.GetValues("X-Content-Type-Options").Single(), page.Headers.GetValues("X-Frame-Options").Single()));
        Assert.DoesNotContain("<script>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, _studio.Workspace.Catalogue.QueueItems("night").Count(i => i.State != QueueItemState.Open));
    }

    [Fact]
    public async Task With_keys_people_are_who_their_key_says_and_a_session_outlives_the_process_but_not_the_key()
    {
        _studio.AddQueue();
        var ann = EndpointKeys.Create(_studio.Workspace, "Ann of the night shift", [EndpointRole.Review], null);
        var line = EndpointKeys.Create(_studio.Workspace, "line 3", [EndpointRole.Predict, EndpointRole.Feedback], null);
        await _studio.StartAsync();
        using var none = Client();
        using var without = await none.GetAsync("/studio/queues");
        await Problem(without, HttpStatusCode.Unauthorized, "KeyNeeded");
        using var picture = await none.GetAsync($"/studio/images/{_studio.Images[0].Id}");
        await Problem(picture, HttpStatusCode.Unauthorized, "KeyNeeded");
        using var other = Client(line.Key);
        using var wrongRole = await other.GetAsync("/studio/queues");
        await Problem(wrongRole, HttpStatusCode.Unauthorized, "KeyNeeded");
        var session = await Json(await none.GetAsync("/studio/session"));
        Assert.Equal((true, false), (session.GetProperty("keyed").GetBoolean(), session.GetProperty("open").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, session.GetProperty("workspace").ValueKind);

        using var wrong = await none.PostAsJsonAsync("/studio/session", new { key = ann.Key + "x" });
        await Problem(wrong, HttpStatusCode.Unauthorized, "KeyNeeded");
        using var opened = await none.PostAsJsonAsync("/studio/session", new { key = ann.Key });
        Assert.Equal("Ann of the night shift", (await Json(opened)).GetProperty("who").GetString());
        var cookie = opened.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(ann.Key!.Split('_')[2], cookie, StringComparison.Ordinal);
        var value = cookie.Split(';')[0];

        async Task<HttpResponseMessage> WithAsync(string sent)
        {
            using var client = Client(who: "somebody else");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/studio/queues/night/claim") { Content = JsonContent.Create(new { count = 1 }) };
            request.Headers.Add("Cookie", sent);
            return await client.SendAsync(request);
        }

        await Json(await WithAsync(value));
        Assert.Equal("Ann of the night shift", _studio.Workspace.Catalogue.QueueItems("night").Single(i => i.State == QueueItemState.Claimed).By);
        _studio.Kill();
        await _studio.StartAsync();
        await Json(await WithAsync(value)); // the same session
        await Problem(await WithAsync(value[..^2] + "xx"), HttpStatusCode.Unauthorized, "KeyNeeded");
        await Problem(await WithAsync(value.Replace(ann.Id, line.Id)), HttpStatusCode.Unauthorized, "KeyNeeded");
        EndpointKeys.Remove(_studio.Workspace, ann.Id);
        for (var i = 0; i < 200 && (await WithAsync(value)).IsSuccessStatusCode; i++) await Task.Delay(50);
        await Problem(await WithAsync(value), HttpStatusCode.Unauthorized, "KeyNeeded");
    }

    [Fact]
    public async Task Beyond_this_machine_it_does_not_listen_without_a_key()
    {
        _studio.Launch(0, "--address", "0.0.0.0");
        await _studio.Process.WaitForExitAsync();
        Assert.Equal(1, _studio.Process.ExitCode);
        for (var i = 0; i < 100 && !_studio.Errors.Contains("EndpointKeyNeeded", StringComparison.Ordinal); i++) await Task.Delay(20);
        Assert.Contains("EndpointKeyNeeded", _studio.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_sent_again_counts_once_also_after_it_was_taken_back()
    {
        _studio.AddQueue();
        await _studio.StartAsync();
        using var client = Client();
        var item = (await Json(await client.PostAsJsonAsync("/studio/queues/night/claim", new { count = 1 }))).GetProperty("items")[0].GetProperty("imageId").GetString()!;
        var answer = new { answers = new[] { new { id = "answer-0001", imageId = item, state = "done", label = "open" } } };
        var first = await Json(await client.PostAsJsonAsync("/studio/queues/night/answers", answer));
        var again = await Json(await client.PostAsJsonAsync("/studio/queues/night/answers", answer));
        Assert.Equal(first.GetProperty("answers")[0].GetProperty("sequence").GetInt64(), again.GetProperty("answers")[0].GetProperty("sequence").GetInt64());
        Assert.Equal(1, again.GetProperty("queue").GetProperty("done").GetInt32());
        var undo = new { answers = new[] { new { id = "answer-0001", imageId = item } } };
        for (var i = 0; i < 2; i++) Assert.Equal(0, (await Json(await client.PostAsJsonAsync("/studio/queues/night/undo", undo))).GetProperty("queue").GetProperty("done").GetInt32());
        await Json(await client.PostAsJsonAsync("/studio/queues/night/answers", answer)); // a straggler
        Assert.Null(_studio.Workspace.Catalogue.FindImage(item)!.Label);
        Assert.Equal(2, _studio.Workspace.Catalogue.Annotations(item).Count());
    }

    [Fact]
    public async Task What_is_not_as_it_should_be_is_refused_whole_with_the_reason()
    {
        _studio.AddQueue();
        _studio.AddQueue("boxes", AnnotationPart.Boxes);
        await _studio.StartAsync();
        using var client = Client();
        var id = _studio.Images[0].Id;
        object Answer(string image, string? label, object? boxes = null, string state = "done", string answerId = "answer-0001") => new { answers = new[] { new { id = answerId, imageId = image, state, label, boxes } } };
        object Box(double x, double width, string label = "open") => new[] { new { id = "b", label, x, y = 1, width, height = 4 } };
        (string Queue, object Body, HttpStatusCode Status, string ErrorId)[] cases =
        [
            ("night", Answer(id, "ajar"), HttpStatusCode.BadRequest, "LabelNotInQueue"),
            ("night", Answer(new string('0', 64), "open"), HttpStatusCode.NotFound, "ImageNotFound"),
            ("night", Answer(id, "open", state: "claimed"), HttpStatusCode.BadRequest, "InvalidAnswer"),
            ("night", Answer(id, "open", state: "lost"), HttpStatusCode.BadRequest, "BadRequest"),
            ("night", Answer(id, "open", answerId: "x"), HttpStatusCode.BadRequest, "InvalidAnswer"),
            ("night", Answer(id, null, Box(1, 4)), HttpStatusCode.BadRequest, "InvalidAnswer"),
            ("boxes", Answer(id, "open"), HttpStatusCode.BadRequest, "InvalidAnswer"),
            ("boxes", Answer(id, null, Box(1, 4000)), HttpStatusCode.BadRequest, "InvalidBox"),
            ("boxes", Answer(id, null, Box(1, 0)), HttpStatusCode.BadRequest, "InvalidBox"),
            ("boxes", Answer(id, null, Box(1, 4, "ajar")), HttpStatusCode.BadRequest, "LabelNotInQueue"),
            ("day", Answer(id, "open"), HttpStatusCode.NotFound, "QueueNotFound"),
        ];
        foreach (var (queue, body, status, errorId) in cases)
        {
            using var answer = await client.PostAsJsonAsync($"/studio/queues/{queue}/answers", body);
            await Problem(answer, status, errorId);
        }
        using var nobody = Client(who: null);
        using var unnamed = await nobody.PostAsJsonAsync("/studio/queues/night/claim", new { count = 1 });
        await Problem(unnamed, HttpStatusCode.BadRequest, "UserMissing");
        foreach (var path in (string[])["/studio/images/../../etc/passwd", "/studio/images/abc", $"/studio/images/{new string('0', 64)}", "/studio/nothing", "/studio/%2e%2e%2fsecret"])
        {
            using var missing = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }
        Assert.Empty(_studio.Workspace.Catalogue.Annotations());
    }

    [Fact]
    public async Task Pictures_come_whole_or_small_and_may_be_kept()
    {
        await _studio.StartAsync();
        using var client = Client();
        var image = _studio.Images[0];
        using var whole = await client.GetAsync($"/studio/images/{image.Id}");
        Assert.Equal(await File.ReadAllBytesAsync(image.Path), await whole.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", whole.Content.Headers.ContentType?.MediaType);
        using var small = await client.GetAsync($"/studio/images/{image.Id}?size=33");
        using var decoded = Imaging.ImageDecoder.Decode(await small.Content.ReadAsByteArrayAsync(), "small.png");
        Assert.Equal(64, Math.Max(decoded.Width, decoded.Height));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/studio/images/{image.Id}?size=64");
        request.Headers.IfNoneMatch.Add(small.Headers.ETag!);
        using var unchanged = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        await File.AppendAllTextAsync(image.Path, "x");
        using var changed = await client.GetAsync($"/studio/images/{image.Id}");
        await Problem(changed, HttpStatusCode.Conflict, "ImageChanged");
        File.Delete(image.Path);
        using var gone = await client.GetAsync($"/studio/images/{image.Id}");
        await Problem(gone, HttpStatusCode.NotFound, "ImageGone");
    }
}
