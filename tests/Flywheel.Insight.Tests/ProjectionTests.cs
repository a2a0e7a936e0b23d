using System.Text.Json;
using Flywheel.Insight.Metrics;
using Flywheel.Insight.Projection;

namespace Flywheel.Insight.Tests;

/// <summary>Against NumPy and SciPy; see reference/projection.py.</summary>
public sealed class ProjectionTests
{
    static readonly JsonElement s_expected = Read();

    static JsonElement Read()
    {
        using var stream = typeof(ProjectionTests).Assembly.GetManifestResourceStream("projection.json")!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }

    public static TheoryData<string> Cases() => [.. s_expected.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Directions_variances_and_coordinates_are_those_of_the_singular_value_decomposition(string name)
    {
        var c = s_expected.GetProperty("cases").EnumerateArray().Single(e => e.GetProperty("name").GetString() == name);
        var rows = new EmbeddingMatrix([.. Numbers(c.GetProperty("rows")).Select(v => (float)v)], c.GetProperty("n").GetInt32(), c.GetProperty("d").GetInt32());
        var variances = Numbers(c.GetProperty("variances"));
        var found = PrincipalComponents.Fit(rows, variances.Length, TestContext.Current.CancellationToken);
        var total = c.GetProperty("total").GetDouble();
        Assert.Equal(total, found.TotalVariance, 1e-9 * total);
        for (var k = 0; k < variances.Length; k++)
        {
            Assert.Equal(variances[k], found.Variances[k], 1e-9 * total);
            Assert.Equal(variances[k] / total, found.Explained[k], 1e-9);
            var direction = Numbers(c.GetProperty("directions")[k]);
            for (var j = 0; j < direction.Length; j++) Assert.Equal(direction[j], found.Direction(k)[j], 1e-7);
        }
        var projected = Numbers(c.GetProperty("projected"));
        var ours = found.Project(rows);
        for (var i = 0; i < projected.Length; i++) Assert.Equal(projected[i], ours[i], 1e-6);
    }

    [Fact]
    public void The_same_rows_give_the_same_picture_to_the_last_bit()
    {
        var random = new SeededRandom(3);
        float[] values = [.. Enumerable.Range(0, 900 * 33).Select(_ => (float)random.NextGaussian())];
        var first = PrincipalComponents.Fit(new EmbeddingMatrix(values, 900, 33), 2, TestContext.Current.CancellationToken);
        var second = PrincipalComponents.Fit(new EmbeddingMatrix([.. values], 900, 33), 2, TestContext.Current.CancellationToken);
        Assert.Equal(first.Direction(0), second.Direction(0));
        Assert.Equal(first.Direction(1), second.Direction(1));
    }

    [Fact]
    public void Rows_that_are_all_the_same_lie_on_one_point()
    {
        var rows = new EmbeddingMatrix([.. Enumerable.Repeat(2.5f, 40)], 10, 4);
        var found = PrincipalComponents.Fit(rows, 2, TestContext.Current.CancellationToken);
        Assert.Equal([0, 0], found.Explained);
        Assert.All(found.Project(rows), v => Assert.Equal(0, v, 1e-9));
    }

    [Fact]
    public void Exact_bounds_are_the_beta_quantiles()
    {
        foreach (var (name, bound) in new (string, Func<int, int, double, double>)[] { ("lower", ClopperPearson.Lower), ("upper", ClopperPearson.Upper) })
            foreach (var e in s_expected.GetProperty(name).EnumerateArray())
                Assert.Equal(e.GetProperty("bound").GetDouble(), bound(e.GetProperty("k").GetInt32(), e.GetProperty("n").GetInt32(), e.GetProperty("confidence").GetDouble()), 1e-9);
    }
}
