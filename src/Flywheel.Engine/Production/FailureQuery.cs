namespace Flywheel.Engine.Production;

/// <summary>Which failures to look for.</summary>
public sealed record FailureQuery
{
    /// <summary>Dataset to look in; images without a prediction of the model are predicted first. Null: every stored prediction of the model.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only predictions made at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Report predictions that are wrong by a known label or by what their users say.</summary>
    public bool Known { get; init; } = true;

    /// <summary>Report suspicious predictions of which nobody has said whether they are right.</summary>
    public bool Suspected { get; init; } = true;

    /// <summary>A second model whose disagreement is suspicious. Null: the one whose shadow predictions of these images are the newest, if there is one.</summary>
    public Model? Challenger { get; init; }

    /// <summary>At most this many.</summary>
    public int First { get; init; } = int.MaxValue;

    /// <summary>Suspected ones need at least this score, 0..1.</summary>
    public double MinScore { get; init; } = 0.2;

    /// <summary>PNG file for a contact sheet, or null.</summary>
    public string? ContactSheet { get; init; }

    /// <summary>Seed of grouping and of the training sample distances are measured to.</summary>
    public long Seed { get; init; } = 1;
}
