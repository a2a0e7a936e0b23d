namespace Flywheel.Insight.Metrics;

/// <summary>
/// A labelled, scored set prepared so that a resample's figures cost one pass over small arrays: what does not change between
/// resamples (cells, bins, losses, the order of the scores) is worked out once. Images are sorted by unit, the thing that is drawn:
/// the group, or the image itself, sorted by true label then so that a label's images lie together.
/// </summary>
sealed class MetricSample
{
    const int Bins = ClassificationMetrics.CalibrationBins;
    readonly int _classes;
    readonly int[] _unit;
    readonly int[] _cell;
    readonly byte[] _bin;
    readonly float[] _gap;
    readonly float[] _loss;
    /// <summary>By class: unit × 4 + 2 if positive + 1 if a new score starts, ascending by score.</summary>
    readonly int[][] _ranked;

    public MetricSample(int classes, int[] truth, float[] probabilities, int[]? groups)
    {
        var n = truth.Length;
        if (classes < 2) throw new ArgumentException($"{classes} label(s) cannot be told apart.", nameof(classes));
        if (probabilities.LongLength != (long)n * classes) throw new ArgumentException($"{probabilities.LongLength} probabilities cannot be {n} × {classes}.", nameof(probabilities));
        if (groups is not null && groups.Length != n) throw new ArgumentException($"{groups.Length} groups for {n} images.", nameof(groups));
        foreach (var t in truth)
            if (t < 0 || t >= classes) throw new ArgumentException($"Label {t} is outside 0..{classes - 1}.", nameof(truth));
        _classes = classes;
        Grouped = groups is not null;

        var order = new int[n];
        for (var i = 0; i < n; i++) order[i] = i;
        var key = groups ?? truth;
        Array.Sort([.. key], order);
        // Array.Sort is not stable; among equals the caller's order stands.
        for (int start = 0, end; start < n; start = end)
        {
            for (end = start; end < n && key[order[end]] == key[order[start]]; end++) { }
            Array.Sort(order, start, end - start);
        }

        _unit = new int[n];
        _cell = new int[n];
        _bin = new byte[n];
        _gap = new float[n];
        _loss = new float[n];
        StratumEnds = new int[classes];
        var units = 0;
        for (var s = 0; s < n; s++)
        {
            var i = order[s];
            if (s > 0 && (groups is null || groups[i] != groups[order[s - 1]])) units++;
            _unit[s] = units;
            var row = probabilities.AsSpan(i * classes, classes);
            var predicted = 0;
            for (var c = 1; c < classes; c++)
                if (row[c] > row[predicted]) predicted = c;
            _cell[s] = truth[i] * classes + predicted;
            var confidence = row[predicted];
            _bin[s] = (byte)Math.Clamp((int)Math.Ceiling(confidence * (double)Bins) - 1, 0, Bins - 1);
            _gap[s] = confidence - (predicted == truth[i] ? 1 : 0);
            _loss[s] = (float)-Math.Log(Math.Clamp((double)row[truth[i]], ClassificationMetrics.SmallestProbability, 1));
            if (groups is null) StratumEnds[truth[i]] = s + 1;
        }
        Units = n == 0 ? 0 : units + 1;
        UnitsOfTruth = DistinctUnits(s => _cell[s] / classes);
        UnitsOfPrediction = DistinctUnits(s => _cell[s] % classes);
        if (groups is null)
            for (var c = 1; c < classes; c++) StratumEnds[c] = Math.Max(StratumEnds[c], StratumEnds[c - 1]);

        // Two labels: one curve says it all, the other is its mirror image.
        _ranked = new int[classes == 2 ? 1 : classes][];
        var slots = new int[n];
        var scores = new float[n];
        for (var r = 0; r < _ranked.Length; r++)
        {
            var c = classes == 2 ? 1 : r;
            for (var s = 0; s < n; s++)
            {
                slots[s] = s;
                scores[s] = probabilities[order[s] * classes + c];
            }
            Array.Sort(scores, slots);
            var ranked = _ranked[r] = new int[n];
            for (var p = 0; p < n; p++)
                ranked[p] = _unit[slots[p]] * 4 + (_cell[slots[p]] / classes == c ? 2 : 0) + (p == 0 || scores[p] != scores[p - 1] ? 1 : 0);
        }
    }

    int[] DistinctUnits(Func<int, int> classOf)
    {
        var counts = new int[_classes];
        var last = new int[_classes];
        Array.Fill(last, -1);
        for (var s = 0; s < _unit.Length; s++)
        {
            var c = classOf(s);
            if (last[c] == _unit[s]) continue;
            last[c] = _unit[s];
            counts[c]++;
        }
        return counts;
    }

    /// <summary>By class: groups with an image that is so.</summary>
    public int[] UnitsOfTruth { get; }

    /// <summary>By class: groups with an image predicted so.</summary>
    public int[] UnitsOfPrediction { get; }

    public bool Grouped { get; }

    /// <summary>Groups, or images when there are none.</summary>
    public int Units { get; }

    public int Images => _unit.Length;

    public int Classes => _classes;

    /// <summary>Independent images only: units of label c are from the end of c−1 (or 0) to <c>StratumEnds[c]</c>.</summary>
    public int[] StratumEnds { get; }

    /// <summary>The figures when unit u counts <c>weights[u]</c> times.</summary>
    public MetricValues Measure(int[] weights, bool auroc)
    {
        var values = new MetricValues(_classes);
        if (_unit.Length == 0) return values;
        var confusion = new long[_classes * _classes];
        Span<double> gaps = stackalloc double[Bins];
        gaps.Clear();
        double loss = 0;
        long total = 0;
        for (var s = 0; s < _unit.Length; s++)
        {
            var w = weights[_unit[s]];
            if (w == 0) continue;
            total += w;
            confusion[_cell[s]] += w;
            gaps[_bin[s]] += w * (double)_gap[s];
            loss += w * (double)_loss[s];
        }
        for (var i = 0; i < confusion.Length; i++) values.Confusion[i] = confusion[i];
        double error = 0;
        foreach (var gap in gaps) error += Math.Abs(gap);
        if (total > 0)
        {
            values.CalibrationError = error / total;
            values.LogLoss = loss / total;
        }
        if (auroc) values.Auroc = Auroc(weights);
        return values;
    }

    /// <summary>Mean recall alone, when unit u counts <c>weights[u]</c> times.</summary>
    public double BalancedAccuracy(int[] weights)
    {
        Span<long> right = _classes <= 64 ? stackalloc long[_classes] : new long[_classes];
        Span<long> all = _classes <= 64 ? stackalloc long[_classes] : new long[_classes];
        right.Clear();
        all.Clear();
        for (var s = 0; s < _unit.Length; s++)
        {
            var w = weights[_unit[s]];
            var (truth, predicted) = Math.DivRem(_cell[s], _classes);
            all[truth] += w;
            if (truth == predicted) right[truth] += w;
        }
        double sum = 0;
        var present = 0;
        for (var c = 0; c < _classes; c++)
        {
            if (all[c] == 0) continue;
            sum += right[c] / (double)all[c];
            present++;
        }
        return present > 0 ? sum / present : double.NaN;
    }

    /// <summary>Mann–Whitney form, half a win for a tie; the mean over the labels that have images on both sides.</summary>
    public double Auroc(int[] weights)
    {
        double sum = 0;
        var curves = 0;
        foreach (var ranked in _ranked)
        {
            long below = 0, tiedNegative = 0, tiedPositive = 0, positives = 0;
            double wins = 0;
            foreach (var entry in ranked)
            {
                if ((entry & 1) != 0)
                {
                    wins += tiedPositive * (below + 0.5 * tiedNegative);
                    below += tiedNegative;
                    positives += tiedPositive;
                    tiedNegative = tiedPositive = 0;
                }
                long w = weights[entry >> 2];
                var positive = -((entry >> 1) & 1); // all bits set, or none: no branch to mispredict
                tiedPositive += w & positive;
                tiedNegative += w & ~positive;
            }
            wins += tiedPositive * (below + 0.5 * tiedNegative);
            below += tiedNegative;
            positives += tiedPositive;
            if (positives == 0 || below == 0) continue;
            sum += wins / ((double)positives * below);
            curves++;
        }
        return curves == 0 ? double.NaN : sum / curves;
    }
}
