using System.Text.Json;
using Flywheel.Insight.Drift;

namespace Flywheel.Insight.Tests;

/// <summary>Each statistic against SciPy or NumPy on stored numbers.</summary>
public class DriftStatisticsTests
{
    static JsonElement.ArrayEnumerator Cases(string name) => Expected.OfDrift(name).EnumerateArray();

    static void Near(double expected, double actual) => Assert.Equal(0, (actual - expected) / Math.Max(1e-300, Math.Abs(expected)), 1e-6);

    [Fact]
    public void Kolmogorov_and_Smirnov_agree_with_SciPy()
    {
        foreach (var e in Cases("ks"))
        {
            double[] a = e.Numbers("first"), b = e.Numbers("second");
            Near(e.Number("statistic"), KolmogorovSmirnov.Statistic(a, b));
            Near(e.Number("p"), KolmogorovSmirnov.PValue(e.Number("statistic"), a.Length, b.Length));
        }
        foreach (var e in Cases("ksExact").Concat(Cases("ksLimit"))) Near(e.Number("p"), KolmogorovSmirnov.PValue(e.Number("d"), e.Integer("n"), e.Integer("m")));
    }

    [Fact]
    public void Chi_square_agrees_with_SciPy()
    {
        foreach (var e in Cases("chi"))
        {
            var (statistic, freedom, p) = ChiSquare.Test(e.Numbers("first"), e.Numbers("second"));
            Near(e.Number("statistic"), statistic);
            Assert.Equal(e.Integer("freedom"), freedom);
            Near(e.Number("p"), p);
        }
        foreach (var e in Cases("chiTail")) Near(e.Number("p"), ChiSquare.Tail(e.Number("x"), e.Integer("freedom")));
    }

    [Fact]
    public void Wasserstein_agrees_with_SciPy()
    {
        foreach (var e in Cases("wasserstein")) Near(e.Number("distance"), Wasserstein.Distance(e.Numbers("first"), e.Numbers("second")));
    }

    [Fact]
    public void The_population_stability_index_agrees_with_NumPy()
    {
        foreach (var e in Cases("psi")) Near(e.Number("index"), PopulationStability.Index(e.Numbers("first"), e.Numbers("second"), bins: e.Integer("bins")));
    }

    static (EmbeddingMatrix First, EmbeddingMatrix Second) Rows(JsonElement e)
    {
        var d = e.Integer("dimensions");
        float[] a = e.Floats("first"), b = e.Floats("second");
        return (new(a, a.Length / d, d), new(b, b.Length / d, d));
    }

    [Fact]
    public void Maximum_mean_discrepancy_and_its_bandwidth_agree_with_NumPy()
    {
        foreach (var e in Cases("mmd"))
        {
            var (a, b) = Rows(e);
            var both = new EmbeddingMatrix([.. e.Floats("first"), .. e.Floats("second")], a.Count + b.Count, a.Dimensions);
            Near(e.Number("sigma"), KernelDistance.Bandwidth(both, 1));
            Assert.Equal(e.Number("value"), KernelDistance.Unbiased(a, b, e.Number("sigma")), 1e-6);
        }
    }

    [Fact]
    public void Random_Fourier_features_approximate_it_with_an_error_that_falls_with_the_root_of_their_number()
    {
        foreach (var e in Cases("mmd"))
        {
            var (a, b) = Rows(e);
            double Error(int frequencies) => Math.Sqrt(Enumerable.Range(0, 40).Average(seed =>
            {
                var map = new FourierMap(a.Dimensions, e.Number("sigma"), frequencies, seed);
                var (x, xx) = Sum(map, a);
                var (y, yy) = Sum(map, b);
                double n = a.Count, m = b.Count;
                var value = (Dot(x, x) - xx) / (n * (n - 1)) + (Dot(y, y) - yy) / (m * (m - 1)) - 2 * Dot(x, y) / (n * m);
                return Math.Pow(value - e.Number("value"), 2);
            }));
            double coarse = Error(256), fine = Error(4096);
            Assert.InRange(coarse, 0, 1 / Math.Sqrt(2 * 256)); // no more than the error of a single kernel value
            Assert.InRange(coarse / fine, 2.5, 6.5); // √16 = 4
        }

        static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

        static (float[] Sum, double Squares) Sum(FourierMap map, EmbeddingMatrix rows)
        {
            var sum = new float[map.Width];
            double squares = 0;
            for (var i = 0; i < rows.Count; i++)
            {
                var one = new float[map.Width];
                map.Add(rows[i], 1, one);
                map.Add(rows[i], 1, sum);
                squares += Dot(one, one);
            }
            return (sum, squares);
        }
    }

    [Fact]
    public void The_label_mix_agrees_with_NumPy()
    {
        var e = Expected.OfDrift("bbse");
        var (shift, _) = LabelShift.Fit(e.Integers("truth"), e.Integers("predicted"), 3);
        Near(e.Number("magnification"), shift!.Magnification);
        foreach (var (expected, actual) in e.Numbers("mix").Zip(shift.Solve(e.Numbers("answers")))) Near(expected, actual);
    }

    [Fact]
    public void A_model_that_cannot_tell_its_labels_apart_gives_no_label_mix()
    {
        int[] truth = [.. Enumerable.Range(0, 200).Select(i => i % 2)];
        Assert.Null(LabelShift.Fit(truth, [.. truth.Select((t, i) => i % 20 < 11 ? t : 1 - t)], 2).Estimator);
        Assert.Contains("too badly", LabelShift.Fit(truth, [.. truth.Select((t, i) => i % 20 < 11 ? t : 1 - t)], 2).Reason);
        Assert.Contains("do not tell", LabelShift.Fit(truth, new int[200], 2).Reason);
        Assert.Contains("labelled images", LabelShift.Fit([.. truth.Select((_, i) => i < 9 ? 1 : 0)], truth, 2).Reason);
    }

    [Fact]
    public void Rare_levels_are_joined_until_the_smaller_sample_expects_five_of_each()
    {
        Joined([0, 1, 2, 2, 2], 3, ChiSquare.JoinRare([60, 40, 10, 9, 11], 0.2));
        Joined([0, 1, 1, 1], 2, ChiSquare.JoinRare([60, 40, 1, 2], 0.2));
        Joined([0, 0], 1, ChiSquare.JoinRare([4, 3], 0.5));

        static void Joined(int[] cell, int cells, (int[] Cell, int Cells) actual)
        {
            Assert.Equal(cell, actual.Cell);
            Assert.Equal(cells, actual.Cells);
        }
    }
}
