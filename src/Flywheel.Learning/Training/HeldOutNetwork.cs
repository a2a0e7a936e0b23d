using Flywheel.Learning.Data;
using Flywheel.Learning.Networks;

namespace Flywheel.Learning.Training;

/// <summary>A network trained on some pictures and asked about others in one go: what cross-validation needs.</summary>
public static class HeldOutNetwork
{
    /// <summary>Trains on some pictures and scores others.</summary>
    /// <param name="training">Pictures to learn from; every label of <paramref name="labels"/> occurs.</param>
    /// <param name="labels">Labels in output order.</param>
    /// <param name="others">Pictures to score, of the same sizes.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="activity">What the progress is called.</param>
    /// <param name="reporter">Gets progress.</param>
    /// <param name="cancellationToken">Ends the training within a step.</param>
    /// <returns>Probabilities [others × labels].</returns>
    /// <exception cref="OperationCanceledException">Stopped: half a training would judge worse than the user expects.</exception>
    /// <exception cref="FlywheelException"><c>NativeLibraryUnavailable</c>, <c>TrainingDiverged</c>.</exception>
    public static double[] TrainAndScore(LabelledPixels training, IReadOnlyList<string> labels, PixelSet others, TrainerOptions options, string activity, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(options);
        var trained = new ClassifierTrainer(new TrainingData { Labels = labels, Train = training }, options).Train(activity, reporter, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        using var net = new ConvNet(trained.Weights.Spec, learns: false);
        net.Load(trained.Weights.Values);
        return Scores.Probabilities(Scorer.Logits(net, others, trained.Weights.Spec.MirrorAveraging, cancellationToken), labels.Count);
    }
}
