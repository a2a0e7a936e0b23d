using System.Globalization;

namespace Flywheel.Insight.Drift;

/// <summary>
/// Tests whether a window of production differs from its reference, with all tests together alarming falsely no more often than asked for.
/// Units of the window and of the reference (see <see cref="SampleUnits"/>) are rearranged at random many times; that gives every
/// statistic's distribution if nothing changed, near-duplicates included.
/// </summary>
public static class DriftDetector
{
    /// <summary>Compares.</summary>
    /// <param name="input">Reference and window.</param>
    /// <param name="options">False-alarm chance, seed.</param>
    /// <param name="token">Obeyed between rearrangements.</param>
    public static DriftFindings Compare(DriftInput input, DriftOptions? options = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        options ??= new DriftOptions();
        var random = new SeededRandom(options.Seed);
        var units = SampleUnits.Cut(input.ReferenceCount, input.ReferenceGroups, input.WindowCount, input.WindowGroups, options.Alpha, random);
        var notes = new List<string>();
        int n = units.Window.Length, m = units.Reference.Length;
        if (n < 2 || m < 2)
            return new DriftFindings(DriftVerdict.CannotTell, 1, 1, units.ReferenceGroups, units.WindowGroups, units.Description, [], ["At least two independent groups are needed on both sides."], []);

        var tests = Tests(input, units, options, notes, random);
        var classifier = Classifier(input, units);
        var count = tests.Count + (classifier is null ? 0 : 1);
        var smallest = Math.Max(units.SmallestP, 1.0 / (options.Rearrangements + 1));
        if (count == 0) return new DriftFindings(DriftVerdict.CannotTell, 1, smallest, units.ReferenceGroups, units.WindowGroups, units.Description, [], [.. notes, "Nothing varies that could be compared."], []);

        var family = new Features(tests, units, classifier);
        var asIs = units.AsIs;
        var parallel = new ParallelOptions { CancellationToken = token, MaxDegreeOfParallelism = options.Threads == 0 ? -1 : options.Threads };
        family.Fill(parallel);
        var observed = new double[count];
        family.Measure(asIs, observed, new Features.Scratch(family));
        var rearranged = new double[options.Rearrangements][];
        Parallel.For(0, rearranged.Length, parallel, () => new Features.Scratch(family), (i, _, scratch) =>
        {
            family.Measure(units.Arrange(new SeededRandom(options.Seed, i + 1)), rearranged[i] = new double[count], scratch);
            return scratch;
        }, _ => { });

        var judged = new RearrangedFamily(observed, rearranged, options.Alpha);
        var rows = new List<(DriftTest Row, double P)>();
        var means = family.Means(asIs);
        for (var t = 0; t < count; t++)
        {
            var row = t < tests.Count ? tests[t].Describe(family.Of(means.Window, t), family.Of(means.Reference, t)) : Told(tests, family, means);
            var p = judged.PValueOf(t);
            rows.Add((row with { Value = observed[t], Threshold = judged.ThresholdOf(t), P = p, Flagged = p <= options.Alpha }, p));
        }
        var verdict = judged.P <= options.Alpha ? DriftVerdict.Drift : smallest > options.Alpha ? DriftVerdict.CannotTell : DriftVerdict.NoDrift;
        return new DriftFindings(verdict, judged.P, smallest, units.ReferenceGroups, units.WindowGroups, units.Description,
            [.. rows.OrderBy(r => r.P).ThenByDescending(r => (r.Row.Value - r.Row.Threshold) / Math.Max(1e-12, Math.Abs(r.Row.Threshold))).Select(r => r.Row)], notes,
            verdict == DriftVerdict.Drift && classifier is not null ? Telling(classifier, units, asIs, input.WindowGroups, options.Telling) : []);
    }

    static List<UnitTest> Tests(DriftInput input, SampleUnits units, DriftOptions options, List<string> notes, SeededRandom random)
    {
        double[] referenceWeights = Weights(units.Reference, input.ReferenceCount), windowWeights = Weights(units.Window, input.WindowCount);
        var tests = new List<UnitTest>();
        foreach (var column in input.Numbers)
            if (NumberTest.Create(column, referenceWeights, windowWeights) is { } test) tests.Add(test);
        foreach (var column in input.Categories)
        {
            if (column.Levels.Count > CategoryTest.MostLevels) notes.Add(string.Create(CultureInfo.InvariantCulture, $"'{column.Name}' was left out: it has {column.Levels.Count:N0} values, {CategoryTest.MostLevels} are the most."));
            else if (CategoryTest.Create(column, units) is { } test) tests.Add(test);
            else notes.Add($"'{column.Name}' was left out: all but one of its values are too rare to compare.");
        }
        if (input.Labels.Count >= 2 && LabelRow(input, units, referenceWeights, notes, random) is { } labels) tests.Add(labels);
        if (input is { ReferenceEmbeddings: { } a, WindowEmbeddings: { } b }) tests.Add(new KernelTest(a, b, units, options.Seed));
        return tests;
    }

    static double[] Weights(SampleUnit[] units, int count)
    {
        var weights = new double[count];
        foreach (var unit in units)
            for (var i = 0; i < unit.Images.Length; i++) weights[unit.Images[i]] = unit.Weights[i];
        return weights;
    }

    static LabelTest? LabelRow(DriftInput input, SampleUnits units, double[] weights, List<string> notes, SeededRandom random)
    {
        // Confusion counts every labelled image, examined or not: it is a property of the model.
        var (shift, why) = LabelShift.Fit(input.ReferenceTruth, input.ReferencePredicted, input.Labels.Count);
        if (shift is null)
        {
            notes.Add($"The label mix was left out: {why}.");
            return null;
        }
        return new LabelTest(shift, input.Labels, input.ReferencePredicted, input.WindowPredicted, () => Estimate(input, units, shift, random));
    }

    /// <summary>The label mix before and after, the latter with its 95 % bootstrap interval by unit; the confusion is resampled along.</summary>
    static (double[] Before, double[] After, double[] Low, double[] High) Estimate(DriftInput input, SampleUnits units, LabelShift shift, SeededRandom random)
    {
        const int resamples = 400;
        var k = input.Labels.Count;
        var before = new double[k];
        foreach (var unit in units.Reference)
            for (var i = 0; i < unit.Images.Length; i++)
                if (input.ReferenceTruth[unit.Images[i]] is >= 0 and var c) before[c] += unit.Weights[i];
        Normalise(before);
        var after = Normalise(shift.Solve(Answers(units.Window)));
        var drawn = new List<double[]>(resamples);
        for (var r = 0; r < resamples; r++)
        {
            SampleUnit[] reference = Draw(units.Reference), window = Draw(units.Window);
            int[] images = [.. reference.SelectMany(u => u.Images)];
            double[] weights = [.. reference.SelectMany(u => u.Weights).Select(w => (double)w)];
            if (LabelShift.Fit([.. images.Select(i => input.ReferenceTruth[i])], [.. images.Select(i => input.ReferencePredicted[i])], k, weights).Estimator is { } again)
                drawn.Add(Normalise(again.Solve(Answers(window))));
        }
        double[] low = new double[k], high = new double[k];
        for (var c = 0; c < k; c++)
        {
            double[] sorted = [.. drawn.Select(d => d[c]).Order()];
            // Fewer than half of the resamples that the guard lets through make no interval.
            (low[c], high[c]) = sorted.Length < resamples / 2 ? (0, 1) : (sorted[(int)(0.025 * sorted.Length)], sorted[(int)(0.975 * sorted.Length)]);
        }
        return (before, after, low, high);

        SampleUnit[] Draw(SampleUnit[] from) => [.. from.Select(_ => from[random.Next(from.Length)])];

        double[] Answers(SampleUnit[] from)
        {
            var mix = new double[k];
            foreach (var unit in from)
                for (var i = 0; i < unit.Images.Length; i++) mix[input.WindowPredicted[unit.Images[i]]] += unit.Weights[i] / from.Length;
            return mix;
        }
    }

    static double[] Normalise(double[] mix)
    {
        double sum = 0;
        for (var c = 0; c < mix.Length; c++) sum += mix[c] = Math.Max(0, mix[c]);
        for (var c = 0; c < mix.Length && sum > 0; c++) mix[c] /= sum;
        return mix;
    }

    static DomainClassifier? Classifier(DriftInput input, SampleUnits units)
    {
        NumberColumn[] properties = [.. input.Numbers.Where(c => c.Kind == DriftKind.Property)];
        var embeddings = input is { ReferenceEmbeddings: not null, WindowEmbeddings: not null };
        var width = embeddings ? input.ReferenceEmbeddings!.Dimensions : 0;
        if (width + properties.Length == 0) return null;
        return new DomainClassifier(units, width + properties.Length, (image, window, to) =>
        {
            if (embeddings) (window ? input.WindowEmbeddings! : input.ReferenceEmbeddings!)[image].CopyTo(to);
            for (var p = 0; p < properties.Length; p++) to[width + p] = (float)(window ? properties[p].Window : properties[p].Reference)[image];
        });
    }

    /// <summary>The classifier's row: which properties alone would tell the images apart best.</summary>
    static DriftTest Told(List<UnitTest> tests, Features family, (float[] Window, float[] Reference) means)
    {
        var by = tests.Select((test, t) => (test, t)).Where(x => x.test is NumberTest { Column.Kind: DriftKind.Property })
            .Select(x => (((NumberTest)x.test).Column.Name, Area: NumberTest.Larger(family.Of(means.Window, x.t), family.Of(means.Reference, x.t))))
            .Select(x => (x.Name, Area: Math.Max(x.Area, 1 - x.Area))).OrderByDescending(x => x.Area).Take(2)
            .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Name} {x.Area:0.00}"));
        return new DriftTest { Kind = DriftKind.Appearance, Name = "classifier", Statistic = "AUC", Effect = string.Join(", ", by) is { Length: > 0 } text ? $"alone: {text}" : "window told from reference" };
    }

    /// <summary>The most telling images, one of each group.</summary>
    static (int, double)[] Telling(DomainClassifier classifier, SampleUnits units, int[] asIs, int[]? groups, int most) =>
        [.. classifier.Judge(units, asIs).OrderByDescending(x => x.Score).ThenBy(x => x.Image).DistinctBy(x => groups is null ? x.Image : groups[x.Image]).Take(most).Select(x => (x.Image, Math.Min(1, x.Score)))];

    /// <summary>All tests' features of all units, and what an arrangement of the units makes of them.</summary>
    sealed class Features
    {
        readonly List<UnitTest> _tests;
        readonly SampleUnit[] _units;
        readonly int _references;
        readonly int[] _start;
        readonly float[] _values, _total;
        readonly DomainClassifier? _classifier;

        public Features(List<UnitTest> tests, SampleUnits units, DomainClassifier? classifier)
        {
            _tests = tests;
            _units = [.. units.Reference, .. units.Window];
            _references = units.Reference.Length;
            _classifier = classifier;
            _start = new int[tests.Count + 1];
            for (var t = 0; t < tests.Count; t++) _start[t + 1] = _start[t] + tests[t].Width;
            _values = new float[_units.Length * Width];
            _total = new float[Width];
        }

        int Width => _start[^1];

        public void Fill(ParallelOptions parallel)
        {
            Parallel.For(0, _units.Length, parallel, u =>
            {
                for (var t = 0; t < _tests.Count; t++) _tests[t].Fill(_units[u], u >= _references, _values.AsSpan(u * Width + _start[t], _tests[t].Width));
            });
            for (var u = 0; u < _units.Length; u++) Add(u, _total);
        }

        void Add(int unit, float[] sum) => VectorMath.Add(_values.AsSpan(unit * Width, Width), sum);

        public ReadOnlySpan<float> Of(float[] means, int test) => means.AsSpan(_start[test], _tests[test].Width);

        public (float[] Window, float[] Reference) Means(int[] order)
        {
            var scratch = new Scratch(this);
            Average(order, scratch);
            return (scratch.Window, scratch.Reference);
        }

        void Average(int[] order, Scratch scratch)
        {
            int n = _units.Length - _references, m = _references;
            // The smaller side is summed, the other is what is left of the total; in ascending order, so that equal sides have equal sums.
            int[] smaller = n <= m ? order[..n] : order[n..];
            Array.Sort(smaller);
            var sum = scratch.Window;
            Array.Clear(sum);
            foreach (var u in smaller) Add(u, sum);
            for (var k = 0; k < sum.Length; k++)
            {
                float a = sum[k], b = _total[k] - a;
                (scratch.Window[k], scratch.Reference[k]) = n <= m ? (a / n, b / m) : (b / n, a / m);
            }
        }

        public void Measure(int[] order, double[] statistics, Scratch scratch)
        {
            int n = _units.Length - _references, m = _references;
            Average(order, scratch);
            for (var t = 0; t < _tests.Count; t++) statistics[t] = _tests[t].Statistic(Of(scratch.Window, t), Of(scratch.Reference, t), n, m);
            if (_classifier is not null) statistics[^1] = _classifier.Auc(order, n, ref scratch.Classifier);
        }

        public sealed class Scratch(Features family)
        {
            public readonly float[] Window = new float[family.Width], Reference = new float[family.Width];
            public DomainClassifier.Scratch? Classifier;
        }
    }
}
