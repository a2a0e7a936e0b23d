using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio;

/// <summary>What pages and studio tell each other: JSON in camel case, enumerations by name.</summary>
static class StudioJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
        MaxDepth = 16,
    };

    /// <summary>Answers; not kept by browsers.</summary>
    public static async Task WriteAsync<T>(HttpContext context, T body, int status = StatusCodes.Status200OK)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Options);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Reads the body.</summary>
    /// <exception cref="FlywheelException"><c>BadRequest</c>: it is not what is asked for; the message says where.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context) where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted) ?? throw Problem.Refuse("BadRequest", "The body is null.");
        }
        catch (JsonException e)
        {
            throw Problem.Refuse("BadRequest", $"The body is not what is asked for, at {(string.IsNullOrEmpty(e.Path) ? "$" : e.Path)}: {e.Message.Split(" Path:", 2)[0]}");
        }
    }
}
