namespace Flywheel.Server.Errors;

/// <summary>Turns whatever goes wrong in a request into a problem; what is not the caller's doing is logged and told without detail.</summary>
sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
                await Problem.WriteAsync(context, context.Response.StatusCode, "RequestRefused", context.Response.StatusCode switch
                {
                    StatusCodes.Status404NotFound => "There is nothing at this path; /openapi.json lists what there is.",
                    StatusCodes.Status405MethodNotAllowed => "This path does not take this method; /openapi.json lists what there is.",
                    _ => "The request was refused.",
                });
        }
        catch (FlywheelException fault) when (Problem.StatusOf(fault) is var status and < 500)
        {
            await Problem.WriteAsync(context, status, fault.ErrorId, fault.Message, fault.RecommendedAction);
        }
        catch (FlywheelException fault) when (fault.ErrorId == "EndpointNotReady")
        {
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, fault.ErrorId, fault.Message, fault.RecommendedAction);
        }
        catch (BadHttpRequestException e)
        {
            await Problem.WriteAsync(context, e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "RequestTooLarge" : "BadRequest", e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; // nobody reads it but the log
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (IOException e) when (e.InnerException is OverflowException)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "BadRequest", e.Message); // a chunk's size beyond all bounds
        }
        catch (FlywheelException fault)
        {
            Failed(fault, context.Request.Method, fault.ErrorId);
            var status = Problem.StatusOf(fault);
            await Problem.WriteAsync(context, status, fault.ErrorId, status == StatusCodes.Status503ServiceUnavailable ? "The endpoint cannot record answers now; nothing was recorded." : "The endpoint failed; its log has the reason.");
        }
#pragma warning disable CA1031 // whatever it is, the caller gets an answer and the log the reason
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, context.Request.Method, e.GetType().Name);
            await Problem.WriteAsync(context, StatusCodes.Status500InternalServerError, "EndpointFailed", "The endpoint failed; its log has the reason.");
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A {Method} request failed: {ErrorId}")]
    partial void Failed(Exception exception, string method, string errorId);
}
