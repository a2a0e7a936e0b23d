using System.Globalization;

namespace Flywheel;

/// <summary>What a training is going to do, before it does it.</summary>
public sealed record TrainingPlan
{
    /// <summary>Name the model will have.</summary>
    public required string Name { get; init; }

    /// <summary>Network in words.</summary>
    public required string Architecture { get; init; }

    /// <summary>Labels in output order.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Input of the network.</summary>
    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>Training images of the source.</summary>
    public int TrainingImages { get; init; }

    /// <summary>Validation images.</summary>
    public int ValidationImages { get; init; }

    /// <summary>Labelled production images.</summary>
    public int TargetImages { get; init; }

    /// <summary>Unlabelled production images.</summary>
    public int UnlabeledImages { get; init; }

    /// <summary>The stages in order, such as "train 30 epochs".</summary>
    public required IReadOnlyList<string> Stages { get; init; }

    /// <summary>Threads it will run on.</summary>
    public int Threads { get; init; }

    /// <summary>Expected wall time, from a few timed steps on this machine.</summary>
    public TimeSpan Expected { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var c = CultureInfo.InvariantCulture;
        var images = string.Create(c, $"{TrainingImages:N0} training and {ValidationImages:N0} validation images")
            + (TargetImages > 0 ? string.Create(c, $", {TargetImages:N0} labelled from production") : "")
            + (UnlabeledImages > 0 ? string.Create(c, $", {UnlabeledImages:N0} unlabelled") : "");
        var time = Expected.TotalSeconds < 90 ? string.Create(c, $"{Math.Max(1, Math.Ceiling(Expected.TotalSeconds)):N0} s") : string.Create(c, $"{Expected.TotalMinutes:N1} min");
        return $"{images}; {Architecture}; {string.Join(", ", Stages)}; about {time} on {Threads} thread{(Threads == 1 ? "" : "s")}";
    }
}
