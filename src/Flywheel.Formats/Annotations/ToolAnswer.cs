namespace Flywheel.Formats.Annotations;

/// <summary>What a tool's file says of one image.</summary>
public sealed record ToolAnswer
{
    /// <summary>The task's own key or image id, if the file carries one.</summary>
    public string? Key { get; init; }

    /// <summary>What the tool calls the file: a name, a path with either slash, an address.</summary>
    public string? File { get; init; }

    /// <summary>Name of the item in messages: <c>task 12</c>, <c>image 'a.png'</c>.</summary>
    public required string Item { get; init; }

    /// <summary>Where it stands.</summary>
    public required FilePlace Place { get; init; }

    /// <summary>How much it is worth.</summary>
    public ToolAnswerState State { get; init; }

    /// <summary>The labels of the whole image; none if it has none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The boxes; none if there is none.</summary>
    public IReadOnlyList<ToolBox> Boxes { get; init; } = [];

    /// <summary>Width of the picture as the tool knows it, or null.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the picture as the tool knows it, or null.</summary>
    public int? Height { get; init; }

    /// <summary>What makes its boxes useless: shapes that are no rectangles and the like.</summary>
    public IReadOnlyList<FlywheelException> Problems { get; init; } = [];

    /// <summary>Who says so, as the tool calls them; null if it does not tell.</summary>
    public string? By { get; init; }

    /// <summary>When, or null.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>True for the answer that the tool marks as the truth.</summary>
    public bool IsGroundTruth { get; init; }
}
