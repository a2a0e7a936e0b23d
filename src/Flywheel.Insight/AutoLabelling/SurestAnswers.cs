using Flywheel.Insight.Estimation;

namespace Flywheel.Insight.AutoLabelling;

/// <summary>
/// Orders a model's answers by how sure they are, and says where the answers on people's labels stand among those on unlabelled images. Sureness is the
/// chance of being right by a logistic regression on the margin of the two largest logits and on the label said, so that a label the model says too
/// easily has to be surer. Each regression is fitted on answers of the other parts, as the model was.
/// </summary>
public sealed record SurestAnswers
{
    /// <summary>The certifying labels, in their order.</summary>
    public required IReadOnlyList<CertifyingLabel> Certifying { get; init; }

    /// <summary>The mean model's answer on each unlabelled image, 0-based.</summary>
    public required IReadOnlyList<int> Predicted { get; init; }

    /// <summary>Its chance of being right.</summary>
    public required IReadOnlyList<double> Sureness { get; init; }

    /// <summary>Unlabelled images, surest first.</summary>
    public required IReadOnlyList<int> Order { get; init; }

    /// <summary>The other labels of people, those of chosen images: they prove nothing, but are among the images the certifying ones were drawn from.</summary>
    public required IReadOnlyList<CertifyingLabel> Others { get; init; }

    /// <summary>How sure the parts' models were of <see cref="Others"/>.</summary>
    public required IReadOnlyList<double> OthersSureness { get; init; }

    /// <summary>The unlabelled images among the surest share of these and the other ones, surest first.</summary>
    public IReadOnlyList<int> Surest(double share)
    {
        var all = Sureness.Concat(OthersSureness).OrderDescending().ToList();
        var count = (int)Math.Floor(share * all.Count + 1e-9);
        // Of equals that straddle the end as many as there is room for.
        var room = count - OthersSureness.Count(s => count > 0 && s >= all[count - 1]);
        return [.. Order.Take(Math.Clamp(room, 0, Order.Count))];
    }

    /// <summary>Answers of the mean model and of the parts' models.</summary>
    /// <param name="labels">Labels of people, 0-based.</param>
    /// <param name="folds">Part of each.</param>
    /// <param name="labelled">Logits [labels × classes], each by a model that never saw that label.</param>
    /// <param name="pool">Logits [pool × classes] of the unlabelled images by each part's model.</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="certifies">Of each label, whether its image was drawn at random; null if all were.</param>
    public static SurestAnswers From(IReadOnlyList<int> labels, IReadOnlyList<int> folds, float[] labelled, IReadOnlyList<float[]> pool, int classes, IReadOnlyList<bool>? certifies = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(folds);
        ArgumentNullException.ThrowIfNull(labelled);
        ArgumentNullException.ThrowIfNull(pool);
        var (said, signals) = Signals(labelled, classes);
        bool[] right = [.. labels.Select((l, i) => said[i] == l)];
        var d = classes;
        var own = new double[labels.Count];
        var sure = new double[pool.Count][];
        for (var fold = 0; fold < pool.Count; fold++)
        {
            int[] others = [.. Enumerable.Range(0, labels.Count).Where(i => folds[i] != fold)];
            var model = Fit(others);
            sure[fold] = model.Predict(Signals(pool[fold], classes).Values);
            foreach (var i in Enumerable.Range(0, labels.Count).Where(i => folds[i] == fold)) own[i] = model.Predict(signals[(i * d)..((i + 1) * d)])[0];
        }
        int[] chosen = [.. Enumerable.Range(0, labels.Count).Where(i => certifies?[i] == false)];
        double[][] among = [.. sure.Select(s => s.Concat(chosen.Select(i => own[i])).Order().ToArray())];
        CertifyingLabel Judged(int i) => new(SurenessRank.Of(among[folds[i]], own[i], i), said[i], right[i]);

        var mean = new float[pool[0].Length];
        foreach (var logits in pool)
            for (var i = 0; i < mean.Length; i++) mean[i] += logits[i] / pool.Count;
        var (answers, values) = Signals(mean, classes);
        var sureness = Fit([.. Enumerable.Range(0, labels.Count)]).Predict(values);
        return new SurestAnswers
        {
            Certifying = [.. Enumerable.Range(0, labels.Count).Where(i => certifies?[i] != false).Select(Judged)],
            Others = [.. chosen.Select(Judged)],
            OthersSureness = [.. chosen.Select(i => own[i])],
            Predicted = answers,
            Sureness = sureness,
            Order = [.. Enumerable.Range(0, answers.Length).OrderByDescending(i => sureness[i]).ThenBy(i => i)],
        };

        LogisticModel Fit(int[] rows) =>
            LogisticModel.Fit([.. rows.SelectMany(i => signals[(i * d)..((i + 1) * d)])], d, [.. rows.Select(i => right[i])], [.. rows.Select(_ => 1.0)]);
    }

    // The margin, and whether the answer is label 1, 2, …; label 0 is the intercept.
    static (int[] Said, double[] Values) Signals(float[] logits, int classes)
    {
        var n = logits.Length / classes;
        var said = new int[n];
        var values = new double[n * classes];
        for (var i = 0; i < n; i++)
        {
            var row = logits.AsSpan(i * classes, classes);
            var best = 0;
            for (var c = 1; c < classes; c++)
                if (row[c] > row[best]) best = c;
            var second = float.NegativeInfinity;
            for (var c = 0; c < classes; c++)
                if (c != best) second = Math.Max(second, row[c]);
            said[i] = best;
            values[i * classes] = row[best] - second;
            if (best > 0) values[i * classes + best] = 1;
        }
        return (said, values);
    }
}
