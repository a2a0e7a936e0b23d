using System.Globalization;
using Flywheel.Insight.Comparison;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Registry.Gates;

/// <summary>Holds a model against demands.</summary>
/// <param name="model">The model.</param>
/// <param name="champion">The model behind the alias, or null when there is none yet.</param>
/// <param name="images">The judged images; null when no demand needs any.</param>
/// <param name="latency">Answering times, model 0 the new one and model 1 the champion; null when no demand names them.</param>
/// <param name="confirmed">The slices in which the champion was last found to fail more often.</param>
/// <param name="policy">What happens with demands that cannot be told.</param>
sealed class GateJudge(Model model, Model? champion, JudgedImages? images, LatencyMeter? latency, IReadOnlyList<Slice> confirmed, CannotTellPolicy policy)
{
    /// <summary>With fewer images a bootstrap interval is an illusion.</summary>
    const int LeastForBootstrap = 20;

    public GateCheck Check(GateExpression demand)
    {
        var check = demand switch
        {
            _ when demand.NamesChampion && champion is null => Unrivalled(demand),
            FigureDemand figure => Figure(figure),
            SliceDemand slices => Slices(slices),
            _ => throw new InvalidOperationException($"No judgement for {demand.GetType().Name}."),
        };
        return check with { Accepted = check.Verdict == GateVerdict.Pass || (check.Verdict == GateVerdict.CannotTell && (demand.OrUnclear || policy == CannotTellPolicy.Pass)) };
    }

    /// <summary>The first of its kind passes; what it has to show is shown if it is known anyway.</summary>
    GateCheck Unrivalled(GateExpression demand) => new()
    {
        Expression = demand.Text,
        Verdict = GateVerdict.Pass,
        Figure = demand is FigureDemand { Figure: var figure } && figure.Kind != FigureKind.Latency && (images is not null || !demand.NeedsImages) ? Value(figure, images is null ? null : images.Report, 0, model) : null,
        Reason = "there is no champion yet",
    };

    /// <summary>A label a demand names must exist; a slip of the pen must not pass as "cannot tell".</summary>
    /// <exception cref="FlywheelException"><c>GateLabelUnknown</c>.</exception>
    public static void DemandNames(GateExpression demand, Model model)
    {
        if (demand is not FigureDemand { Figure.Label: { } label } || model.Labels.Contains(label)) return;
        throw new FlywheelException("GateLabelUnknown", FaultCategory.InvalidArgument, $"The model '{model.Name}' has no label '{label}', which '{demand.Text}' names.{GateFaults.Nearest(label, model.Labels)}", demand.Text,
            $"Labels of the model: {string.Join(", ", model.Labels)}.");
    }

    GateCheck Figure(FigureDemand demand)
    {
        var figure = demand.Figure;
        var value = Value(figure, images is null ? null : images.Report, 0, model);
        if (demand.NamesChampion)
        {
            var before = Value(figure, images is null ? null : images.ChampionReport, 1, champion!);
            var difference = Difference(figure, demand.Bound.Factor, value, before);
            return Judged(demand, difference, demand.Bound.Constant) with { Figure = value, Champion = before, Difference = difference };
        }
        return Judged(demand, value, demand.Bound.Constant) with { Figure = value };
    }

    Metric Value(GateFigure figure, Func<IReadOnlyList<GateCondition>, ClassificationReport>? report, int index, Model of)
    {
        switch (figure.Kind)
        {
            case FigureKind.Size:
                var bytes = new FileInfo(of.OnnxPath).Length;
                return new Metric("size", bytes, bytes, bytes, 1, "Exact");
            case FigureKind.Latency:
                return latency!.Figure(index, figure.Percentile);
            case FigureKind.Count:
                var count = images!.Rows(figure.Conditions).Count;
                return new Metric(figure.ToString(), count, count, count, count, "Exact");
        }
        var all = report!(figure.Conditions);
        var name = figure.IsOfLabel ? $"{figure.Name}[{figure.Label}]" : figure.Name;
        var metric = ((IEnumerable<Metric>)[all.Accuracy, all.BalancedAccuracy, all.Auroc, all.CalibrationError, all.LogLoss, .. all.Classes.SelectMany(c => new[] { c.Precision, c.Recall, c.F1 })])
            .FirstOrDefault(m => m.Name == name) ?? new Metric(name, double.NaN, double.NaN, double.NaN, 0, "Bootstrap"); // a label the champion does not know
        return Cautious(metric, figure, all) with { Name = figure.ToString() };
    }

    /// <summary>
    /// Where the bootstrap sees no variation it claims certainty: shares get Wilson's interval with as many trials as the scarcest label has
    /// images (or there are groups), other figures none.
    /// </summary>
    static Metric Cautious(Metric metric, GateFigure figure, ClassificationReport report)
    {
        if (double.IsNaN(metric.Value)) return metric;
        if (report.Groups is { } groups && groups < PairedFigures.LeastGroups) return metric with { Low = double.NaN, High = double.NaN };
        if (metric.Method == "Wilson") return metric;
        if (metric.Low == metric.High)
        {
            if (figure.Kind != FigureKind.Share || figure.Name == "calibration error") return metric with { Low = double.NaN, High = double.NaN };
            double trials = figure.IsOfLabel ? metric.N : report.Classes.Where(c => c.Support > 0).Min(c => c.Support);
            if (report.Groups is { } independent) trials = Math.Min(trials, independent);
            var (low, high) = Intervals.Wilson(metric.Value * trials, trials);
            return metric with { Low = low, High = high, Method = "Wilson" };
        }
        return metric.N < LeastForBootstrap ? metric with { Low = double.NaN, High = double.NaN } : metric;
    }

    Metric Difference(GateFigure figure, double factor, Metric value, Metric before)
    {
        switch (figure.Kind)
        {
            case FigureKind.Size:
                var bytes = value.Value - factor * before.Value;
                return new Metric("size difference", bytes, bytes, bytes, 1, "Exact");
            case FigureKind.Latency:
                return latency!.Difference(figure.Percentile, factor);
        }
        var difference = images!.Difference(figure.Figure, figure.Label, factor, figure.Conditions);
        return difference.Method == "Bootstrap" && difference.N < LeastForBootstrap || difference is { Method: "GroupBootstrap" or "Bootstrap" } && difference.Low == difference.High
            ? difference with { Low = double.NaN, High = double.NaN }
            : difference;
    }

    GateCheck Judged(FigureDemand demand, Metric figure, double bound)
    {
        var verdict = demand.Operator.Judge(figure, bound);
        var (reason, needed) = verdict == GateVerdict.CannotTell ? Why(demand, figure, bound) : (Sentence(demand, figure, bound), null);
        return new GateCheck { Expression = demand.Text, Verdict = verdict, Bound = bound, Reason = reason, ImagesNeeded = needed };
    }

    (string Reason, long? Needed) Why(FigureDemand demand, Metric figure, double bound)
    {
        if (double.IsNaN(figure.Value))
            return (figure.N == 0 && demand.Figure.Conditions.Count > 0 && images!.Rows(demand.Figure.Conditions).Count == 0
                ? $"no judged image meets {string.Join(", ", demand.Figure.Conditions)}{Known(demand.Figure.Conditions)}"
                : demand.Figure.IsOfLabel ? $"no judged image {(demand.Figure.Name == "precision" ? "is predicted" : "is labelled")} '{demand.Figure.Label}'" : "the figure is undefined on these images", null);
        if (double.IsNaN(figure.Low) || double.IsNaN(figure.High))
            return (images?.GroupCount is { } groups && groups < PairedFigures.LeastGroups
                ? string.Create(CultureInfo.InvariantCulture, $"{groups} groups are too few for an interval; {PairedFigures.LeastGroups} are the least")
                : string.Create(CultureInfo.InvariantCulture, $"{Text(demand, figure.Value)} on {figure.N:N0} image{(figure.N == 1 ? "" : "s")}, too few for an interval"), null);
        var sentence = Sentence(demand, figure, bound);
        if (!demand.Operator.Meets(figure.Value, bound) || figure.Value == bound || demand.Figure.Kind == FigureKind.Latency) return (sentence, null);
        var half = demand.Operator.WantsMore() ? figure.Value - figure.Low : figure.High - figure.Value;
        var needed = figure.N * Math.Pow(half / (figure.Value - bound), 2);
        if (!(needed < 1e9)) return (sentence, null);
        var rounded = RoundUp(needed);
        return (string.Create(CultureInfo.InvariantCulture, $"{sentence}; about {rounded:N0} images{(images?.Groups is null ? "" : ", in as many more groups,")} would tell if it stays so"), rounded);
    }

    /// <summary>To two digits, which is all such an estimate has.</summary>
    static long RoundUp(double value)
    {
        var step = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(value)) - 1));
        return (long)(Math.Ceiling(value / step) * step);
    }

    string Known(IReadOnlyList<GateCondition> conditions)
    {
        var tags = images!.Images.SelectMany(i => i.Tags.Keys).Distinct(StringComparer.Ordinal).ToList();
        return conditions.FirstOrDefault(c => c.Tag is not null && !tags.Contains(c.Tag)) is { } unknown
            ? $": none has a tag '{unknown.Tag}'.{GateFaults.Nearest(unknown.Tag!, tags)}"
            : "";
    }

    static string Sentence(FigureDemand demand, Metric figure, double bound)
    {
        var what = demand.NamesChampion ? demand.Bound.Factor == 1 ? "against the champion " : string.Create(CultureInfo.InvariantCulture, $"against {demand.Bound.Factor:0.###} × champion ") : "";
        var sign = demand.NamesChampion;
        var interval = figure.Low == figure.High && figure.Method is "Exact" or "Identical" ? "" : $" [{Text(demand, figure.Low, sign)}, {Text(demand, figure.High, sign)}]";
        var n = demand.Figure.Kind is FigureKind.Size or FigureKind.Count ? "" : string.Create(CultureInfo.InvariantCulture, $", n {figure.N:N0}");
        return $"{what}{Text(demand, figure.Value, sign)}{interval}{n}; wanted {demand.Operator.Symbol()} {Text(demand, bound, sign)}";
    }

    static string Text(FigureDemand demand, double value, bool sign = false)
    {
        var plus = sign && value > 0 ? "+" : "";
        return plus + demand.Figure.Kind switch
        {
            FigureKind.Latency => string.Create(CultureInfo.InvariantCulture, $"{1000 * value:0.###} ms"),
            FigureKind.Size => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.###} MB"),
            FigureKind.Count => value.ToString("0", CultureInfo.InvariantCulture),
            _ => value.ToString("0.####", CultureInfo.InvariantCulture),
        };
    }

    GateCheck Slices(SliceDemand demand)
    {
        if (model.Id == champion!.Id) return new GateCheck { Expression = demand.Text, Verdict = GateVerdict.Pass, Bound = -demand.Margin, Reason = "it is the champion itself" };
        var (slices, small) = JudgedSlices.Of(images!, confirmed);
        var foreign = confirmed.Count(s => !JudgedSlices.CanBeTold(s));
        var ignored = string.Create(CultureInfo.InvariantCulture, $"{(small == 0 ? "" : $", {small} too small to say")}{(foreign == 0 ? "" : $", {foreign} confirmed in production by looks or reports not looked at")}");
        if (slices.Count == 0)
            return new GateCheck { Expression = demand.Text, Verdict = GateVerdict.CannotTell, Bound = -demand.Margin, Reason = $"no slice has {SliceComparison.LeastImages} images{(images!.Groups is null ? "" : $" of {SliceComparison.LeastGroups} groups")}{ignored}" };
        var differences = SliceComparison.Compare(images!.Right(champion: true), images.Right(champion: false), images.Groups, [.. slices.Select(s => s.Rows)]);
        var judged = slices.Zip(differences, (slice, d) => new GateSlice(slice.Name, d, GateOperator.AtLeast.Judge(d, -demand.Margin))).OrderBy(s => s.Difference.Value).ThenBy(s => s.Name, StringComparer.Ordinal).ToList();
        var verdict = judged.Any(s => s.Verdict == GateVerdict.Fail) ? GateVerdict.Fail : judged.All(s => s.Verdict == GateVerdict.Pass) ? GateVerdict.Pass : GateVerdict.CannotTell;
        var worst = verdict == GateVerdict.Fail ? judged.First(s => s.Verdict == GateVerdict.Fail) : judged[0];
        var open = judged.Count(s => s.Verdict == GateVerdict.CannotTell);
        var reason = string.Create(CultureInfo.InvariantCulture, $"{judged.Count} slices{(open > 0 ? $", {open} undecided" : "")}{ignored}; worst: {worst.Name} {worst.Difference.Value:+0.###;-0.###;0} [{worst.Difference.Low:+0.###;-0.###;0}, {worst.Difference.High:+0.###;-0.###;0}], n {worst.Difference.N:N0}");
        return new GateCheck { Expression = demand.Text, Verdict = verdict, Bound = -demand.Margin, Slices = judged, Reason = reason };
    }
}
