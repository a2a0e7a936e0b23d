using System.Globalization;
using System.Text;

namespace Flywheel.Engine.Registry;

/// <summary>A model card as Markdown.</summary>
static class CardText
{
    public static string Write(ModelCard card)
    {
        var m = card.Model;
        var text = new StringBuilder();
        Line($"# {Plain(m.Name)}");
        Line();
        Line($"Image classifier for {string.Join(", ", m.Labels.Select(l => $"**{Plain(l)}**"))}; it knows no other answer. Model {m.Id}, published to `{card.Alias}` on {card.Published:yyyy-MM-dd HH:mm} UTC by {Plain(card.Author)}{(card.Reason is null ? "" : $": {Plain(card.Reason)}")}.");
        Line();
        Line($"## Figures");
        Line();
        if (card.Evaluation is { } e)
        {
            Line($"On {e.N:N0} images of `{Code(e.Dataset)}` ({(e.Split == DataSplit.None ? "all" : e.Split.ToString().ToLowerInvariant())}, version {Short(e.DatasetVersion)}){(e.Groups is { } g ? $" in {g:N0} groups" : "")}; {e.Excluded:N0} left out. Intervals are 95 %.");
            Line();
            Line($"| figure | value | interval | n | by |");
            Line($"|---|---|---|---|---|");
            foreach (var metric in e.Metrics.Concat(card.Latency)) Line($"| {Plain(metric.Name)} | {Value(metric, metric.Value)} | {Value(metric, metric.Low)} to {Value(metric, metric.High)} | {metric.N:N0} | {metric.Method} |");
            Line();
            Line($"Rows are the truth, columns the answer.");
            Line();
            Line($"| | {string.Join(" | ", e.Labels.Select(Plain))} |");
            Line($"|---|{string.Concat(e.Labels.Select(_ => "---|"))}");
            for (var i = 0; i < e.Labels.Count; i++) Line($"| {Plain(e.Labels[i])} | {string.Join(" | ", e.Confusion[i].Select(c => c.ToString("N0", CultureInfo.InvariantCulture)))} |");
        }
        else
        {
            Line($"It was published without being judged.");
        }
        Line();
        Line($"## Gate");
        Line();
        if (card.Gate.Checks.Count == 0)
        {
            Line($"None.");
        }
        else
        {
            Line($"{(card.Gate.Verdict == GateVerdict.Pass ? "Passed" : $"{card.Gate.Verdict}, published all the same")}, {(card.Gate.ChampionVersion is { } v ? $"against version {v} ({card.Gate.ChampionId})" : "with no champion yet")}.");
            Line();
            Line($"| demand | verdict | finding |");
            Line($"|---|---|---|");
            foreach (var check in card.Gate.Checks) Line($"| `{Code(check.Expression)}` | {check.Verdict}{(check.Accepted && check.Verdict == GateVerdict.CannotTell ? " (let pass)" : "")} | {Plain(check.Reason)} |");
        }
        Line();
        Line($"## Making");
        Line();
        Line($"- network: {Plain(m.Architecture)}, {card.Bytes:N0} bytes");
        Line($"- input: {m.Preprocessing.Width}×{m.Preprocessing.Height}×{m.Preprocessing.Channels}, mean {Numbers(m.Preprocessing.Mean)}, standard deviation {Numbers(m.Preprocessing.Std)}");
        Line($"- training: preset {Plain(m.Preset)}, seed {m.Seed}, {m.Threads} threads, {m.TrainingTime.TotalSeconds:0.0} s{(m.Interrupted ? ", stopped early" : "")}");
        Line($"- data: {(m.Dataset.Length == 0 ? "not known" : $"{Plain(m.Dataset)}, version {Short(m.DatasetVersion)}")}{(m.AdaptedTo is null ? "" : $"; adapted to {Plain(m.AdaptedTo)} without labels")}");
        Line($"- lineage: {(card.Lineage.Count == 0 ? "none" : Plain(string.Join(" ← ", card.Lineage)))}");
        Line($"- temperature {m.Temperature:0.###}; largest difference between trainer and ONNX Runtime {m.ParityError:0.0e0}");
        Line();
        Line($"## Published on");
        Line();
        Line($"- {Plain(card.Machine.System)}, {card.Machine.Processor}, {card.Machine.Processors} processors, {Plain(card.Machine.Framework)}");
        Line($"- {string.Join(", ", card.Machine.Packages.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} {p.Value}"))}");
        return text.ToString();

        void Line(FormattableString? line = null) => text.Append(line?.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    static string Value(Metric metric, double value) => double.IsNaN(value) ? "-" : metric.Name.StartsWith("latency", StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"{1000 * value:0.###} ms")
        : value.ToString("0.0000", CultureInfo.InvariantCulture);

    static string Numbers(IEnumerable<float> values) => string.Join(" ", values.Select(v => v.ToString("0.####", CultureInfo.InvariantCulture)));

    static string Short(string id) => id.Length > 12 ? id[..12] : id.Length == 0 ? "-" : id;

    /// <summary>What users typed, inside backquotes.</summary>
    static string Code(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("`", "'", StringComparison.Ordinal).ReplaceLineEndings(" ");

    /// <summary>What users typed, without meaning in a table or a page.</summary>
    static string Plain(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("`", "'", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
