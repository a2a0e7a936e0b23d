namespace Flywheel;

/// <summary>
/// One picture of the catalogue, identified by the SHA-256 of its file's bytes. Properties are measured once, at import,
/// on the upright (EXIF-oriented) picture at its own size.
/// </summary>
public sealed record FlywheelImage
{
    /// <summary>SHA-256 of the file's bytes, 64 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Where the file lies: absolute path of the (first) source, or of the copy the workspace owns.</summary>
    public required string Path { get; init; }

    /// <summary>The label, or null while nobody has said.</summary>
    public string? Label { get; init; }

    /// <summary>Who gave <see cref="Label"/>; null without one.</summary>
    public AnnotationProvenance? Provenance { get; init; }

    /// <summary>The objects in it: null while nobody has said, none if somebody looked and there is nothing.</summary>
    public IReadOnlyList<LabelBox>? Boxes { get; init; }

    /// <summary>Who gave <see cref="Boxes"/>; null without them.</summary>
    public AnnotationProvenance? BoxesProvenance { get; init; }

    /// <summary>Why the image is left out of its datasets; null if it is not.</summary>
    public string? Excluded { get; init; }

    /// <summary>The split in the dataset the image was asked from.</summary>
    public DataSplit Split { get; init; }

    /// <summary>Encoded format: png, jpeg, webp, bmp, gif.</summary>
    public required string Format { get; init; }

    /// <summary>File size in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Width in pixels, upright.</summary>
    public int Width { get; init; }

    /// <summary>Height in pixels, upright.</summary>
    public int Height { get; init; }

    /// <summary>Mean luma in 0..1 (BT.601 weights).</summary>
    public double Brightness { get; init; }

    /// <summary>Standard deviation of luma in 0..0.5 (RMS contrast).</summary>
    public double Contrast { get; init; }

    /// <summary>Variance of the 4-neighbour Laplacian of luma in 0..255 units (Pech-Pacheco et al., ICPR 2000); low means blurred.</summary>
    public double Sharpness { get; init; }

    /// <summary>Shannon entropy of the 256-bin luma histogram, bits in 0..8.</summary>
    public double Entropy { get; init; }

    /// <summary>Colourfulness M3 of Hasler and Süsstrunk (SPIE 2003) in 0..255 units; 0 for grey pictures.</summary>
    public double Colorfulness { get; init; }

    /// <summary>64-bit perceptual difference hash (9×8 luma, row-wise); a Hamming distance of a few bits means near-identical.</summary>
    public ulong PerceptualHash { get; init; }

    /// <summary>Metadata from file names, CSV columns or the caller.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>File name without its folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The id's first twelve digits, enough to tell images apart on a screen.</summary>
    public string ShortId => Id[..12];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
