namespace Flywheel.Engine.Quality.Detectors;

/// <summary>Copies: every image of a set of near-identical ones but the one to keep.</summary>
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
            foreach (var copy in set.Images.Skip(1))
            {
                var i = row[copy.Id];
                var pair = of[(Math.Min(i, keep), Math.Max(i, keep))];
                var text = pair.Exact ? $"the same pixels as {set.Keep.Name}" : FormattableString.Invariant($"like {set.Keep.Name} (similarity {pair.Similarity:0.000}, {pair.Distance} bits)");
                findings.Add(context.Finding(Name, i, pair.Similarity, text, keep));
                suggestions.Add(context.Exclusion(Name, i, $"copy of {set.Keep.ShortId}", pair.Similarity, $"Copy: {text}.", keep));
            }
        }
        return new DetectorOutcome
        {
            N = images.Count,
            Scores = scores,
            Findings = findings,
            Suggestions = suggestions,
            Summary = sets.Count == 0
                ? "no image is a copy of another"
                : FormattableString.Invariant($"{findings.Count:N0} images are copies of {sets.Count:N0} others, the largest set has {sets[0].Count}; {context.Duplicates.Count(p => p.Exact):N0} pairs have the same pixels"),
        };
    }
}
