using System.Globalization;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio.Routes;

/// <summary>How records look to a page, and how its questions are read.</summary>
static class Shown
{
    /// <summary>JSON knows no NaN and no infinity: null.</summary>
    public static double? Number(double value) => double.IsFinite(value) ? value : null;

    public static object? Figure(Metric? m) => m is null ? null : new { m.Name, Value = Number(m.Value), Low = Number(m.Low), High = Number(m.High), m.N, m.Method };

    public static object? Boxes(IReadOnlyList<LabelBox>? boxes) => boxes?.Select(b => new { b.Id, b.Label, b.X, b.Y, b.Width, b.Height });

    public static object Image(FlywheelImage i) => new
    {
        i.Id,
        i.Name,
        i.Label,
        i.Provenance,
        i.Width,
        i.Height,
        i.Excluded,
        HasPicture = i.Path.Length > 0,
        Boxes = Boxes(i.Boxes),
    };

    public static object Suggestion(Suggestion s) => new
    {
        s.Id,
        s.ImageId,
        s.Reason,
        s.Part,
        s.OldLabel,
        s.NewLabel,
        OldBoxes = Boxes(s.OldBoxes),
        NewBoxes = Boxes(s.NewBoxes),
        s.NewExclusion,
        s.Score,
        s.Text,
        s.Dataset,
        s.ModelId,
        s.RelatedImageId,
        s.Created,
        s.Status,
        s.DecidedBy,
        s.DecidedAt,
        EditedLabel = s.Part == AnnotationPart.Label ? s.EditedValue : null,
        EditedBoxes = s.Part == AnnotationPart.Boxes ? Boxes(LabelBoxes.Read(s.EditedValue)) : null,
    };

    /// <summary>The values of one question, empty ones left out.</summary>
    public static List<string> Values(HttpContext context, string name) => [.. context.Request.Query[name].OfType<string>().Where(v => v.Length > 0)];

    /// <summary>The only value of one question, or null.</summary>
    public static string? Value(HttpContext context, string name) => Values(context, name) is { Count: > 0 } values ? values[^1] : null;

    public static double? Fraction(HttpContext context, string name) => Value(context, name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1 ? value
        : throw Problem.Refuse("InvalidOption", $"'{name}' is '{text}'; it must be a number from 0 to 1.");

    public static int Whole(HttpContext context, string name, int usual, int most) => Value(context, name) is not { } text ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most ? value
        : throw Problem.Refuse("InvalidOption", $"'{name}' is '{text}'; it must be a whole number from 1 to {most}.");
}
