using System.Text.Json;
using Flywheel.Engine.Endpoints;
using Flywheel.Server.Hosting;
using Flywheel.Server.Observing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Flywheel.Server.Tests;

public class OpenApiTests
{
    [Fact]
    public async Task The_document_has_every_route_with_its_method_and_no_other()
    {
        using var server = new ServerProcess();
        var metrics = new Metrics();
        await using var log = new RollingFile(Path.Combine(server.Workspace.StatePath, "log"), () => { });
        await using var app = await EndpointHost.StartAsync(new EndpointOptions { Workspace = server.Workspace.Root, Port = 0, Detached = true }, server.Workspace, metrics, log, log);
        var routes = app.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(m => $"{m.ToLowerInvariant()} {e.RoutePattern.RawText}"));

        using var client = new HttpClient { BaseAddress = new Uri(EndpointHost.UrlOf(app)) };
        var document = JsonDocument.Parse(await client.GetStringAsync("/openapi.json")).RootElement;
        var documented = document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name} {p.Name}"));
        Assert.Equal(routes.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
        Assert.NotEmpty(routes);

        // Every reference leads somewhere, and every operation says what it answers.
        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.All(References(document), name => Assert.True(schemas.TryGetProperty(name, out _), name));
        Assert.All(document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()), operation => Assert.NotEmpty(operation.Value.GetProperty("responses").EnumerateObject()));
        await app.StopAsync();
    }

    static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => p.Name == "$ref" ? [p.Value.GetString()!["#/components/schemas/".Length..]] : References(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
