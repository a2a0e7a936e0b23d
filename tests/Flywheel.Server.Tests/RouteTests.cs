using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Flywheel.Server.Tests;

public sealed partial class RouteTests(SharedServer shared) : IClassFixture<SharedServer>
{
    readonly ServerProcess _server = shared.Server;

    static byte[] Bright(int seed = 0) => Pictures.Png((x, y) => (byte)(200 + (x * 7 + y * 3 + seed) % 20), 24 + seed % 7, 24);

    [Fact]
    public async Task A_raw_image_is_answered_with_label_scores_version_and_an_id_that_is_recorded_by_then()
    {
        var image = Pictures.Png((_, _) => 230);
        var answer = await _server.AnswerAsync(image);
        Assert.Equal("open", answer.GetProperty("label").GetString());
        Assert.Equal(TinyModel.Open(230), answer.GetProperty("confidence").GetDouble(), 1e-5);
        Assert.Equal(1, answer.GetProperty("scores").EnumerateObject().Sum(s => s.Value.GetDouble()), 1e-6);
        var model = answer.GetProperty("model");
        Assert.Equal(_server.First.ModelId, model.GetProperty("id").GetString());
        Assert.Equal(1, model.GetProperty("version").GetInt32());
        Assert.Equal("production", model.GetProperty("alias").GetString());

        var recorded = _server.Workspace.Catalogue.FindPrediction(answer.GetProperty("id").GetString()!);
        Assert.NotNull(recorded);
        Assert.Equal(PredictionSource.Endpoint, recorded.Source);
        Assert.Equal("open", recorded.Label);
        Assert.Equal(answer.GetProperty("imageId").GetString(), recorded.ImageId);
        var catalogued = _server.Workspace.Catalogue.FindImage(recorded.ImageId)!;
        Assert.Equal((24, 24, image.Length, "png"), (catalogued.Width, catalogued.Height, (int)catalogued.Bytes, catalogued.Format));
        Assert.Equal(230 / 255.0, catalogued.Brightness, 1e-9);
        Assert.Equal(image, await File.ReadAllBytesAsync(catalogued.Path));
        Assert.Contains(_server.Workspace.Catalogue.Images(new ImageQuery { Dataset = "inbox" }), i => i.Id == recorded.ImageId);
    }

    [Fact]
    public async Task A_form_with_several_images_is_answered_in_its_order_with_their_names()
    {
        using var form = new MultipartFormDataContent { { ServerProcess.Image(Bright(1)), "a", "bright.png" }, { ServerProcess.Image(Pictures.Png((_, _) => 10)), "b", "../../etc/dark.png" }, { new StringContent("""{"line":"3","night":true,"n":7}"""), "tags" } };
        using var response = await _server.Client.PostAsync("/v1/predict", form);
        var answers = (await ServerProcess.Json(response, HttpStatusCode.OK)).GetProperty("predictions").EnumerateArray().ToArray();
        Assert.Equal(["open", "closed"], answers.Select(a => a.GetProperty("label").GetString()));
        Assert.Equal(["bright.png", "dark.png"], answers.Select(a => a.GetProperty("file").GetString()));
        var tags = _server.Workspace.Catalogue.FindPrediction(answers[1].GetProperty("id").GetString()!)!.Tags;
        Assert.Equal(["3", "7", "true"], [tags["line"], tags["n"], tags["night"]]);
    }

    [Fact]
    public async Task Tags_of_a_raw_image_come_in_a_header()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/predict") { Content = ServerProcess.Image(Bright(2), "application/octet-stream") };
        request.Headers.Add("Flywheel-Tags", """{"camera":"\u00e9t\u00e9"}""");
        using var response = await _server.Client.SendAsync(request);
        var id = (await ServerProcess.Json(response, HttpStatusCode.OK)).GetProperty("id").GetString()!;
        Assert.Equal("été", _server.Workspace.Catalogue.FindPrediction(id)!.Tags["camera"]);
    }

    [Fact]
    public async Task A_damaged_image_among_good_ones_refuses_the_whole_form_and_names_it()
    {
        var before = _server.Workspace.Catalogue.Predictions(new PredictionQuery { LatestPerImage = false }).Count();
        using var form = new MultipartFormDataContent { { ServerProcess.Image("no image"u8.ToArray()), "b", "note.txt" } };
        using var response = await _server.Client.PostAsync("/v1/predict", form);
        var problem = await ServerProcess.Problem(response, HttpStatusCode.UnsupportedMediaType, "ImageFormatUnknown");
        Assert.Contains("note.txt", problem.GetProperty("detail").GetString());
        Assert.Equal(before, _server.Workspace.Catalogue.Predictions(new PredictionQuery { LatestPerImage = false }).Count());
    }

    [Fact]
    public async Task A_report_is_recorded_when_it_is_acknowledged_and_comes_back_with_the_prediction()
    {
        var id = (await _server.AnswerAsync(Bright(3))).GetProperty("id").GetString()!;
        using var response = await _server.Client.PostAsJsonAsync($"/v1/predictions/{id}/feedback", new { verdict = "wrong", label = "closed", reason = "glare on the glasses", reporter = "line 3" });
        var report = await ServerProcess.Json(response, HttpStatusCode.Created);
        var recorded = Assert.Single(_server.Workspace.Catalogue.Feedback(new FeedbackQuery { PredictionId = id }));
        Assert.Equal((report.GetProperty("id").GetString(), FeedbackVerdict.Wrong, "closed", "glare on the glasses", "line 3"), (recorded.Id, recorded.Verdict, recorded.Label, recorded.Reason, recorded.Reporter));

        var read = JsonDocument.Parse(await _server.Client.GetStringAsync($"/v1/predictions/{id}")).RootElement;
        Assert.Equal("open", read.GetProperty("label").GetString());
        Assert.Equal("glare on the glasses", Assert.Single(read.GetProperty("feedback").EnumerateArray()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_content_type_that_is_not_taken_is_named()
    {
        using var body = new ByteArrayContent(Bright());
        body.Headers.ContentType = new("application/x-www-form-urlencoded"); // what curl --data-binary sends
        using var response = await _server.Client.PostAsync("/v1/predict", body);
        var problem = await ServerProcess.Problem(response, HttpStatusCode.UnsupportedMediaType, "ContentTypeUnknown");
        Assert.Contains("'application/x-www-form-urlencoded'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"verdict":"maybe"}""")]
    [InlineData("""{"verdict":"wrong","label":"ajar"}""")]
    [InlineData("""{"verdict":"wrong","label":"open"}""")]
    [InlineData("""{"verdict":"right","label":"closed"}""")]
    [InlineData("""{"verdict":"right","unknown":1}""")]
    [InlineData("""{"verdict":"right","verdict":"wrong"}""")]
    [InlineData("""{"verdict":"right","reporter":""}""")]
    [InlineData("""{}""")]
    [InlineData("""null""")]
    public async Task A_report_that_contradicts_itself_is_refused(string body)
    {
        var id = (await _server.AnswerAsync(Bright(4))).GetProperty("id").GetString()!;
        using var response = await _server.Client.PostAsync($"/v1/predictions/{id}/feedback", new StringContent(body, null, "application/json"));
        var problem = await ServerProcess.Problem(response, HttpStatusCode.BadRequest, "InvalidFeedback");
        if (body.Contains("unknown", StringComparison.Ordinal)) Assert.Contains("'unknown' is no field", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(".NET", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Empty(_server.Workspace.Catalogue.Feedback(new FeedbackQuery { PredictionId = id }));
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem()
    {
        using var unknown = await _server.Client.PostAsJsonAsync($"/v1/predictions/{Guid.CreateVersion7()}/feedback", new { verdict = "right" });
        await ServerProcess.Problem(unknown, HttpStatusCode.NotFound, "PredictionNotFound");
        using var malformed = await _server.Client.GetAsync("/v1/predictions/0199");
        await ServerProcess.Problem(malformed, HttpStatusCode.BadRequest, "InvalidPredictionId");
        using var nowhere = await _server.Client.GetAsync("/v2/predict");
        await ServerProcess.Problem(nowhere, HttpStatusCode.NotFound, "RequestRefused");
        using var method = await _server.Client.GetAsync("/v1/predict");
        await ServerProcess.Problem(method, HttpStatusCode.MethodNotAllowed, "RequestRefused");
        using var stop = await _server.Client.PostAsync("/v1/stop", null);
        await ServerProcess.Problem(stop, HttpStatusCode.Forbidden, "KeyNeeded");
    }

    [Fact]
    public async Task The_models_in_service_are_listed()
    {
        var models = JsonDocument.Parse(await _server.Client.GetStringAsync("/v1/models")).RootElement.GetProperty("models").EnumerateArray();
        var model = Assert.Single(models);
        Assert.Equal(("production", false, 1), (model.GetProperty("alias").GetString(), model.GetProperty("shadow").GetBoolean(), model.GetProperty("version").GetInt32()));
        Assert.Equal(TinyModel.Labels, model.GetProperty("labels").EnumerateArray().Select(l => l.GetString()!));
    }

    [Fact]
    public async Task It_lives_and_is_ready()
    {
        Assert.Contains("alive", await _server.Client.GetStringAsync("/healthz"));
        Assert.Equal("ready", await _server.ReadinessAsync());
    }

    [Fact]
    public async Task The_process_loads_ONNX_Runtime_and_nothing_of_Torch()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has loaded is read from /proc.");
        await _server.AnswerAsync(Bright(7));
        var maps = await File.ReadAllTextAsync($"/proc/{_server.Process.Id}/maps");
        Assert.Contains("libonnxruntime", maps);
        Assert.DoesNotContain("libtorch", maps);
        Assert.DoesNotContain("TorchSharp", maps);
    }

    [Fact]
    public async Task Metrics_are_in_the_text_format_with_cumulative_histograms()
    {
        var before = await _server.MetricAsync("flywheel_predictions_total{version=\"1\",label=\"open\"}");
        await _server.AnswerAsync(Bright(5));
        Assert.True(await _server.MetricAsync("flywheel_predictions_total{version=\"1\",label=\"open\"}") > before);
        var text = await _server.Client.GetStringAsync("/metrics");
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(MetricLine(), line));
        var buckets = text.Split('\n').Where(l => l.StartsWith("flywheel_stage_seconds_bucket{stage=\"infer\"", StringComparison.Ordinal)).Select(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(buckets[^1], await _server.MetricAsync("flywheel_stage_seconds_count{stage=\"infer\"}"));
        Assert.Equal(1, await _server.MetricAsync($"flywheel_model_info{{alias=\"production\",version=\"1\",model=\"{_server.First.ModelId}\"}}"));
    }

    [Fact]
    public async Task The_request_log_tells_route_and_size_and_nothing_that_was_sent()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/predict?secret=in-the-query") { Content = ServerProcess.Image(Bright(6)) };
        request.Headers.Add("Flywheel-Tags", """{"patient":"someone"}""");
        using var response = await _server.Client.SendAsync(request);
        var id = (await ServerProcess.Json(response, HttpStatusCode.OK)).GetProperty("id").GetString()!;
        var file = Path.Combine(Engine.Endpoints.EndpointFiles.LogsOf(_server.Workspace), "requests.jsonl");
        var line = "";
        await ServerProcess.Until(() =>
        {
            if (!File.Exists(file)) return Task.FromResult(false);
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var text = reader.ReadToEnd();
            Assert.DoesNotContain("someone", text);
            Assert.DoesNotContain("secret", text);
            line = text.Split('\n').FirstOrDefault(l => l.Contains(id, StringComparison.Ordinal)) ?? "";
            return Task.FromResult(line.EndsWith('}'));
        }, "a line of the request");
        var entry = JsonDocument.Parse(line).RootElement;
        Assert.Equal(("POST", "/v1/predict", 200, 1), (entry.GetProperty("method").GetString(), entry.GetProperty("route").GetString(), entry.GetProperty("status").GetInt32(), entry.GetProperty("images").GetInt32()));
        Assert.Equal(Bright(6).Length, entry.GetProperty("bytes").GetInt32());
    }

    [GeneratedRegex(@"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+=""[^""]*""(,[a-z]+=""[^""]*"")*\})? (-?[0-9.E+-]+|NaN|[+-]Inf))$")]
    private static partial Regex MetricLine();
}
