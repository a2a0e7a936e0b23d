using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flywheel.Server.Errors;

/// <summary>Errors as they leave the server: RFC 9457 problem details.</summary>
static class Problem
{
    public const string ContentType = "application/problem+json";

    /// <summary>Answers with a problem; nothing if the answer has begun.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="errorId">Stable PascalCase identifier.</param>
    /// <param name="detail">What, which value, where.</param>
    /// <param name="action">The next step, or null.</param>
    public static Task WriteAsync(HttpContext context, int status, string errorId, string detail, string? action = null)
    {
        if (context.Response.HasStarted) return Task.CompletedTask;
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        var body = new JsonObject
        {
            ["type"] = $"urn:flywheel:error:{errorId}",
            ["title"] = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status,
            ["detail"] = detail,
            ["errorId"] = errorId,
        };
        if (action is not null) body["action"] = action;
        return context.Response.WriteAsync(body.ToJsonString(JsonSerializerOptions.Default), context.RequestAborted);
    }

    /// <summary>The status a fault answers with; 500 for what is not the caller's doing.</summary>
    public static int StatusOf(FlywheelException fault) => fault.ErrorId switch
    {
        "ImageTooLarge" or "TooManyImages" or "RequestTooLarge" => StatusCodes.Status413PayloadTooLarge,
        "ImageFormatUnknown" or "ContentTypeUnknown" => StatusCodes.Status415UnsupportedMediaType,
        "ImageCorrupt" => StatusCodes.Status422UnprocessableEntity,
        "ImageEmpty" or "BadRequest" or "InvalidTags" or "InvalidFeedback" or "InvalidPredictionId" => StatusCodes.Status400BadRequest,
        "PredictionNotFound" or "QueueNotFound" or "ImageNotFound" or "ImageGone" or "SuggestionNotFound" or "AnnotationNotFound" or "DatasetNotFound" or "ModelNotFound" or "PageNotFound" => StatusCodes.Status404NotFound,
        "EmptyLabel" or "InvalidBox" or "InvalidAnswer" or "LabelNotInQueue" or "UserMissing" or "AmbiguousImageId" or "InvalidOption" => StatusCodes.Status400BadRequest,
        "ImageNotInQueue" or "AnnotationChangedMeanwhile" or "AnnotationAlreadyUndone" or "AnnotationIsUndo" or "SuggestionDecided" or "SuggestionStale" or "SuggestionOpen" or "ImageChanged" => StatusCodes.Status409Conflict,
        "AuditNotFound" or "SliceNotFound" => StatusCodes.Status404NotFound,
        "InvalidAudit" or "InvalidVerdict" or "InvalidQueue" or "InvalidPage" or "InvalidOrder" or "InvalidPropertyCondition" or "InvalidTagCondition" or "SplitNeedsDataset" or "InvalidImageId" => StatusCodes.Status400BadRequest,
        "NothingToAudit" or "AuditNotPassed" or "NothingToAccept" or "NothingAccepted" or "NothingToUndo" or "QueueExists" => StatusCodes.Status409Conflict,
        "RequestTimeout" => StatusCodes.Status408RequestTimeout,
        "EndpointBusy" => StatusCodes.Status429TooManyRequests,
        "CatalogueBusy" or "CatalogueFull" or "CatalogueNotWritable" or "EndpointNotReady" => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Refuses what the caller sent.</summary>
    public static FlywheelException Refuse(string errorId, string message, object? target = null, string? action = null) =>
        new(errorId, FaultCategory.InvalidArgument, message, target, action);
}
