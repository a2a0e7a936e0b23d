using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio;

/// <summary>Every route of the studio. All but the pages themselves and the session ask for a key where keys are demanded.</summary>
static class StudioRoutes
{
    /// <summary>Where handlers find who asks.</summary>
    static readonly object s_user = new();

    /// <summary>Who asks; the name may be empty where nobody said one.</summary>
    public static StudioUser UserOf(HttpContext context) => (StudioUser)context.Items[s_user]!;

    /// <summary>Who asks, by name.</summary>
    /// <exception cref="FlywheelException"><c>UserMissing</c>.</exception>
    public static string NameOf(HttpContext context) => UserOf(context).Name is { Length: > 0 } name ? name : throw Problem.Refuse("UserMissing", "Nobody has said who sits here.", action: "Send the name in the header X-Flywheel-User.");

    public static void Map(WebApplication app)
    {
        var services = app.Services;
        var access = services.GetRequiredService<StudioAccess>();
        var pages = services.GetRequiredService<StudioPages>();
        var session = services.GetRequiredService<SessionRoutes>();
        var images = services.GetRequiredService<ImageRoutes>();
        var queues = services.GetRequiredService<QueueRoutes>();

        app.MapGet("/", context => Redirect(context, "/studio/label"));
        app.MapGet("/studio", context => Redirect(context, "/studio/label"));
        app.MapGet("/studio/session", session.GetAsync);
        app.MapPost("/studio/session", session.OpenAsync);
        app.MapDelete("/studio/session", session.CloseAsync);
        app.MapGet("/studio/images/{id}", For(images.GetAsync));
        app.MapGet("/studio/queues", For(queues.ListAsync));
        app.MapGet("/studio/queues/{name}", For(queues.GetAsync));
        app.MapPost("/studio/queues/{name}/claim", For(queues.ClaimAsync));
        app.MapPost("/studio/queues/{name}/answers", For(queues.AnswerAsync));
        app.MapPost("/studio/queues/{name}/undo", For(queues.UndoAsync));
        app.MapPost("/studio/queues/{name}/release", For(queues.ReleaseAsync));
        app.MapPost("/studio/queues/{name}/proposals", For(queues.ProposalsAsync));
        Routes.PageRoutes.Map(app, For);
        app.MapGet("/studio/{file}", pages.GetAsync);

        RequestDelegate For(RequestDelegate handle) => async context =>
        {
            if (await access.AdmitAsync(context) is not { } user) return;
            context.Items[s_user] = user;
            await handle(context);
        };
    }

    static Task Redirect(HttpContext context, string path)
    {
        context.Response.Redirect(path);
        return Task.CompletedTask;
    }
}
