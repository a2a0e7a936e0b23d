namespace Flywheel.Engine.Quality.Detectors;

/// <summary>Labels that classifiers which did not learn from the image contradict. Identical pictures with different labels are the conflict detector's.</summary>
sealed class LabelErrorDetector : IDatasetDetector
{
    public string Name => LabelErrorFinder.Detector;
    public string About => "labels that cross-validated classifiers contradict (runs when named: it trains)";
    public DetectorSeverity Severity => DetectorSeverity.Warning;
    public bool OnlyByName => true;

    public DetectorOutcome Run(DetectorContext context)
    {
        LabelErrorReport report;
        try
        {
            report = LabelErrorFinder.Find(context.Workspace, new LabelErrorRequest { Dataset = context.Dataset.Name, Model = context.Model, Seed = context.Seed }, context.Reporter, context.Token);
        }
        catch (FlywheelException few) when (few.ErrorId is "TooFewLabels" or "TooFewGroups")
        {
            return DetectorOutcome.CannotRun(few.Message);
        }
        if (report.Judged == 0) return DetectorOutcome.CannotRun("fewer than two labels have two images");
        var row = context.Images.Select((image, i) => (image.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        var scores = new double[context.Images.Count];
        List<DatasetFinding> findings = [];
        foreach (var error in report.Errors.Where(e => e.Flagged && e.Related is null && !double.IsNaN(e.SelfConfidence) && e.Suggested != e.Given))
        {
            if (!row.TryGetValue(error.Image.Id, out var i)) continue;
            scores[i] = error.Score;
            findings.Add(context.Finding(Name, i, error.Score, error.Text) with { SuggestedLabel = error.Suggested });
        }
        return new DetectorOutcome
        {
            N = report.Judged,
            Scores = scores,
            Findings = findings,
            Suggestions = [.. LabelErrorFinder.Suggestions(report).Where(s => s.Reason == Name)],
            Summary = FormattableString.Invariant($"{findings.Count:N0} of {report.Judged:N0} labels are contradicted by {report.Folds}; confident learning estimates {report.Estimated:N0} wrong ones"),
        };
    }
}
