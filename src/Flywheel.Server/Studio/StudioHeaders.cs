using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio;

/// <summary>
/// What every answer of the studio carries, and what no request may be: a page of another site can neither frame, read nor change anything here.
/// </summary>
sealed class StudioHeaders(RequestDelegate next)
{
    /// <summary>Scripts, styles and pictures of this server only; nothing inline.</summary>
    const string ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            return Task.CompletedTask;
        });
        var request = context.Request;
        // Browsers say where a request comes from; only a click on a link may lead here from elsewhere.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var crossSite = site is "cross-site" or "same-site" && !(HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate");
        var foreign = request.Headers.Origin is [{ } origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value);
        if (crossSite || foreign) return Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "CrossSite", "The studio does not answer pages of other sites.");
        // A header of our own cannot be sent across sites without asking first, and nobody here answers that question.
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && request.Headers["X-Flywheel"].Count == 0)
            return Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "CrossSite", "What changes something must carry the header X-Flywheel.");
        return next(context);
    }
}
