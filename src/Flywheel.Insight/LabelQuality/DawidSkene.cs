namespace Flywheel.Insight.LabelQuality;

/// <summary>
/// True labels and the annotators' own error rates from their votes alone (Dawid and Skene, JRSS-C 28, 1979), by expectation
/// maximisation from the shares of the votes. Every cell of the tables starts with one imagined vote (Laplace), so that few votes make nobody
/// infallible.
/// </summary>
public static class DawidSkene
{
    const double Smoothing = 1, Converged = 1e-9;
    const int MostIterations = 1000;

    /// <summary>Fits.</summary>
    /// <param name="votes">At most one vote of an annotator on an item; every item has one.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="annotators">Number of annotators.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="token">Looked at between rounds.</param>
    public static ConsensusFit Fit(IReadOnlyList<Vote> votes, int items, int annotators, int classes, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(votes);
        var posterior = new double[items * classes];
        var confusion = new double[annotators * classes * classes];
        var prior = new double[classes];
        var sizes = new int[items];
        foreach (var vote in votes)
        {
            posterior[vote.Item * classes + vote.Class]++;
            sizes[vote.Item]++;
        }
        for (var i = 0; i < items; i++)
        {
            if (sizes[i] == 0) throw new ArgumentException($"Item {i} has no vote.", nameof(votes));
            for (var c = 0; c < classes; c++) posterior[i * classes + c] /= sizes[i];
        }

        var next = new double[posterior.Length];
        var iteration = 0;
        while (iteration < MostIterations)
        {
            token.ThrowIfCancellationRequested();
            iteration++;
            Array.Fill(prior, Smoothing);
            for (var i = 0; i < posterior.Length; i++) prior[i % classes] += posterior[i];
            for (var c = 0; c < classes; c++) prior[c] /= items + classes * Smoothing;
            Array.Fill(confusion, Smoothing);
            foreach (var vote in votes)
                for (var c = 0; c < classes; c++) confusion[(vote.Annotator * classes + c) * classes + vote.Class] += posterior[vote.Item * classes + c];
            for (var row = 0; row < confusion.Length; row += classes)
            {
                double sum = 0;
                for (var c = 0; c < classes; c++) sum += confusion[row + c];
                for (var c = 0; c < classes; c++) confusion[row + c] /= sum;
            }

            for (var i = 0; i < next.Length; i++) next[i] = Math.Log(prior[i % classes]);
            foreach (var vote in votes)
                for (var c = 0; c < classes; c++) next[vote.Item * classes + c] += Math.Log(confusion[(vote.Annotator * classes + c) * classes + vote.Class]);
            double change = 0;
            for (var i = 0; i < items; i++)
            {
                var row = next.AsSpan(i * classes, classes);
                double top = double.NegativeInfinity, sum = 0;
                foreach (var value in row) top = Math.Max(top, value);
                for (var c = 0; c < classes; c++) sum += row[c] = Math.Exp(row[c] - top);
                for (var c = 0; c < classes; c++)
                {
                    row[c] /= sum;
                    change = Math.Max(change, Math.Abs(row[c] - posterior[i * classes + c]));
                }
            }
            (posterior, next) = (next, posterior);
            if (change < Converged) break;
        }
        return new ConsensusFit { Classes = classes, Posterior = posterior, Confusion = confusion, Prior = prior, Iterations = iteration };
    }
}
