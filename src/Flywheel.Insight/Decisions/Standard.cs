namespace Flywheel.Insight.Decisions;

/// <summary>Draws that keep their mean and spread however few they are.</summary>
static class Standard
{
    /// <summary>Standard normal draws in random order: pairs of opposite sign, scaled to unit variance.</summary>
    public static double[] Normals(int count, SeededRandom random)
    {
        var z = new double[count];
        for (var i = 0; i + 1 < count; i += 2)
        {
            z[i] = random.NextGaussian();
            z[i + 1] = -z[i];
        }
        var scale = Math.Sqrt(z.Sum(v => v * v) / count);
        for (var i = 0; i < count; i++) z[i] /= scale;
        random.Shuffle<double>(z);
        return z;
    }

    /// <summary>The middles of <paramref name="count"/> equal parts of 0..1, in random order.</summary>
    public static double[] Uniforms(int count, SeededRandom random)
    {
        var u = new double[count];
        for (var i = 0; i < count; i++) u[i] = (i + 0.5) / count;
        random.Shuffle<double>(u);
        return u;
    }
}
