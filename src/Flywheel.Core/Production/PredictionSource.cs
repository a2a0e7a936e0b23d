namespace Flywheel;

/// <summary>Where a prediction was made.</summary>
public enum PredictionSource
{
    /// <summary>By Invoke-FlywheelPrediction or a stage of a loop.</summary>
    Batch,
    /// <summary>Answered by an endpoint.</summary>
    Endpoint,
    /// <summary>Made by an endpoint's challenger beside the answer; nobody has seen it.</summary>
    Shadow,
    /// <summary>By a model that runs elsewhere, brought in from its log.</summary>
    Import,
}
