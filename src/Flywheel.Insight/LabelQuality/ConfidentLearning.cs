using System.Numerics;

namespace Flywheel.Insight.LabelQuality;

/// <summary>
/// Finds wrong labels by out-of-sample probabilities: confident learning (Northcutt, Jiang and Chuang, JAIR 70, 2021): class thresholds
/// (equation 2), the confident joint (equation 1, with the collisions of section 3.1 going to the most probable class), its calibration to the
/// labels' counts (equation 3), and pruning by noise rate (section 3.2), in the arithmetic of cleanlab 2.9's <c>find_label_issues</c>, whose
/// flags these are. Where several rows with the same margin stand at the cut, the first ones of the input are taken.
/// </summary>
public static class ConfidentLearning
{
    /// <summary>Rows of one piece of work. Fixed, so that sums are the same with any number of threads.</summary>
    const int Chunk = 8192;

    const double Fuzz = 1e-6, LeastThreshold = 2e-6, Tiny = 1e-100;

    /// <summary>A class without rows is believed of none.</summary>
    const double NoThreshold = 2;

    /// <summary>Flags and ranks labels.</summary>
    /// <param name="probabilities">Out-of-sample probabilities, row-major [n × classes], each within 0..1.</param>
    /// <param name="labels">The given labels [n], 0-based.</param>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <param name="options">The rule.</param>
    /// <param name="token">Looked at between pieces of work.</param>
    /// <exception cref="FlywheelException"><c>InvalidMargin</c>, <c>ProbabilityOutOfRange</c>, <c>LabelOutOfRange</c>, <c>ShapeMismatch</c>.</exception>
    public static LabelErrorResult Find(double[] probabilities, int[] labels, int classes, LabelErrorOptions? options = null, CancellationToken token = default) =>
        new Work<double>(probabilities, labels, classes, options ?? new(), token).Run();

    /// <inheritdoc cref="Find(double[], int[], int, LabelErrorOptions?, CancellationToken)"/>
    public static LabelErrorResult Find(float[] probabilities, int[] labels, int classes, LabelErrorOptions? options = null, CancellationToken token = default) =>
        new Work<float>(probabilities, labels, classes, options ?? new(), token).Run();

    sealed class Work<T> where T : struct, IBinaryFloatingPointIeee754<T>
    {
        readonly T[] _p;
        readonly int[] _labels;
        readonly int _k;
        readonly LabelErrorOptions _options;
        readonly ParallelOptions _parallel;
        readonly int _chunks;
        readonly LabelErrorSigns[] _signs;
        readonly int[] _winners;

        /// <summary>Rows by class, each class in the order of the input; and where each class begins.</summary>
        readonly int[] _members;
        readonly int[] _starts;

        public Work(T[] probabilities, int[] labels, int classes, LabelErrorOptions options, CancellationToken token)
        {
            ArgumentNullException.ThrowIfNull(probabilities);
            ArgumentNullException.ThrowIfNull(labels);
            ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
            options.Validate();
            if (probabilities.Length != (long)labels.Length * classes)
                throw new FlywheelException("ShapeMismatch", FaultCategory.InvalidArgument, $"{probabilities.Length} probabilities are not {labels.Length} labels × {classes} classes.", probabilities.Length, "Give one row of probabilities for each label.");
            _p = probabilities;
            _labels = labels;
            _k = classes;
            _options = options;
            _parallel = new ParallelOptions { CancellationToken = token };
            _chunks = (labels.Length + Chunk - 1) / Chunk;
            _signs = new LabelErrorSigns[labels.Length];
            _winners = new int[labels.Length];
            _members = new int[labels.Length];
            _starts = new int[classes + 1];
        }

        public LabelErrorResult Run()
        {
            var thresholds = Thresholds();
            var joint = Calibrate(ConfidentCounts(thresholds));
            Prune(PruneCounts(joint));
            return new LabelErrorResult { Signs = _signs, Ranked = Rank(), Thresholds = thresholds, Joint = joint };
        }

        int Count(int c) => _starts[c + 1] - _starts[c];

        /// <summary>Checks every number, finds each row's most probable class (the first on a tie), sorts rows by label, and means the given labels' probabilities.</summary>
        double[] Thresholds()
        {
            var counts = new int[_chunks][];
            var sums = new double[_chunks][];
            var bad = new int[_chunks];
            T low = T.CreateChecked(-Fuzz), high = T.CreateChecked(1 + Fuzz), fuzz = T.CreateChecked(Fuzz), margin = T.CreateChecked(_options.Margin);
            Parallel.For(0, _chunks, _parallel, chunk =>
            {
                var (count, sum) = (new int[_k], new double[_k]);
                (counts[chunk], sums[chunk], bad[chunk]) = (count, sum, -1);
                for (int i = chunk * Chunk, end = Math.Min(i + Chunk, _labels.Length); i < end; i++)
                {
                    var row = _p.AsSpan(i * _k, _k);
                    var given = _labels[i];
                    if ((uint)given >= (uint)_k)
                    {
                        bad[chunk] = i;
                        return;
                    }
                    int best = 0;
                    var top = row[0];
                    var good = top >= low & top <= high;
                    for (var c = 1; c < row.Length; c++)
                    {
                        var value = row[c];
                        good &= value >= low & value <= high;
                        if (value > top) (best, top) = (c, value);
                    }
                    if (!good)
                    {
                        bad[chunk] = i;
                        return;
                    }
                    _winners[i] = best;
                    count[given]++;
                    sum[given] += double.CreateChecked(row[given]);
                    if (best == given) continue;
                    // A lead of a rounding error is none; on a tie the earlier class leads.
                    var own = row[given] + fuzz;
                    if (best < given ? top < own : top <= own) continue;
                    _signs[i] = LabelErrorSigns.PredictedNotGiven | (top - row[given] >= margin ? LabelErrorSigns.ClearMargin : 0);
                }
            });
            if (bad.FirstOrDefault(row => row >= 0, -1) is >= 0 and var first) throw Bad(first);

            var thresholds = new double[_k];
            for (var c = 0; c < _k; c++)
            {
                double sum = 0;
                var at = _starts[c];
                for (var chunk = 0; chunk < _chunks; chunk++)
                {
                    sum += sums[chunk][c];
                    (at, counts[chunk][c]) = (at + counts[chunk][c], at); // now: where the chunk's rows of the class go
                }
                _starts[c + 1] = at;
                thresholds[c] = at == _starts[c] ? NoThreshold : Math.Max(sum / (at - _starts[c]), LeastThreshold);
            }
            Parallel.For(0, _chunks, _parallel, chunk =>
            {
                var next = counts[chunk];
                for (int i = chunk * Chunk, end = Math.Min(i + Chunk, _labels.Length); i < end; i++) _members[next[_labels[i]]++] = i;
            });
            return thresholds;
        }

        /// <summary>Rows by given label and the one class they are confidently of; several confident classes: the most probable of all.</summary>
        int[,] ConfidentCounts(double[] thresholds)
        {
            var total = new int[_k, _k];
            Parallel.For(0, _chunks, _parallel, () => new int[_k * _k], (chunk, _, counts) =>
            {
                Span<double> bounds = thresholds.Length <= 1024 ? stackalloc double[thresholds.Length] : new double[thresholds.Length];
                for (var c = 0; c < bounds.Length; c++) bounds[c] = thresholds[c] - Fuzz;
                for (int i = chunk * Chunk, end = Math.Min(i + Chunk, _labels.Length); i < end; i++)
                {
                    var row = _p.AsSpan(i * _k, _k);
                    int confident = 0, last = 0;
                    for (var c = 0; c < row.Length; c++)
                    {
                        if (!(double.CreateChecked(row[c]) >= bounds[c])) continue;
                        confident++;
                        last = c;
                    }
                    if (confident > 0) counts[_labels[i] * _k + (confident == 1 ? last : _winners[i])]++;
                }
                return counts;
            }, counts =>
            {
                lock (total)
                    for (var i = 0; i < counts.Length; i++) total[i / _k, i % _k] += counts[i];
            });
            for (var c = 0; c < _k; c++) total[c, c] = Math.Max(total[c, c], 1);
            return total;
        }

        /// <summary>Scales the joint's rows to the labels' counts, and rounds each so that its total stays.</summary>
        int[,] Calibrate(int[,] counts)
        {
            // Every operation in the order of the reference: a half rounds to even only if it is exactly a half.
            var scaled = new double[_k * _k]; // [truth, given], as it lies in the reference's memory
            for (var given = 0; given < _k; given++)
            {
                long row = 0;
                for (var truth = 0; truth < _k; truth++) row += counts[given, truth];
                for (var truth = 0; truth < _k; truth++) scaled[truth * _k + given] = counts[given, truth] / Math.Max(row, Tiny) * Count(given);
            }
            var total = Math.Max(PairwiseSum(scaled), Tiny);
            var joint = new int[_k, _k];
            var values = new double[_k];
            for (var given = 0; given < _k; given++)
            {
                for (var truth = 0; truth < _k; truth++) values[truth] = scaled[truth * _k + given] / total * _labels.Length;
                var rounded = RoundPreservingSum(values);
                for (var truth = 0; truth < _k; truth++) joint[given, truth] = rounded[truth];
            }
            return joint;
        }

        /// <summary>Rows to flag by given (first index) and true label: the joint, with one row of each class left alone.</summary>
        int[,] PruneCounts(int[,] joint)
        {
            var prune = new int[_k, _k];
            for (var given = 0; given < _k; given++)
            {
                var missing = Math.Max(0, 1 - joint[given, given]);
                var filled = 0;
                for (var truth = 0; truth < _k; truth++) if (joint[given, truth] != 0) filled++;
                var share = missing / Math.Max(filled - 1.0, 1.0);
                for (var truth = 0; truth < _k; truth++)
                    if (truth != given) prune[given, truth] = (int)Math.Max(0, joint[given, truth] - share);
            }
            return prune;
        }

        void Prune(int[,] counts)
        {
            Parallel.For(0, _k, _parallel, given =>
            {
                var members = _members.AsSpan(_starts[given], Count(given));
                if (members.Length <= 1) return;
                // Nearly always fewer are asked for than prefer the other class: only those need to be looked at.
                var candidates = new List<(T Margin, int Row)>?[_k];
                var any = false;
                for (var truth = 0; truth < _k; truth++)
                    if (counts[given, truth] > 0)
                    {
                        candidates[truth] = [];
                        any = true;
                    }
                if (!any) return;
                foreach (var i in members)
                {
                    if (_winners[i] == given) continue; // no class leads it
                    var row = _p.AsSpan(i * _k, _k);
                    var own = row[given];
                    for (var truth = 0; truth < row.Length; truth++)
                        if (row[truth] > own) candidates[truth]?.Add((row[truth] - own, i));
                }
                for (var truth = 0; truth < _k; truth++)
                {
                    var wanted = Math.Min(counts[given, truth], members.Length);
                    if (candidates[truth] is not { } leading || wanted <= 0) continue;
                    _parallel.CancellationToken.ThrowIfCancellationRequested();
                    if (wanted > leading.Count)
                    {
                        var all = new (T Margin, int Row)[members.Length];
                        for (var m = 0; m < all.Length; m++) all[m] = (_p[members[m] * _k + truth] - _p[members[m] * _k + given], members[m]);
                        Mark(all, wanted);
                    }
                    else Mark([.. leading], wanted);
                }
            });
        }

        /// <summary>Signs the rows of the largest margins; of equal ones at the cut, the first.</summary>
        void Mark((T Margin, int Row)[] rows, int wanted)
        {
            T cut;
            if (wanted == rows.Length) cut = T.NegativeInfinity;
            else
            {
                var margins = new T[rows.Length];
                for (var i = 0; i < rows.Length; i++) margins[i] = rows[i].Margin;
                cut = NthLargest(margins, wanted - 1);
            }
            var above = 0;
            foreach (var (margin, _) in rows) if (margin > cut) above++;
            var equal = wanted - above;
            foreach (var (margin, row) in rows)
                if ((margin > cut || (margin == cut && equal-- > 0)) && (_signs[row] & LabelErrorSigns.PredictedNotGiven) != 0) _signs[row] |= LabelErrorSigns.NoiseRate;
        }

        /// <summary>Hoare's selection with the median of three as pivot; rearranges the values.</summary>
        static T NthLargest(Span<T> values, int n)
        {
            while (values.Length > 1)
            {
                T a = values[0], b = values[values.Length / 2], c = values[^1];
                var pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
                int i = -1, j = values.Length;
                while (true)
                {
                    do i++; while (values[i] > pivot);
                    do j--; while (values[j] < pivot);
                    if (i >= j) break;
                    (values[i], values[j]) = (values[j], values[i]);
                }
                if (j + 1 == values.Length) j--; // the pivot stood last
                if (n <= j) values = values[..(j + 1)];
                else
                {
                    values = values[(j + 1)..];
                    n -= j + 1;
                }
            }
            return values[0];
        }

        int[] Rank()
        {
            var wanted = _options.Wanted;
            var flagged = 0;
            foreach (var signs in _signs) if ((signs & wanted) != 0) flagged++;
            var (rows, own) = (new int[flagged], new T[flagged]);
            var at = 0;
            for (var i = 0; i < _signs.Length; i++)
            {
                if ((_signs[i] & wanted) == 0) continue;
                (rows[at], own[at]) = (i, _p[i * _k + _labels[i]]);
                at++;
            }
            Array.Sort(own, rows);
            for (var start = 0; start < flagged;)
            {
                var end = start + 1;
                while (end < flagged && own[end] == own[start]) end++;
                if (end - start > 1) Array.Sort(rows, start, end - start);
                start = end;
            }
            return rows;
        }

        FlywheelException Bad(int row) => (uint)_labels[row] >= (uint)_k
            ? new("LabelOutOfRange", FaultCategory.InvalidArgument, $"The label of row {row} is {_labels[row]}; there are {_k} classes, counted from 0.", _labels[row], $"Give labels from 0 to {_k - 1}.")
            : new("ProbabilityOutOfRange", FaultCategory.InvalidArgument, $"Row {row} has the probabilities {string.Join(", ", _p[(row * _k)..(row * _k + Math.Min(_k, 10))])}; each must be within 0..1.", row, "Give probabilities, not logits.");
    }

    /// <summary>Rounds to whole numbers that add up to the rounded sum: the surplus goes to, or comes from, those that lost or gained most.</summary>
    static int[] RoundPreservingSum(double[] values)
    {
        var rounded = new double[values.Length];
        for (var i = 0; i < values.Length; i++) rounded[i] = Math.Round(values[i], MidpointRounding.ToEven);
        var wanted = Math.Round(PairwiseSum(values), MidpointRounding.ToEven);
        for (var sum = Math.Round(PairwiseSum(rounded)); Math.Abs(sum - wanted) > Fuzz; sum = Math.Round(PairwiseSum(rounded)))
        {
            var missing = Math.Round(wanted - sum);
            int step = missing < 0 ? -1 : 1, changes = (int)Math.Min(Math.Abs(missing), values.Length);
            var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i] - rounded[i]).ToArray(); // stable
            if (step > 0) Array.Reverse(order);
            foreach (var i in order.AsSpan(0, changes)) rounded[i] += step;
        }
        return [.. rounded.Select(v => (int)v)];
    }

    /// <summary>The sum as NumPy adds: pairwise in blocks of 128, eight running sums in each (Higham, SIAM J. Sci. Comput. 1993).</summary>
    static double PairwiseSum(ReadOnlySpan<double> a)
    {
        if (a.Length < 8)
        {
            double sum = 0;
            foreach (var x in a) sum += x;
            return sum;
        }
        if (a.Length <= 128)
        {
            Span<double> r = stackalloc double[8];
            a[..8].CopyTo(r);
            var i = 8;
            for (; i < a.Length - a.Length % 8; i += 8)
                for (var lane = 0; lane < 8; lane++) r[lane] += a[i + lane];
            var sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
            for (; i < a.Length; i++) sum += a[i];
            return sum;
        }
        var half = a.Length / 2;
        half -= half % 8;
        return PairwiseSum(a[..half]) + PairwiseSum(a[half..]);
    }
}
