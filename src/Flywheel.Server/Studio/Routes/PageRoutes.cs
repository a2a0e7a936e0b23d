using Flywheel.Engine.Workspaces;

namespace Flywheel.Server.Studio.Routes;

/// <summary>The routes behind the pages review, explore and dashboard.</summary>
static class PageRoutes
{
    /// <summary>Adds them.</summary>
    /// <param name="app">The studio.</param>
    /// <param name="admitted">Wraps a handler so that only who may come in reaches it.</param>
    public static void Map(WebApplication app, Func<RequestDelegate, RequestDelegate> admitted)
    {
        var workspace = app.Services.GetRequiredService<Workspace>();
        var time = app.Services.GetRequiredService<TimeProvider>();

        var review = new ReviewRoutes(workspace);
        app.MapGet("/studio/suggestions", admitted(review.ListAsync));
        app.MapGet("/studio/suggestions/reasons", admitted(review.ReasonsAsync));
        app.MapPost("/studio/suggestions/verdicts", admitted(review.DecideAsync));
        app.MapPost("/studio/suggestions/undo", admitted(review.UndoAsync));
        app.MapGet("/studio/audits", admitted(review.AuditsAsync));
        app.MapPost("/studio/audits", admitted(review.StartAuditAsync));
        app.MapGet("/studio/audits/{id}", admitted(review.AuditAsync));
        app.MapPost("/studio/audits/{id}/accept", admitted(review.AcceptRestAsync));
        app.MapPost("/studio/audits/{id}/undo", admitted(review.UndoRestAsync));

        var explore = new ExploreRoutes(workspace);
        app.MapGet("/studio/explore/choices", admitted(explore.ChoicesAsync));
        app.MapPost("/studio/explore/images", admitted(explore.ImagesAsync));
        app.MapPost("/studio/explore/count", admitted(explore.CountAsync));
        app.MapGet("/studio/explore/images/{id}", admitted(explore.HistoryAsync));
        app.MapPost("/studio/explore/map", admitted(explore.MapAsync));
        app.MapPost("/studio/explore/queues", admitted(explore.QueueAsync));
        app.MapPost("/studio/explore/annotations", admitted(explore.AnnotateAsync));
        app.MapPost("/studio/explore/undo", admitted(explore.UndoAsync));

        var dashboard = new DashboardRoutes(workspace, time);
        app.MapGet("/studio/figures", admitted(dashboard.FiguresAsync));
        app.MapGet("/studio/figures/endpoints", admitted(dashboard.EndpointsAsync));
    }
}
