namespace Flywheel.Engine.Quality.Detectors;

/// <summary>One picture with two labels: equal bytes imported under different labels, and files that show the same with different labels.</summary>
sealed class ConflictDetector : IDatasetDetector
{
    /// <summary>Least similarity of pictures that must not have different labels; frames of a video differ by less than what their label is about.</summary>
    internal const double SamePicture = 0.998;

    public string Name => "conflicts";
    public string About => "the same picture with different labels";
    public DetectorSeverity Severity => DetectorSeverity.Critical;

    public DetectorOutcome Run(DetectorContext context)
    {
        var images = context.Images;
        var row = images.Select((image, i) => (image.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        var scores = new double[images.Count];
        List<DatasetFinding> findings = [];
        List<Suggestion> suggestions = [];
        var imported = 0;
        foreach (var conflict in context.Workspace.Catalogue.LabelConflicts(context.Dataset.Name))
        {
            // A person who has looked since has settled it, and so has a label that is neither.
            if (!row.TryGetValue(conflict.ImageId, out var i) || images[i].Provenance is not AnnotationProvenance.Imported || images[i].Label != conflict.Existing || scores[i] > 0) continue;
            imported++;
            scores[i] = 1;
            var text = $"labelled '{conflict.Existing}', and '{conflict.Imported}' by {System.IO.Path.GetFileName(conflict.Path)}, which has the same bytes";
            findings.Add(context.Finding(Name, i, 1, text) with { SuggestedLabel = conflict.Imported });
            suggestions.Add(Relabel(context, i, conflict.Imported, 0.5, text, null)); // either may be right
        }
        var pairs = 0;
        foreach (var pair in context.Duplicates.Where(p => p.Exact || p.Similarity >= SamePicture).OrderByDescending(p => p.Exact).ThenByDescending(p => p.Similarity))
        {
            var (a, b) = (pair.A, pair.B);
            if (images[a].Label is not { } one || images[b].Label is not { } two || one == two) continue;
            pairs++;
            var (firmA, firmB) = (Firm(images[a]), Firm(images[b]));
            // One proposal a pair: two would exchange the labels. What a person said weighs more than what came with the files; else the later file is asked about.
            var asked = firmB && !firmA ? a : b;
            foreach (var (i, other, label) in new[] { (a, b, two), (b, a, one) })
            {
                if (scores[i] > 0) continue;
                scores[i] = pair.Exact ? 1 : pair.Similarity;
                var text = FormattableString.Invariant($"labelled '{images[i].Label}'; {images[other].Name} shows {(pair.Exact ? "the same" : FormattableString.Invariant($"the same (similarity {pair.Similarity:0.0000})"))} and is labelled '{label}'");
                findings.Add(context.Finding(Name, i, scores[i], text, other) with { SuggestedLabel = label });
                if (i == asked) suggestions.Add(Relabel(context, i, label, firmA != firmB ? 0.9 : 0.5, text, other));
            }
        }
        var labelled = images.Count(i => i.Label is not null);
        if (labelled == 0) return DetectorOutcome.CannotRun("no image has a label");
        return new DetectorOutcome
        {
            N = labelled,
            Scores = scores,
            Findings = findings,
            Suggestions = suggestions,
            Summary = findings.Count == 0
                ? "no picture has two labels"
                : FormattableString.Invariant($"{imported:N0} images came under two labels with equal bytes, {pairs:N0} pairs of files show the same under different labels"),
        };
    }

    static bool Firm(FlywheelImage image) => image.Provenance is AnnotationProvenance.Human or AnnotationProvenance.Reviewed;

    Suggestion Relabel(DetectorContext context, int i, string label, double score, string text, int? related) => new()
    {
        ImageId = context.Images[i].Id,
        Dataset = context.Dataset.Name,
        Reason = Name,
        Part = AnnotationPart.Label,
        OldLabel = context.Images[i].Label,
        NewLabel = label,
        Score = score,
        Text = $"Conflict: {text}.",
        RelatedImageId = related is { } r ? context.Images[r].Id : null,
    };
}
