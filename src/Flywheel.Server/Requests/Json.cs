using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flywheel.Server.Requests;

/// <summary>Answers in JSON.</summary>
static class Json
{
    static readonly JsonWriterOptions s_writer = new() { Encoder = JavaScriptEncoder.Default };

    public static async Task WriteAsync(HttpContext context, JsonNode body, int status = StatusCodes.Status200OK)
    {
        using var stream = new MemoryStream(512);
        await using (var writer = new Utf8JsonWriter(stream, s_writer)) body.WriteTo(writer);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = stream.Length;
        await context.Response.Body.WriteAsync(stream.GetBuffer().AsMemory(0, (int)stream.Length), context.RequestAborted);
    }
}
