namespace Flywheel.Engine.Production;

/// <summary>One image as a model sees it.</summary>
/// <param name="Image">The image.</param>
/// <param name="Probabilities">Calibrated, in the model's label order.</param>
/// <param name="FlipProbabilities">Mean with the mirrored image (of the logits); null if not asked for.</param>
/// <param name="Embedding">The model's embedding of the image; empty if it has none.</param>
public sealed record ScoredImage(FlywheelImage Image, float[] Probabilities, float[]? FlipProbabilities, float[] Embedding)
{
    /// <summary>Index of the winning label; the first on a tie.</summary>
    public int Winner
    {
        get
        {
            var winner = 0;
            for (var c = 1; c < Probabilities.Length; c++)
                if (Probabilities[c] > Probabilities[winner]) winner = c;
            return winner;
        }
    }

    /// <summary>The record users see.</summary>
    /// <param name="model">The model that scored.</param>
    /// <param name="time">When.</param>
    public Prediction ToPrediction(Model model, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(model);
        var winner = Winner;
        double second = 0, entropy = 0;
        var scores = new Dictionary<string, double>(Probabilities.Length);
        for (var c = 0; c < Probabilities.Length; c++)
        {
            double p = Probabilities[c];
            scores[model.Labels[c]] = p;
            if (c != winner) second = Math.Max(second, p);
            if (p > 0) entropy -= p * Math.Log(p);
        }
        return new Prediction
        {
            Id = Guid.CreateVersion7(time).ToString(),
            ImageId = Image.Id,
            Path = Image.Path,
            ModelId = model.Id,
            Label = model.Labels[winner],
            Confidence = Probabilities[winner],
            Margin = Probabilities[winner] - second,
            Entropy = Math.Clamp(entropy / Math.Log(Probabilities.Length), 0, 1),
            Scores = scores,
            Truth = Image.Provenance == AnnotationProvenance.Auto ? null : Image.Label,
            Time = time,
        };
    }
}
