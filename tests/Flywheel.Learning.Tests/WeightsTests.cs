using Flywheel.Learning.Networks;

namespace Flywheel.Learning.Tests;

public sealed class WeightsTests : IDisposable
{
    readonly string _file = Path.Combine(Path.GetTempPath(), $"flywheel-{Guid.NewGuid():N}.bin");

    public void Dispose() => File.Delete(_file);

    static NetworkWeights Some(long seed = 1)
    {
        var spec = new NetworkSpec(24, 1, 4, 2, 3, true);
        var random = new SeededRandom(seed);
        return new NetworkWeights(spec, [.. NetworkWeights.Sizes(spec).Select(n => Enumerable.Range(0, n).Select(_ => random.NextSingle()).ToArray())], ["a", "b", "c"]);
    }

    [Fact]
    public void Weights_come_back_as_they_were_saved()
    {
        var saved = Some();
        saved.Save(_file);
        var loaded = NetworkWeights.Load(_file);
        Assert.Equal(saved.Spec, loaded.Spec);
        Assert.Equal(saved.Labels, loaded.Labels);
        Assert.Equal(saved.Values.SelectMany(v => v), loaded.Values.SelectMany(v => v));
    }

    [Fact]
    public void The_presets_have_the_documented_sizes()
    {
        Assert.Equal(97_650, new NetworkSpec(32, 1, 16, 1, 2, false).Parameters);
        Assert.InRange(new NetworkSpec(32, 1, 16, 2, 2, true).Parameters, 290_000, 294_000);
        Assert.InRange(new NetworkSpec(32, 1, 24, 2, 2, true).Parameters, 650_000, 660_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(200)]
    public void A_truncated_file_is_named_damaged(int length)
    {
        Some().Save(_file);
        File.WriteAllBytes(_file, File.ReadAllBytes(_file)[..length]);
        Assert.Equal("ModelWeightsInvalid", Assert.Throws<FlywheelException>(() => NetworkWeights.Load(_file)).ErrorId);
    }

    [Fact]
    public void Values_that_are_not_finite_are_refused()
    {
        Some().Save(_file);
        var bytes = File.ReadAllBytes(_file);
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.Length - 4);
        File.WriteAllBytes(_file, bytes);
        Assert.Equal("ModelWeightsInvalid", Assert.Throws<FlywheelException>(() => NetworkWeights.Load(_file)).ErrorId);
    }

    [Fact]
    public void A_missing_file_says_what_can_be_continued_from() =>
        Assert.Equal("ModelWeightsMissing", Assert.Throws<FlywheelException>(() => NetworkWeights.Load(_file)).ErrorId);
}
