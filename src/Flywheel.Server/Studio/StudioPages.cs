using System.Security.Cryptography;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio;

/// <summary>The pages, scripts and styles, which are in the program itself. <c>/studio/label</c> is the file <c>label.html</c>.</summary>
sealed class StudioPages
{
    const string Prefix = "studio/";

    sealed record Page(byte[] Bytes, string Type, string ETag);

    readonly Dictionary<string, Page> _files = new(StringComparer.Ordinal);

    public StudioPages()
    {
        var assembly = typeof(StudioPages).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            _files[name[Prefix.Length..]] = new Page(bytes, Path.GetExtension(name) switch
            {
                ".html" => "text/html; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".css" => "text/css; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => "application/octet-stream",
            }, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
        }
    }

    /// <summary>The pages there are, by name.</summary>
    public IReadOnlyList<string> Names => [.. _files.Keys.Where(f => f.EndsWith(".html", StringComparison.Ordinal)).Select(f => f[..^".html".Length]).Order(StringComparer.Ordinal)];

    public Task GetAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["file"]!;
        if (!_files.TryGetValue(name, out var page) && !_files.TryGetValue(name + ".html", out page))
            return Problem.WriteAsync(context, StatusCodes.Status404NotFound, "PageNotFound", "There is no such page.", $"Pages: {string.Join(", ", Names.Select(n => "/studio/" + n))}.");
        context.Response.Headers.ETag = page.ETag;
        context.Response.Headers.CacheControl = "no-cache"; // asked for again each time, sent again only when changed
        if (context.Request.Headers.IfNoneMatch == page.ETag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        context.Response.ContentType = page.Type;
        context.Response.ContentLength = page.Bytes.Length;
        return context.Response.Body.WriteAsync(page.Bytes, context.RequestAborted).AsTask();
    }
}
