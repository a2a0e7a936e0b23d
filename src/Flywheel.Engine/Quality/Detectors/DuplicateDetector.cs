namespace Flywheel.Engine.Quality.Detectors;

/// <summary>
/// Copies: every image of a set of near-identical ones but the one to keep. A copy under another label is no copy too many but a label to look at:
/// where most of the set agree, that label is proposed.
/// </summary>
sealed class DuplicateDetector : IDatasetDetector
{
    public string Name => "duplicates";
    public string About => "near-identical images, by hash and picture";
    public DetectorSeverity Severity => DetectorSeverity.Warning;

    public DetectorOutcome Run(DetectorContext context)
    {
        var images = context.Images;
        var sets = DuplicateFinder.Sets(images, context.Duplicates);
        var row = images.Select((image, i) => (image.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        var scores = new double[images.Count];
        foreach (var p in context.Duplicates) scores[p.A] = scores[p.B] = Math.Max(p.Similarity, Math.Max(scores[p.A], scores[p.B]));
        var findings = new List<DatasetFinding>();
        var suggestions = new List<Suggestion>();
        var of = context.Duplicates.ToDictionary(p => (p.A, p.B));
        foreach (var set in sets)
        {
            var keep = row[set.Keep.Id];
            var usual = set.Images.Where(i => i.Label is not null).CountBy(i => i.Label!).OrderByDescending(l => l.Value).ThenBy(l => l.Key, StringComparer.Ordinal).FirstOrDefault();
            var share = set.Labels.Count > 1 ? (double)usual.Value / set.Images.Count(i => i.Label is not null) : 1;
            if (share is > 0.5 and < 1) suggestions.AddRange(set.Images.Where(i => i.Label is not null && i.Label != usual.Key).Select(i => Relabel(context, i, usual.Key, share, set)));
            foreach (var copy in set.Images.Skip(1))
            {
                var i = row[copy.Id];
                var pair = of[(Math.Min(i, keep), Math.Max(i, keep))];
                var text = pair.Exact ? $"the same pixels as {set.Keep.Name}" : FormattableString.Invariant($"like {set.Keep.Name} (similarity {pair.Similarity:0.000}, {pair.Distance} bits)");
                var differs = copy.Label is { } label && set.Keep.Label is { } kept && label != kept;
                findings.Add(context.Finding(Name, i, pair.Similarity, differs ? $"{text}, but labelled '{copy.Label}' and not '{set.Keep.Label}'" : text, keep) with { SuggestedLabel = differs && share > 0.5 ? usual.Key : null });
                if (!differs) suggestions.Add(context.Exclusion(Name, i, "copy of another image", pair.Similarity, $"Copy: {text}.", keep));
            }
        }
        var mixed = sets.Count(s => s.Labels.Count > 1);
        return new DetectorOutcome
        {
            N = images.Count,
            Scores = scores,
            Findings = findings,
            Suggestions = suggestions,
            Summary = sets.Count == 0
                ? "no image is a copy of another"
                : FormattableString.Invariant($"{findings.Count:N0} {(findings.Count == 1 ? "image is a copy" : "images are copies")} of {sets.Count:N0} {(sets.Count == 1 ? "other" : "others")}, the largest set has {sets[0].Count}; {context.Duplicates.Count(p => p.Exact):N0} pairs have the same pixels{(mixed > 0 ? FormattableString.Invariant($", {mixed:N0} sets have two labels") : "")}"),
        };
    }

    Suggestion Relabel(DetectorContext context, FlywheelImage image, string label, double share, DuplicateSet set) => new()
    {
        ImageId = image.Id,
        Dataset = context.Dataset.Name,
        Reason = Name,
        Part = AnnotationPart.Label,
        OldLabel = image.Label,
        NewLabel = label,
        Score = share,
        Text = FormattableString.Invariant($"{set.Images.Count(i => i.Label == label)} of {set.Count} near-identical images are labelled '{label}'."),
        RelatedImageId = set.Images.First(i => i.Label == label).Id,
    };
}
