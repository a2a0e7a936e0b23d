using System.Globalization;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio.Explore;

/// <summary>All that is known of one image.</summary>
public sealed record ImageHistory
{
    /// <summary>Predictions told of; older ones are counted only.</summary>
    const int MostPredictions = 200;

    /// <summary>The image.</summary>
    public required FlywheelImage Image { get; init; }

    /// <summary>Where it comes from and what it is used for.</summary>
    public required ImageUse Use { get; init; }

    /// <summary>What happened to it, newest first.</summary>
    public required IReadOnlyList<HistoryEvent> Events { get; init; }

    /// <summary>Newest predictions first, 200 at most.</summary>
    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>Suggestions about it, open ones first.</summary>
    public required IReadOnlyList<Suggestion> Suggestions { get; init; }

    /// <summary>Gathers what is known.</summary>
    /// <exception cref="FlywheelException"><c>ImageNotFound</c>.</exception>
    public static ImageHistory Of(Workspace workspace, string id)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentException.ThrowIfNullOrEmpty(id);
        var image = workspace.Catalogue.FindImage(id) ?? throw new FlywheelException("ImageNotFound", FaultCategory.NotFound, $"No image '{id}' in the catalogue.", id, "Take ids from Get-FlywheelImage.");
        var names = workspace.Catalogue.Models().GroupBy(m => m.Id).ToDictionary(g => g.Key, g => g.Last().Name, StringComparer.Ordinal);
        var events = new List<HistoryEvent>();

        foreach (var a in workspace.Catalogue.Annotations(image.Id))
        {
            var (old, value) = a.Part switch
            {
                AnnotationPart.Boxes => (Boxes(a.OldBoxes), Boxes(a.NewBoxes)),
                AnnotationPart.Exclusion => (a.OldExclusion is null ? "in its datasets" : $"left out ({a.OldExclusion})", a.NewExclusion is null ? "in its datasets" : $"left out ({a.NewExclusion})"),
                _ => (a.OldLabel ?? "no label", a.NewLabel ?? "no label"),
            };
            var what = a.Part switch { AnnotationPart.Boxes => "Boxes", AnnotationPart.Exclusion => "Use", _ => "Label" };
            var text = a.Undoes is { } undone ? string.Create(CultureInfo.InvariantCulture, $"Entry {undone} taken back: {old} → {value}") : old == value ? $"{what} confirmed: {value}" : $"{what}: {old} → {value}";
            var kind = a.Undoes is not null ? "undo" : a.Part switch { AnnotationPart.Boxes => "boxes", AnnotationPart.Exclusion => "exclusion", _ => "label" };
            events.Add(new HistoryEvent(a.Time, kind, text, a.Author, $"{a.Provenance.ToString().ToLowerInvariant()}{(a.Source is { } source ? ", " + source : "")}", a.Sequence));
        }

        List<Prediction> predictions = [.. workspace.Catalogue.Predictions(new PredictionQuery { ImageIds = [image.Id], Sources = Enum.GetValues<PredictionSource>(), LatestPerImage = false, NewestFirst = true, First = MostPredictions })];
        foreach (var p in predictions)
        {
            var tags = p.Tags.Count > 0 ? "; " + string.Join(", ", p.Tags.Select(t => $"{t.Key} = {t.Value}")) : "";
            events.Add(new HistoryEvent(p.Time, "prediction", string.Create(CultureInfo.InvariantCulture, $"Predicted {p.Label} with {p.Confidence:0.000}"), names.GetValueOrDefault(p.ModelId, p.ModelId), p.Source.ToString().ToLowerInvariant() + tags));
        }
        foreach (var p in predictions.Where(p => p.Feedback is not null))
            foreach (var f in workspace.Catalogue.Feedback(new FeedbackQuery { PredictionId = p.Id }))
                events.Add(new HistoryEvent(f.Time, "report", $"Prediction {p.Label} reported {f.Verdict.ToString().ToLowerInvariant()}{(f.Label is { } label ? $": it is {label}" : "")}", f.Reporter, f.Reason));

        List<Suggestion> suggestions = [.. workspace.Catalogue.Suggestions(new SuggestionQuery { ImageIds = [image.Id] }).OrderBy(s => s.Status)];
        foreach (var s in suggestions)
        {
            events.Add(new HistoryEvent(s.Created, "suggestion", string.Create(CultureInfo.InvariantCulture, $"Suggested by {s.Reason}: {Shown(s, s.OldValue, false)} → {Shown(s, s.NewValue, true)} (score {s.Score:0.00})"), s.ModelId is { } model ? names.GetValueOrDefault(model, model) : null, s.Text.Length > 0 ? s.Text : null));
            if (s.DecidedAt is { } when && s.Status is SuggestionStatus.Accepted or SuggestionStatus.Rejected or SuggestionStatus.Edited)
                events.Add(new HistoryEvent(s.DecidedAt!.Value, "verdict", $"Suggestion of {s.Reason} {s.Status.ToString().ToLowerInvariant()}{(s.Status == SuggestionStatus.Edited ? $" to {Shown(s, s.EditedValue, true)}" : "")}", s.DecidedBy, null, s.AnnotationSequence));
        }
        return new ImageHistory
        {
            Image = image,
            Use = workspace.Catalogue.UseOf(image.Id),
            Events = [.. events.Select((e, at) => (e, at)).OrderByDescending(x => x.e.Time).ThenByDescending(x => x.e.Sequence ?? 0).ThenByDescending(x => x.at).Select(x => x.e)],
            Predictions = predictions,
            Suggestions = suggestions,
        };
    }

    static string Shown(Suggestion s, string? value, bool isNew) => s.Part switch
    {
        AnnotationPart.Boxes => Boxes(LabelBoxes.Read(value)),
        AnnotationPart.Exclusion => isNew ? $"left out ({value})" : "in its datasets",
        _ => value ?? "no label",
    };

    static string Boxes(IReadOnlyList<LabelBox>? boxes) => boxes switch
    {
        null => "nothing said",
        { Count: 0 } => "no boxes",
        _ => string.Create(CultureInfo.InvariantCulture, $"{boxes.Count} {(boxes.Count == 1 ? "box" : "boxes")} ({string.Join(", ", boxes.GroupBy(b => b.Label).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}"))})"),
    };
}
