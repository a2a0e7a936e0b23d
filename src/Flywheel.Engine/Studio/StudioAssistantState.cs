namespace Flywheel.Engine.Studio;

/// <summary>How good the assistant is at a queue.</summary>
public sealed record StudioAssistantState
{
    /// <summary>How often it is right, with interval and n; null while that is not known.</summary>
    public Metric? Accuracy { get; init; }

    /// <summary>Labels it learned from.</summary>
    public int LearnedFrom { get; init; }

    /// <summary>About how many more labels until labelling by itself would open; null if not known.</summary>
    public int? LabelsUntilAutomatic { get; init; }

    /// <summary>True if more labels are not expected to help.</summary>
    public bool WillNotPay { get; init; }

    /// <summary>Accuracy as it grew: labels learned from and accuracy then, oldest first.</summary>
    public IReadOnlyList<(int Labels, double Accuracy)> Curve { get; init; } = [];

    /// <summary>In a sentence: what it is and what the figures rest on.</summary>
    public string Text { get; init; } = "";
}
