using Flywheel.Insight.DataQuality;

namespace Flywheel.Engine.Quality.Detectors;

/// <summary>
/// Images unlike all others: the distance to the k-th nearest image (Ramaswamy, Rastogi and Shim, SIGMOD 2000; of normalised embeddings, Sun et
/// al., ICML 2022), far out in the distribution of its logarithm and well above the median.
/// </summary>
sealed class OutlierDetector : IDatasetDetector
{
    const int Neighbours = 10, Fewest = 50;
    const double Far = 3.5, WellAbove = 1.5;

    public string Name => "outliers";
    public string About => "images unlike all others";
    public DetectorSeverity Severity => DetectorSeverity.Warning;

    public DetectorOutcome Run(DetectorContext context)
    {
        if (context.Images.Count < Fewest) return DetectorOutcome.CannotRun($"{context.Images.Count} images are too few; {Fewest} are the least");
        var (_, distances, k) = context.Neighbours(Neighbours, false);
        double[] far = [.. Enumerable.Range(0, context.Images.Count).Select(i => Math.Sqrt(distances[i * k + k - 1]))];
        var scale = RobustScale.Of(far.Select(d => Math.Log(d + 1e-6)));
        if (scale.N < Fewest) return DetectorOutcome.CannotRun($"only {scale.N} pictures can be compared; {Fewest} are the least");
        var scores = new double[far.Length];
        List<DatasetFinding> findings = [];
        List<Suggestion> suggestions = [];
        for (var i = 0; i < far.Length; i++)
        {
            if (double.IsNaN(far[i])) continue;
            var z = scale.Z(Math.Log(far[i] + 1e-6));
            scores[i] = z > 0 ? z * z / (z * z + Far * Far) : 0;
            var times = far[i] / Math.Exp(scale.Median);
            if (times < WellAbove) scores[i] = Math.Min(scores[i], 0.49);
            if (scores[i] < DetectorOutcome.Flag) continue;
            var text = FormattableString.Invariant($"its {k}th nearest image is {times:0.0} times as far as usual");
            findings.Add(context.Finding(Name, i, scores[i], text));
            suggestions.Add(context.Exclusion(Name, i, "outlier", 0.5 * scores[i], $"Outlier: {text}."));
        }
        return new DetectorOutcome
        {
            N = scale.N,
            Scores = scores,
            Findings = findings,
            Suggestions = suggestions,
            Summary = findings.Count == 0 ? $"no image is unlike all others by {context.Features.Name}" : FormattableString.Invariant($"{findings.Count:N0} {(findings.Count == 1 ? "image is" : "images are")} unlike all others by {context.Features.Name}"),
        };
    }
}
