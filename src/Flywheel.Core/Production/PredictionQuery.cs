namespace Flywheel;

/// <summary>Which predictions to list.</summary>
public sealed record PredictionQuery
{
    /// <summary>Only of this model.</summary>
    public string? ModelId { get; init; }

    /// <summary>Only of images of this dataset.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only those made at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only the newest prediction of each image.</summary>
    public bool LatestPerImage { get; init; } = true;
}
