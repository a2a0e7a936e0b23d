using System.Text.Json.Nodes;
using Flywheel.Server.Observing;
using Flywheel.Server.Serving;

namespace Flywheel.Server.Requests;

/// <summary>What the endpoint says of itself.</summary>
sealed class StateRoutes(ServedAliases aliases, Metrics metrics, IHostApplicationLifetime lifetime)
{
    static readonly string s_openApi = ReadOpenApi();

    public static Task AliveAsync(HttpContext context) => Json.WriteAsync(context, new JsonObject { ["status"] = "alive" });

    public Task ReadyAsync(HttpContext context)
    {
        var stopping = lifetime.ApplicationStopping.IsCancellationRequested;
        var slot = aliases.Production;
        var status = stopping ? "stopping" : slot.Current is null ? "not ready" : slot.Refusal is null ? "ready" : "refused";
        return Json.WriteAsync(context, new JsonObject
        {
            ["status"] = status,
            ["alias"] = slot.Alias,
            ["version"] = slot.Current?.Alias.Version,
            ["model"] = slot.Current?.Model.Name,
            ["modelId"] = slot.Current?.Model.Id,
            ["refusal"] = slot.Refusal?.ErrorId,
        }, status is "ready" or "refused" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    public Task ModelsAsync(HttpContext context) => Json.WriteAsync(context, new JsonObject
    {
        ["models"] = new JsonArray([.. aliases.All.Select(slot => new JsonObject
        {
            ["alias"] = slot.Alias,
            ["shadow"] = !ReferenceEquals(slot, aliases.Production),
            ["version"] = slot.Current?.Alias.Version,
            ["id"] = slot.Current?.Model.Id,
            ["name"] = slot.Current?.Model.Name,
            ["labels"] = new JsonArray([.. (slot.Current?.Model.Labels ?? []).Select(l => JsonValue.Create(l))]),
            ["since"] = slot.Current?.Alias.Moved,
            ["refusal"] = slot.Refusal is { } refusal ? new JsonObject { ["errorId"] = refusal.ErrorId } : null,
        })]),
    });

    public Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
    }

    public static Task OpenApiAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(s_openApi, context.RequestAborted);
    }

    public async Task StopAsync(HttpContext context)
    {
        await Json.WriteAsync(context, new JsonObject { ["status"] = "stopping" }, StatusCodes.Status202Accepted);
        lifetime.StopApplication();
    }

    static string ReadOpenApi()
    {
        using var stream = typeof(StateRoutes).Assembly.GetManifestResourceStream("openapi.json")!;
        var document = JsonNode.Parse(stream)!;
        document["info"]!["version"] = typeof(StateRoutes).Assembly.GetName().Version!.ToString(3);
        return document.ToJsonString();
    }
}
