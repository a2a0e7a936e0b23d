namespace Flywheel.Learning.Augmentation;

/// <summary>
/// How far training pictures are varied. Ranges are sampled uniformly (in the logarithm for the crop and gamma), independently per picture.
/// The values of <see cref="Robust"/> and <see cref="Target"/> were found on eye images, infrared to visible light; scale, crop, shift
/// and rotation were the lever, the rest small.
/// </summary>
public sealed record AugmentationSettings
{
    /// <summary>Smallest visible share of the picture's side.</summary>
    public float CropMin { get; init; } = 1;

    /// <summary>Largest visible share; above 1 the border is repeated outwards.</summary>
    public float CropMax { get; init; } = 1;

    /// <summary>Rotation in degrees, to either side.</summary>
    public float Rotation { get; init; }

    /// <summary>Shift as a share of half the side, to either side; small crops wander 15 % of what they leave out further.</summary>
    public float Shift { get; init; }

    /// <summary>Aspect ratio: exponent range, to either side.</summary>
    public float Aspect { get; init; }

    /// <summary>Chance of a loss of resolution (blur): the picture is reduced and enlarged again.</summary>
    public float ResolutionLoss { get; init; }

    /// <summary>Smallest reduced side, as a share of the input's side.</summary>
    public float ResolutionMin { get; init; } = 0.3f;

    /// <summary>Largest reduced side, as a share of the input's side.</summary>
    public float ResolutionMax { get; init; } = 0.75f;

    /// <summary>Light: exponent range of the gamma applied between the picture's own darkest and brightest pixel.</summary>
    public float Gamma { get; init; }

    /// <summary>Colour cast: exponent range of a gain per channel; colour pictures only.</summary>
    public float ColorCast { get; init; }

    /// <summary>Largest deviation of Gaussian noise, in units of the picture's own deviation; half of the pictures get none.</summary>
    public float Noise { get; init; }

    /// <summary>Chance of an occlusion: a grey rectangle of 1/6 to 2/5 of the side.</summary>
    public float Occlusion { get; init; }

    /// <summary>Mirrors half of the pictures left to right.</summary>
    public bool Mirror { get; init; } = true;

    /// <summary>Mirroring only: the control by which the others are judged.</summary>
    public static AugmentationSettings Plain { get; } = new();

    /// <summary>For training data whose framing production may not share.</summary>
    public static AugmentationSettings Robust { get; } = new()
    {
        CropMin = 0.45f, CropMax = 1.05f, Rotation = 20, Shift = 0.12f, Aspect = 0.1f, ResolutionLoss = 0.6f, ResolutionMin = 0.28f, ResolutionMax = 0.75f,
        Gamma = 0.6f, ColorCast = 0.1f, Noise = 0.08f, Occlusion = 0.15f,
    };

    /// <summary>For production's own pictures, whose framing is right already.</summary>
    public static AugmentationSettings Target { get; } = Robust with
    {
        CropMin = 0.75f, Rotation = 12, Shift = 0.06f, ResolutionLoss = 0.3f, ResolutionMin = 0.31f,
    };
}
