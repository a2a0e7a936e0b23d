using Flywheel.Insight;

namespace Flywheel.Engine.Production.Slices;

/// <summary>What is searched: a scored window, or two side by side.</summary>
sealed class SliceWindow
{
    public required string Name { get; init; }

    public required Model Model { get; init; }

    public required IReadOnlyList<Prediction> Predictions { get; init; }

    public required IReadOnlyList<FlywheelImage> Images { get; init; }

    public required int[]? Groups { get; init; }

    public required string? GroupBy { get; init; }

    public required EmbeddingMatrix? Embeddings { get; init; }

    public required IReadOnlyList<bool> HasEmbedding { get; init; }

    public int Count => Predictions.Count;

    public static SliceWindow Of(ScoredWindow window) => new()
    {
        Name = window.Name,
        Model = window.Model,
        Predictions = window.Predictions,
        Images = window.Images,
        Groups = window.Groups,
        GroupBy = window.GroupBy,
        Embeddings = window.Embeddings,
        HasEmbedding = window.HasEmbedding,
    };

    /// <summary>Both, without images of the other that are here already.</summary>
    public SliceWindow Join(SliceWindow other)
    {
        var ids = Images.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        other = other.Where(i => !ids.Contains(other.Images[i].Id));
        var width = Embeddings?.Dimensions ?? other.Embeddings?.Dimensions ?? 0;
        var shift = Groups is null ? Count : Groups.Length == 0 ? 0 : Groups.Max() + 1;
        return new SliceWindow
        {
            Name = $"{Name} and {other.Name}",
            Model = Model,
            Predictions = [.. Predictions, .. other.Predictions],
            Images = [.. Images, .. other.Images],
            Groups = Groups is null && other.Groups is null ? null
                : [.. Groups ?? Enumerable.Range(0, Count), .. (other.Groups ?? Enumerable.Range(0, other.Count)).Select(g => g + shift)],
            GroupBy = GroupBy ?? other.GroupBy,
            Embeddings = width == 0 ? null : new EmbeddingMatrix([.. Values(this, width), .. Values(other, width)], Count + other.Count, width),
            HasEmbedding = [.. HasEmbedding, .. other.HasEmbedding],
        };

        static float[] Values(SliceWindow window, int width)
        {
            var values = new float[window.Count * width];
            if (window.Embeddings is not null)
                for (var i = 0; i < window.Count; i++) window.Embeddings[i].CopyTo(values.AsSpan(i * width));
            return values;
        }
    }

    public SliceWindow Where(Func<int, bool> keep)
    {
        int[] rows = [.. Enumerable.Range(0, Count).Where(keep)];
        return new SliceWindow
        {
            Name = Name,
            Model = Model,
            Predictions = [.. rows.Select(i => Predictions[i])],
            Images = [.. rows.Select(i => Images[i])],
            Groups = Groups is null ? null : [.. rows.Select(i => Groups[i])],
            GroupBy = GroupBy,
            Embeddings = Embeddings?.Rows(rows),
            HasEmbedding = [.. rows.Select(i => HasEmbedding[i])],
        };
    }
}
