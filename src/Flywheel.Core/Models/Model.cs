namespace Flywheel;

/// <summary>
/// A trained model: an immutable folder with the ONNX file, its description and the weights to continue from. Or, without a folder, one
/// that runs elsewhere and is known by its predictions.
/// </summary>
public sealed record Model
{
    /// <summary>The first sixteen digits of the SHA-256 of the ONNX file; of a model that runs elsewhere, of its name.</summary>
    public required string Id { get; init; }

    /// <summary>Name given by the user or made from dataset, preset and number.</summary>
    public required string Name { get; init; }

    /// <summary>The model's folder, absolute; empty if it runs elsewhere.</summary>
    public required string Path { get; init; }

    /// <summary>Labels in output order.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Input tensor description.</summary>
    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>Network in words, with its number of parameters.</summary>
    public required string Architecture { get; init; }

    /// <summary>Preset it was trained with.</summary>
    public string Preset { get; init; } = "";

    /// <summary>Random seed.</summary>
    public long Seed { get; init; }

    /// <summary>Threads the training ran on; the same seed gives the same bytes only with the same number.</summary>
    public int Threads { get; init; }

    /// <summary>Name of the training dataset.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Content id of the training dataset's version.</summary>
    public string DatasetVersion { get; init; } = "";

    /// <summary>Dataset it was adapted to without labels, or null.</summary>
    public string? AdaptedTo { get; init; }

    /// <summary>The model it continued from, or null.</summary>
    public string? ParentId { get; init; }

    /// <summary>Temperature by which logits are divided before softmax (Guo et al., ICML 2017), already inside the ONNX graph.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Balanced accuracy on validation, with its interval.</summary>
    public Metric? Validation { get; init; }

    /// <summary>Largest absolute difference of probabilities between the trainer and ONNX Runtime on real images.</summary>
    public double ParityError { get; init; }

    /// <summary>The training curve.</summary>
    public IReadOnlyList<EpochRecord> Curve { get; init; } = [];

    /// <summary>What adaptation did, or null if none was asked.</summary>
    public AdaptationReport? Adaptation { get; init; }

    /// <summary>True if the training was stopped early by the user; the best weights so far were kept.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Wall time of the training.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Root folder of its workspace.</summary>
    public string Workspace { get; init; } = "";

    /// <summary>True if the model runs elsewhere: its predictions are here, its network is not.</summary>
    public bool IsExternal => Path.Length == 0;

    /// <summary>The ONNX file; empty if the model runs elsewhere.</summary>
    public string OnnxPath => IsExternal ? "" : System.IO.Path.Combine(Path, "model.onnx");

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Id})";
}
