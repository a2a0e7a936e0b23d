using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flywheel.Engine.Annotations;

namespace Flywheel.Engine.Tests.Annotations;

/// <summary>Against a stand-in on the loopback that answers as api.labelstud.io documents it for version 1.x.</summary>
public sealed class LabelStudioServerTests
{
    const string Secret = "0123456789abcdef0123456789abcdef01234567";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The stand-in: remembers calls, and keeps what is imported.</summary>
    sealed class StandIn : IDisposable
    {
        readonly HttpListener _listener = new();
        readonly Func<StandIn, string, string, (int Status, string Body)?>? _answer;

        public StandIn(Func<StandIn, string, string, (int, string)?>? answer = null)
        {
            _answer = answer;
            for (var port = 20000 + Environment.ProcessId % 20000; ; port++)
            {
                try
                {
                    _listener.Prefixes.Clear();
                    Address = $"http://127.0.0.1:{port}/ls";
                    _listener.Prefixes.Add(Address + "/");
                    _listener.Start();
                    break;
                }
                catch (HttpListenerException)
                {
                    // somebody else's port
                }
            }
            new Thread(Serve) { IsBackground = true }.Start();
        }

        public string Address { get; private set; }
        public List<string> Calls { get; } = [];
        public List<string?> Authorizations { get; } = [];
        public List<JsonArray> Imports { get; } = [];
        public JsonObject? Project { get; private set; }
        public string Export { get; set; } = "[]";

        void Serve()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = _listener.GetContext();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
                {
                    return;
                }
                var body = new StreamReader(context.Request.InputStream).ReadToEnd();
                var call = $"{context.Request.HttpMethod} {context.Request.Url!.PathAndQuery["/ls".Length..]}";
                lock (Calls)
                {
                    Calls.Add(call);
                    Authorizations.Add(context.Request.Headers["Authorization"]);
                }
                var (status, text) = _answer?.Invoke(this, call, body) ?? Answer(call, body);
                try
                {
                    context.Response.StatusCode = status;
                    if (status is 302) context.Response.Headers["Location"] = "https://elsewhere.example/login";
                    context.Response.ContentType = "application/json";
                    context.Response.Close(Encoding.UTF8.GetBytes(text), false);
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    // the caller gave up
                }
            }
        }

        (int, string) Answer(string call, string body)
        {
            switch (call)
            {
                case "POST /api/projects/":
                    Project = JsonNode.Parse(body)!.AsObject();
                    return (201, """{"id": 12, "title": "field", "description": "", "label_config": "<View/>", "created_by": {"id": 1, "email": "a@b.c"}, "task_number": 0}""");
                case "POST /api/projects/12/import":
                    Imports.Add(JsonNode.Parse(body)!.AsArray());
                    return (201, $$"""{"task_count": {{Imports[^1].Count}}, "annotation_count": 0, "prediction_count": 0, "duration": 0.1, "file_upload_ids": [], "could_be_tasks_list": false, "found_formats": [], "data_columns": []}""");
                case "GET /api/projects/12/export?exportType=JSON&download_all_tasks=true":
                    return (200, Export);
                case "GET /api/projects/?page=1&page_size=100":
                    return (200, """{"count": 3, "next": "http://x/api/projects/?page=2", "previous": null, "results": [{"id": 10, "title": "other"}, {"id": 11, "title": "twice"}]}""");
                case "GET /api/projects/?page=2&page_size=100":
                    return (200, """{"count": 3, "next": null, "previous": "x", "results": [{"id": 12, "title": "field"}, {"id": 13, "title": "twice"}]}""");
                case "POST /api/token/refresh/":
                    return body.Contains("header.payload.signature", StringComparison.Ordinal) ? (200, """{"access": "short-lived"}""") : (401, """{"detail": "Token is invalid or expired", "code": "token_not_valid"}""");
                default:
                    return (404, """{"id": "0", "status_code": 404, "version": "1.13.1", "detail": "No Project matches the given query.", "exc_info": null}""");
            }
        }

        public void Dispose() => _listener.Close();
    }

    static List<FlywheelImage> Images(TemporaryWorkspace at, int count)
    {
        Shades.Dataset(at, "field", count, labelled: false);
        return at.Images("field");
    }

    static SendRequest Request(List<FlywheelImage> images) => new() { ImageIds = [.. images.Select(i => i.Id)], To = LabellingTool.LabelStudio, Name = "field", Labels = ["open", "closed"] };

    [Fact]
    public void A_project_is_made_filled_and_its_answers_are_taken()
    {
        using var at = new TemporaryWorkspace();
        using var there = new StandIn();
        using var server = new LabelStudioServer(there.Address, Secret);
        var images = Images(at, 1205);

        var task = AnnotationSender.Send(at.Workspace, Request(images), server, at.Reports, Token);

        Assert.Equal((12L, there.Address + "/projects/12", "", 1205), (task.Project!.Value, task.Path, task.Manifest, task.Images));
        Assert.Equal([1000, 205], there.Imports.Select(i => i.Count));
        Assert.Contains("<Choice value=\"open\"", there.Project!["label_config"]!.GetValue<string>());
        Assert.Equal("field", there.Project["title"]!.GetValue<string>());
        Assert.All(there.Authorizations, a => Assert.Equal("Token " + Secret, a));
        var first = there.Imports[0][0]!["data"]!;
        Assert.Equal(File.ReadAllBytes(images[0].Path), Convert.FromBase64String(first["image"]!.GetValue<string>()["data:image/png;base64,".Length..]));
        Assert.Empty(at.Reports.Warnings);

        there.Export = $$$"""[{"id": 1, "data": {{{first.ToJsonString()}}}, "annotations": [{"id": 2, "completed_by": 4, "result": [{"type": "choices", "value": {"choices": ["open"]}}], "was_cancelled": false}]}]""";
        var records = AnnotationReceiver.Receive(at.Workspace, new ReceiveRequest { Path = "project", Result = server.Export("field", Token) }, at.Reports, Token);
        var made = Assert.Single(records, r => r.Kind == ReceivedKind.New);
        Assert.Equal((images[0].Id, "open", "labelstudio:4"), (made.ImageId, made.NewLabel, made.By));
        Assert.Contains("GET /api/projects/?page=2&page_size=100", there.Calls);
        Assert.Equal("LabelStudioProjectAmbiguous", Fault(() => server.Export("twice", Token)).ErrorId);
        Assert.Equal("Did you mean 'field'?", Fault(() => server.Export("feild", Token)).RecommendedAction);
        Assert.Equal("LabelStudioNotFound", Fault(() => server.Export("99", Token)).ErrorId);
    }

    [Theory]
    [InlineData(401, """{"detail": "Invalid token."}""", "LabelStudioDenied")]
    [InlineData(403, """{"detail": "no rights"}""", "LabelStudioDenied")]
    [InlineData(400, """{"detail": "Validation error", "validation_errors": {"label_config": ["bad"]}}""", "LabelStudioRefused")]
    [InlineData(404, "<html>", "LabelStudioNotFound")]
    [InlineData(429, "", "LabelStudioUnavailable")]
    [InlineData(500, """{"detail": "boom 0123456789abcdef0123456789abcdef01234567"}""", "LabelStudioUnavailable")]
    [InlineData(503, "", "LabelStudioUnavailable")]
    [InlineData(302, "", "LabelStudioMoved")]
    [InlineData(200, "<html>login</html>", "AnnotationFileInvalid")]
    [InlineData(200, "{}", "AnnotationFileInvalid")]
    public void Whatever_a_server_says_is_a_clear_error_without_the_token(int status, string body, string id)
    {
        using var at = new TemporaryWorkspace();
        using var there = new StandIn((_, _, _) => (status, body));
        using var server = new LabelStudioServer(there.Address, Secret);
        foreach (var fault in (FlywheelException[])[Fault(() => server.Export("12", Token)), Fault(() => AnnotationSender.Send(at.Workspace, Request(Images(at, 2)), server, at.Reports, Token))])
        {
            Assert.Equal(id, fault.ErrorId);
            Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
            Assert.Contains("/ls/api/projects/", fault.Message, StringComparison.Ordinal);
        }
        Assert.Empty(at.Workspace.Catalogue.Queues()); // without a task no queue
    }

    [Fact]
    public void An_import_that_breaks_tells_how_far_it_came()
    {
        using var at = new TemporaryWorkspace();
        var n = 0;
        using var there = new StandIn((_, call, _) => call.EndsWith("import", StringComparison.Ordinal) && ++n == 2 ? (500, """{"detail": "database is locked"}""") : null);
        using var server = new LabelStudioServer(there.Address, Secret);
        var fault = Fault(() => AnnotationSender.Send(at.Workspace, Request(Images(at, 1100)), server, at.Reports, Token));
        Assert.Contains("database is locked", fault.Message);
        Assert.Contains("Project 12 has 1000 of 1100 tasks.", fault.Message);
        Assert.Contains("/projects/12", fault.RecommendedAction);
    }

    [Fact]
    public void An_import_in_the_background_is_waited_for()
    {
        using var at = new TemporaryWorkspace();
        var polls = 0;
        using var there = new StandIn((_, call, _) => call switch
        {
            "POST /api/projects/12/import" => (201, """{"import": 5}"""),
            "GET /api/projects/12/imports/5/" => (200, ++polls < 2 ? """{"status": "in_progress", "task_count": 0}""" : """{"status": "completed", "task_count": 3}"""),
            _ => null,
        });
        using var server = new LabelStudioServer(there.Address, Secret);
        Assert.Equal(3, AnnotationSender.Send(at.Workspace, Request(Images(at, 3)), server, at.Reports, Token).Images);
        Assert.Equal(2, polls);
    }

    [Fact]
    public void A_personal_access_token_is_changed_for_a_short_lived_one()
    {
        using var there = new StandIn();
        using (var server = new LabelStudioServer(there.Address, "header.payload.signature")) server.Export("12", Token);
        Assert.Equal([null, "Bearer short-lived"], there.Authorizations);
        using var other = new LabelStudioServer(there.Address, "a.b.c");
        Assert.Equal("LabelStudioDenied", Fault(() => other.Export("12", Token)).ErrorId);
    }

    [Fact]
    public void A_server_that_is_not_there_or_does_not_answer_is_told()
    {
        string address;
        using (var gone = new StandIn()) address = gone.Address;
        using (var server = new LabelStudioServer(address, Secret)) Assert.Equal("LabelStudioUnreachable", Fault(() => server.Export("1", Token)).ErrorId);
        using var slow = new StandIn((_, _, _) =>
        {
            Thread.Sleep(3000);
            return (200, "[]");
        });
        using var waiting = new LabelStudioServer(slow.Address, Secret, TimeSpan.FromMilliseconds(300));
        Assert.Equal("LabelStudioTimeout", Fault(() => waiting.Export("1", Token)).ErrorId);
        using var stopped = new CancellationTokenSource(200);
        using var patient = new LabelStudioServer(slow.Address, Secret);
        Assert.ThrowsAny<OperationCanceledException>(() => patient.Export("1", stopped.Token));
    }

    [Theory]
    [InlineData("localhost:8080", Secret, "InvalidAddress")]
    [InlineData("ftp://host", Secret, "InvalidAddress")]
    [InlineData("http://user:pass@host", Secret, "InvalidAddress")]
    [InlineData("http://host", null, "LabelStudioTokenMissing")]
    [InlineData("http://host", " ", "LabelStudioTokenMissing")]
    [InlineData("http://host", "a\r\nX-Evil: 1", "LabelStudioTokenMissing")]
    public void Addresses_and_tokens_are_checked(string address, string? token, string id) => Assert.Equal(id, Fault(() => new LabelStudioServer(address, token).Dispose()).ErrorId);

    [Fact]
    public void A_token_on_an_open_road_is_warned_of()
    {
        using var open = new LabelStudioServer("http://labels.example.org", Secret);
        using var shut = new LabelStudioServer("https://labels.example.org/x/", Secret);
        Assert.Equal((true, false, "https://labels.example.org/x/projects/3"), (open.IsExposed, shut.IsExposed, shut.AddressOf(3)));
    }

    static FlywheelException Fault(Action work) => Assert.Throws<FlywheelException>(work);
}
