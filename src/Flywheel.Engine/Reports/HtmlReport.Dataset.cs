using System.Globalization;
using System.Text;
using static Flywheel.Engine.Reports.ReportText;

namespace Flywheel.Engine.Reports;

/// <summary>The page of a data set's check.</summary>
static partial class HtmlReport
{
    const int FindingTiles = 24;

    /// <summary>One file: the detectors by status, then pictures of what each found.</summary>
    /// <param name="report">The check.</param>
    /// <param name="paths">Files of the images, by id.</param>
    /// <param name="token">Obeyed between pictures.</param>
    public static string RenderDataset(DatasetReport report, IReadOnlyDictionary<string, string> paths, CancellationToken token)
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
            <title>{Encode(report.Dataset)}: check of the data</title>
            <style>{Style()}</style>
            </head>
            <body>
            <main>
            <header>
            <p class="kicker">Flywheel · check of a data set</p>
            <h1>{Encode(report.Dataset)}</h1>
            <p class="faint">{report.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC · version <code>{Encode(report.DatasetVersion.Length > 12 ? report.DatasetVersion[..12] : report.DatasetVersion)}</code> · {Count(report.Images)} images · {Encode(Duration(report.Duration))}</p>
            </header>
            <section>
            <p>{Encode(report.Summary)}.</p>
            <div class="scroll"><table>
            <thead><tr><th>detector</th><th>status</th><th class="num">flagged</th><th class="num">share<small>95 %</small></th><th>finding</th></tr></thead>
            <tbody>

            """);
        foreach (var d in report.Detectors)
        {
            var (tone, word) = d.Status switch
            {
                DetectorStatus.Fail => ("bad", "critical"),
                DetectorStatus.Warning => ("plain", "warning"),
                DetectorStatus.NotRun => ("faint", "not run"),
                _ => ("good", "passed"),
            };
            page.Append($"<tr><th scope=\"row\">{Encode(d.Name)}</th><td><b class=\"{tone}\">{word}</b></td><td class=\"num\">{Count(d.Flagged)}</td>");
            page.Append(d.Share is { } share ? $"<td class=\"num\">{Share(share.Value)}<small>{Interval(share)}</small></td>" : "<td></td>");
            page.Append($"<td>{Encode(d.Summary)}</td></tr>\n");
        }
        page.Append("</tbody></table></div>\n");
        foreach (var note in report.Notes) page.Append($"<p class=\"faint\">{Encode(note)}</p>\n");
        page.Append("</section>\n");
        foreach (var d in report.Detectors.Where(d => d.Findings.Any(f => f.Path.Length > 0)))
        {
            var tiles = new List<ReportTile>();
            foreach (var finding in d.Findings.Where(f => f.Path.Length > 0).Take(FindingTiles))
            {
                tiles.Add(new ReportTile(finding.Path, finding.Label ?? finding.Name, finding.Text, "bad"));
                if (finding.RelatedImageId is { } other && paths.GetValueOrDefault(other) is { Length: > 0 } path) tiles.Add(new ReportTile(path, Path.GetFileName(path), "the other one"));
            }
            Gallery(page, new ReportGallery(d.Name, $"{d.Summary}. The plainest {Math.Min(FindingTiles, d.Flagged)} of {Count(d.Flagged)}.", tiles), token);
        }
        page.Append("</main>\n</body>\n</html>\n");
        return page.ToString();
    }
}
