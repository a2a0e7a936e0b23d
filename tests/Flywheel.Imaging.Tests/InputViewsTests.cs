namespace Flywheel.Imaging.Tests;

public class InputViewsTests
{
    static readonly ImagePreprocessing s_input = ImagePreprocessing.Raw(8, 6, 2);

    static float[] View(Func<int, int, int, float> pixel, InputView view)
    {
        var input = new float[s_input.Length];
        for (var c = 0; c < 2; c++)
            for (var y = 0; y < 6; y++)
                for (var x = 0; x < 8; x++) input[(c * 6 + y) * 8 + x] = pixel(c, x, y);
        var output = new float[input.Length];
        InputViews.Write(input, s_input, view, output);
        return output;
    }

    static float At(float[] image, int channel, int x, int y) => image[(channel * 6 + y) * 8 + x];

    [Fact]
    public void A_flat_picture_stays_as_it_is() =>
        Assert.All(InputViews.All, view => Assert.All(View((c, _, _) => c + 0.25f, view), (value, at) => Assert.Equal(at < 48 ? 0.25f : 1.25f, value, 5)));

    [Fact]
    public void Mirroring_changes_left_and_right_only()
    {
        var mirrored = View((c, x, y) => 100 * c + 10 * y + x, InputView.Mirrored);
        Assert.Equal(7, At(mirrored, 0, 0, 0));
        Assert.Equal(150, At(mirrored, 1, 7, 5));
    }

    [Fact]
    public void Nearer_spreads_the_middle_and_farther_gathers_it()
    {
        // On a slope the middle stays, and the slope is multiplied by 0.88 or 1.12.
        foreach (var (view, factor) in new[] { (InputView.Nearer, 0.88), (InputView.Farther, 1.12) })
        {
            var slope = View((_, x, _) => x, view);
            Assert.Equal(3.5, (At(slope, 0, 3, 2) + At(slope, 0, 4, 2)) / 2, 4);
            Assert.Equal(factor, At(slope, 0, 4, 2) - At(slope, 0, 3, 2), 4);
        }
        Assert.Equal(0, At(View((_, x, _) => x, InputView.Farther), 0, 0, 0)); // the border drawn out
    }

    [Fact]
    public void Coarse_has_no_detail_finer_than_two_pixels()
    {
        Assert.All(View((_, x, y) => (x + y) % 2, InputView.Coarse), value => Assert.Equal(0.5f, value, 5));
        var edge = View((_, x, _) => x < 4 ? 0 : 1, InputView.Coarse);
        Assert.Equal([0, 0.25f, 0.75f, 1], [At(edge, 0, 2, 3), At(edge, 0, 3, 3), At(edge, 0, 4, 3), At(edge, 0, 5, 3)]);
    }
}
