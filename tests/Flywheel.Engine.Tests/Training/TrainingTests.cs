using System.Diagnostics;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Training;
using Flywheel.Inference;

namespace Flywheel.Engine.Tests.Training;

public sealed class TrainingTests : IDisposable
{
    readonly TemporaryWorkspace _w = new();

    public void Dispose() => _w.Dispose();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    // Level or upright stripes on any ground: what a network can learn in a moment.
    void Draw(string dataset, int count, int seed, bool labelled = true, string first = "level")
    {
        for (var i = 0; i < count; i++)
        {
            var random = new SeededRandom(seed, i);
            double wave = random.NextDouble(0.5, 0.9), phase = random.NextDouble(0, 6), ground = random.NextDouble(80, 170);
            var upright = i % 2 == 1;
            _w.Write($"{dataset}/{(upright ? "upright" : first)}/{i:0000}.png",
                Pictures.Png((x, y) => (byte)Math.Clamp(ground + 40 * Math.Sin(wave * (upright ? x : y) + phase) + random.Next(-9, 10), 0, 255), 32, 32));
        }
        DatasetImporter.Import(_w.Workspace, new ImportRequest { Path = Path.Combine(_w.Data, dataset), Name = dataset, Unlabeled = !labelled }, _w.Reports, Token);
    }

    void Source(int count = 120)
    {
        Draw("source", count, 1);
        DatasetSplitter.Split(_w.Workspace, new SplitRequest { Dataset = "source", Train = 0.6, Validation = 0.2, Test = 0.2 }, _w.Reports, Token);
    }

    static TrainingRequest Request(string dataset = "source") => new() { Datasets = [dataset], Preset = TrainingPreset.Fast, Epochs = 3, Threads = 1, Seed = 1 };

    Model Train(TrainingRequest request) => TrainingService.Train(_w.Workspace, request, _w.Reports, Token);

    FlywheelException Fails(TrainingRequest request) => Assert.Throws<FlywheelException>(() => Train(request));

    [Fact]
    public void A_training_leaves_a_whole_registered_model()
    {
        Source();
        var model = Train(Request() with { Epochs = 8 });
        Assert.Equal("source-fast-1", model.Name);
        Assert.Equal(["level", "upright"], model.Labels);
        Assert.Equal(_w.Workspace.GetDataset("source").VersionId, model.DatasetVersion);
        Assert.Equal((32, 32, 1), (model.Preprocessing.Width, model.Preprocessing.Height, model.Preprocessing.Channels));
        Assert.Equal(model.Id, ModelFolder.IdOf(File.ReadAllBytes(model.OnnxPath)));
        ModelFolder.Verify(model);
        Assert.Equal(["SHA256SUMS", "model.json", "model.onnx", "weights.bin"], Directory.GetFiles(model.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.InRange(model.Validation!.Value, 0.9, 1);
        Assert.Equal(24, model.Validation.N);
        Assert.Equal(8, model.Curve.Count);
        Assert.Equal(model.Id, _w.Workspace.GetModel("source-fast-1").Id);
        using var network = OnnxClassifier.Load(model.OnnxPath, 1);
        Assert.Equal(model.DatasetVersion, network.Metadata[ModelMetadata.DatasetVersionKey]);
        Assert.Contains(_w.Reports.Lines, l => l.Contains("about", StringComparison.Ordinal) && l.Contains("Training source-fast-1", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_training_under_two_names_is_one_folder_with_two_names()
    {
        Source();
        var a = Train(Request() with { Name = "a" });
        var b = Train(Request() with { Name = "b" });
        Assert.Equal(a.Id, b.Id);
        Assert.Single(Directory.GetDirectories(_w.Workspace.ModelsPath));
        Assert.Equal(["a", "b"], _w.Workspace.Catalogue.Models().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.NotEqual(a.Id, Train(Request() with { Name = "c", Seed = 2 }).Id);
    }

    [Fact]
    public void A_dataset_that_is_not_split_says_how_to_split_it()
    {
        Draw("source", 20, 1);
        var fault = Fails(Request());
        Assert.Equal(("DatasetNotSplit", (object)"source"), (fault.ErrorId, fault.Target));
        Assert.Contains("Split-FlywheelDataset", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(_w.Workspace.Catalogue.Models());
    }

    [Fact]
    public void One_label_alone_cannot_be_told_from_anything()
    {
        Draw("source", 40, 1, first: "upright");
        DatasetSplitter.Split(_w.Workspace, new SplitRequest { Dataset = "source" }, _w.Reports, Token);
        Assert.Equal("TooFewLabels", Fails(Request()).ErrorId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Epochs_out_of_range_are_refused(int epochs)
    {
        Source(40);
        var fault = Fails(Request() with { Epochs = epochs });
        Assert.Equal(("TrainingOptionOutOfRange", (object)epochs), (fault.ErrorId, fault.Target));
    }

    [Fact]
    public void A_corrupt_training_image_is_a_fault_and_the_rest_is_learned_from()
    {
        Source();
        var victim = _w.Workspace.Catalogue.Images(new ImageQuery { Dataset = "source", Split = DataSplit.Train }).First();
        File.WriteAllBytes(victim.Path, [1, 2, 3]);
        var model = Train(Request());
        Assert.Contains(_w.Reports.Faults, f => Equals(f.Target, victim.Path));
        Assert.True(File.Exists(model.OnnxPath));
    }

    [Fact]
    public void A_plan_tells_images_and_time_and_writes_nothing()
    {
        Source();
        Draw("inbox", 40, 7, labelled: false);
        var versions = _w.Workspace.Catalogue.Versions("source").Count;
        var plan = TrainingService.Plan(_w.Workspace, Request() with { Unlabeled = "inbox" }, _w.Reports, Token);
        Assert.Equal((72, 24, 0, 40), (plan.TrainingImages, plan.ValidationImages, plan.TargetImages, plan.UnlabeledImages));
        Assert.Equal(["train 3 epochs", "adapt 8 epochs"], plan.Stages);
        Assert.True(plan.Expected > TimeSpan.Zero);
        Assert.False(Directory.Exists(_w.Workspace.ModelsPath));
        Assert.Equal(versions, _w.Workspace.Catalogue.Versions("source").Count);
        Assert.Empty(_w.Workspace.Catalogue.Models());
    }

    [Fact]
    public void A_model_adapts_to_production_and_then_learns_from_its_labels()
    {
        Source();
        Draw("inbox", 60, 7, labelled: false);
        var start = Train(Request() with { Epochs = 8 });
        var adapted = Train(Request() with { From = start.Id, Unlabeled = "inbox" });
        Assert.Equal(start.Id, adapted.ParentId);
        Assert.Equal(60, adapted.Adaptation!.Images);
        Assert.True(adapted.Adaptation.Kept, adapted.Adaptation.Reason);
        Assert.Equal("inbox", adapted.AdaptedTo);
        Assert.All(adapted.Curve, e => Assert.Equal("adapt", e.Stage));

        var images = _w.Images("inbox").Take(24).ToList();
        _w.Workspace.Catalogue.Annotate([.. images.Select(i => new AnnotationChange(i.Id, Path.GetFileName(Path.GetDirectoryName(i.Path)), AnnotationProvenance.Human, "me"))]);
        var request = Request() with { From = adapted.Id, Unlabeled = "inbox", RandomSample = [.. images.Select(i => i.Id)] };
        Assert.Equal((24, 36), (TrainingService.Plan(_w.Workspace, request, _w.Reports, Token).TargetImages, TrainingService.Plan(_w.Workspace, request, _w.Reports, Token).UnlabeledImages));
        Assert.Equal((0, 60), (TrainingService.Plan(_w.Workspace, request with { Targets = [] }, _w.Reports, Token).TargetImages, TrainingService.Plan(_w.Workspace, request with { Targets = [] }, _w.Reports, Token).UnlabeledImages));
        Assert.Equal(36, Train(request).Adaptation!.Images);
    }

    [Fact]
    public void Audited_images_of_production_judge_an_adaptation_that_does_not_learn_from_them()
    {
        Source();
        Draw("inbox", 60, 7, labelled: false);
        var start = Train(Request() with { Epochs = 8 });
        var images = _w.Images("inbox").Take(24).ToList();
        _w.Workspace.Catalogue.AddAuditPicks([.. images.Select(i => new AuditPick { ImageId = i.Id, ModelId = start.Id, Probability = 0.4 })]);
        _w.Workspace.Catalogue.Annotate([.. images.Select(i => new AnnotationChange(i.Id, Path.GetFileName(Path.GetDirectoryName(i.Path)), AnnotationProvenance.Human, "me"))]);
        var request = Request() with { From = start.Id, Unlabeled = "inbox" };
        Assert.Contains("f 24 audited images of production", Train(request with { Targets = [] }).Adaptation!.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("audited", Train(request).Adaptation!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_set_aside_for_judging_are_never_learned_from()
    {
        Source();
        Draw("inbox", 60, 7);
        DatasetSplitter.Split(_w.Workspace, new SplitRequest { Dataset = "inbox", Train = 0.5, Validation = 0.25, Test = 0.25 }, _w.Reports, Token);
        var plan = TrainingService.Plan(_w.Workspace, Request() with { Datasets = ["source", "inbox"] }, _w.Reports, Token);
        Assert.Equal((30, 24), (plan.TargetImages, plan.ValidationImages));
    }

    [Fact]
    public void A_damaged_model_is_not_continued_from()
    {
        Source();
        var model = Train(Request());
        var weights = Path.Combine(model.Path, ModelFolder.WeightsName);
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        var fault = Fails(Request() with { From = model.Id });
        Assert.Equal(("ModelChecksumMismatch", (object)weights), (fault.ErrorId, fault.Target));
    }

    [Fact]
    public void A_label_the_parent_does_not_know_is_refused()
    {
        Source();
        var model = Train(Request());
        Draw("other", 40, 9, first: "slanted");
        DatasetSplitter.Split(_w.Workspace, new SplitRequest { Dataset = "other" }, _w.Reports, Token);
        var fault = Fails(Request("other") with { From = model.Id });
        Assert.Equal(("LabelUnknown", (object)"slanted"), (fault.ErrorId, fault.Target));
    }

    [Fact]
    public void A_backbone_does_not_adapt()
    {
        Source(40);
        Assert.Equal("TrainingOptionsConflict", Fails(Request() with { Backbone = "x.onnx", Unlabeled = "source" }).ErrorId);
        Assert.Equal("BackboneMissing", Fails(Request() with { Backbone = Path.Combine(_w.Data, "x.onnx") }).ErrorId);
    }

    [Fact]
    public void Stopping_keeps_the_best_so_far_as_a_model()
    {
        Source();
        using var stop = new CancellationTokenSource();
        var model = TrainingService.Train(_w.Workspace, Request() with { Epochs = 1000 }, new Stopper(stop), stop.Token);
        Assert.True(model.Interrupted);
        Assert.True(_w.Workspace.GetModel(model.Id).Interrupted);
        ModelFolder.Verify(model);
    }

    [Fact]
    public void Too_little_time_keeps_nothing()
    {
        Source();
        Assert.Equal("TrainingTimeTooShort", Fails(Request() with { MaxTime = TimeSpan.FromMilliseconds(1) }).ErrorId);
        Assert.Empty(_w.Workspace.Catalogue.Models());
    }

    [Fact]
    public void A_killed_training_leaves_no_half_model_and_the_next_one_completes()
    {
        Source();
        var before = Train(Request());
        using (var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Flywheel.Engine.TestHost.dll"), "train", _w.Root, "source"]) { RedirectStandardOutput = true })!)
        {
            Assert.Equal("epoch", process.StandardOutput.ReadLine());
            process.Kill();
            process.WaitForExit();
        }
        Assert.Equal([before.Id], Directory.GetDirectories(_w.Workspace.ModelsPath).Select(Path.GetFileName));
        Assert.Equal(before.Id, Assert.Single(_w.Workspace.Catalogue.Models()).Id);
        ModelFolder.Verify(Train(Request() with { Seed = 5 }));
    }

    [Fact]
    public void A_folder_left_by_a_process_killed_before_it_could_register_is_taken_over()
    {
        Source();
        var model = Train(Request() with { Name = "a" });
        using var other = new TemporaryWorkspace();
        var copy = ModelFolder.PathOf(other.Workspace, model.Id);
        Directory.CreateDirectory(copy);
        File.WriteAllText(Path.Combine(copy, "model.onnx"), "half");
        ModelFolder.Write(other.Workspace, model with { Path = copy }, File.ReadAllBytes(model.OnnxPath), null);
        ModelFolder.Verify(model with { Path = copy });
    }

    sealed class Stopper(CancellationTokenSource stop) : IReporter
    {
        public void Progress(ProgressInfo progress)
        {
            if (progress.Status.Contains("validation", StringComparison.Ordinal)) stop.Cancel();
        }

        public void Warning(string message) { }
        public void Information(string message) { }
        public void Verbose(string message) { }
        public void Fault(FlywheelException fault) { }
    }
}
