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
}
