using Flywheel.Learning.Export;
using Flywheel.Learning.Native;
using Flywheel.Learning.Training;

namespace Flywheel.Learning.Tests;

public class TrainerTests
{
    static readonly Dictionary<string, string> s_metadata = new()
    {
        [Inference.ModelMetadata.LabelsKey] = Inference.ModelMetadata.WriteLabels(Shapes.Labels),
        [Inference.ModelMetadata.PreprocessingKey] = Inference.ModelMetadata.WritePreprocessing(ImagePreprocessing.Raw(24, 24, 1)),
    };

    static byte[] Onnx(TrainedClassifier trained) => NetworkExport.ToOnnx(trained.Weights, trained.Temperature, s_metadata);

    static TrainedClassifier Train(TrainingData data, TrainerOptions options, IReporter? reporter = null, CancellationToken token = default) =>
        new ClassifierTrainer(data, options).Train("test", reporter ?? NullReporter.Instance, token);

    [Fact]
    public void Torch_loads_on_this_machine() => Assert.Null(TorchRuntime.Fault);

    [Fact]
    public void An_easy_task_is_learned()
    {
        var trained = Train(Shapes.Data(), Shapes.Options(epochs: 8));
        Assert.InRange(Shapes.Accuracy(trained.Weights, Shapes.Draw(200, 3)), 0.93, 1);
        Assert.False(trained.Interrupted);
        Assert.Equal(8, trained.Curve.Count);
        Assert.All(trained.Curve, e => Assert.InRange(e.ValidationBalancedAccuracy, 0, 1));
    }

    [Fact]
    public void The_same_seed_and_threads_give_the_same_file_and_another_seed_another()
    {
        var data = Shapes.Data(96, 30);
        var first = Onnx(Train(data, Shapes.Options(7, 2)));
        Assert.Equal(first, Onnx(Train(data, Shapes.Options(7, 2))));
        Assert.NotEqual(first, Onnx(Train(data, Shapes.Options(8, 2))));
    }

    [Theory]
    [InlineData(false, 24, 1)]
    [InlineData(true, 24, 1)]
    [InlineData(true, 32, 3)]
    [InlineData(false, 64, 1)]
    public void The_exported_file_answers_as_the_trainer_does(bool mirror, int size, int channels)
    {
        var data = new TrainingData { Labels = Shapes.Labels, Train = Shapes.Draw(64, 1, size, channels: channels), Validation = Shapes.Draw(40, 2, size, channels: channels) };
        var trained = Train(data, Shapes.Options(epochs: 1) with { Network = Shapes.Network(mirror, size, channels) });
        var metadata = new Dictionary<string, string>(s_metadata) { [Inference.ModelMetadata.PreprocessingKey] = Inference.ModelMetadata.WritePreprocessing(ImagePreprocessing.Raw(size, size, channels)) };
        var onnx = NetworkExport.ToOnnx(trained.Weights, trained.Temperature, metadata);
        Assert.InRange(NetworkExport.DemandParity(onnx, trained.Weights, trained.Temperature, data.Validation.Pixels), 0, NetworkExport.Tolerance);
    }

    [Fact]
    public void An_export_that_differs_is_refused()
    {
        var data = Shapes.Data(64, 40);
        var trained = Train(data, Shapes.Options(epochs: 1));
        var onnx = NetworkExport.ToOnnx(trained.Weights, trained.Temperature * 1.5, s_metadata);
        var fault = Assert.Throws<FlywheelException>(() => NetworkExport.DemandParity(onnx, trained.Weights, trained.Temperature, data.Validation!.Pixels));
        Assert.Equal("ExportParityFailed", fault.ErrorId);
    }

    [Fact]
    public void Training_is_measured_before_it_starts()
    {
        var said = new Listener();
        Train(Shapes.Data(96, 0), Shapes.Options(epochs: 1), reporter: said);
        Assert.Contains(said.Informations, i => i.Contains("train 1 epochs", StringComparison.Ordinal) && i.Contains("about", StringComparison.Ordinal));
    }

    [Fact]
    public void Stopping_after_an_epoch_keeps_the_best_so_far()
    {
        using var stop = new CancellationTokenSource();
        var data = Shapes.Data();
        // The first progress report that carries a validation score comes after the first epoch.
        var listener = new Listener { OnProgress = p => { if (p.Status.Contains("validation", StringComparison.Ordinal)) stop.Cancel(); } };
        var trained = Train(data, Shapes.Options(epochs: 1000), listener, stop.Token);
        Assert.True(trained.Interrupted);
        Assert.InRange(trained.Curve.Count, 1, 999);
        Assert.InRange(NetworkExport.DemandParity(Onnx(trained), trained.Weights, trained.Temperature, data.Validation!.Pixels), 0, NetworkExport.Tolerance);
    }

    [Fact]
    public void Stopping_before_an_epoch_is_finished_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        var listener = new Listener { OnInformation = stop.Cancel };
        Assert.ThrowsAny<OperationCanceledException>(() => Train(Shapes.Data(), Shapes.Options(epochs: 50), listener, stop.Token));
    }

    [Fact]
    public void Continuing_starts_where_the_parent_ended()
    {
        var data = Shapes.Data();
        var parent = Train(data, Shapes.Options(epochs: 8));
        var child = Train(data, Shapes.Options() with { Start = parent.Weights, AdaptEpochs = 1 });
        var test = Shapes.Draw(200, 3);
        Assert.InRange(Shapes.Accuracy(child.Weights, test), Shapes.Accuracy(parent.Weights, test) - 0.05, 1);
        Assert.All(child.Curve, e => Assert.Equal("continue", e.Stage));
    }

    [Fact]
    public void Adaptation_tells_its_prior_and_its_verdict()
    {
        var production = Shapes.Draw(200, 5, discs: 0.8, contrast: 70);
        var parent = Train(Shapes.Data(), Shapes.Options(epochs: 12));
        Assert.InRange(Shapes.Accuracy(parent.Weights, production), 0.8, 1);
        var trained = Train(Shapes.Data() with { Unlabelled = production.Pixels }, Shapes.Options() with { Start = parent.Weights });
        var report = Assert.IsType<AdaptationReport>(trained.Adaptation);
        Assert.True(report.Kept, report.Reason);
        Assert.Equal("MaximumLikelihood", report.PriorMethod);
        Assert.Equal(1, report.EstimatedPrior.Values.Sum(), 6);
        Assert.InRange(report.EstimatedPrior["disc"], 0.7, 0.9);
        Assert.Equal(200, report.Images);
        Assert.InRange(Shapes.Accuracy(trained.Weights, production), 0.9, 1);
    }

    [Fact]
    public void A_model_near_chance_is_not_allowed_to_teach_itself()
    {
        var data = Shapes.Data();
        var random = new SeededRandom(4);
        var nonsense = data with { Train = new(data.Train.Pixels, [.. data.Train.Labels.Select(_ => random.Next(2))]) };
        var said = new Listener();
        var trained = Train(nonsense with { Unlabelled = Shapes.Draw(100, 5).Pixels }, Shapes.Options(epochs: 1), reporter: said);
        Assert.False(trained.Adaptation!.Kept);
        Assert.Contains("near chance", trained.Adaptation.Reason, StringComparison.Ordinal);
        Assert.Contains(said.Warnings, w => w.Contains("near chance", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_validation_there_is_no_calibration_and_the_last_epoch_counts()
    {
        var trained = Train(Shapes.Data(96, 0), Shapes.Options(epochs: 2));
        Assert.Equal(1, trained.Temperature);
        Assert.Null(trained.ValidationLogits);
        Assert.All(trained.Curve, e => Assert.True(double.IsNaN(e.ValidationBalancedAccuracy)));
    }
}
