using System.Text.Json;
using Flywheel.Insight.Slices;

namespace Flywheel.Insight.Tests;

/// <summary>p and q against SciPy; the numbers and the command that made them are in reference/slices.py.</summary>
public class SliceReferenceTests
{
    static JsonElement Of(string name)
    {
        using var stream = typeof(Expected).Assembly.GetManifestResourceStream("slices.json")!;
        return JsonDocument.Parse(stream).RootElement.Clone().GetProperty(name);
    }

    [Fact]
    public void Fishers_test_agrees()
    {
        foreach (var c in Of("fisher").EnumerateArray())
        {
            var p = FisherExact.Upper(c.Integer("hits"), c.Integer("drawn"), c.Integer("marked"), c.Integer("all"));
            Assert.Equal(1, p / c.Number("p"), 1e-9);
            Assert.Equal(1, p / c.Number("tail"), 1e-9);
        }
    }

    [Fact]
    public void The_false_discovery_rate_agrees()
    {
        foreach (var c in Of("falseDiscovery").EnumerateArray())
            Assert.All(BenjaminiHochberg.Adjust(c.Numbers("p")).Zip(c.Numbers("q")), x => Assert.Equal(x.Second, x.First, 1e-12));
    }

    [Fact]
    public void The_permutation_of_expected_errors_agrees_to_its_own_noise()
    {
        var c = Of("permutation");
        var values = c.Numbers("values");
        var inside = c.Integers("inside");
        int[] outside = [.. Enumerable.Range(0, values.Length).Except(inside)];
        var p = new SliceTest(values, null, [.. Enumerable.Range(0, values.Length)], 1).P(inside, outside);
        var expected = c.Number("p");
        Assert.InRange(p, expected - 4 * Math.Sqrt(expected / 9999), expected + 4 * Math.Sqrt(expected / 9999) + 1e-4);
    }
}
