namespace Flywheel;

/// <summary>A prediction known or suspected to be wrong.</summary>
public sealed record Failure
{
    /// <summary>1 is the worst.</summary>
    public int Rank { get; init; }

    /// <summary>The image.</summary>
    public required FlywheelImage Image { get; init; }

    /// <summary>The prediction.</summary>
    public required Prediction Prediction { get; init; }

    /// <summary>True: wrong by a known label or by what a user reports. False: only suspected.</summary>
    public bool Known { get; init; }

    /// <summary>Probability of being wrong, or its best stand-in, in 0..1; known failures have 1.</summary>
    public double Score { get; init; }

    /// <summary>Why, in words: "is closed, predicted open with 0.93", "reported wrong by ann: “glare”; predicted open with 0.93", "margin 0.04", "farther from training than 99 % of it".</summary>
    public required string Reason { get; init; }

    /// <summary>Appearance cluster among the failures, from 1; 0 if too few to group.</summary>
    public int Group { get; init; }

    /// <summary>The image's id, so that a failure pipes into whatever takes image ids.</summary>
    public string ImageId => Image.Id;

    /// <summary>The name of the image's file.</summary>
    public string Name => Image.Name;

    /// <summary>Predicted label.</summary>
    public string Predicted => Prediction.Label;

    /// <summary>Known label, or null.</summary>
    public string? Truth => Prediction.Truth;

    /// <summary>Confidence of the prediction.</summary>
    public double Confidence => Prediction.Confidence;
}
