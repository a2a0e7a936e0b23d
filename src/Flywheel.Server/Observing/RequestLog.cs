using System.Diagnostics;
using System.Text.Json;

namespace Flywheel.Server.Observing;

/// <summary>
/// A line of JSON for each request, and its metrics. Of what the caller sent it has the route, the size and the key's id: no picture, no
/// file name, no tags, no reason.
/// </summary>
sealed class RequestLog(RequestDelegate next, RollingFile file, Metrics metrics, TimeProvider time)
{
    /// <summary>Where handlers leave what the line tells of them.</summary>
    public static readonly object Note = new();

    public sealed class Facts
    {
        public string? KeyId { get; set; }
        public int Images { get; set; }
        public long Bytes { get; set; }
        public int? Version { get; set; }
        public string? PredictionId { get; set; }
    }

    public static Facts Of(HttpContext context) => (Facts)context.Items[Note]!;

    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        var facts = new Facts();
        context.Items[Note] = facts;
        try
        {
            await next(context);
        }
        finally
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";
            var seconds = Metrics.Since(start);
            var status = context.Response.StatusCode;
            metrics.Requests.Add(route, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
            metrics.RequestSeconds.Observe(seconds, route);
            file.Add(JsonSerializer.Serialize(new
            {
                time = time.GetUtcNow(),
                method = context.Request.Method.Length <= 10 ? context.Request.Method : "other",
                route,
                status,
                milliseconds = Math.Round(1000 * seconds, 2),
                images = facts.Images,
                bytes = facts.Bytes,
                version = facts.Version,
                prediction = facts.PredictionId,
                key = facts.KeyId,
                remote = context.Connection.RemoteIpAddress?.ToString(),
            }));
        }
    }
}
