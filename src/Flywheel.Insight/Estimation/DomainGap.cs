namespace Flywheel.Insight.Estimation;

/// <summary>How well two sets of images can be told apart by what a model makes of them.</summary>
public static class DomainGap
{
    const int Folds = 2;

    /// <summary>
    /// Area under the ROC curve of a logistic classifier between the sets, fitted on one half of the groups and judged on the other, both
    /// ways: 0.5 where nothing but the individual groups differs, 1 where every image gives its set away.
    /// </summary>
    /// <param name="first">n × d.</param>
    /// <param name="firstGroups">Independent units, or null.</param>
    /// <param name="second">m × d.</param>
    /// <param name="secondGroups">Independent units, or null.</param>
    /// <param name="seed">Of the halves.</param>
    /// <param name="token">Obeyed between fits.</param>
    /// <returns>NaN if a set has fewer than two groups.</returns>
    public static double Auc(EmbeddingMatrix first, int[]? firstGroups, EmbeddingMatrix second, int[]? secondGroups, long seed, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Dimensions != second.Dimensions) throw new ArgumentException($"{first.Dimensions} and {second.Dimensions} dimensions do not match.", nameof(second));
        var random = new SeededRandom(seed);
        if (Halves(first.Count, firstGroups, random) is not { } a || Halves(second.Count, secondGroups, random) is not { } b) return double.NaN;
        var (n, d) = (first.Count + second.Count, first.Dimensions);
        var signals = new double[n * d];
        for (var i = 0; i < n; i++)
        {
            var row = i < first.Count ? first[i] : second[i - first.Count];
            for (var j = 0; j < d; j++) signals[i * d + j] = row[j];
        }
        bool[] isSecond = [.. Enumerable.Range(0, n).Select(i => i >= first.Count)];
        int[] half = [.. a, .. b];
        double sum = 0;
        for (var fold = 0; fold < Folds; fold++)
        {
            token.ThrowIfCancellationRequested();
            int firsts = 0, seconds = 0;
            for (var i = 0; i < n; i++)
                if (half[i] != fold)
                    _ = isSecond[i] ? seconds++ : firsts++;
            // Both sets weigh the same, whatever their sizes.
            double[] weights = [.. Enumerable.Range(0, n).Select(i => half[i] == fold ? 0 : 0.5 * (firsts + seconds) / (isSecond[i] ? seconds : firsts))];
            var p = LogisticModel.Fit(signals, d, isSecond, weights, steps: 8).Predict(signals);
            sum += Auc([.. Enumerable.Range(0, n).Where(i => half[i] == fold).OrderBy(i => p[i]).Select(i => (p[i], isSecond[i]))]);
        }
        return sum / Folds;
    }

    /// <summary>Half of each row, whole groups together; null with fewer than two groups.</summary>
    static int[]? Halves(int count, int[]? groups, SeededRandom random)
    {
        int[] of = groups ?? [.. Enumerable.Range(0, count)];
        var units = of.Distinct().ToArray();
        if (units.Length < 2) return null;
        random.Shuffle<int>(units);
        var half = units.Select((unit, at) => (unit, at)).ToDictionary(x => x.unit, x => x.at % Folds);
        return [.. of.Select(g => half[g])];
    }

    /// <summary>Mann–Whitney over rows sorted by score, half a win for a tie.</summary>
    static double Auc((double Score, bool Positive)[] rows)
    {
        double below = 0, positives = 0, wins = 0;
        for (var from = 0; from < rows.Length;)
        {
            var to = from;
            double tiedPositive = 0, tiedNegative = 0;
            for (; to < rows.Length && rows[to].Score == rows[from].Score; to++)
                _ = rows[to].Positive ? tiedPositive++ : tiedNegative++;
            wins += tiedPositive * (below + 0.5 * tiedNegative);
            below += tiedNegative;
            positives += tiedPositive;
            from = to;
        }
        return wins / (below * positives);
    }
}
