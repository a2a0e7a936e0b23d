namespace Flywheel.Engine.Quality;

/// <summary>Where and how to look for wrong labels.</summary>
public sealed record LabelErrorRequest
{
    /// <summary>Dataset whose labels are judged.</summary>
    public required string Dataset { get; init; }

    /// <summary>Model whose embeddings the classifier reads. Null: <see cref="Backbone"/>; without that, the newest model trained on the dataset; without one, a small network is trained in every fold.</summary>
    public Model? Model { get; init; }

    /// <summary>Path of an ONNX feature network the classifier reads, absolute; or null.</summary>
    public string? Backbone { get; init; }

    /// <summary>True: train a small network in every fold, whatever models there are.</summary>
    public bool Retrain { get; init; }

    /// <summary>Parts the images are divided into, each judged by a classifier that learned from the others, 2..50.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>How often, each time with other folds; probabilities are averaged. 1..100. Null: 3 with features, 1 if networks are trained.</summary>
    public int? Repeats { get; init; }

    /// <summary>True: images of one group are in one fold.</summary>
    public bool GroupedFolds { get; init; }

    /// <summary>Tag whose equal values are a group; means grouped folds. Null: the tag the dataset was split by.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Least lead of another label that is a clear disagreement, 0..1.</summary>
    public double Margin { get; init; } = 0.5;

    /// <summary>True: every judged image, not only the flagged ones.</summary>
    public bool All { get; init; }

    /// <summary>PNG file for a contact sheet, or null.</summary>
    public string? ContactSheet { get; init; }

    /// <summary>Seed of the folds and of what is trained.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Epochs of a network trained in a fold, 1..1000.</summary>
    public int Epochs { get; init; } = 12;
}
