namespace Flywheel.Engine.Production;

/// <summary>Which failures to look for.</summary>
public sealed record FailureQuery
{
    /// <summary>Dataset to look in; images without a prediction of the model are predicted first. Null: every stored prediction of the model.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only predictions made at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Report predictions that differ from a known label.</summary>
    public bool Known { get; init; } = true;

    /// <summary>Report suspicious predictions of images without a label.</summary>
    public bool Suspected { get; init; } = true;

    /// <summary>At most this many.</summary>
    public int First { get; init; } = int.MaxValue;

    /// <summary>Suspected ones need at least this score, 0..1.</summary>
    public double MinScore { get; init; } = 0.2;

    /// <summary>PNG file for a contact sheet, or null.</summary>
    public string? ContactSheet { get; init; }

    /// <summary>Seed of grouping and of the training sample distances are measured to.</summary>
    public long Seed { get; init; } = 1;
}
