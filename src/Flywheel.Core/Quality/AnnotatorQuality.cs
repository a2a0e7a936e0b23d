using System.Globalization;

namespace Flywheel;

/// <summary>How far one annotator's labels can be trusted, as far as the others' tell.</summary>
public sealed record AnnotatorQuality
{
    /// <summary>Who.</summary>
    public required string Annotator { get; init; }

    /// <summary>Images the annotator has an opinion of.</summary>
    public int Votes { get; init; }

    /// <summary>
    /// Share of the images with opinions of others in which the annotator's label is the one the others' opinions point to (Wilson's interval);
    /// the annotator's own opinion does not count. NaN without such images.
    /// </summary>
    public required Metric Agreement { get; init; }

    /// <summary>Estimated chance that a label of the annotator is right, 0..1 (Dawid and Skene, 1979).</summary>
    public double Accuracy { get; init; }

    /// <summary>The same by true label.</summary>
    public IReadOnlyDictionary<string, double> Recall { get; init; } = new Dictionary<string, double>();

    /// <summary>The dataset.</summary>
    public string Dataset { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Annotator}: {Agreement}");
}
