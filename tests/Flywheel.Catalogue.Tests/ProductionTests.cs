namespace Flywheel.Catalogue.Tests;

public sealed class ProductionTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();

    public void Dispose() => _c.Dispose();

    Model Model(string id, string name, int day) => new()
    {
        Id = id,
        Name = name,
        Path = Path.Combine(_c.Root, ".flywheel", "models", id),
        Labels = ["closed", "open"],
        Preprocessing = new ImagePreprocessing(32, 24, 1, [0.5f], [0.25f]),
        Architecture = "net",
        Seed = long.MaxValue,
        Temperature = 1.25,
        Validation = new Metric("balanced accuracy", 0.9, 0.8, 0.95, 100, "Wilson"),
        Curve = [new EpochRecord("train", 1, 0.7, double.NaN, double.NaN, 0.5)],
        Adaptation = new AdaptationReport { Images = 5, EstimatedPrior = new Dictionary<string, double> { ["open"] = 0.6 }, Kept = true },
        TrainingTime = TimeSpan.FromSeconds(12.5),
        Created = new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero),
    };

    [Fact]
    public void A_model_comes_back_whole()
    {
        var made = Model("aaaa111122223333", "eyes", 1);
        _c.Store.AddModel(made);
        _c.Reopen();
        var read = _c.Store.FindModel("eyes")!;
        Assert.Equal(made.OnnxPath, read.OnnxPath);
        Assert.Equal(_c.Root, read.Workspace);
        Assert.Equal((32, 24, 1, 0.5f, 0.25f), (read.Preprocessing.Width, read.Preprocessing.Height, read.Preprocessing.Channels, read.Preprocessing.Mean[0], read.Preprocessing.Std[0]));
        Assert.Equal(made.Validation, read.Validation);
        Assert.Equal(made.Curve, read.Curve);
        Assert.Equal(0.6, read.Adaptation!.EstimatedPrior["open"]);
        Assert.Equal((made.Seed, made.Temperature, made.TrainingTime, made.Created), (read.Seed, read.Temperature, read.TrainingTime, read.Created));
    }

    [Fact]
    public void Models_are_found_by_newest_name_id_or_id_prefix()
    {
        _c.Store.AddModel(Model("aaaa111122223333", "eyes", 1));
        _c.Store.AddModel(Model("aaaa999922223333", "eyes", 3));
        _c.Store.AddModel(Model("bbbb111122223333", "other", 2));
        _c.Store.AddModel(Model("bbbb111122223333", "other", 2));
        Assert.Equal("aaaa999922223333", _c.Store.FindModel("EYES")!.Id);
        Assert.Equal("other", _c.Store.FindModel("bbbb")!.Name);
        Assert.Equal("AmbiguousModelId", Assert.Throws<FlywheelException>(() => _c.Store.FindModel("aaaa")).ErrorId);
        Assert.Null(_c.Store.FindModel("cccc"));
        Assert.Equal(["aaaa111122223333", "bbbb111122223333", "aaaa999922223333"], _c.Store.Models().Select(m => m.Id));
    }

    static Prediction Prediction(int image, string model, string label, int minute) => new()
    {
        Id = Guid.CreateVersion7().ToString(),
        ImageId = TemporaryCatalogue.Id(image),
        Path = $"/inbox/{image}.png",
        ModelId = model,
        Label = label,
        Confidence = 0.75,
        Margin = 0.5,
        Entropy = 0.25,
        Scores = new Dictionary<string, double> { ["open"] = 0.75, ["closed"] = 0.25 },
        Time = new DateTimeOffset(2026, 1, 1, 0, minute, 0, TimeSpan.Zero),
    };

    [Fact]
    public void A_prediction_learns_the_truth_when_somebody_says_it()
    {
        _c.Store.AddPredictions([Prediction(1, "m", "open", 0)]); // of a file that is not in the catalogue yet
        var unknown = Assert.Single(_c.Store.Predictions(new PredictionQuery()));
        Assert.Null(unknown.Correct);
        Assert.Equal((0.75, 0.5, 0.25, 0.25), (unknown.Confidence, unknown.Margin, unknown.Entropy, unknown.Scores["closed"]));
        _c.Add("d", _c.Record(1, "closed"));
        Assert.False(Assert.Single(_c.Store.Predictions(new PredictionQuery())).Correct);
        Assert.Equal("closed", Assert.Single(_c.Store.Predictions(new PredictionQuery { Dataset = "d" })).Truth);
        Assert.Empty(_c.Store.Predictions(new PredictionQuery { Dataset = "none" }));
    }

    [Fact]
    public void The_newest_prediction_of_each_image_counts_among_those_asked_for()
    {
        _c.Store.AddPredictions([Prediction(1, "old", "open", 0), Prediction(2, "old", "open", 1), Prediction(1, "new", "closed", 2), Prediction(1, "old", "closed", 3)]);
        Assert.Equal([(2, "old"), (1, "old")], Listed(new PredictionQuery()));
        Assert.Equal([(1, "new")], Listed(new PredictionQuery { ModelId = "new" }));
        Assert.Equal(4, Listed(new PredictionQuery { LatestPerImage = false }).Count);
        Assert.Equal([(1, "new"), (1, "old")], Listed(new PredictionQuery { LatestPerImage = false, Since = new DateTimeOffset(2026, 1, 1, 0, 2, 0, TimeSpan.Zero) }));

        List<(int, string)> Listed(PredictionQuery query) => [.. _c.Store.Predictions(query).Select(p => (int.Parse(Path.GetFileNameWithoutExtension(p.Path)), p.ModelId))];
    }
}
