namespace Flywheel;

/// <summary>One image of a queue.</summary>
public sealed record QueueItem
{
    /// <summary>The image.</summary>
    public required string ImageId { get; init; }

    /// <summary>Its place, from 0.</summary>
    public int Position { get; init; }

    /// <summary>What another tool calls it; the image id's first twelve digits unless said otherwise.</summary>
    public string Key { get; init; } = "";

    /// <summary>The label it had when it was sent.</summary>
    public string? SentLabel { get; init; }

    /// <summary>The boxes it had when it was sent.</summary>
    public IReadOnlyList<LabelBox>? SentBoxes { get; init; }

    /// <summary>Higher comes first; equal ones by place.</summary>
    public double Priority { get; init; }

    /// <summary>How far it is; set by the catalogue.</summary>
    public QueueItemState State { get; init; }

    /// <summary>Who answered or has it on the screen, with commas; empty if nobody.</summary>
    public string By { get; init; } = "";

    /// <summary>What was written when it was set aside, or null.</summary>
    public string? Note { get; init; }
}
