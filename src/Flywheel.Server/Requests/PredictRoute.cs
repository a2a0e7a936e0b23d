using System.Text.Json.Nodes;
using Flywheel.Engine.Endpoints;
using Flywheel.Server.Errors;
using Flywheel.Server.Observing;
using Flywheel.Server.Serving;

namespace Flywheel.Server.Requests;

/// <summary><c>POST /v1/predict</c>: one raw image, or a form with one or several. All are answered, or the request is refused.</summary>
sealed class PredictRoute(EndpointOptions options, ServedAliases aliases, Admission admission, Pipeline pipeline)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var ticket = admission.Enter();
        using var form = await ReadAsync(context, ticket);
        // One version for all images of a request; the request's own lease keeps it until they are answered.
        var served = aliases.Production.Lease() ?? throw Problem.Refuse("EndpointNotReady", "There is no model in service.", action: "Publish one under the endpoint's alias.");
        var challenger = aliases.Challenger?.Lease();
        try
        {
            await AnswerAsync(context, form, served, challenger);
        }
        finally
        {
            challenger?.Release();
            served.Release();
        }
    }

    async Task AnswerAsync(HttpContext context, ImageForm form, ServedModel served, ServedModel? challenger)
    {
        var images = form.Take();
        var answers = new Task<Prediction>[images.Count];
        for (var i = 0; i < images.Count; i++)
        {
            served.TryLease();
            challenger?.TryLease();
            var job = new ImageJob(images[i].Buffer, images[i].Length, images[i].Name, form.Tags, served, challenger);
            answers[i] = job.Answer;
            pipeline.Submit(job);
        }
        var facts = RequestLog.Of(context);
        facts.Images = images.Count;
        facts.Bytes = images.Sum(i => (long)i.Length);
        facts.Version = served.Alias.Version;
        // The ticket is held until every image is through, also when one is refused or the caller has gone.
        await Task.WhenAll(answers).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        foreach (var answer in answers) await answer;

        if (form.IsRaw)
        {
            facts.PredictionId = answers[0].Result.Id;
            await Json.WriteAsync(context, Body(answers[0].Result, served));
            return;
        }
        var list = new JsonArray();
        for (var i = 0; i < answers.Length; i++)
        {
            var body = Body(answers[i].Result, served);
            body["file"] = images[i].Name;
            list.Add(body);
        }
        await Json.WriteAsync(context, new JsonObject { ["predictions"] = list });
    }

    async Task<ImageForm> ReadAsync(HttpContext context, Admission.Ticket ticket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(TimeSpan.FromSeconds(options.BodyTimeout));
        try
        {
            return await ImageForm.ReadAsync(context.Request, options, ticket, limit.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";
            throw Problem.Refuse("RequestTimeout", $"The body did not come within {options.BodyTimeout} seconds.");
        }
    }

    JsonObject Body(Prediction prediction, ServedModel served)
    {
        var scores = new JsonObject();
        foreach (var (label, score) in prediction.Scores) scores[label] = score;
        return new JsonObject
        {
            ["id"] = prediction.Id,
            ["label"] = prediction.Label,
            ["confidence"] = prediction.Confidence,
            ["scores"] = scores,
            ["model"] = new JsonObject { ["id"] = prediction.ModelId, ["name"] = served.Model.Name, ["version"] = served.Alias.Version, ["alias"] = options.Alias },
            ["imageId"] = prediction.ImageId,
            ["time"] = prediction.Time,
        };
    }
}
