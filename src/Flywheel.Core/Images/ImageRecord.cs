namespace Flywheel;

/// <summary>One measured file on its way into the catalogue.</summary>
public sealed record ImageRecord
{
    /// <summary>SHA-256 of the bytes, 64 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Absolute path of the source file.</summary>
    public required string Path { get; init; }

    /// <summary>Encoded format.</summary>
    public required string Format { get; init; }

    /// <summary>File size in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>The file's last write time, UTC ticks; with the size it tells an unchanged file.</summary>
    public long ModifiedTicks { get; init; }

    /// <summary>What was measured.</summary>
    public ImageMeasurement Measurement { get; init; }

    /// <summary>The imported label, or null.</summary>
    public string? Label { get; init; }

    /// <summary>Tags; later imports of the same image add to them and overwrite equal keys.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
