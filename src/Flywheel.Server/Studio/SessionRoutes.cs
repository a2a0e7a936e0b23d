using Flywheel.Engine.Workspaces;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio;

/// <summary><c>/studio/session</c>: who sits here, and whether a key is asked for.</summary>
sealed class SessionRoutes(StudioAccess access, StudioPages pages, Workspace workspace)
{
    sealed record OpenBody(string Key);

    public Task GetAsync(HttpContext context) => WriteAsync(context, access.Find(context));

    public async Task OpenAsync(HttpContext context)
    {
        var body = await StudioJson.ReadAsync<OpenBody>(context);
        if (access.Open(context, body.Key) is not { } user)
        {
            await Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, "KeyNeeded", "The key is not known, has expired, or does not allow reviewing.", "Ask for a key made with New-FlywheelEndpointKey -Role Review.");
            return;
        }
        await WriteAsync(context, user);
    }

    public Task CloseAsync(HttpContext context)
    {
        access.Close(context);
        return WriteAsync(context, access.IsKeyed ? null : access.Find(context));
    }

    Task WriteAsync(HttpContext context, StudioUser? user) => StudioJson.WriteAsync(context, new
    {
        Workspace = user is null ? null : Path.GetFileName(workspace.Root),
        Keyed = access.IsKeyed,
        Open = user is not null,
        Who = user?.Name is { Length: > 0 } name ? name : null,
        Pages = pages.Names,
        Version = typeof(SessionRoutes).Assembly.GetName().Version!.ToString(3),
    });
}
