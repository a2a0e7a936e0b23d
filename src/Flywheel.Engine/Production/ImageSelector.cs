using Flywheel.Engine.Workspaces;
using Flywheel.Insight;
using Flywheel.Insight.Selection;
using Flywheel.Insight.Suspicion;

namespace Flywheel.Engine.Production;

/// <summary>Chooses which images of a dataset are most worth labelling.</summary>
public static class ImageSelector
{
    /// <summary>
    /// Chooses. The pool is the dataset's images without a label that are not set aside for validation or test: choosing those by what a
    /// model finds hard would bend every later judgement.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model whose scores guide the choice; may be null for <see cref="SelectionStrategy.Random"/>.</param>
    /// <param name="request">What and how.</param>
    /// <param name="reporter">Gets progress, faults, and a line on what was there to choose from.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <returns>In order of choice; fewer than the budget if there are not enough.</returns>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>; <c>ImageNotFound</c>; <c>InvalidBudget</c>; <c>ModelRequired</c>; <c>EmbeddingsRequired</c>; what loading the model raises.</exception>
    public static IReadOnlyList<SelectedImage> Select(Workspace workspace, Model? model, SelectionRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        if (request.Budget < 1) throw new FlywheelException("InvalidBudget", FaultCategory.InvalidArgument, $"A budget of {request.Budget} chooses nothing.", request.Budget, "Give a number of at least 1.");
        if (model is null && request.Strategy != SelectionStrategy.Random)
            throw new FlywheelException("ModelRequired", FaultCategory.InvalidArgument, $"The strategy {request.Strategy} needs a model.", request.Strategy, "Name one with -Model, or choose with -Strategy Random.");

        if (request.Strategy == SelectionStrategy.Audit) return AuditDrawing.Draw(workspace, model!, request, reporter, token);

        var dataset = workspace.GetDataset(request.Dataset);
        var exclude = request.Exclude.Select(id => id.Length == 64 ? id : workspace.Catalogue.FindImage(id)?.Id
            ?? throw new FlywheelException("ImageNotFound", FaultCategory.NotFound, $"No image '{id}' in the catalogue.", id, "Give the image, its id, or at least six of the id's first digits.")).ToHashSet();
        var images = workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name, HasPicture = true, Labelled = request.IncludeLabelled ? null : false })
            .Where(i => i.Split is DataSplit.None or DataSplit.Train && !exclude.Contains(i.Id)).ToList();
        token.ThrowIfCancellationRequested();

        SelectionPool pool;
        if (request.Strategy == SelectionStrategy.Random)
        {
            pool = new SelectionPool { Count = images.Count, Classes = Math.Max(2, model?.Labels.Count ?? 2) };
        }
        else
        {
            var flip = request.Strategy is SelectionStrategy.Margin or SelectionStrategy.Auto or SelectionStrategy.Diverse;
            using var session = new ScoringSession(workspace, model!, reporter);
            var scored = session.ScoreAll(images, flip, $"Scoring {dataset.Name}", reporter, token);
            images = [.. scored.Select(s => s.Image)];
            pool = Pool(model!, request, scored, flip);
        }

        var of = request.IncludeLabelled ? "images" : "unlabelled images";
        if (images.Count == 0)
        {
            reporter.Warning($"'{dataset.Name}' has no {of} to choose from.");
            return [];
        }
        if (images.Count < request.Budget)
            reporter.Warning($"'{dataset.Name}' has only {images.Count:N0} {of} to choose from; all are chosen, {request.Budget - images.Count:N0} of the budget of {request.Budget:N0} are left.");
        var picks = ImageSelection.Select(pool, request.Strategy, request.Budget, request.Seed, token);
        if (images.Count >= request.Budget)
            reporter.Information($"Chose {picks.Count:N0} of {images.Count:N0} {of} of '{dataset.Name}' by {request.Strategy}{(picks.Any(p => p.Random) && request.Strategy != SelectionStrategy.Random ? $", {picks.Count(p => p.Random)} of them at random" : "")}.");
        return [.. picks.Select((p, at) => new SelectedImage(at + 1, images[p.Index], p.Score, p.Reason, p.Random))];
    }

    static SelectionPool Pool(Model model, SelectionRequest request, IReadOnlyList<ScoredImage> scored, bool flip)
    {
        var k = model.Labels.Count;
        var probabilities = new float[scored.Count * k];
        for (var i = 0; i < scored.Count; i++) ((flip ? scored[i].FlipProbabilities : null) ?? scored[i].Probabilities).CopyTo(probabilities, i * k);
        var dimensions = scored.Count == 0 ? 0 : scored[0].Embedding.Length;
        if (dimensions == 0 && scored.Count > 0 && request.Strategy is SelectionStrategy.Diverse or SelectionStrategy.Typical)
            throw new FlywheelException("EmbeddingsRequired", FaultCategory.InvalidOperation, $"The model '{model.Name}' gives no embeddings, which the strategy {request.Strategy} needs.", model.Name,
                "Choose by Auto or Margin.");
        var pool = new SelectionPool
        {
            Count = scored.Count,
            Classes = k,
            Probabilities = probabilities,
            Embeddings = dimensions == 0 ? null : new EmbeddingMatrix([.. scored.SelectMany(s => s.Embedding)], scored.Count, dimensions),
            PerceptualHashes = [.. scored.Select(s => s.Image.PerceptualHash)],
        };
        if (request.Strategy != SelectionStrategy.Failure) return pool;
        var predictions = scored.Select(s => s.ToPrediction(model, DateTimeOffset.UnixEpoch)).ToList();
        return pool with
        {
            KnownFailures = [.. scored.Select((s, i) => (request.Truth is { } truth ? truth(s.Image.Id) : s.Image.Provenance == AnnotationProvenance.Auto ? null : s.Image.Label) is { } is_ && is_ != predictions[i].Label)],
            Suspicions = [.. predictions.Select(p => SuspicionScorer.Doubt(p.Confidence, k, null))],
        };
    }
}
