namespace Flywheel;

/// <summary>A drawn sample dataset on disk: what is where.</summary>
public sealed record SampleDataset
{
    /// <summary>The folder, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Pictures of the clean, labelled set, in <c>lab/closed</c> and <c>lab/open</c>.</summary>
    public int Lab { get; init; }

    /// <summary>Pictures of the shifted set as production delivers them, without labels, in <c>field</c>.</summary>
    public int Field { get; init; }

    /// <summary>Pictures of the held-out shifted set, other people than <see cref="Field"/>, in <c>field-test</c>.</summary>
    public int FieldTest { get; init; }

    /// <summary>People in each set; no one is in two.</summary>
    public int Subjects { get; init; }

    /// <summary>The seed it was drawn from.</summary>
    public int Seed { get; init; }

    /// <summary>Manifest of the lab set: path, label, subject and conditions.</summary>
    public required string LabManifest { get; init; }

    /// <summary>Manifest of the field set: path, subject and conditions, no label.</summary>
    public required string FieldManifest { get; init; }

    /// <summary>Manifest of the field set with its labels: what a replayed labeller would answer.</summary>
    public required string FieldTruth { get; init; }

    /// <summary>Manifest of the held-out field set, with labels.</summary>
    public required string FieldTestManifest { get; init; }

    /// <summary>Size of all pictures, bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Time it took.</summary>
    public TimeSpan Duration { get; init; }
}
