namespace Flywheel.Engine.Drift;

/// <summary>Which window of production to compare with what.</summary>
public sealed record DriftRequest
{
    /// <summary>Only predictions made at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only predictions made before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only predictions of images of this dataset; those not predicted yet are predicted first.</summary>
    public string? Dataset { get; init; }

    /// <summary>Labelled dataset to compare with; null for the model's own test or validation images.</summary>
    public string? Reference { get; init; }

    /// <summary>Compare with so much production before the window instead; needs <see cref="Since"/>.</summary>
    public TimeSpan? Baseline { get; init; }

    /// <summary>How often it may alarm though nothing changed.</summary>
    public required FalseAlarmBudget Budget { get; init; }

    /// <summary>Tag whose equal values belong together (subject, photo, stream); null for the tag the reference was split by.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Predictions without the tag belong together when made in the same stretch of so much time; null: each stands alone.</summary>
    public TimeSpan? Block { get; init; }

    /// <summary>Seed of the resampling.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>At most this many telling images.</summary>
    public int Telling { get; init; } = 12;

    /// <summary>PNG file for the telling images beside the reference's, or null.</summary>
    public string? ContactSheet { get; init; }

    /// <summary>Whether the report is kept in the workspace.</summary>
    public bool Store { get; init; } = true;
}
