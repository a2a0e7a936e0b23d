namespace Flywheel;

/// <summary>
/// An image drawn at random so that somebody says what it shows. Because its chance of being drawn is known, its label counts in an
/// unbiased estimate of production accuracy, which labels chosen for their difficulty do not.
/// </summary>
public sealed record AuditPick
{
    /// <summary>The image.</summary>
    public required string ImageId { get; init; }

    /// <summary>The model whose predictions are audited.</summary>
    public required string ModelId { get; init; }

    /// <summary>The stratum it was drawn from.</summary>
    public string Stratum { get; init; } = "";

    /// <summary>Chance in 0..1 with which each image of its stratum was drawn.</summary>
    public required double Probability { get; init; }

    /// <summary>The drawing it belongs to.</summary>
    public string Task { get; init; } = "";

    /// <summary>When it was drawn, UTC.</summary>
    public DateTimeOffset Time { get; init; }
}
