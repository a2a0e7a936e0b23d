namespace Flywheel.PowerShell;

/// <summary>A prediction given as object or id; anything that carries a prediction will do.</summary>
public sealed class PredictionReference
{
    /// <summary>From an id, or its first digits (at least eight).</summary>
    public PredictionReference(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        Id = id;
    }

    /// <summary>From a prediction.</summary>
    public PredictionReference(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        Id = prediction.Id;
    }

    /// <summary>From a failure.</summary>
    public PredictionReference(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Id = failure.Prediction.Id;
    }

    /// <summary>What the prediction is called by.</summary>
    public string Id { get; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}
