using System.Globalization;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight;
using Flywheel.Insight.Projection;

namespace Flywheel.Engine.Studio.Explore;

/// <summary>Images laid out by the first two principal components of a model's embeddings. Only what was scored before is there: nothing is scored for it.</summary>
public sealed record EmbeddingMap
{
    /// <summary>Most points drawn.</summary>
    public const int Most = 20_000;

    /// <summary>The model.</summary>
    public required Model Model { get; init; }

    /// <summary>The points.</summary>
    public required IReadOnlyList<MapPoint> Points { get; init; }

    /// <summary>Images asked for.</summary>
    public int Images { get; init; }

    /// <summary>Of those looked up, the ones without an embedding of this model.</summary>
    public int Missing { get; init; }

    /// <summary>Length of an embedding; 0 if there is none.</summary>
    public int Dimensions { get; init; }

    /// <summary>Share of the variance that each of the two directions explains.</summary>
    public IReadOnlyList<double> Explained { get; init; } = [];

    /// <summary>What is drawn and what it rests on, in a sentence or two.</summary>
    public required string Text { get; init; }

    /// <summary>Lays images out.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model whose embeddings count.</param>
    /// <param name="filter">Which images; its order does not matter.</param>
    /// <param name="seed">Seed of the drawing where there are too many.</param>
    /// <param name="most">Most points.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <exception cref="FlywheelException">What <see cref="ExploreFilter.ToBrowse"/> raises.</exception>
    public static EmbeddingMap Of(Workspace workspace, Model model, ExploreFilter filter, long seed, int most, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        var images = ExploreService.All(workspace, filter, token);
        var total = images.Count;
        if (total > most)
        {
            var drawn = new SeededRandom(seed).Sample(total, most);
            Array.Sort(drawn);
            images = [.. drawn.Select(i => images[i])];
        }
        List<ScoredImage> known = [];
        if (model.Labels.Count > 0)
        {
            using var session = new ScoringSession(workspace, model, NullReporter.Instance, store: false);
            foreach (var image in images)
            {
                token.ThrowIfCancellationRequested();
                if (session.Known(image) is { Embedding.Length: > 0 } scored) known.Add(scored);
            }
        }
        var missing = images.Count - known.Count;
        var d = known.Count == 0 ? 0 : known[0].Embedding.Length;
        var counts = string.Create(CultureInfo.InvariantCulture, $"{known.Count:N0} of {total:N0} images{(total > images.Count ? string.Create(CultureInfo.InvariantCulture, $", from {images.Count:N0} drawn at random (seed {seed})") : "")}");
        if (known.Count < 2)
            return new EmbeddingMap
            {
                Model = model,
                Points = [],
                Images = total,
                Missing = missing,
                Dimensions = d,
                Text = string.Create(CultureInfo.InvariantCulture, $"{(known.Count == 0 ? "None" : "One")} of {total:N0} images has an embedding of '{model.Name}'; two at least are needed. Scoring them makes embeddings: Get-FlywheelImage{(filter.Dataset is { } set ? $" -Dataset '{set}'" : "")} | Invoke-FlywheelPrediction -Model '{model.Name}'"),
            };
        var values = new float[known.Count * d];
        for (var i = 0; i < known.Count; i++) known[i].Embedding.CopyTo(values, i * d);
        var matrix = new EmbeddingMatrix(values, known.Count, d);
        var components = PrincipalComponents.Fit(matrix, Math.Min(2, d), token);
        var at = components.Project(matrix);
        var k = Math.Min(2, d);
        IReadOnlyList<double> explained = [.. components.Explained, .. k < 2 ? [0.0] : Array.Empty<double>()];
        return new EmbeddingMap
        {
            Model = model,
            Points = [.. known.Select((s, i) => new MapPoint(s.Image.Id, at[i * k], k < 2 ? 0 : at[i * k + 1], s.Image.Label, model.Labels[s.Winner], s.Probabilities[s.Winner], s.Image.Split))],
            Images = total,
            Missing = missing,
            Dimensions = d,
            Explained = explained,
            Text = string.Create(CultureInfo.InvariantCulture, $"{counts}. Principal components of the {d} numbers '{model.Name}' makes of each image: the first two tell {100 * (explained[0] + explained[1]):0.0} % of the variance, so points that lie apart are different, and points that lie together may still be.{(missing > 0 ? string.Create(CultureInfo.InvariantCulture, $" {missing:N0} have no embedding of this model.") : "")}"),
        };
    }
}
