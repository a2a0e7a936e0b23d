using System.Globalization;
using System.Text.Json;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Insight.Estimation;

namespace Flywheel.Engine.Production;

/// <summary>Estimates how accurate a model is in production: from labels drawn at random where there are any, else from its own answers.</summary>
public static class PerformanceService
{
    /// <summary>Kind under which estimates are stored.</summary>
    public const string ReportKind = "performance";

    /// <summary>Randomly drawn labels from which on they are the answer.</summary>
    public const int FewestAudited = 20;

    /// <summary>Reference images tried under every shift.</summary>
    const int LargestReference = 400;

    /// <summary>Images of the window whose steadiness is tried.</summary>
    const int LargestWindow = 1000;

    /// <summary>Share of the window's pictures that must have been kept: what was kept by doubt speaks for itself only.</summary>
    const double FewestKept = 0.8;

    /// <summary>Spread of the label-free estimates that is worth a warning.</summary>
    const double WideSpread = 0.05;

    /// <summary>Estimates, and stores the estimate.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model.</param>
    /// <param name="query">Window, reference and confidence.</param>
    /// <param name="reporter">Gets progress, faults and warnings.</param>
    /// <param name="token">Obeyed between images and resamples.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <exception cref="FlywheelException"><c>InvalidHalfWidth</c>; <c>InvalidConfidence</c>; <c>NoPredictions</c>; <c>DatasetNotFound</c>; what loading the model raises.</exception>
    public static PerformanceEstimate Measure(Workspace workspace, Model model, PerformanceQuery query, IReporter reporter, CancellationToken token, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(reporter);
        if (query.HalfWidth is not (> 0 and <= 0.5))
            throw new FlywheelException("InvalidHalfWidth", FaultCategory.InvalidArgument, $"A half-width of {query.HalfWidth} is outside 0..0.5.", query.HalfWidth, "Give a share such as 0.02 for ± 2 points.");
        if (query.Confidence is not (>= 0.5 and <= 0.999))
            throw new FlywheelException("InvalidConfidence", FaultCategory.InvalidArgument, $"A confidence of {query.Confidence} is outside 0.5..0.999.", query.Confidence, "Give a share such as 0.95.");
        var z = NormalQuantile(0.5 + query.Confidence / 2);
        var window = ScoredWindow.Production(workspace, model, new PredictionQuery { Dataset = query.Dataset, Since = query.Since, Until = query.Until }, query.GroupBy, reporter, token);
        var warnings = new List<string>();
        var reference = Reference(workspace, model, query, reporter, token);
        var audit = Audit.Of(workspace, window, z);
        if (audit.Open > 0) warnings.Add($"{audit.Open:N0} of {audit.Open + audit.Labelled:N0} drawn images have no label yet; the others are taken to speak for them");
        if (audit.Labelled >= FewestAudited && audit.Later > 0.1 * window.Count)
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{audit.Later:N0} of {window.Count:N0} predictions were made after the last drawing, which knows nothing of them"));
        var free = reference is null ? null : LabelFree(model, window, reference, query, z, reporter, token);
        if (free is { Spread: > WideSpread })
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"the estimates without labels differ by {100 * free.Spread:0} points: production is unlike the reference"));

        var estimates = new List<Metric>();
        if (audit.Labelled > 0) estimates.Add(new Metric("audited labels", audit.Value, audit.Low, audit.High, audit.Labelled, "StratifiedScore"));
        estimates.AddRange(free?.Estimates ?? []);
        var audited = audit.Labelled >= FewestAudited;
        var known = audited || free is { Known: true };
        var (value, low, high, method) = audited ? (audit.Value, audit.Low, audit.High, "Audit") : known ? (free!.Best, free.Low, free.High, "ShiftCalibrated") : (double.NaN, double.NaN, double.NaN, "Unknown");
        var (size, strata) = Suggest(window, free, known ? value : double.NaN, query.HalfWidth, z);
        var estimate = new PerformanceEstimate
        {
            ModelId = model.Id,
            ModelName = model.Name,
            Window = window.Name,
            Reference = reference?.Name ?? "",
            Time = (time ?? TimeProvider.System).GetUtcNow(),
            N = window.Count,
            Audited = audit.Labelled,
            Known = known,
            Value = value,
            Low = low,
            High = high,
            Confidence = query.Confidence,
            Method = method,
            Estimates = estimates,
            Precision = free is { Known: true } ? free.Precision : [],
            Spread = free?.Spread ?? double.NaN,
            ShiftStrength = free?.ShiftStrength ?? double.NaN,
            DomainAuc = free?.DomainAuc ?? double.NaN,
            MethodError = free?.MethodError ?? double.NaN,
            HalfWidth = query.HalfWidth,
            SuggestedAudit = size,
            SuggestedStrata = strata,
            Warnings = warnings,
            Summary = Sentence(model, window, query, audit, free, method, value, low, high, size),
        };
        if (query.Store)
            workspace.Catalogue.AddReport(new StoredReport(Guid.CreateVersion7(estimate.Time).ToString(), ReportKind, model.Id, estimate.Time, JsonSerializer.Serialize(estimate, LoopJson.Options)));
        return estimate;
    }

    /// <summary>What was stored of a model, oldest first.</summary>
    public static IReadOnlyList<PerformanceEstimate> History(Workspace workspace, Model model, DateTimeOffset? since = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        return [.. workspace.Catalogue.Reports(ReportKind, model.Id, since).Select(r => JsonSerializer.Deserialize<PerformanceEstimate>(r.Json, LoopJson.Options)).OfType<PerformanceEstimate>().OrderBy(e => e.Time)];
    }

    static ScoredWindow? Reference(Workspace workspace, Model model, PerformanceQuery query, IReporter reporter, CancellationToken token)
    {
        try
        {
            return ScoredWindow.Reference(workspace, model, query.Reference, reporter, token);
        }
        catch (FlywheelException e) when (e.ErrorId == "ReferenceMissing")
        {
            reporter.Verbose(e.Message);
            return null;
        }
    }

    static LabelFreeResult? LabelFree(Model model, ScoredWindow window, ScoredWindow reference, PerformanceQuery query, double z, IReporter reporter, CancellationToken token)
    {
        var labelled = Enumerable.Range(0, reference.Count).Where(i => reference.Truth[i] >= 0).ToList();
        if (labelled.Count == 0) return null;
        var options = new LabelFreeOptions { Seed = query.Seed, Z = z, DomainAuc = DomainAuc(window, reference, query.Seed, token) };
        var k = model.Labels.Count;
        var kept = Enumerable.Range(0, window.Count).Where(i => HasPicture(window.Images[i])).ToList();
        var referenceKept = labelled.Where(i => HasPicture(reference.Images[i])).ToList();
        if (!File.Exists(model.OnnxPath) || kept.Count < FewestKept * window.Count || referenceKept.Count < 2)
        {
            // Recorded scores alone.
            var rows = reference.Rows(labelled);
            return LabelFreeAccuracy.Estimate([new ShiftedReference(0, new ViewScores(rows.Probabilities, rows.Count, 1, k))], rows.Truth, rows.Groups,
                new ViewScores(window.Probabilities, window.Count, 1, k), window.Groups, model.Labels, options, token);
        }
        var random = new SeededRandom(query.Seed);
        referenceKept = [.. random.Sample(referenceKept.Count, LargestReference).Order().Select(i => referenceKept[i])];
        kept = [.. random.Sample(kept.Count, LargestWindow).Order().Select(i => kept[i])];
        var (tried, seen) = (reference.Rows(referenceKept), window.Rows(kept));
        var shifts = InputPerturbations.Shifts();
        var views = InputPerturbations.Views;
        using var scorer = new PerturbedScorer(model);
        var production = scorer.Score(seen.Images, [InputPerturbations.None], views, reporter, token)[0];
        var under = scorer.Score(tried.Images, [.. shifts.Select(s => s.Change)], views, reporter, token);
        var (goodRows, goodTried) = (Readable(under[0], tried.Count, views.Count * k), tried);
        if (goodRows.Count < tried.Count)
        {
            goodTried = tried.Rows(goodRows);
            under = [.. under.Select(u => Take(u, goodRows, views.Count * k))];
        }
        var goodSeen = Readable(production, seen.Count, views.Count * k);
        if (goodSeen.Count < seen.Count)
        {
            seen = seen.Rows(goodSeen);
            production = Take(production, goodSeen, views.Count * k);
        }
        if (goodTried.Count == 0 || seen.Count == 0) return null;
        return LabelFreeAccuracy.Estimate([.. under.Select((u, s) => new ShiftedReference(shifts[s].Family, new ViewScores(u, goodTried.Count, views.Count, k)))], goodTried.Truth, goodTried.Groups,
            new ViewScores(production, seen.Count, views.Count, k), seen.Groups, model.Labels, options, token);
    }

    static double DomainAuc(ScoredWindow window, ScoredWindow reference, long seed, CancellationToken token)
    {
        var (a, b) = (Embedded(reference), Embedded(window));
        return a.Embeddings is null || b.Embeddings is null ? double.NaN : DomainGap.Auc(a.Embeddings, a.Groups, b.Embeddings, b.Groups, seed, token);

        ScoredWindow Embedded(ScoredWindow of)
        {
            var rows = Enumerable.Range(0, of.Count).Where(i => of.HasEmbedding[i]).ToList();
            return of.Rows([.. new SeededRandom(seed).Sample(rows.Count, LargestWindow).Order().Select(i => rows[i])]);
        }
    }

    static bool HasPicture(FlywheelImage image) => image.Path.Length > 0 && File.Exists(image.Path);

    static List<int> Readable(float[] scores, int count, int length) => [.. Enumerable.Range(0, count).Where(i => !float.IsNaN(scores[i * length]))];

    static float[] Take(float[] scores, List<int> rows, int length) => [.. rows.SelectMany(r => new ArraySegment<float>(scores, r * length, length))];

    /// <summary>Strata and sizes for the window as it is; their expected accuracy is the confidence, moved so that it adds up to what is known.</summary>
    static (int Size, IReadOnlyList<AuditShare> Strata) Suggest(ScoredWindow window, LabelFreeResult? free, double value, double halfWidth, double z)
    {
        double[] confidence = [.. Enumerable.Range(0, window.Count).Select(i => (double)window.ProbabilitiesOf(i)[window.WinnerOf(i)])];
        var cuts = StratifiedAudit.Cuts(confidence, 4);
        var members = Enumerable.Range(0, window.Count).GroupBy(i => StratifiedAudit.StratumOf(confidence[i], cuts)).OrderBy(g => g.Key).Select(g => g.ToArray()).ToArray();
        // An accuracy that cannot be known is planned for at its most cautious estimate.
        var expected = double.IsFinite(value) ? value : free is null ? confidence.Average() : free.Estimates.Min(e => e.Value);
        var scale = (1 - expected) / Math.Max(1e-6, 1 - confidence.Average());
        double[] accuracies = [.. members.Select(m => Math.Clamp(1 - scale * (1 - m.Average(i => confidence[i])), 0.5, 1))];
        var (size, allocation) = StratifiedAudit.SmallestSample([.. members.Select(m => m.Length)], accuracies, halfWidth, z);
        return (size, [.. members.Select((m, h) => new AuditShare(m.Min(i => confidence[i]), m.Max(i => confidence[i]), m.Length, accuracies[h], allocation[h]))]);
    }

    static string Sentence(Model model, ScoredWindow window, PerformanceQuery query, Audit audit, LabelFreeResult? free, string method, double value, double low, double high, int size)
    {
        var c = CultureInfo.InvariantCulture;
        var half = string.Create(c, $"± {100 * query.HalfWidth:0.##} points");
        var ask = string.Create(c, $"{size:N0} images drawn with Select-FlywheelImage -Strategy Audit would pin it down to {half}");
        return method switch
        {
            "Audit" => string.Create(c, $"'{model.Name}' is right on {100 * value:0.0} % of {window.Count:N0} predictions in {window.Name} ({100 * query.Confidence:0.#} % interval {100 * low:0.0} to {100 * high:0.0}), by {audit.Labelled:N0} labels drawn at random.{((high - low) / 2 > query.HalfWidth ? $" {char.ToUpperInvariant(ask[0])}{ask[1..]}." : "")}"),
            "ShiftCalibrated" => string.Create(c, $"'{model.Name}' is right on about {100 * value:0.0} % of {window.Count:N0} predictions in {window.Name} ({100 * query.Confidence:0.#} % interval {100 * low:0.0} to {100 * high:0.0}), estimated without labels; {ask}."),
            _ => string.Create(c, $"How accurate '{model.Name}' is on {window.Count:N0} predictions in {window.Name} cannot be known without labels: {free?.Reason ?? "there is no labelled reference to compare with"}; {ask}."),
        };
    }

    /// <summary>The standard normal's quantile for 0.5 and above: a rational start (Abramowitz and Stegun 26.2.23), then Newton's steps.</summary>
    static double NormalQuantile(double p)
    {
        var t = Math.Sqrt(-2 * Math.Log(1 - p));
        var x = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t);
        for (var i = 0; i < 60; i++)
        {
            var step = (Cumulative(x) - p) * Math.Sqrt(2 * Math.PI) * Math.Exp(x * x / 2);
            x -= step;
            if (Math.Abs(step) < 1e-13) break;
        }
        return x;

        // Series of Marsaglia, "Evaluating the normal distribution", J. Stat. Software 2004.
        static double Cumulative(double x)
        {
            double sum = x, term = x;
            for (var i = 3; i < 400 && Math.Abs(term) > 1e-17; i += 2)
            {
                term *= x * x / i;
                sum += term;
            }
            return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        }
    }

    /// <summary>What the randomly drawn labels say.</summary>
    sealed record Audit(int Labelled, int Open, int Later, double Value, double Low, double High)
    {
        public static Audit Of(Workspace workspace, ScoredWindow window, double z)
        {
            var row = Enumerable.Range(0, window.Count).GroupBy(i => window.Images[i].Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
            var picks = workspace.Catalogue.AuditPicks(window.Model.Id).Where(p => row.ContainsKey(p.ImageId)).ToList();
            if (picks.Count == 0) return new Audit(0, 0, 0, double.NaN, double.NaN, double.NaN);
            var last = picks.Max(p => p.Time);
            var later = window.Predictions.Count(p => p.Time > last);
            var drawings = picks.GroupBy(p => p.Task, StringComparer.Ordinal).Select(t => Strata(t, row, window)).Where(s => s.Count > 0).ToList();
            var labelled = drawings.Sum(d => d.Sum(s => s.Sample));
            var open = picks.Count - labelled;
            if (labelled == 0) return new Audit(0, open, later, double.NaN, double.NaN, double.NaN);
            // Several drawings estimate the same share: each counts by its labels.
            var strata = drawings.SelectMany(d => d.Select(s => s with { Population = Math.Max(s.Sample, s.Population * d.Sum(x => x.Sample) / labelled) })).ToList();
            var (value, low, high) = StratifiedAudit.Estimate(strata, z);
            return new Audit(labelled, open, later, value, low, high);
        }

        static List<AuditStratum> Strata(IEnumerable<AuditPick> picks, Dictionary<string, int> row, ScoredWindow window)
        {
            var strata = new List<AuditStratum>();
            double waiting = 0;
            foreach (var stratum in picks.GroupBy(p => p.Stratum, StringComparer.Ordinal).OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                // Each drawn image stands for 1/probability images (Horvitz and Thompson, JASA 1952).
                var population = stratum.Sum(p => 1 / p.Probability);
                var labelled = stratum.Select(p => row[p.ImageId]).Where(i => window.Images[i] is { Label: not null, Provenance: not AnnotationProvenance.Auto }).ToList();
                if (labelled.Count == 0)
                {
                    if (strata.Count == 0) waiting += population;
                    else strata[^1] = strata[^1] with { Population = strata[^1].Population + population };
                    continue;
                }
                strata.Add(new AuditStratum(population + waiting, labelled.Count, labelled.Count(i => window.Truth[i] == window.WinnerOf(i))));
                waiting = 0;
            }
            return strata;
        }
    }
}
