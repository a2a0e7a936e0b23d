namespace Flywheel.Imaging;

/// <summary>The changes by which a model's steadiness is tried.</summary>
public static class InputPerturbations
{
    /// <summary>The input as it is.</summary>
    public static InputPerturbation None { get; } = new() { Name = "none" };

    /// <summary>
    /// Small changes that leave the label alone: how steady the answer is under them tells how far it can be trusted (effective
    /// invariance: Deng, Gould and Zheng, NeurIPS 2022). The first is the input itself. No mirroring, which some labels would not survive.
    /// </summary>
    public static IReadOnlyList<InputPerturbation> Views { get; } =
    [
        None,
        new() { Name = "closer, up left", Scale = 0.78, ShiftX = 0.06, ShiftY = 0.06 },
        new() { Name = "farther, down right", Scale = 1.1, ShiftX = -0.07, ShiftY = -0.07 },
        new() { Name = "turned left", Angle = 10, Scale = 0.92 },
        new() { Name = "turned right", Angle = -10, Scale = 0.85 },
        new() { Name = "coarser", Resolution = 0.5 },
        new() { Name = "darker", Gamma = 1.6 },
    ];

    /// <summary>
    /// What a picture is scored under besides itself when its doubt is told: mirrored, nearer, farther, coarser. All are weighted means of
    /// pixels, so they may be applied to a normalised input.
    /// </summary>
    public static IReadOnlyList<InputPerturbation> Variations { get; } =
    [
        new() { Name = "mirrored", Mirrored = true },
        new() { Name = "nearer", Scale = 0.88 },
        new() { Name = "farther", Scale = 1.12 },
        new() { Name = "coarse", Resolution = 0.5 },
    ];

    /// <summary>
    /// Stronger changes, one family at a time and mixed, on which a labelled reference shows how estimates behave when the world moves
    /// (synthetic meta-sets: Deng and Zheng, CVPR 2021). The first is no change.
    /// </summary>
    /// <param name="mixtures">How many random mixtures follow the single families.</param>
    /// <param name="seed">Of the mixtures.</param>
    /// <returns>Family (0 none, 1.. the families, then one number for all mixtures) and change.</returns>
    public static IReadOnlyList<(int Family, InputPerturbation Change)> Shifts(int mixtures = 8, long seed = 1)
    {
        var list = new List<(int, InputPerturbation)> { (0, None) };
        foreach (var s in (double[])[0.8, 0.6, 0.45]) list.Add((1, new() { Name = FormattableString.Invariant($"scale {s}"), Scale = s }));
        list.Add((1, new() { Name = "scale 1.3", Scale = 1.3 }));
        foreach (var s in (double[])[0.1, 0.2]) list.Add((2, new() { Name = FormattableString.Invariant($"shift {s}"), ShiftX = s, ShiftY = -s }));
        foreach (var a in (double[])[15, 30]) list.Add((3, new() { Name = FormattableString.Invariant($"angle {a}"), Angle = a, Scale = 0.9 }));
        foreach (var r in (double[])[0.5, 0.33]) list.Add((4, new() { Name = FormattableString.Invariant($"resolution {r}"), Resolution = r }));
        foreach (var g in (double[])[0.5, 2.0]) list.Add((5, new() { Name = FormattableString.Invariant($"gamma {g}"), Gamma = g }));
        foreach (var n in (double[])[0.15, 0.3]) list.Add((6, new() { Name = FormattableString.Invariant($"noise {n}"), Noise = n }));
        var random = new SeededRandom(seed);
        for (var i = 0; i < mixtures; i++)
        {
            double Symmetric(double reach) => random.NextDouble(-reach, reach);
            list.Add((7, new()
            {
                Name = $"mixture {i + 1}",
                Scale = Math.Exp(random.NextDouble(Math.Log(0.6), Math.Log(1.2))),
                ShiftX = Symmetric(0.12),
                ShiftY = Symmetric(0.12),
                Angle = Symmetric(20),
                Resolution = random.NextDouble(0.4, 1),
                Gamma = Math.Exp(Symmetric(0.8)),
                Noise = Math.Max(0, random.NextDouble(-0.2, 0.2)),
            }));
        }
        return list;
    }
}
