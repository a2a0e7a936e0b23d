using System.Globalization;
using System.Reflection;
using System.Text;
using Flywheel.Imaging;
using static Flywheel.Engine.Reports.ReportText;

namespace Flywheel.Engine.Reports;

/// <summary>The page of one turn: one file, no scripts, nothing fetched; readable on a phone, on paper, in light and dark.</summary>
static partial class HtmlReport
{
    const int TileSide = 96;

    public static string Render(ReportData data, CancellationToken token = default)
    {
        var page = new StringBuilder(1 << 16);
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <title>{Encode(data.Name)}: one turn of the flywheel</title>
            <style>{Style()}</style>
            </head>
            <body>
            <main>

            """);
        Headline(page, data);
        Publication(page, data);
        Proof(page, data);
        Confusions(page, data);
        Production(page, data);
        Slices(page, data, token);
        Decision(page, data);
        Curves(page, data);
        foreach (var gallery in data.Galleries) Gallery(page, gallery, token);
        Data(page, data);
        Provenance(page, data);
        page.Append("</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    static void Headline(StringBuilder page, ReportData data)
    {
        page.Append(CultureInfo.InvariantCulture, $"""
            <header>
            <p class="kicker">Flywheel · one turn</p>
            <h1>{Encode(data.Name)}</h1>
            <p class="faint">{data.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC · run {Encode(data.RunId)} · seed {data.Seed}</p>
            </header>

            """);
        if (data.After is not { } after) return;
        var n = $"n&nbsp;{Count(after.N)} images{(after.Groups is { } g ? $" of {Count(g)} groups" : "")}";
        page.Append("<section class=\"headline\">\n");
        if (data.Before is { } before && data.Comparison is { } comparison)
        {
            var (tone, word) = comparison.Verdict switch
            {
                ComparisonVerdict.Better => ("good", "better"),
                ComparisonVerdict.Worse => ("bad", "worse"),
                _ => ("plain", "cannot tell"),
            };
            page.Append(CultureInfo.InvariantCulture, $"""
                <div class="figures">
                <div class="figure"><span class="label">before</span><span class="value">{Share(before.Accuracy.Value)}</span><span class="interval">95 %: {Interval(before.Accuracy)}</span></div>
                <div class="arrow" aria-hidden="true">→</div>
                <div class="figure"><span class="label">after</span><span class="value">{Share(after.Accuracy.Value)}</span><span class="interval">95 %: {Interval(after.Accuracy)}</span></div>
                <div class="verdict {tone}"><strong>{word}</strong><span>{Points(comparison.Difference.Value)} points</span><span class="interval">95 %: {Points(comparison.Difference.Low)} to {Points(comparison.Difference.High)}</span></div>
                </div>
                <p>Accuracy on <b>{Encode(data.Targets[0])}</b>, which no model has learned from ({n}). Paired, image by image: {Count(comparison.Gained)} gained, {Count(comparison.Lost)} lost, McNemar exact p&nbsp;{Encode(P(comparison.McNemarP))}.</p>

                """);
        }
        else
        {
            page.Append($"""
                <div class="figures"><div class="figure"><span class="label">accuracy</span><span class="value">{Share(after.Accuracy.Value)}</span><span class="interval">95 %: {Interval(after.Accuracy)}</span></div></div>
                <p>On <b>{Encode(data.Targets[0])}</b>, which the model has not learned from ({n}).</p>

                """);
        }
        if (data.Requirement is { } requirement)
            page.Append($"<p class=\"gate {(requirement.Met ? "good" : "bad")}\"><strong>{(requirement.Met ? "Requirement met" : "Requirement not met")}</strong> {Encode(requirement.Text)}</p>\n");
        page.Append("</section>\n");
    }

    static void Proof(StringBuilder page, ReportData data)
    {
        if (data.Arms.Count == 0) return;
        // One scale for all bars, so that intervals can be compared by eye.
        var accuracies = data.Arms.Select(a => a.Accuracy).OfType<Metric>().Where(m => double.IsFinite(m.Value)).ToArray();
        var low = accuracies.Length == 0 ? 0 : Math.Floor(accuracies.Min(m => m.Low) * 50 - 0.2) / 50;
        var high = accuracies.Length == 0 ? 1 : Math.Min(1, Math.Ceiling(accuracies.Max(m => m.High) * 50 + 0.2) / 50);
        page.Append("<section>\n<h2>The proof</h2>\n<div class=\"scroll\"><table class=\"proof\">\n<thead><tr><th>model</th><th class=\"num\">labels</th>");
        for (var i = 0; i < data.Targets.Count; i++)
            page.Append($"<th class=\"num\">{Encode(data.Targets[i])}<small>{(i == 0 ? "accuracy" : "balanced accuracy")}, 95 %</small></th>{(i == 0 ? $"<th class=\"bar\"><small>{Percent(low, 0)} – {Percent(high, 0)} %</small></th><th class=\"num\">against start<small>points, paired</small></th>" : "")}");
        page.Append("<th class=\"num\">trained in</th></tr></thead>\n<tbody>\n");
        foreach (var arm in data.Arms)
        {
            page.Append($"<tr class=\"arm-{Encode(arm.Key)}\"><th scope=\"row\">{Encode(arm.Title)}</th><td class=\"num\">{Count(arm.Labels)}</td>");
            for (var i = 0; i < data.Targets.Count; i++)
            {
                var evaluation = arm.Evaluations[i];
                var metric = i == 0 ? evaluation.Accuracy : evaluation.BalancedAccuracy;
                page.Append($"<td class=\"num\"><b>{Percent(metric.Value)}</b><small>{Interval(metric)}</small></td>");
                if (i > 0) continue;
                page.Append("<td class=\"bar\">").Append(Bar(metric, low, high)).Append("</td>");
                page.Append(arm.AgainstStart is { } c
                    ? $"<td class=\"num\"><b class=\"{c.Verdict switch { ComparisonVerdict.Better => "good", ComparisonVerdict.Worse => "bad", _ => "plain" }}\">{Points(c.Difference.Value)}</b><small>{Points(c.Difference.Low)} to {Points(c.Difference.High)}</small></td>"
                    : "<td class=\"num faint\">start</td>");
            }
            page.Append($"<td class=\"num\">{Encode(Duration(arm.TrainingTime))}</td></tr>\n");
        }
        page.Append("</tbody></table></div>\n<p class=\"faint\">");
        var parts = data.Arms[0].Evaluations.Select((e, i) => $"{Encode(data.Targets[i])}: n {Count(e.N)}{(e.Groups is { } g ? $" in {Count(g)} groups" : "")}, intervals by {Encode(Method(e.Accuracy.Method))}");
        page.Append(string.Join("; ", parts)).Append(".</p>\n</section>\n");
    }

    static string Method(string method) => method switch
    {
        "GroupBootstrap" => "bootstrap over groups",
        "Bootstrap" => "bootstrap",
        _ => method,
    };

    static string Bar(Metric metric, double low, double high)
    {
        if (!double.IsFinite(metric.Value) || high <= low) return "";
        double X(double v) => Math.Clamp((v - low) / (high - low), 0, 1) * 160;
        return $"""<svg viewBox="0 0 160 14" aria-hidden="true"><line class="grid" x1="0" x2="160" y1="7" y2="7"/><line class="whisker" x1="{Xy(X(metric.Low))}" x2="{Xy(X(metric.High))}" y1="7" y2="7"/><circle class="dot" cx="{Xy(X(metric.Value))}" cy="7" r="4"/></svg>""";
    }

    static void Confusions(StringBuilder page, ReportData data)
    {
        if (data.After is null) return;
        page.Append($"<section>\n<h2>What is taken for what</h2>\n<p class=\"faint\">On {Encode(data.Targets[0])}. Rows are the truth, columns what the model says; shares are of the row. The last column is the recall with its 95 % interval.</p>\n<div class=\"pair\">\n");
        if (data.Before is not null) Confusion(page, "Before", data.Before);
        Confusion(page, data.Before is null ? "Now" : "After", data.After);
        page.Append("</div>\n</section>\n");
    }

    static void Confusion(StringBuilder page, string title, Evaluation evaluation)
    {
        page.Append($"<div class=\"scroll\"><table class=\"confusion\"><caption>{Encode(title)}</caption><thead><tr><th></th>");
        foreach (var label in evaluation.Labels) page.Append($"<th scope=\"col\">{Encode(label)}</th>");
        page.Append("<th scope=\"col\">recall</th></tr></thead><tbody>");
        for (var r = 0; r < evaluation.Labels.Count; r++)
        {
            page.Append($"<tr><th scope=\"row\">{Encode(evaluation.Labels[r])}</th>");
            var sum = evaluation.Confusion[r].Sum();
            for (var c = 0; c < evaluation.Labels.Count; c++)
            {
                var count = evaluation.Confusion[r][c];
                var share = sum == 0 ? 0 : (double)count / sum;
                // The square root keeps rare mistakes visible beside a strong diagonal.
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"{(r == c ? "hit" : "miss")}\" style=\"--w:{Math.Sqrt(share) * 100:0}%\"><b>{Count(count)}</b><small>{(sum == 0 ? "–" : Share(share))}</small></td>");
            }
            var recall = evaluation.Classes.FirstOrDefault(k => k.Label == evaluation.Labels[r])?.Recall;
            page.Append(recall is null ? "<td></td></tr>" : $"<td class=\"num\"><b>{Percent(recall.Value)}</b><small>{Interval(recall)}</small></td></tr>");
        }
        page.Append("</tbody></table></div>\n");
    }

    static void Curves(StringBuilder page, ReportData data)
    {
        var trained = data.Models.Where(m => m.Model.Curve.Count > 0 && !m.Role.StartsWith("control", StringComparison.Ordinal)).ToArray();
        if (trained.Length == 0) return;
        var skill = trained.Select(m => (m.Role, (IReadOnlyList<double>)[.. m.Model.Curve.Select(e => e.ValidationBalancedAccuracy)])).ToArray();
        var loss = trained.Select(m => (m.Role, (IReadOnlyList<double>)[.. m.Model.Curve.Select(e => e.Loss)])).ToArray();
        page.Append("<section>\n<h2>Learning</h2>\n<div class=\"pair\">\n");
        var first = CurveDrawing.Panel("Balanced accuracy on validation by epoch", "balanced accuracy on validation, %", skill, v => Percent(v, 0));
        if (first.Length > 0) page.Append($"<figure>{first}</figure>\n");
        page.Append($"<figure>{CurveDrawing.Panel("Training loss by epoch", "training loss", loss, v => Number(v, 2))}</figure>\n</div>\n");
        page.Append("<p class=\"faint\">Validation images come from the training source; what counts is the proof above. The stages of one recipe have losses of different kinds, so compare within a stage only.</p>\n</section>\n");
    }

    static void Gallery(StringBuilder page, ReportGallery gallery, CancellationToken token)
    {
        page.Append($"<section class=\"sheet\">\n<h2>{Encode(gallery.Title)}</h2>\n<p class=\"faint\">{Encode(gallery.Note)}</p>\n");
        Tiles(page, gallery.Tiles, token);
        page.Append("</section>\n");
    }

    static void Tiles(StringBuilder page, IReadOnlyList<ReportTile> tiles, CancellationToken token)
    {
        if (tiles.Count == 0) return;
        page.Append("<ul class=\"tiles\">\n");
        foreach (var tile in tiles)
        {
            token.ThrowIfCancellationRequested();
            page.Append($"<li class=\"{Encode(tile.Tone)}\" title=\"{Encode(Path.GetFileName(tile.Path))}\">");
            try
            {
                var picture = Convert.ToBase64String(Thumbnail.ToPng(tile.Path, TileSide)); // first: an interpolation that throws leaves its beginning on the page
                page.Append($"<img alt=\"{Encode(tile.Caption)}\" src=\"data:image/png;base64,{picture}\">");
            }
            catch (FlywheelException e)
            {
                page.Append($"<span class=\"gone\">{Encode(e.ErrorId)}</span>");
            }
            page.Append($"<span>{Encode(tile.Caption)}</span><small>{Encode(tile.Detail)}</small></li>\n");
        }
        page.Append("</ul>\n");
    }

    static void Data(StringBuilder page, ReportData data)
    {
        page.Append("<section>\n<h2>The data</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>dataset</th><th>use</th><th class=\"num\">images</th><th>labels</th><th>splits</th><th>kept together by</th><th>version</th></tr></thead>\n<tbody>\n");
        foreach (var (use, set) in data.Datasets)
        {
            var labels = set.LabelCounts.Count == 0 ? "none" : string.Join(", ", set.LabelCounts.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key} {Count(l.Value)}"));
            if (set.LabelCounts.Count > 0 && set.Labelled < set.Images) labels += $", unlabelled {Count(set.Images - set.Labelled)}";
            var splits = string.Join(", ", set.SplitCounts.Where(s => s.Value > 0 && s.Key != DataSplit.None).OrderBy(s => s.Key).Select(s => $"{s.Key.ToString().ToLowerInvariant()} {Count(s.Value)}"));
            page.Append($"<tr><th scope=\"row\">{Encode(set.Name)}</th><td>{Encode(use)}</td><td class=\"num\">{Count(set.Images)}</td><td>{Encode(labels)}</td><td>{Encode(splits)}</td><td>{Encode(set.GroupBy)}</td><td><code>{Encode(set.Version)}</code></td></tr>\n");
        }
        page.Append("</tbody></table></div>\n");
        if (data.Adaptation is { } adaptation)
        {
            page.Append($"<h3>Adaptation without labels: {(adaptation.Kept ? "kept" : "not kept")}</h3>\n<p>{Encode(adaptation.Reason)}</p>\n<p>{Count(adaptation.Images)} unlabelled images, {Share(adaptation.Coverage)} of them with a confident pseudo-label in the last epoch.");
            if (adaptation.EstimatedPrior.Count > 0)
                page.Append($" Estimated class prior ({Encode(adaptation.PriorMethod)}): {Encode(string.Join(", ", adaptation.EstimatedPrior.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} {Share(p.Value)}")))}.");
            page.Append("</p>\n");
        }
        page.Append("</section>\n");
    }

    static void Provenance(StringBuilder page, ReportData data)
    {
        page.Append("<section>\n<h2>Where this comes from</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>model</th><th>id</th><th>network</th><th class=\"num\">seed</th><th class=\"num\">threads</th><th>continues</th><th class=\"num\">parity</th><th>data version</th></tr></thead>\n<tbody>\n");
        foreach (var (role, model) in data.Models)
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Encode(role)}<small>{Encode(model.Name)}</small></th><td><code>{Encode(model.Id)}</code></td><td>{Encode(model.Architecture)}</td><td class=\"num\">{model.Seed}</td><td class=\"num\">{model.Threads}</td><td><code>{Encode(model.ParentId)}</code></td><td class=\"num\">{model.ParityError:0.0e+0}</td><td><code>{Encode(model.DatasetVersion.Length > 12 ? model.DatasetVersion[..12] : model.DatasetVersion)}</code></td></tr>\n");
        page.Append("</tbody></table></div>\n<details open><summary>Stages of this run</summary><div class=\"scroll\"><table>\n<tbody>\n");
        foreach (var stage in data.Stages)
            page.Append($"<tr><th scope=\"row\">{Encode(stage.Name)}</th><td>{Encode(stage.Status == StageStatus.Skipped ? "kept" : stage.Status.ToString().ToLowerInvariant())}</td><td class=\"num\">{(stage.Status == StageStatus.Skipped ? "" : Encode(Duration(stage.Duration)))}</td><td>{Encode(stage.Summary)}</td></tr>\n");
        page.Append("</tbody></table></div></details>\n<p class=\"faint\">");
        page.Append(string.Join(" · ", data.Environment.Select(e => $"{Encode(e.Name)} {Encode(e.Value)}")));
        page.Append($"</p>\n<details><summary>{Encode(Path.GetFileName(data.Definition))}</summary><pre>{Encode(data.DefinitionText)}</pre></details>\n</section>\n");
    }

    static string Style()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Flywheel.Engine.Reports.report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
