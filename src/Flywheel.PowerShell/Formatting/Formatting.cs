using System.Globalization;
using System.Text;

namespace Flywheel.PowerShell;

/// <summary>Turns values into the text that tables and lists show. The format file holds no logic: it calls these.</summary>
public static class Formatting
{
    const string None = "-";

    /// <summary>A share as a percentage with its interval: <c>95.7 % [94.9, 96.4]</c>.</summary>
    public static string Metric(Metric? metric) => metric is null || double.IsNaN(metric.Value)
        ? None
        : string.Create(CultureInfo.InvariantCulture, $"{100 * metric.Value:0.0} % [{100 * metric.Low:0.0}, {100 * metric.High:0.0}]");

    /// <summary>An estimate with its interval, or that it cannot be known: <c>95.7 % [94.9, 96.4]</c>.</summary>
    public static string Estimate(PerformanceEstimate? estimate) => estimate is null
        ? None
        : estimate.Known ? Metric(new Metric("", estimate.Value, estimate.Low, estimate.High, estimate.N, "")) : "cannot be known";

    /// <summary>Figures line by line: <c>calibrated confidence 91.2 % [89.9, 92.4]</c>.</summary>
    public static string Metrics(IEnumerable<Metric>? metrics) => metrics is null ? None : string.Join(Environment.NewLine, metrics.Select(m => $"{m.Name} {Metric(m)}"));

    /// <summary>Lines of text.</summary>
    public static string Lines(IEnumerable<object>? lines) => lines is null ? None : string.Join(Environment.NewLine, lines);

    /// <summary>A share as a percentage without its interval: <c>95.7 %</c>.</summary>
    public static string Share(Metric? metric) => metric is null ? None : Percent(metric.Value);

    /// <summary>A figure that is no share, with its interval: <c>0.123 [0.101, 0.150]</c>.</summary>
    public static string Number(Metric? metric) => metric is null || double.IsNaN(metric.Value)
        ? None
        : string.Create(CultureInfo.InvariantCulture, $"{metric.Value:0.000} [{metric.Low:0.000}, {metric.High:0.000}]");

    /// <summary>A figure of a gate in the unit its demand has: <c>latency.p95 0.463 ms [0.420, 2.501] (n 1100)</c>, <c>size 0.394 MB</c>, <c>images 200</c>.</summary>
    public static string GateFigure(Metric? figure) => figure switch
    {
        null => None,
        _ when double.IsNaN(figure.Value) => figure.ToString(),
        _ when figure.Name.StartsWith("latency", StringComparison.Ordinal) =>
            string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {1000 * figure.Value:0.000} ms [{1000 * figure.Low:0.000}, {1000 * figure.High:0.000}] (n {figure.N})"),
        _ when figure.Name.StartsWith("size", StringComparison.Ordinal) => string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {figure.Value / 1e6:0.000} MB"),
        { Method: "Exact" } => string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {figure.Value:0}"),
        _ => figure.ToString(),
    };

    /// <summary>A difference of two shares in percentage points, signed: <c>+2.3 [+0.4, +4.1]</c>.</summary>
    public static string Points(Metric? difference) => difference is null || double.IsNaN(difference.Value)
        ? None
        : string.Create(CultureInfo.InvariantCulture, $"{100 * difference.Value:+0.0;-0.0;0.0} [{100 * difference.Low:+0.0;-0.0;0.0}, {100 * difference.High:+0.0;-0.0;0.0}]");

    /// <summary>0.957 as <c>95.7 %</c>.</summary>
    public static string Percent(double share) => double.IsNaN(share) ? None : string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    /// <summary>A probability or score with three decimals.</summary>
    public static string Score(double score) => double.IsNaN(score) ? None : score.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A p value: <c>0.031</c>, <c>&lt; 0.001</c>.</summary>
    public static string PValue(double p) => double.IsNaN(p) ? None : p < 0.001 ? "< 0.001" : Score(p);

    /// <summary>As <see cref="PValue(double)"/>, or a dash.</summary>
    public static string PValue(double? p) => p is { } x ? PValue(x) : None;



    /// <summary>Errors of a slice among its judged images: <c>31 of 74</c>, expected ones <c>~30.5 of 74</c>.</summary>
    public static string Wrong(Slice? slice) => slice is null ? None : slice.Known
        ? string.Create(CultureInfo.InvariantCulture, $"{slice.Errors:0} of {slice.Support}")
        : string.Create(CultureInfo.InvariantCulture, $"~{slice.Errors:0.#} of {slice.Support}");

    /// <summary>A ratio: <c>4.6×</c>, <c>∞</c>.</summary>
    public static string Times(double ratio) => double.IsNaN(ratio) ? None : double.IsInfinity(ratio) ? "∞" : string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0}×");

    /// <summary>A duration: <c>0.8 s</c>, <c>1:23</c>, <c>2:03:45</c>.</summary>
    public static string Duration(TimeSpan? duration) => duration is not { } time
        ? None
        : time.TotalSeconds < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
            : time.TotalHours < 1
                ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}")
                : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");

    /// <summary>A size: <c>812 B</c>, <c>4.1 MB</c>.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var value = (double)bytes;
        var unit = 0;
        while (value >= 1000 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B") : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {units[unit]}");
    }

    /// <summary>A moment in local time: <c>2027-01-31 18:05</c>.</summary>
    public static string Time(DateTimeOffset? time) => time is { } t && t != default ? t.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : None;

    /// <summary>The first twelve digits of an id.</summary>
    public static string ShortId(string? id) => id is null ? None : id.Length > 12 ? id[..12] : id;

    /// <summary>Boxes in a few words: <c>3 boxes: RBC 2, WBC 1</c>; nothing is said where nobody has looked.</summary>
    public static string Boxes(IReadOnlyList<LabelBox>? boxes) => boxes switch
    {
        null => None,
        [] => "no boxes",
        _ => $"{(boxes.Count == 1 ? "1 box" : $"{boxes.Count.ToString("N0", CultureInfo.InvariantCulture)} boxes")}: {Counts(boxes.CountBy(b => b.Label).OrderBy(c => c.Key, StringComparer.Ordinal).ToDictionary())}",
    };

    /// <summary>What a ledger entry found: the label, the boxes, or why the image was left out.</summary>
    public static string Old(Annotation? entry) => entry is null ? None : Value(entry.Part, entry.OldLabel, entry.OldBoxes, entry.OldExclusion);

    /// <summary>What a ledger entry made of it.</summary>
    public static string New(Annotation? entry) => entry is null ? None : Value(entry.Part, entry.NewLabel, entry.NewBoxes, entry.NewExclusion);

    static string Value(AnnotationPart part, string? label, IReadOnlyList<LabelBox>? boxes, string? exclusion) => part switch
    {
        AnnotationPart.Boxes => Boxes(boxes),
        AnnotationPart.Exclusion => exclusion is null ? "in use" : $"left out: {exclusion}",
        _ => label ?? None,
    };

    /// <summary>Counts by name: <c>closed 1000, open 990</c>.</summary>
    public static string Counts(IReadOnlyDictionary<string, int>? counts) => counts is not { Count: > 0 }
        ? None
        : string.Join(", ", counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value}")));

    /// <summary>Counts by split, the split in lower case: <c>train 1400, validation 200, test 400</c>.</summary>
    public static string Splits(IReadOnlyDictionary<DataSplit, int>? counts) => counts is not { Count: > 0 } || counts.Keys.All(k => k == DataSplit.None)
        ? None
        : string.Join(", ", counts.OrderBy(c => c.Key == DataSplit.None ? int.MaxValue : (int)c.Key).Where(c => c.Value > 0)
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{(c.Key == DataSplit.None ? "none" : Lower(c.Key))} {c.Value}")));

    /// <summary>A split, or <c>all</c> for none.</summary>
    public static string Split(DataSplit split) => split == DataSplit.None ? "all" : Lower(split);

    /// <summary>Shares by name, largest first: <c>open 0.62, closed 0.38</c>.</summary>
    public static string Shares(IReadOnlyDictionary<string, double>? shares) => shares is not { Count: > 0 }
        ? None
        : string.Join(", ", shares.OrderByDescending(s => s.Value).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value:0.00}")));

    /// <summary>Tags: <c>glasses=1, subject=s0001</c>.</summary>
    public static string Tags(IReadOnlyDictionary<string, string>? tags) => tags is not { Count: > 0 }
        ? None
        : string.Join(", ", tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}"));

    /// <summary>The picture of a prediction: the name of its file, or the first digits of its id in brackets where there is none.</summary>
    public static string Picture(Prediction? prediction) => prediction is null ? None : prediction.Path.Length > 0 ? prediction.Name : $"({ShortId(prediction.ImageId)})";

    /// <summary>What a report says: <c>wrong, is closed: glare</c>.</summary>
    public static string Report(Feedback? report) => report is null
        ? None
        : (report.Verdict == FeedbackVerdict.Right ? "right" : "wrong") + (report.Label is { } label && report.Verdict == FeedbackVerdict.Wrong ? $", is {label}" : "") + (report.Reason is { } reason ? $": {reason}" : "");

    /// <summary>A similarity with three decimals.</summary>
    public static string Similarity(double? similarity) => similarity is { } s ? Score(s) : None;

    /// <summary>A file's name without its folder.</summary>
    public static string FileName(string? path) => path is null ? None : Path.GetFileName(path);

    /// <summary>Names in a row.</summary>
    public static string List(IEnumerable<string>? names) => names is null ? None : string.Join(", ", names) is { Length: > 0 } text ? text : None;

    /// <summary>Precision, recall and F1 of every label, a line each.</summary>
    public static string Classes(IReadOnlyList<ClassMetrics>? classes)
    {
        if (classes is not { Count: > 0 }) return None;
        var width = classes.Max(c => c.Label.Length);
        return string.Join('\n', classes.Select(c =>
            string.Create(CultureInfo.InvariantCulture, $"{c.Label.PadRight(width)}  precision {Metric(c.Precision)}  recall {Metric(c.Recall)}  F1 {Share(c.F1)}  n {c.Support}")));
    }

    /// <summary>The confusion matrix as text, rows = truth, columns = prediction.</summary>
    public static string Confusion(Evaluation? evaluation)
    {
        if (evaluation is null || evaluation.Labels.Count == 0) return None;
        const string Corner = "true \\ predicted";
        var first = Math.Max(Corner.Length, evaluation.Labels.Max(l => l.Length));
        var widths = evaluation.Labels.Select((label, j) => Math.Max(label.Length, evaluation.Confusion.Max(row => row[j].ToString(CultureInfo.InvariantCulture).Length))).ToArray();
        var text = new StringBuilder(Corner.PadRight(first));
        for (var j = 0; j < widths.Length; j++) text.Append("  ").Append(evaluation.Labels[j].PadLeft(widths[j]));
        for (var i = 0; i < evaluation.Confusion.Count; i++)
        {
            text.Append('\n').Append(evaluation.Labels[i].PadRight(first));
            for (var j = 0; j < widths.Length; j++) text.Append("  ").Append(evaluation.Confusion[i][j].ToString(CultureInfo.InvariantCulture).PadLeft(widths[j]));
        }
        return text.ToString();
    }

    /// <summary>The stages of a run in a line: how many ended how, those that did not end well by name: <c>12 done, 4 skipped, gate: gate failed</c>.</summary>
    public static string Stages(IReadOnlyList<StageResult>? stages)
    {
        if (stages is not { Count: > 0 }) return None;
        var counts = new[] { StageStatus.Done, StageStatus.Skipped }.Select(status => (status, n: stages.Count(s => s.Status == status))).Where(c => c.n > 0)
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.n} {(c.status == StageStatus.Done ? "done" : "skipped")}"));
        var others = stages.Where(s => s.Status is not (StageStatus.Done or StageStatus.Skipped))
            .Select(s => $"{s.Name}: {s.Status switch { StageStatus.GateFailed => "gate failed", var other => other.ToString().ToLowerInvariant() }}");
        return string.Join(", ", counts.Concat(others));
    }

    /// <summary>The rows of a loop's proof, a line each.</summary>
    public static string Arms(IReadOnlyList<LoopArm>? arms)
    {
        if (arms is not { Count: > 0 }) return None;
        var width = arms.Max(a => a.Title.Length);
        return string.Join('\n', arms.Select(a => $"{a.Title.PadRight(width)}  {string.Join("  ", a.Evaluations.Select(e => $"{e.Dataset} {Metric(e.Accuracy)}"))}"));
    }

    /// <summary>An evaluation in a line: <c>field 95.7 % [94.9, 96.4], n 1300</c>.</summary>
    public static string Judged(Evaluation? evaluation) => evaluation is null
        ? None
        : string.Create(CultureInfo.InvariantCulture, $"{evaluation.Dataset} {Metric(evaluation.Accuracy)}, n {evaluation.N}, {evaluation.ModelName}");

    /// <summary>What adaptation did, in a line.</summary>
    public static string Adaptation(AdaptationReport? report) => report is null
        ? None
        : string.Create(CultureInfo.InvariantCulture, $"{(report.Kept ? "kept" : "not kept")}: {report.Reason} ({report.Images} images, prior {Shares(report.EstimatedPrior)} by {report.PriorMethod}, coverage {Percent(report.Coverage)})");

    /// <summary>An input's size: <c>32×32×1</c>.</summary>
    public static string Input(ImagePreprocessing? input) => input is not { Length: > 0 } ? None : string.Create(CultureInfo.InvariantCulture, $"{input.Width}×{input.Height}×{input.Channels}");

    /// <summary>The last epoch of every stage of a training, a line each.</summary>
    public static string Curve(IReadOnlyList<EpochRecord>? curve) => curve is not { Count: > 0 }
        ? None
        : string.Join('\n', curve.GroupBy(e => e.Stage).Select(g => g.Last()).Select(e =>
            string.Create(CultureInfo.InvariantCulture, $"{e.Stage} epoch {e.Epoch}: loss {Score(e.Loss)}, validation loss {Score(e.ValidationLoss)}, balanced accuracy {Percent(e.ValidationBalancedAccuracy)}")));

    /// <summary>Money with its interval: <c>73.5 [12.0, 140.2]</c>.</summary>
    public static string Money(Metric? money) => money is null || double.IsNaN(money.Value)
        ? None
        : string.Create(CultureInfo.InvariantCulture, $"{money.Value:0.0} [{money.Low:0.0}, {money.High:0.0}]");

    /// <summary>Reasons, a line each: <c>+31.2  120 new labels …</c>; a rule that binds has no weight.</summary>
    public static string Reasons(IReadOnlyList<RetrainingReason>? reasons) => reasons is not { Count: > 0 }
        ? None
        : string.Join('\n', reasons.Select(r => string.Create(CultureInfo.InvariantCulture, $"{(double.IsNaN(r.Weight) ? "rule" : r.Weight.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture)),8}  {r.Text}")));

    /// <summary>What would change a verdict, a line each.</summary>
    public static string Flips(IReadOnlyList<RetrainingFlip>? flips) => flips is not { Count: > 0 } ? None : string.Join('\n', flips.Select(f => f.Text));

    /// <summary>The ways to go on with their costs, a line each: <c>Wait 103.2, LabelFirst 110.4 (80 labels), Retrain not allowed now</c>.</summary>
    public static string Options(IReadOnlyList<RetrainingOption>? options) => options is not { Count: > 0 }
        ? None
        : string.Join(", ", options.Select(o => string.Create(CultureInfo.InvariantCulture,
            $"{o.Verdict} {(double.IsFinite(o.Cost) ? o.Cost.ToString("0.0", CultureInfo.InvariantCulture) : "not possible now")}{(o.Labels > 0 ? $" ({o.Labels} labels)" : "")}")));

    /// <summary>How a decision turned out.</summary>
    public static string Outcome(RetrainingOutcome? outcome) => outcome?.Text ?? None;

    /// <summary>What a key allows: <c>predict, feedback</c>.</summary>
    public static string Roles(IReadOnlyList<EndpointRole>? roles) => roles is not { Count: > 0 } ? None : string.Join(", ", roles.Select(r => r.ToString().ToLowerInvariant()));

    /// <summary>A version as it is named: <c>v3</c>.</summary>
    public static string Version(int? version) => version is { } number ? string.Create(CultureInfo.InvariantCulture, $"v{number}") : None;

    /// <summary>What a gate said of a publication: passed, failed, cannot tell, none; and whether it was overridden.</summary>
    public static string Gate(PublishResult? result) => result is null ? None : result.Gate.Checks.Count == 0 ? "none" : Verdict(result.Gate.Verdict) + (result.Forced ? ", forced" : "");

    /// <summary>What let an alias move: passed, forced, or none when there was no gate.</summary>
    public static string Passage(AliasMove? move) => move is null ? None : move.Forced ? "forced" : move.Gate is null ? "none" : "passed";

    /// <summary>A verdict in words.</summary>
    public static string Verdict(GateVerdict verdict) => verdict switch
    {
        GateVerdict.Pass => "passed",
        GateVerdict.Fail => "failed",
        _ => "cannot tell",
    };

    /// <summary>The demands of a gate, a line each: verdict, demand, finding.</summary>
    public static string Checks(GateReport? gate) => gate is not { Checks.Count: > 0 }
        ? None
        : string.Join('\n', gate.Checks.Select(c => $"{(c.Accepted && c.Verdict == GateVerdict.CannotTell ? "let pass" : Verdict(c.Verdict)).PadRight(11)}  {c}"));

    /// <summary>What a gate judged on: <c>eyes (test, n 1404 in 8 groups)</c>.</summary>
    public static string JudgedOn(GateReport? gate) => gate is not { Dataset.Length: > 0 }
        ? None
        : string.Create(CultureInfo.InvariantCulture, $"{gate.Dataset} ({Split(gate.Split)}, n {gate.N}{(gate.Groups is { } groups ? $" in {groups} groups" : "")}{(gate.Learned > 0 ? $", {gate.Learned} known to the models left out" : "")})");

    /// <summary>The slices a demand looked at, worst first, a line each.</summary>
    public static string Slices(IReadOnlyList<GateSlice>? slices) => slices is not { Count: > 0 }
        ? None
        : string.Join('\n', slices.Take(10).Select(s => string.Create(CultureInfo.InvariantCulture, $"{Points(s.Difference)} points, n {s.Difference.N}: {s.Name} ({Verdict(s.Verdict)})")));


    /// <summary>A figure of any size with three or four digits: <c>58.9</c>, <c>0.0123</c>, <c>1,404</c>.</summary>
    public static string Figure(double value) => double.IsNaN(value) ? None : Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    /// <summary>As <see cref="Figure(double)"/>, or a dash.</summary>
    public static string Figure(double? value) => value is { } x ? Figure(x) : None;

    /// <summary>Images and groups: <c>50 in 36 groups</c>, <c>50</c> when each stands alone.</summary>
    public static string Window(DriftReport? report) => report is null ? None : Sample(report.WindowN, report.WindowGroups);

    /// <summary>What a window was compared with: <c>mrl test: 850 in 5 groups</c>.</summary>
    public static string Reference(DriftReport? report) => report is null ? None : $"{report.Reference}: {Sample(report.ReferenceN, report.ReferenceGroups)}";

    static string Sample(int images, int groups) => groups == images
        ? string.Create(CultureInfo.InvariantCulture, $"{images:N0} images")
        : string.Create(CultureInfo.InvariantCulture, $"{images:N0} images in {groups:N0} groups");

    /// <summary>The time a window spans: <c>2027-01-31 17:05 .. 2027-01-31 18:05</c>.</summary>
    public static string Span(DriftReport? report) => report is null ? None : $"{Time(report.From)} .. {Time(report.To)}";

    /// <summary>What drifted: <c>width, sharpness, embedding</c>.</summary>
    public static string Flagged(DriftReport? report) => List(report?.Tests.Where(t => t.Flagged).Select(t => t.Name));

    /// <summary>Names of the images that tell of drift.</summary>
    public static string Telling(IReadOnlyList<TellingImage>? images) => List(images?.Select(i => i.Name.Length > 0 ? i.Name : ShortId(i.ImageId)));

    /// <summary>Sentences, a line each.</summary>
    public static string Lines(IReadOnlyList<string>? sentences) => sentences is not { Count: > 0 } ? None : string.Join('\n', sentences);

    /// <summary>The comparisons of a drift report, a line each, those that alarm marked.</summary>
    public static string DriftTests(IReadOnlyList<DriftTest>? tests)
    {
        if (tests is not { Count: > 0 }) return None;
        const int Name = 16;
        static string Cut(string text, int width) => text.Length > width ? text[..(width - 1)] + "…" : text.PadRight(width);
        return string.Join('\n', tests.Select(t => string.Create(CultureInfo.InvariantCulture,
            $"{(t.Flagged ? '!' : ' ')} {Cut(t.Name, Name)} {t.Statistic,-11} {Figure(t.Value),8}, alarm at {Figure(t.Threshold),8}, p {PValue(t.P),-7}  {t.Effect}")));
    }

    static string Lower(DataSplit split) => split.ToString().ToLowerInvariant();
}
