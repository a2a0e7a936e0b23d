using System.Globalization;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Estimation;

namespace Flywheel.Engine.Production;

/// <summary>Draws images for audit: at random within strata of confidence, each with a known chance.</summary>
public static class AuditDrawing
{
    /// <summary>
    /// Draws and records what was drawn. All images of the dataset that can be looked at take part, labelled ones as well: leaving out those
    /// somebody chose to label for their difficulty would bend the estimate. A later drawing of the same seed draws other images.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model whose predictions are audited.</param>
    /// <param name="request">Dataset, budget and seed.</param>
    /// <param name="reporter">Gets progress, faults and what was drawn.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <returns>In random order; fewer than the budget if there are not enough.</returns>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>; what loading the model raises.</exception>
    public static IReadOnlyList<SelectedImage> Draw(Workspace workspace, Model model, SelectionRequest request, IReporter reporter, CancellationToken token, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var dataset = workspace.GetDataset(request.Dataset);
        var excluded = request.Exclude.ToHashSet(StringComparer.Ordinal);
        var images = workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name }).Where(i => i.Path.Length > 0 && !excluded.Contains(i.Id)).ToList();
        using var session = new ScoringSession(workspace, model, reporter);
        var scored = session.ScoreAll(images, false, $"Scoring {dataset.Name}", reporter, token);
        if (scored.Count == 0)
        {
            reporter.Warning($"'{dataset.Name}' has no pictures to draw from.");
            return [];
        }
        if (scored.Count < request.Budget)
            reporter.Warning($"'{dataset.Name}' has only {scored.Count:N0} pictures; all are drawn.");

        double[] confidence = [.. scored.Select(s => (double)s.Probabilities[s.Winner])];
        var cuts = StratifiedAudit.Cuts(confidence, StratifiedAudit.StrataFor(request.Budget));
        var strata = Enumerable.Range(0, scored.Count).GroupBy(i => StratifiedAudit.StratumOf(confidence[i], cuts)).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => g.ToArray());
        var sizes = StratifiedAudit.Allocate([.. strata.Values.Select(s => s.Length)], [.. strata.Values.Select(s => s.Average(i => confidence[i]))], request.Budget);
        var earlier = workspace.Catalogue.AuditPicks(model.Id).Select(p => p.Task).Distinct(StringComparer.Ordinal).Count();
        var random = new SeededRandom(request.Seed, earlier);
        var now = (time ?? TimeProvider.System).GetUtcNow();
        var task = string.Create(CultureInfo.InvariantCulture, $"audit {earlier + 1} of {dataset.Name}");
        var drawn = new List<(SelectedImage Image, AuditPick Pick)>();
        foreach (var ((at, members), size) in strata.Zip(sizes))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"confidence up to {cuts[at]:0.####}");
            foreach (var chosen in random.Sample(members.Length, size))
            {
                var i = members[chosen];
                drawn.Add((new SelectedImage(0, scored[i].Image, confidence[i], string.Create(CultureInfo.InvariantCulture, $"drawn at random, {size:N0} of {members.Length:N0} with {name}"), true),
                    new AuditPick { ImageId = scored[i].Image.Id, ModelId = model.Id, Stratum = name, Probability = size / (double)members.Length, Task = task, Time = now }));
            }
        }
        // Mixed, so that who labels does not see which stratum an image is of.
        var order = random.Permutation(drawn.Count);
        workspace.Catalogue.AddAuditPicks([.. order.Select(i => drawn[i].Pick)]);
        reporter.Information($"Drew {drawn.Count:N0} of {scored.Count:N0} images of '{dataset.Name}' at random in {strata.Count} strata of confidence ({task}).");
        return [.. order.Select((i, at) => drawn[i].Image with { Rank = at + 1 })];
    }
}
