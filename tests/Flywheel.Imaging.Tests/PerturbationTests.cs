namespace Flywheel.Imaging.Tests;

public class PerturbationTests
{
    const int Side = 16;

    static float[] Picture()
    {
        var random = new SeededRandom(4);
        return [.. Enumerable.Range(0, Side * Side).Select(i => 0.2f + 0.03f * (i % Side) + 0.1f * random.NextSingle())];
    }

    static float[] Apply(InputPerturbation change, float[] picture, long seed = 1)
    {
        var changed = new float[picture.Length];
        change.Apply(picture, 1, Side, Side, changed, seed);
        return changed;
    }

    static InputPerturbation Named(Func<InputPerturbation, InputPerturbation> with) => with(new InputPerturbation { Name = "test" });

    [Fact]
    public void No_change_changes_nothing() => Assert.Equal(Picture(), Apply(InputPerturbations.None, Picture()));

    [Fact]
    public void A_shift_by_whole_pixels_moves_them()
    {
        var picture = Picture();
        var moved = Apply(Named(p => p with { ShiftX = 2.0 / Side }), picture);
        for (var y = 0; y < Side; y++)
            for (var x = 2; x < Side; x++) Assert.Equal(picture[y * Side + x - 2], moved[y * Side + x], 1e-5f);
    }

    [Fact]
    public void A_quarter_turn_takes_rows_to_columns()
    {
        var picture = Picture();
        var turned = Apply(Named(p => p with { Angle = 90 }), picture);
        for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++) Assert.Equal(picture[x * Side + Side - 1 - y], turned[y * Side + x], 1e-4f);
    }

    [Fact]
    public void Coarser_keeps_the_mean_and_takes_detail()
    {
        var picture = Picture();
        var coarse = Apply(Named(p => p with { Resolution = 0.25 }), picture);
        Assert.Equal(picture.Average(), coarse.Average(), 0.01f);
        Assert.True(Roughness(coarse) < 0.85 * Roughness(picture));

        static double Roughness(float[] p) => Enumerable.Range(0, p.Length - 1).Where(i => i % Side < Side - 1).Sum(i => Math.Abs(p[i + 1] - p[i]));
    }

    [Fact]
    public void Light_moves_between_the_pictures_own_ends()
    {
        var picture = Picture();
        var dark = Apply(Named(p => p with { Gamma = 2 }), picture);
        Assert.True(dark.Average() < picture.Average());
        Assert.Equal(picture.Min(), dark.Min(), 1e-5f);
        Assert.Equal(picture.Max(), dark.Max(), 1e-5f);
    }

    [Fact]
    public void Noise_hangs_on_its_seed()
    {
        var noisy = Named(p => p with { Noise = 0.5 });
        Assert.Equal(Apply(noisy, Picture()), Apply(noisy, Picture()));
        Assert.NotEqual(Apply(noisy, Picture()), Apply(noisy, Picture(), 2));
    }

    [Fact]
    public void Shifts_begin_with_none_and_are_the_same_every_time()
    {
        var shifts = InputPerturbations.Shifts();
        Assert.Equal((0, InputPerturbations.None), shifts[0]);
        Assert.DoesNotContain(shifts.Skip(1), s => s.Family == 0);
        Assert.Equal(shifts, InputPerturbations.Shifts());
        Assert.NotEqual(shifts, InputPerturbations.Shifts(seed: 2));
        Assert.Same(InputPerturbations.None, InputPerturbations.Views[0]);
    }

    /// <summary>Two planes of 6 rows and 8 columns under a variation.</summary>
    static float[] Vary(Func<int, int, int, float> pixel, string name)
    {
        var input = new float[2 * 6 * 8];
        for (var i = 0; i < input.Length; i++) input[i] = pixel(i / 48, i % 8, i / 8 % 6);
        var output = new float[input.Length];
        InputPerturbations.Variations.Single(v => v.Name == name).Apply(input, 2, 6, 8, output, seed: 0);
        return output;
    }

    static float At(float[] image, int channel, int x, int y) => image[(channel * 6 + y) * 8 + x];

    [Fact]
    public void A_variation_leaves_a_flat_picture_as_it_is_and_may_be_applied_to_a_normalised_one() =>
        Assert.All(InputPerturbations.Variations.Select(v => v.Name), name =>
        {
            Assert.All(Vary((c, _, _) => c + 0.25f, name), (value, at) => Assert.Equal(at < 48 ? 0.25f : 1.25f, value, 5));
            float[] plain = Vary((_, x, y) => x * y, name), normalised = Vary((_, x, y) => (x * y - 3) / 2f, name);
            Assert.All(plain.Zip(normalised), p => Assert.Equal(p.First, 2 * p.Second + 3, 4));
        });

    [Fact]
    public void Mirroring_changes_left_and_right_only()
    {
        var mirrored = Vary((c, x, y) => 100 * c + 10 * y + x, "mirrored");
        Assert.Equal(7, At(mirrored, 0, 0, 0));
        Assert.Equal(150, At(mirrored, 1, 7, 5));
    }

    [Fact]
    public void Nearer_spreads_the_middle_and_farther_gathers_it()
    {
        // On a slope the middle stays, and the slope is multiplied by 0.88 or 1.12.
        foreach (var (name, factor) in new[] { ("nearer", 0.88), ("farther", 1.12) })
        {
            var slope = Vary((_, x, _) => x, name);
            Assert.Equal(3.5, (At(slope, 0, 3, 2) + At(slope, 0, 4, 2)) / 2, 4);
            Assert.Equal(factor, At(slope, 0, 4, 2) - At(slope, 0, 3, 2), 4);
        }
        Assert.Equal(0, At(Vary((_, x, _) => x, "farther"), 0, 0, 0)); // the border drawn out
    }

    [Fact]
    public void Coarse_has_no_detail_finer_than_two_pixels()
    {
        Assert.All(Vary((_, x, y) => (x + y) % 2, "coarse"), value => Assert.Equal(0.5f, value, 5));
        var edge = Vary((_, x, _) => x < 4 ? 0 : 1, "coarse");
        Assert.Equal([0, 0.25f, 0.75f, 1], [At(edge, 0, 2, 3), At(edge, 0, 3, 3), At(edge, 0, 4, 3), At(edge, 0, 5, 3)]);
    }
}
