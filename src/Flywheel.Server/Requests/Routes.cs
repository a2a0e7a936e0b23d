using Flywheel.Server.Access;
using Flywheel.Server.Errors;
using Flywheel.Server.Observing;

namespace Flywheel.Server.Requests;

/// <summary>Every route, with the role it asks for.</summary>
static class Routes
{
    public static void Map(WebApplication app)
    {
        var services = app.Services;
        var keys = services.GetRequiredService<KeyRing>();
        var predict = services.GetRequiredService<PredictRoute>();
        var predictions = services.GetRequiredService<PredictionRoutes>();
        var state = services.GetRequiredService<StateRoutes>();

        app.MapPost("/v1/predict", For(EndpointRole.Predict, predict.HandleAsync));
        app.MapPost("/v1/predictions/{id}/feedback", For(EndpointRole.Feedback, predictions.FeedbackAsync));
        app.MapGet("/v1/predictions/{id}", For(EndpointRole.Review, predictions.GetAsync));
        app.MapGet("/v1/models", For(null, state.ModelsAsync));
        app.MapPost("/v1/stop", For(EndpointRole.Admin, state.StopAsync));
        app.MapGet("/metrics", For(EndpointRole.Review, state.MetricsAsync));
        app.MapGet("/healthz", StateRoutes.AliveAsync);
        app.MapGet("/readyz", state.ReadyAsync);
        app.MapGet("/openapi.json", StateRoutes.OpenApiAsync);

        RequestDelegate For(EndpointRole? role, RequestDelegate handle) => async context =>
        {
            // Without keys, whatever reaches the port is trusted: but not a page of some other site in a browser.
            if (!keys.IsDemanded && context.Request.Headers.Origin is [{ } origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == context.Request.Host.Value))
            {
                await Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "CrossSite", "Without keys, this endpoint does not answer pages of other sites.", "Make a key with New-FlywheelEndpointKey.");
                return;
            }
            var (allowed, keyId) = await keys.AdmitAsync(context, role);
            if (!allowed) return;
            RequestLog.Of(context).KeyId = keyId;
            await handle(context);
        };
    }
}
