using System.Globalization;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.LabelQuality;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Quality;

/// <summary>
/// Several annotators per image: how far they agree, whom to trust, and what they say together. An opinion is the newest label a person gave an
/// image by hand or in review; one that was taken back, or withdrawn, is none.
/// </summary>
public static class AgreementService
{
    /// <summary>Reason of the suggestions.</summary>
    public const string Detector = "consensus";

    /// <summary>Measures.</summary>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>; <c>NoVotes</c>: no person has labelled an image of the dataset; <c>InvalidResamples</c>.</exception>
    public static AgreementResult Measure(Workspace workspace, AgreementRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var dataset = workspace.GetDataset(request.Dataset);
        var images = workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name }).ToDictionary(i => i.Id, StringComparer.Ordinal);
        var opinions = Opinions(workspace, images, token);
        if (opinions.Count == 0)
            throw new FlywheelException("NoVotes", FaultCategory.InvalidOperation, $"No person has labelled an image of '{dataset.Name}'; imported labels are nobody's opinion.", dataset.Name, "Let people label with Set-FlywheelAnnotation -Author NAME, or in the studio.");

        string[] ids = [.. opinions.Keys.Order(StringComparer.Ordinal)];
        string[] people = [.. opinions.Values.SelectMany(o => o.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] labels = [.. opinions.Values.SelectMany(o => o.Values).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        List<Vote> votes = [.. ids.SelectMany((id, item) => opinions[id].OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => new Vote(item, Array.IndexOf(people, o.Key), Array.IndexOf(labels, o.Value))))];
        var figures = Agreement.Measure(votes, labels.Length, new MetricOptions { Resamples = request.Resamples, Seed = request.Seed }, token);
        var fit = DawidSkene.Fit(votes, ids.Length, people.Length, labels.Length, token);
        if (figures.Alpha.N == 0)
            reporter.Warning($"No image of '{dataset.Name}' has opinions of two people: how far they agree cannot be told. Let two people label the same images.");

        var byPerson = votes.ToLookup(v => v.Annotator);
        var annotators = people.Select((name, a) =>
        {
            var shared = byPerson[a].Where(v => opinions[ids[v.Item]].Count > 1).ToList();
            var agree = shared.Count(v => fit.Without(v) == v.Class);
            var (low, high) = Intervals.Wilson(agree, shared.Count);
            return new AnnotatorQuality
            {
                Annotator = name,
                Votes = byPerson[a].Count(),
                Agreement = new Metric("agreement", shared.Count == 0 ? double.NaN : (double)agree / shared.Count, low, high, shared.Count, "Wilson"),
                Accuracy = fit.Accuracy(a),
                Recall = labels.Select((label, c) => (label, fit.Confusion[(a * labels.Length + c) * labels.Length + c])).ToDictionary(x => x.label, x => x.Item2, StringComparer.Ordinal),
                Dataset = dataset.Name,
            };
        }).OrderByDescending(q => q.Votes).ThenBy(q => q.Annotator, StringComparer.Ordinal).ToList();

        var consensus = ids.Select((id, item) =>
        {
            var (c, p) = fit.Of(item);
            return new ImageConsensus { Image = images[id], Label = labels[c], Probability = p, Votes = new SortedDictionary<string, string>(opinions[id], StringComparer.Ordinal), Dataset = dataset.Name };
        }).OrderBy(c => c.Probability).ThenBy(c => c.Image.Id, StringComparer.Ordinal).ToList();

        var report = new AgreementReport
        {
            Dataset = dataset.Name,
            Images = ids.Length,
            Shared = figures.Alpha.N,
            Votes = votes.Count,
            Alpha = figures.Alpha,
            FleissKappa = figures.FleissKappa,
            Disputed = consensus.Count(c => c.Votes.Count > 1 && !c.IsCurrent),
            Pairs = [.. figures.Pairs.Select(p => new AnnotatorPair(people[p.A], people[p.B], p.N, p.Kappa))],
            Annotators = annotators,
        };
        reporter.Information(string.Create(CultureInfo.InvariantCulture, $"'{dataset.Name}': {people.Length} annotators, {votes.Count:N0} opinions of {ids.Length:N0} images, {report.Shared:N0} of them shared; {report.Alpha}; the consensus is not the label of {report.Disputed:N0}."));
        return new AgreementResult(report, consensus);
    }

    /// <summary>Proposals where several people's consensus is not the label the image has.</summary>
    public static IReadOnlyList<Suggestion> Suggestions(AgreementResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return [.. result.Consensus.Where(c => c.Votes.Count > 1 && !c.IsCurrent && c.Probability > 0.5).Select(c => new Suggestion
        {
            ImageId = c.Image.Id,
            Dataset = c.Dataset,
            Reason = Detector,
            OldLabel = c.Image.Label,
            NewLabel = c.Label,
            Score = c.Probability,
            Text = $"{string.Join(", ", c.Votes.GroupBy(v => v.Value, v => v.Key).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{string.Join(" and ", g)} {(g.Count() == 1 ? "says" : "say")} {g.Key}"))}; weighed by how well each is borne out by the others.",
        })];
    }

    /// <summary>By image, then by person.</summary>
    static Dictionary<string, Dictionary<string, string>> Opinions(Workspace workspace, Dictionary<string, FlywheelImage> images, CancellationToken token)
    {
        var undone = new HashSet<long>();
        var entries = new List<Annotation>();
        foreach (var entry in workspace.Catalogue.Annotations())
        {
            token.ThrowIfCancellationRequested();
            if (entry.Undoes is { } taken) undone.Add(taken);
            else if (entry.Part == AnnotationPart.Label && entry.Provenance is AnnotationProvenance.Human or AnnotationProvenance.Reviewed && images.ContainsKey(entry.ImageId)) entries.Add(entry);
        }
        var opinions = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(e => !undone.Contains(e.Sequence)).OrderBy(e => e.Sequence))
        {
            if (!opinions.TryGetValue(entry.ImageId, out var of)) opinions[entry.ImageId] = of = new(StringComparer.Ordinal);
            if (entry.NewLabel is { } label) of[entry.Author] = label;
            else of.Remove(entry.Author);
        }
        foreach (var id in opinions.Where(o => o.Value.Count == 0).Select(o => o.Key).ToList()) opinions.Remove(id);
        return opinions;
    }
}
