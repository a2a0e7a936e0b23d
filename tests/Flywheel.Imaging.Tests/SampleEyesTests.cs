using System.Security.Cryptography;
using Flywheel.Imaging.Samples;

namespace Flywheel.Imaging.Tests;

public sealed class SampleEyesTests
{
    static string Digest(SampleEye eye) => Convert.ToHexStringLower(SHA256.HashData(eye.Image.Span)) + eye.Conditions;

    [Fact]
    public void The_same_seed_draws_the_same_eyes_on_any_number_of_threads()
    {
        var one = Enumerable.Range(0, 40).Select(i => Digest(SampleEyes.Draw(7, 1, i, 5, EyeDomain.Field))).ToArray();
        var many = new string[40];
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => many[39 - i] = Digest(SampleEyes.Draw(7, 1, 39 - i, 5, EyeDomain.Field)));

        Assert.Equal(one, many);
        Assert.Equal(40, one.Distinct().Count());
    }

    [Fact]
    public void Another_seed_or_set_draws_other_eyes()
    {
        var eye = Digest(SampleEyes.Draw(7, 0, 3, 5, EyeDomain.Lab));

        Assert.NotEqual(eye, Digest(SampleEyes.Draw(8, 0, 3, 5, EyeDomain.Lab)));
        Assert.NotEqual(eye, Digest(SampleEyes.Draw(7, 2, 3, 5, EyeDomain.Lab)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Conditions_keep_to_their_domain(bool lab)
    {
        var domain = lab ? EyeDomain.Lab : EyeDomain.Field;
        var eyes = Enumerable.Range(0, 120).Select(i => SampleEyes.Draw(3, 1, i, 12, domain)).ToList();

        Assert.All(eyes, e =>
        {
            Assert.InRange(e.Image.Width, domain.MinSize, domain.MaxSize);
            Assert.Equal(e.Conditions.Size, e.Image.Height);
            Assert.Equal(e.Conditions.Opening < EyeConditions.OpenFrom ? "closed" : "open", e.Conditions.Label);
            Assert.InRange(e.Conditions.Blur, domain.MinBlur - 0.001, domain.MaxBlur + 0.001);
            if (e.Conditions.Glare > 0) Assert.NotEqual("none", e.Conditions.Glasses);
        });
        Assert.InRange(eyes.Count(e => e.Conditions.Label == "closed"), 40, 80);
        Assert.Equal(12, eyes.Select(e => e.Conditions.Subject).Distinct().Count());
    }

    [Fact]
    public void An_open_eye_shows_an_iris_where_a_shut_one_shows_a_line()
    {
        var eyes = Enumerable.Range(0, 80).Select(i => SampleEyes.Draw(11, 0, i, 16, EyeDomain.Lab with { HalfOpenShare = 0, GlassesShare = 0, SideShare = 0 })).ToList();

        double open = DarkShare("open"), closed = DarkShare("closed");
        Assert.True(open > 1.8 * closed, $"open {open:F3}, closed {closed:F3}");

        // Share of the middle that is less than half as bright as the picture's median.
        double DarkShare(string label) => eyes.Where(e => e.Conditions.Label == label).Average(e =>
        {
            var n = e.Image.Width;
            var luma = new byte[n * n];
            e.Image.CopyLuma(luma);
            var limit = luma.Order().ElementAt(luma.Length / 2) / 2;
            var dark = 0;
            for (var y = n / 3; y < 2 * n / 3; y++)
                for (var x = n / 3; x < 2 * n / 3; x++)
                    if (luma[y * n + x] < limit) dark++;
            return dark / (double)(n * n / 9);
        });
    }

    [Fact]
    public void Encoding_as_PNG_loses_nothing()
    {
        var eye = SampleEyes.Draw(7, 1, 0, 5, EyeDomain.Field);

        using var back = ImageDecoder.Decode(SampleEyes.ToPng(eye.Image), "eye.png");

        Assert.Equal(eye.Image.Span.ToArray(), back.Span.ToArray());
    }
}
