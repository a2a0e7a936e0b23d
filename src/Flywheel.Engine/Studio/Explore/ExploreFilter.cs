using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio.Explore;

/// <summary>What somebody asks of the catalogue, as they write it.</summary>
public sealed record ExploreFilter
{
    /// <summary>Only images of this dataset.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only images with one of these labels.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>True: only labelled images. False: only unlabelled ones.</summary>
    public bool? Labelled { get; init; }

    /// <summary>The model whose predictions count, by name, alias or id; null for the newest prediction of any.</summary>
    public string? Model { get; init; }

    /// <summary>Only images predicted so.</summary>
    public IReadOnlyList<string> Predicted { get; init; } = [];

    /// <summary>True: only images whose prediction differs from their label. False: only those where both agree.</summary>
    public bool? Disagrees { get; init; }

    /// <summary>Conditions such as <c>width&lt;=50</c>.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];

    /// <summary>Conditions such as <c>camera=c*</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only images of this split; needs a dataset.</summary>
    public DataSplit? Split { get; init; }

    /// <summary>Only images whose label comes from there.</summary>
    public IReadOnlyList<AnnotationProvenance> Sources { get; init; } = [];

    /// <summary>Only images of this slice: the key of a <see cref="SliceChoice"/>.</summary>
    public string? Slice { get; init; }

    /// <summary>no: those left out of their datasets are not shown; also: they are; only: nothing else is.</summary>
    public string Excluded { get; init; } = "no";

    /// <summary>Only these images; null for all.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>One of <see cref="ImageBrowse.Orders"/>.</summary>
    public string Order { get; init; } = ImageBrowse.ByArrival;

    /// <summary>The largest or newest first.</summary>
    public bool Descending { get; init; }

    /// <summary>What the catalogue is asked.</summary>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>, <c>ModelNotFound</c>, <c>SliceNotFound</c>, <c>InvalidPropertyCondition</c>, <c>InvalidTagCondition</c>, <c>InvalidOption</c>.</exception>
    public ImageBrowse ToBrowse(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in Tags)
        {
            var at = tag.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == tag.Length - 1)
                throw new FlywheelException("InvalidTagCondition", FaultCategory.InvalidArgument, $"'{tag}' is not a condition on a tag.", tag, "Write the tag's name and value, for example 'camera=front'; * and ? are wildcards.");
            if (!tags.TryAdd(tag[..at].Trim(), tag[(at + 1)..].Trim()))
                throw new FlywheelException("InvalidTagCondition", FaultCategory.InvalidArgument, $"There are two conditions on the tag '{tag[..at].Trim()}'.", tag, "Give one; * and ? are wildcards.");
        }
        if (Excluded is not ("no" or "also" or "only")) throw new FlywheelException("InvalidOption", FaultCategory.InvalidArgument, $"'{Excluded}' says nothing about excluded images.", Excluded, "Say no, also or only.");
        IReadOnlyCollection<string>? ids = Ids;
        if (Slice is { } key)
        {
            var inSlice = SliceChoice.Find(workspace, key).ImageIds;
            ids = ids is null ? inSlice : [.. ids.Intersect(inSlice, StringComparer.Ordinal)];
        }
        return new ImageBrowse
        {
            Filter = new ImageQuery
            {
                Dataset = Dataset is { } dataset ? workspace.GetDataset(dataset).Name : null,
                Labels = Labels.Count > 0 ? Labels : null,
                Labelled = Labelled,
                Split = Split,
                Tags = tags.Count > 0 ? tags : null,
                Properties = [.. Properties.Select(PropertyCondition.Parse)],
                Ids = ids,
                IncludeExcluded = Excluded != "no",
            },
            OnlyExcluded = Excluded == "only",
            Provenances = Sources.Count > 0 ? Sources : null,
            ModelId = Model is { } model ? workspace.GetModel(model).Id : null,
            Predicted = Predicted.Count > 0 ? Predicted : null,
            Disagrees = Disagrees,
            Order = Order,
            Descending = Descending,
        };
    }
}
