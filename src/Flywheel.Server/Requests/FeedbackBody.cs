using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Requests;

/// <summary>A report as it is sent.</summary>
/// <param name="Verdict"><c>right</c> or <c>wrong</c>.</param>
/// <param name="Label">The correct label, if known.</param>
/// <param name="Reason">Why, in the reporter's words.</param>
/// <param name="Reporter">Who.</param>
sealed record FeedbackBody(string? Verdict, string? Label, string? Reason, string? Reporter)
{
    const int MaxBytes = 32 << 10, MaxReason = 2000, MaxReporter = 100;

    static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <exception cref="FlywheelException"><c>InvalidFeedback</c>, <c>RequestTooLarge</c>, <c>ContentTypeUnknown</c>.</exception>
    public static async Task<FeedbackBody> ReadAsync(HttpRequest request, CancellationToken token)
    {
        if (!request.HasJsonContentType()) throw Problem.Refuse("ContentTypeUnknown", "A report is JSON.", action: "Send it as application/json.");
        if (request.ContentLength > MaxBytes) throw TooLarge();
        var buffer = new byte[MaxBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, token);
        if (length > MaxBytes) throw TooLarge();
        try
        {
            return JsonSerializer.Deserialize<FeedbackBody>(buffer.AsSpan(0, length), s_json) ?? throw Invalid("it is null");
        }
        catch (JsonException e)
        {
            throw Invalid(e.Path is { Length: > 2 } path ? $"'{path[2..]}' is no field of it, stands there twice or has a value of the wrong kind" : "it is not a JSON object");
        }
    }

    /// <summary>The report, checked against the prediction it is about.</summary>
    /// <exception cref="FlywheelException"><c>InvalidFeedback</c>.</exception>
    public Feedback About(Prediction prediction, IReadOnlyCollection<string> labels, string reporter, DateTimeOffset time)
    {
        var verdict = Verdict?.ToUpperInvariant() switch
        {
            "RIGHT" => FeedbackVerdict.Right,
            "WRONG" => FeedbackVerdict.Wrong,
            _ => throw Invalid("its verdict is neither 'right' nor 'wrong'"),
        };
        if (Label is not null && !labels.Contains(Label)) throw Invalid($"its label is none of {string.Join(", ", labels)}");
        if (Label is not null && Label == prediction.Label != (verdict == FeedbackVerdict.Right)) throw Invalid($"its verdict is '{Verdict}', its label '{Label}', and '{prediction.Label}' was predicted");
        if (Reason is { Length: > MaxReason } || HasControls(Reason)) throw Invalid($"its reason has more than {MaxReason} characters, or control characters");
        if (Reporter is { Length: > MaxReporter or 0 } || HasControls(Reporter)) throw Invalid($"its reporter has no or more than {MaxReporter} characters, or control characters");
        return new Feedback
        {
            Id = Guid.CreateVersion7(time).ToString(), PredictionId = prediction.Id, ImageId = prediction.ImageId, Verdict = verdict, Label = Label,
            Reason = string.IsNullOrWhiteSpace(Reason) ? null : Reason.Trim(), Reporter = Reporter ?? reporter, Time = time,
        };
    }

    static bool HasControls(string? text) => text?.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) == true;

    static FlywheelException Invalid(string why) =>
        Problem.Refuse("InvalidFeedback", $"The report cannot be used: {why}.", action: """Send {"verdict":"wrong","label":"closed","reason":"glare on the glasses","reporter":"line 3"}; all but the verdict may be left out.""");

    static FlywheelException TooLarge() => Problem.Refuse("RequestTooLarge", $"A report has at most {MaxBytes} bytes.");
}
