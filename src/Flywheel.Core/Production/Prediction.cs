namespace Flywheel;

/// <summary>One scored image.</summary>
public sealed record Prediction
{
    /// <summary>Unique id, sortable by time (UUID version 7).</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the image's bytes.</summary>
    public required string ImageId { get; init; }

    /// <summary>Where the image lay; empty if the picture was not kept.</summary>
    public required string Path { get; init; }

    /// <summary>Model that scored it.</summary>
    public required string ModelId { get; init; }

    /// <summary>The winning label.</summary>
    public required string Label { get; init; }

    /// <summary>Calibrated probability of <see cref="Label"/> in 0..1.</summary>
    public double Confidence { get; init; }

    /// <summary>Difference between the two highest probabilities in 0..1.</summary>
    public double Margin { get; init; }

    /// <summary>Entropy of the probabilities, divided by ln(number of labels): 0..1.</summary>
    public double Entropy { get; init; }

    /// <summary>Probability by label.</summary>
    public required IReadOnlyDictionary<string, double> Scores { get; init; }

    /// <summary>What is true, if anybody has said; the catalogue's label at the time of the query.</summary>
    public string? Truth { get; init; }

    /// <summary>The newest report on it, or null.</summary>
    public Feedback? Feedback { get; init; }

    /// <summary>Where <see cref="Truth"/> is known, whether it is <see cref="Label"/>; else what the newest report says; null if nobody has said.</summary>
    public bool? Correct => Truth is not null ? Truth == Label : Feedback is null ? null : Feedback.Verdict == FeedbackVerdict.Right;

    /// <summary>Metadata the caller gave with this request (camera, line, shift).</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it was made.</summary>
    public PredictionSource Source { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>File name without its folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}
