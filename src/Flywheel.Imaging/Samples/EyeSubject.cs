using System.Numerics;

namespace Flywheel.Imaging.Samples;

/// <summary>What a person keeps from picture to picture. Lengths are in half eye widths, colours in 0..1.</summary>
sealed class EyeSubject
{
    static readonly Vector3[] s_skins =
    [
        new(0.96f, 0.82f, 0.74f), new(0.93f, 0.77f, 0.66f), new(0.88f, 0.70f, 0.58f), new(0.82f, 0.63f, 0.50f),
        new(0.72f, 0.53f, 0.41f), new(0.60f, 0.43f, 0.33f), new(0.47f, 0.33f, 0.26f), new(0.36f, 0.25f, 0.20f),
    ];

    static readonly Vector3[] s_irises =
    [
        new(0.30f, 0.19f, 0.11f), new(0.22f, 0.13f, 0.08f), new(0.38f, 0.25f, 0.13f), new(0.46f, 0.36f, 0.20f),
        new(0.42f, 0.55f, 0.66f), new(0.36f, 0.48f, 0.40f), new(0.52f, 0.57f, 0.60f),
    ];

    public readonly Vector3 Skin;
    public readonly Vector3 Iris;
    public readonly Vector3 Hair;
    public readonly float UpperHeight;
    public readonly float LowerHeight;
    public readonly float Skew;
    public readonly float Tilt;
    public readonly float Fold;
    public readonly float FoldStrength;
    public readonly float IrisRadius;
    public readonly float LashLength;
    public readonly int Lashes;
    public readonly float LinerWidth;
    public readonly float BrowY;
    public readonly float BrowThickness;
    public readonly float BrowStrength;
    public readonly float Bag;
    public readonly float Freckles;
    public readonly uint Texture;
    public readonly bool WearsGlasses;
    public readonly bool ThickFrame;
    public readonly Vector3 FrameColor;
    public readonly Vector2 FrameHalf;
    public readonly float FrameRound;

    public EyeSubject(int seed, int stream, int number, EyeDomain domain)
    {
        var r = new SampleRandom(seed, stream, number);
        var tone = r.Below(s_skins.Length);
        Skin = s_skins[tone] + new Vector3(r.Range(-0.03, 0.03), r.Range(-0.025, 0.025), r.Range(-0.025, 0.025));
        // Light irises are drawn for light skins only.
        Iris = s_irises[r.Below(tone < 3 ? s_irises.Length : 3)] * r.Range(0.85, 1.15);
        Hair = tone < 3 && r.Chance(0.4) ? new Vector3(0.42f, 0.30f, 0.20f) * r.Range(0.7, 1.2) : new Vector3(0.13f, 0.10f, 0.09f) * r.Range(0.6, 1.3);
        UpperHeight = r.Range(0.40, 0.60);
        LowerHeight = r.Range(0.20, 0.32);
        Skew = r.Range(-0.18, 0.18);
        Tilt = r.Range(-0.06, 0.12);
        Fold = r.Range(0.10, 0.26);
        FoldStrength = r.Chance(0.25) ? r.Range(0.0, 0.15) : r.Range(0.25, 0.55);
        IrisRadius = r.Range(0.40, 0.48);
        LashLength = r.Range(0.08, 0.26);
        Lashes = 14 + r.Below(22);
        LinerWidth = r.Chance(0.3) ? r.Range(0.03, 0.06) : 0;
        BrowY = r.Range(-1.25, -0.95);
        BrowThickness = r.Range(0.10, 0.22);
        BrowStrength = r.Range(0.35, 0.85);
        Bag = r.Range(0.02, 0.16);
        Freckles = r.Chance(0.2) ? r.Range(0.05, 0.12) : 0;
        Texture = (uint)r.NextBits();
        WearsGlasses = r.Chance(domain.GlassesShare);
        ThickFrame = r.Chance(0.55);
        FrameColor = r.Chance(0.7) ? new Vector3(0.10f, 0.09f, 0.09f) * r.Range(0.6, 1.6) : r.Chance(0.5) ? new Vector3(0.45f, 0.28f, 0.16f) : new Vector3(0.62f, 0.62f, 0.64f);
        FrameHalf = new Vector2(r.Range(1.35, 1.65), r.Range(0.85, 1.12));
        FrameRound = r.Range(0.25, 0.8);
    }
}
