using System.Globalization;
using System.Text;
using Flywheel.Engine.Loops.Stages;
using static Flywheel.Engine.Reports.ReportText;

namespace Flywheel.Engine.Reports;

/// <summary>The sections on a model in production.</summary>
static partial class HtmlReport
{
    static void Publication(StringBuilder page, ReportData data)
    {
        if (data.Publication is not { } publication) return;
        var version = publication.Version is { } v ? string.Create(CultureInfo.InvariantCulture, $", version {v}") : "";
        var (tone, word) = publication switch
        {
            { Published: true, Demands.Count: 0 } => ("plain", "In production"),
            { Published: true } => ("good", "Published"),
            { Verdict: GateVerdict.CannotTell } => ("plain", "Waits for a decision"),
            _ => ("bad", "Refused"),
        };
        page.Append($"<section>\n<h2>Publication</h2>\n{Call(tone, word, $"{NameOf(data, publication.ModelId)} as {publication.Alias}{version}")}");
        if (publication.Demands.Count > 0)
        {
            page.Append("<div class=\"scroll\"><table>\n<thead><tr><th>demand</th><th>verdict</th><th>what the figures say</th></tr></thead>\n<tbody>\n");
            foreach (var demand in publication.Demands)
            {
                var verdict = demand.Verdict switch { GateVerdict.Pass => Word("good", "pass"), GateVerdict.Fail => Word("bad", "fail"), _ => Word("plain", "cannot tell") };
                page.Append($"<tr><th scope=\"row\"><code>{Encode(demand.Expression)}</code></th><td>{verdict}{(demand.Accepted && demand.Verdict != GateVerdict.Pass ? "<small>let pass</small>" : "")}</td><td>{Encode(demand.Reason)}</td></tr>\n");
            }
            page.Append("</tbody></table></div>\n");
        }
        page.Append("</section>\n");
    }

    static void Production(StringBuilder page, ReportData data)
    {
        if (data.Watch is not { } watch) return;
        page.Append("<section>\n<h2>In production</h2>\n");
        if (watch.Accuracy is { } accuracy)
        {
            var basis = $"n&nbsp;{Count(accuracy.N)} answers, {(accuracy.Audited > 0 ? $"{Count(accuracy.Audited)} of them audited" : "none audited")}";
            page.Append("<div class=\"figures\"><div class=\"figure\">").Append($"<span class=\"label\">accuracy of {Encode(accuracy.ModelName)} in {Encode(accuracy.Window)}</span>")
                .Append(accuracy.Known
                    ? $"<span class=\"value\">{Share(accuracy.Value)}</span><span class=\"interval\">{Percent(accuracy.Confidence, 0)} %: {Percent(accuracy.Low)}\u2009–\u2009{Percent(accuracy.High)}, {basis}</span>"
                    : $"<span class=\"value unknown\">cannot be known</span><span class=\"interval\">{basis}</span>")
                .Append($"</div></div>\n<p>{Encode(accuracy.Summary)}</p>\n");
        }
        if (watch.Drift is { } drift)
        {
            var (tone, word) = drift.Verdict switch { DriftVerdict.Drift => ("bad", "Drift"), DriftVerdict.NoDrift => ("good", "No drift"), _ => ("plain", "Cannot tell whether it drifts") };
            page.Append(Call(tone, word, drift.Summary));
            page.Append($"<div class=\"scroll\"><table>\n<thead><tr><th>what</th><th>{Encode(drift.Reference)} → production</th><th>statistic</th><th class=\"num\">value</th><th class=\"num\">alarm above</th><th class=\"num\">p</th><th></th></tr></thead>\n<tbody>\n");
            foreach (var test in drift.Tests)
                page.Append($"<tr><th scope=\"row\">{Encode(test.Name)}</th><td>{Encode(test.Effect)}</td><td>{Encode(test.Statistic)}</td><td class=\"num\">{Figure(test.Value)}</td><td class=\"num\">{Figure(test.Threshold)}</td><td class=\"num\">{Encode(P(test.P))}</td><td>{(test.Flagged ? Word("bad", "drift") : "")}</td></tr>\n");
            page.Append($"</tbody></table></div>\n<p class=\"faint\">{Count(drift.WindowN)} images against {Count(drift.ReferenceN)}, {Encode(drift.Resampling)}. False alarms: {Encode(drift.Budget.ToString())}. p counts all tests together.</p>\n");
        }
        page.Append("</section>\n");
    }

    static void Slices(StringBuilder page, ReportData data, CancellationToken token)
    {
        if (data.Slices is not { } slices) return;
        page.Append("<section class=\"sheet\">\n<h2>Edge cases</h2>\n");
        if (slices.Count == 0) page.Append("<p>No condition is confirmed under which production fails more often.</p>\n");
        for (var i = 0; i < slices.Count; i++)
        {
            var slice = slices[i];
            page.Append(CultureInfo.InvariantCulture, $"""
                <h3>{i + 1}. {Encode(char.ToUpperInvariant(slice.Text[0]) + slice.Text[1..])}</h3>
                <p class="faint">{Count(slice.Images)} images; error rate {Share(slice.ErrorRate.Value)} [{Interval(slice.ErrorRate)}] against {Share(slice.RateElsewhere)} elsewhere, q&nbsp;{Encode(P(slice.Q))}; {(slice.Known ? "errors known from labels or reports" : "errors expected from the model's calibrated doubt")}.{(slice.Images > slice.Worst.Count ? $" The worst {Count(slice.Worst.Count)}:" : "")}</p>

                """);
            Tiles(page, [.. slice.Worst.Where(data.SliceImages.ContainsKey).Select(id => new ReportTile(data.SliceImages[id], "", ""))], token);
        }
        page.Append("</section>\n");
    }

    static void Decision(StringBuilder page, ReportData data)
    {
        if (data.Decision is not { } decision) return;
        var (tone, word) = decision.Verdict switch
        {
            RetrainingVerdict.Retrain => ("good", "Retrain"),
            RetrainingVerdict.LabelFirst => ("plain", "Label first"),
            _ => ("plain", "Wait"),
        };
        page.Append($"<section>\n<h2>Does retraining pay?</h2>\n{Call(tone, word, decision.Summary)}");
        page.Append("<div class=\"scroll\"><table>\n<thead><tr><th class=\"num tight\">weight</th><th>reason</th></tr></thead>\n<tbody>\n");
        foreach (var reason in decision.Reasons)
            page.Append($"<tr><td class=\"num\">{(double.IsNaN(reason.Weight) ? "rule" : Encode(Signed(reason.Weight)))}</td><td>{Encode(reason.Text)}</td></tr>\n");
        page.Append(CultureInfo.InvariantCulture, $"</tbody></table></div>\n<p class=\"faint\">Weights are money over {decision.Costs.Horizon.TotalDays:0.#} days, in favour of retraining (+) or against it (−); rules hold whatever it costs.</p>\n");
        if (decision.Flips.Count > 0)
        {
            page.Append("<h3>What would change the answer</h3>\n<ul>\n");
            foreach (var flip in decision.Flips) page.Append($"<li>{Encode(flip.Text)}</li>\n");
            page.Append("</ul>\n");
        }
        page.Append("</section>\n");
    }

    static string Call(string tone, string word, string text) => $"<p class=\"call {tone}\"><strong>{Encode(word)}</strong> {Encode(text)}</p>\n";

    static string Word(string tone, string word) => $"<b class=\"{tone}\">{word}</b>";

    static string NameOf(ReportData data, string modelId) => data.Models.FirstOrDefault(m => m.Model.Id == modelId).Model is { } model ? $"{model.Name} ({modelId})" : modelId;
}
