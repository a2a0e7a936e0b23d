namespace Flywheel;

/// <summary>What a key allows.</summary>
public enum EndpointRole
{
    /// <summary>Ask for predictions and list the models in service.</summary>
    Predict,
    /// <summary>Report on predictions.</summary>
    Feedback,
    /// <summary>Read predictions and their feedback back, and the metrics.</summary>
    Review,
    /// <summary>Everything, and stop the endpoint.</summary>
    Admin,
}
