namespace Flywheel.Engine.Quality.Detectors;

/// <summary>Copies in different splits, and groups torn between them: figures on validation and test look better than they are.</summary>
sealed class LeakageDetector : IDatasetDetector
{
    public string Name => "leakage";
    public string About => "copies, and torn groups, across training, validation and test";
    public DetectorSeverity Severity => DetectorSeverity.Critical;

    public DetectorOutcome Run(DetectorContext context)
    {
        var images = context.Images;
        var inSplit = images.Count(i => i.Split != DataSplit.None);
        if (images.Select(i => i.Split).Where(s => s != DataSplit.None).Distinct().Count() < 2) return DetectorOutcome.CannotRun("the data set is not split");
        // Each image of the split further from judgement, with its most similar copy in the other.
        var leaks = new Dictionary<int, DuplicatePair>();
        foreach (var pair in context.Duplicates)
        {
            if (images[pair.A].Split == images[pair.B].Split || images[pair.A].Split == DataSplit.None || images[pair.B].Split == DataSplit.None) continue;
            var lesser = images[pair.A].Split < images[pair.B].Split ? pair.A : pair.B;
            if (!leaks.TryGetValue(lesser, out var before) || pair.Similarity > before.Similarity) leaks[lesser] = pair;
        }
        var scores = new double[images.Count];
        List<DatasetFinding> findings = [];
        List<Suggestion> suggestions = [];
        foreach (var (i, pair) in leaks)
        {
            var other = pair.A == i ? pair.B : pair.A;
            scores[i] = scores[other] = Math.Max(pair.Similarity, Math.Max(scores[i], scores[other]));
            var text = FormattableString.Invariant($"in {Lower(images[i].Split)}, like {images[other].Name} in {Lower(images[other].Split)} (similarity {pair.Similarity:0.000})");
            findings.Add(context.Finding(Name, i, pair.Similarity, text, other));
            suggestions.Add(context.Exclusion(Name, i, "copy in another split", pair.Similarity, $"Leak: {text}.", other));
        }
        var torn = Torn(context, findings, scores);
        var held = leaks.Values.Select(p => images[p.A].Split > images[p.B].Split ? p.A : p.B).Distinct().Count();
        var tag = context.Dataset.GroupBy;
        return new DetectorOutcome
        {
            N = inSplit,
            Scores = scores,
            Findings = findings,
            Suggestions = suggestions,
            Summary = findings.Count == 0
                ? $"no copy and no {(tag is null ? "group" : $"'{tag}'")} is in two splits"
                : FormattableString.Invariant($"{leaks.Count:N0} images have a copy among {held:N0} images of a split they are judged by{(torn > 0 ? FormattableString.Invariant($"; {torn:N0} values of '{tag}' are in more than one split") : "")}"),
        };
    }

    static int Torn(DetectorContext context, List<DatasetFinding> findings, double[] scores)
    {
        if (context.Dataset.GroupBy is not { } tag || context.Groups is not { } groups) return 0;
        var torn = 0;
        var images = context.Images;
        foreach (var group in Enumerable.Range(0, images.Count).Where(i => images[i].Split != DataSplit.None && images[i].Tags.ContainsKey(tag)).GroupBy(i => groups[i]))
        {
            var splits = group.CountBy(i => images[i].Split).OrderByDescending(s => s.Value).ThenBy(s => s.Key).ToList();
            if (splits.Count < 2) continue;
            torn++;
            foreach (var i in group.Where(i => images[i].Split != splits[0].Key && scores[i] < DetectorOutcome.Flag))
            {
                scores[i] = 1;
                findings.Add(context.Finding("leakage", i, 1, $"{tag} '{images[i].Tags[tag]}' is in {Lower(images[i].Split)} and mostly in {Lower(splits[0].Key)}"));
            }
        }
        return torn;
    }

    static string Lower(DataSplit split) => split == DataSplit.Train ? "training" : split.ToString().ToLowerInvariant();
}
