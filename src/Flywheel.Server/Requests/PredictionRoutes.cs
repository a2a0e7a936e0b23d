using System.Text.Json.Nodes;
using Flywheel.Engine.Workspaces;
using Flywheel.Server.Errors;
using Flywheel.Server.Observing;

namespace Flywheel.Server.Requests;

/// <summary><c>/v1/predictions/{id}</c>: reading one back, and reports on it.</summary>
sealed class PredictionRoutes(Workspace workspace, Metrics metrics, TimeProvider time)
{
    public async Task FeedbackAsync(HttpContext context)
    {
        var prediction = Find(context);
        var body = await FeedbackBody.ReadAsync(context.Request, context.RequestAborted);
        var labels = workspace.Catalogue.FindModel(prediction.ModelId)?.Labels ?? [.. prediction.Scores.Keys];
        var facts = RequestLog.Of(context);
        var feedback = body.About(prediction, labels, facts.KeyId is { } key ? $"key {key}" : "anonymous", time.GetUtcNow());
        workspace.Catalogue.AddFeedback([feedback]);
        metrics.Feedback.Add(feedback.Verdict.ToString().ToLowerInvariant());
        facts.PredictionId = prediction.Id;
        await Json.WriteAsync(context, Body(feedback), StatusCodes.Status201Created);
    }

    public async Task GetAsync(HttpContext context)
    {
        var prediction = Find(context);
        var scores = new JsonObject();
        foreach (var (label, score) in prediction.Scores) scores[label] = score;
        var tags = new JsonObject();
        foreach (var (name, value) in prediction.Tags) tags[name] = value;
        RequestLog.Of(context).PredictionId = prediction.Id;
        await Json.WriteAsync(context, new JsonObject
        {
            ["id"] = prediction.Id,
            ["label"] = prediction.Label,
            ["confidence"] = prediction.Confidence,
            ["scores"] = scores,
            ["modelId"] = prediction.ModelId,
            ["imageId"] = prediction.ImageId,
            ["time"] = prediction.Time,
            ["tags"] = tags,
            ["truth"] = prediction.Truth,
            ["feedback"] = new JsonArray([.. workspace.Catalogue.Feedback(new FeedbackQuery { PredictionId = prediction.Id }).Select(Body)]),
        });
    }

    Prediction Find(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (!Guid.TryParseExact(id, "D", out var guid)) throw Problem.Refuse("InvalidPredictionId", "That is no prediction id.", action: "Send the id that came with the answer, whole.");
        return workspace.Catalogue.FindPrediction(guid.ToString()) ?? throw Problem.Refuse("PredictionNotFound", "There is no prediction with that id.");
    }

    static JsonObject Body(Feedback feedback) => new()
    {
        ["id"] = feedback.Id,
        ["predictionId"] = feedback.PredictionId,
        ["verdict"] = feedback.Verdict.ToString().ToLowerInvariant(),
        ["label"] = feedback.Label,
        ["reason"] = feedback.Reason,
        ["reporter"] = feedback.Reporter,
        ["time"] = feedback.Time,
    };
}
