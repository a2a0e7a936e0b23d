namespace Flywheel.Imaging.Samples;

/// <summary>Where eyes are photographed: the ranges their conditions are drawn from.</summary>
public sealed record EyeDomain
{
    /// <summary>Name, used as the prefix of subjects and files.</summary>
    public required string Name { get; init; }

    /// <summary>Smallest edge in pixels.</summary>
    public int MinSize { get; init; } = 64;

    /// <summary>Largest edge in pixels.</summary>
    public int MaxSize { get; init; } = 96;

    /// <summary>Share of eyes whose opening lies near the threshold, 0..1; the others are clearly shut or clearly open.</summary>
    public double HalfOpenShare { get; init; }

    /// <summary>How far openings near the threshold keep from it, 0.01..0.15: the smaller, the harder.</summary>
    public double ThresholdMargin { get; init; } = 0.06;

    /// <summary>Share of closed eyes, 0..1.</summary>
    public double ClosedShare { get; init; } = 0.5;

    /// <summary>Share of subjects who wear glasses, 0..1.</summary>
    public double GlassesShare { get; init; }

    /// <summary>Share of pictures with glasses that have glare, 0..1.</summary>
    public double GlareShare { get; init; }

    /// <summary>Strongest glare, 0..1.</summary>
    public double MaxGlare { get; init; } = 0.5;

    /// <summary>Least blur, standard deviation in finished pixels.</summary>
    public double MinBlur { get; init; }

    /// <summary>Most blur.</summary>
    public double MaxBlur { get; init; } = 0.5;

    /// <summary>Share of dim pictures, 0..1.</summary>
    public double DimShare { get; init; }

    /// <summary>Share of backlit pictures, 0..1.</summary>
    public double BacklitShare { get; init; }

    /// <summary>Share of pictures lit hard from one side, 0..1.</summary>
    public double SideShare { get; init; }

    /// <summary>Least sensor noise, standard deviation in 0..255 units.</summary>
    public double MinNoise { get; init; } = 1;

    /// <summary>Most sensor noise.</summary>
    public double MaxNoise { get; init; } = 3;

    /// <summary>Largest shift of the eye from the centre, in half eye widths.</summary>
    public double MaxShift { get; init; } = 0.08;

    /// <summary>Largest rotation either way, degrees.</summary>
    public double MaxRotation { get; init; } = 4;

    /// <summary>Tightest crop: half the picture's edge in half eye widths.</summary>
    public double MinExtent { get; init; } = 1.35;

    /// <summary>Widest crop.</summary>
    public double MaxExtent { get; init; } = 1.6;

    /// <summary>Edge cases planted in it; no picture has two.</summary>
    public IReadOnlyList<EyeCase> Cases { get; init; } = [];

    /// <summary>A desk, a good camera, people who do as they are told.</summary>
    public static EyeDomain Lab { get; } = new()
    {
        Name = "lab",
        GlassesShare = 0.15,
        HalfOpenShare = 0.14,
        ThresholdMargin = 0.01,
        MaxBlur = 0.8,
        SideShare = 0.1,
    };

    /// <summary>Production: a small camera far away, sun, glasses, tired eyes.</summary>
    public static EyeDomain Field { get; } = new()
    {
        Name = "field",
        MinSize = 16,
        MaxSize = 34,
        HalfOpenShare = 0.3,
        GlassesShare = 0.45,
        GlareShare = 0.6,
        MaxGlare = 0.9,
        MinBlur = 0.4,
        MaxBlur = 1.1,
        DimShare = 0.2,
        BacklitShare = 0.2,
        SideShare = 0.2,
        MinNoise = 2,
        MaxNoise = 6,
        MaxShift = 0.25,
        MaxRotation = 14,
        MinExtent = 1.15,
        MaxExtent = 1.95,
    };

    /// <summary>A lab that also takes a few small pictures and a few soft ones, though none that is both, and where few eyes are half open.</summary>
    public static EyeDomain VariedLab { get; } = Lab with { HalfOpenShare = 0.05, ThresholdMargin = 0.05, Cases = [new EyeCase { Share = 0.06, Size = (20, 28) }, new EyeCase { Share = 0.06, Blur = (4, 5) }] };

    /// <summary>
    /// Production that looks like <see cref="VariedLab"/> but for four edge cases of a twentieth each: tiny pictures, heavily blurred ones, ones
    /// taken at night, and, the only ones with two conditions, small pictures that are soft as well.
    /// </summary>
    public static EyeDomain Planted { get; } = VariedLab with
    {
        Name = "planted",
        Cases =
        [
            .. VariedLab.Cases,
            new EyeCase { Share = 0.05, Size = (4, 5) },
            new EyeCase { Share = 0.05, Blur = (14, 20) },
            new EyeCase { Share = 0.05, Light = "night" },
            new EyeCase { Share = 0.05, Size = (20, 28), Blur = (4, 5) },
        ],
    };
}
