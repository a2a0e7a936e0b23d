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

    /// <summary>Tags that tell the groups; no condition is on them.</summary>
    public required IReadOnlyList<string> GroupTags { get; init; }

    /// <summary>The images the slices are to be of, the first; those after them only stand beside them.</summary>
    public required int Asked { get; init; }

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
        GroupTags = window.GroupBy is { } tag ? [tag] : [],
        Asked = window.Predictions.Count,
        Embeddings = window.Embeddings,
        HasEmbedding = window.HasEmbedding,
    };

    /// <summary>
    /// This beside another, without images of that which are here already. The other is taken as it is: its images are what the model was judged by,
    /// not a sample of anything, so each stands for itself.
    /// </summary>
    public SliceWindow Beside(SliceWindow other)
    {
        var ids = Images.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        other = other.Where(i => !ids.Contains(other.Images[i].Id));
        var width = Embeddings?.Dimensions ?? other.Embeddings?.Dimensions ?? 0;
        var shift = Groups is null || Groups.Length == 0 ? 0 : Groups.Max() + 1;
        return new SliceWindow
        {
            Name = $"{Name} and {other.Name}",
            Model = Model,
            Predictions = [.. Predictions, .. other.Predictions],
            Images = [.. Images, .. other.Images],
            Groups = Groups is null ? null : [.. Groups, .. Enumerable.Range(shift, other.Count)],
            GroupTags = [.. GroupTags.Union(other.GroupTags)],
            Asked = Count,
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
            GroupTags = GroupTags,
            Asked = rows.Count(i => i < Asked),
            Embeddings = Embeddings?.Rows(rows),
            HasEmbedding = [.. rows.Select(i => HasEmbedding[i])],
        };
    }
}
