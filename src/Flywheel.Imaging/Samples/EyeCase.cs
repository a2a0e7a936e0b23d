namespace Flywheel.Imaging.Samples;

/// <summary>An edge case planted in a domain: a share of its pictures has these conditions, whatever the domain draws.</summary>
public sealed record EyeCase
{
    /// <summary>Share of the domain's pictures, 0..1.</summary>
    public required double Share { get; init; }

    /// <summary>Smallest and largest edge in pixels, or null to leave the domain's.</summary>
    public (int Min, int Max)? Size { get; init; }

    /// <summary>Least and most glare, or null.</summary>
    public (double Min, double Max)? Glare { get; init; }

    /// <summary>Least and most blur, standard deviation in finished pixels, or null.</summary>
    public (double Min, double Max)? Blur { get; init; }

    /// <summary>none, thin or thick, or null.</summary>
    public string? Glasses { get; init; }

    /// <summary>even, side, dim, backlit or night, or null.</summary>
    public string? Light { get; init; }

    internal EyeConditions Apply(EyeConditions c, ref SampleRandom r) => c with
    {
        Size = Size is { } s ? s.Min + r.Below(s.Max - s.Min + 1) : c.Size,
        Glare = Glare is { } g ? Math.Round(r.Range(g.Min, g.Max), 3) : c.Glare,
        Blur = Blur is { } b ? Math.Round(r.Range(b.Min, b.Max), 3) : c.Blur,
        Glasses = Glasses ?? c.Glasses,
        Light = Light ?? c.Light,
    };
}
