using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace Flywheel.Learning.Backbones;

/// <summary>Multinomial logistic regression on frozen features by Microsoft.ML (L-BFGS), its standardisation folded into the weights.</summary>
/// <param name="Matrix">[classes × features].</param>
/// <param name="Bias">[classes].</param>
sealed record BackboneHead(float[] Matrix, float[] Bias)
{
    const string Label = "Label";

    sealed class Row
    {
        public float[] Features { get; set; } = [];
        public int Number { get; set; }
        public float Weight { get; set; }
    }

    /// <summary>Fits a head.</summary>
    /// <param name="features">[n × length].</param>
    /// <param name="labels">0-based, all of which occur.</param>
    /// <param name="length">Features of a picture.</param>
    /// <param name="classes">Number of labels.</param>
    /// <param name="penalty">L2 penalty.</param>
    /// <param name="seed">Seed of the context; one thread makes the result repeatable.</param>
    public static BackboneHead Fit(float[] features, IReadOnlyList<int> labels, int length, int classes, float penalty, long seed)
    {
        var n = labels.Count;
        var (mean, deviation) = Moments(features, n, length);
        var counts = new int[classes];
        foreach (var l in labels) counts[l]++;
        var rows = new Row[n];
        for (var i = 0; i < n; i++)
        {
            var x = new float[length];
            for (var f = 0; f < length; f++) x[f] = (float)((features[i * length + f] - mean[f]) / deviation[f]);
            rows[i] = new Row { Features = x, Number = labels[i], Weight = Math.Min(10f, (float)n / (classes * counts[labels[i]])) };
        }
        var ml = new MLContext(unchecked((int)seed));
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, length);
        var data = ml.Data.LoadFromEnumerable(rows, schema);
        // By value: key k is label k, since every label occurs.
        data = ml.Transforms.Conversion.MapValueToKey(Label, nameof(Row.Number), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(data).Transform(data);
        var model = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            FeatureColumnName = nameof(Row.Features),
            LabelColumnName = Label,
            ExampleWeightColumnName = nameof(Row.Weight),
            L1Regularization = 0,
            L2Regularization = penalty,
            NumberOfThreads = 1,
        }).Fit(data).Model;
        VBuffer<float>[]? weights = null;
        model.GetWeights(ref weights!, out _);
        var biases = model.GetBiases().ToArray();

        var matrix = new float[classes * length];
        var bias = new float[classes];
        for (var c = 0; c < classes; c++)
        {
            var w = weights[c].DenseValues().ToArray();
            double shift = biases[c];
            for (var f = 0; f < length; f++)
            {
                var scaled = w[f] / deviation[f];
                matrix[c * length + f] = (float)scaled;
                shift -= scaled * mean[f];
            }
            bias[c] = (float)shift;
        }
        return new BackboneHead(matrix, bias);
    }

    /// <summary>Logits [n × classes].</summary>
    public float[] Logits(float[] features, int length)
    {
        int n = features.Length / length, classes = Bias.Length;
        var logits = new float[n * classes];
        for (var i = 0; i < n; i++)
        {
            for (var c = 0; c < classes; c++)
            {
                double sum = Bias[c];
                for (var f = 0; f < length; f++) sum += (double)Matrix[c * length + f] * features[i * length + f];
                logits[i * classes + c] = (float)sum;
            }
        }
        return logits;
    }

    static (double[] Mean, double[] Deviation) Moments(float[] features, int n, int length)
    {
        var mean = new double[length];
        var deviation = new double[length];
        for (var i = 0; i < features.Length; i++) mean[i % length] += features[i];
        for (var f = 0; f < length; f++) mean[f] /= n;
        for (var i = 0; i < features.Length; i++) deviation[i % length] += Math.Pow(features[i] - mean[i % length], 2);
        // A feature that never changes says nothing; a deviation of one keeps it from blowing up.
        for (var f = 0; f < length; f++) deviation[f] = Math.Sqrt(deviation[f] / n) is > 1e-6 and var d ? d : 1;
        return (mean, deviation);
    }
}
