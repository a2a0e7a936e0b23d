using Flywheel.Engine.Production;

namespace Flywheel.Engine.Tests.Production;

public class PredictionTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Predictions_come_in_the_order_of_the_files_and_say_what_the_model_says()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        var lumas = Enumerable.Range(0, 150).Select(i => (byte)(i * 37 % 256)).ToArray();
        var files = lumas.Select((luma, i) => at.Write($"{i:000}.png", Pictures.Png((_, _) => luma, 20 + i, 20))).ToArray();

        var predictions = at.Predict(model, files);

        Assert.Equal(files, predictions.Select(p => p.Path));
        foreach (var (p, luma) in predictions.Zip(lumas))
        {
            var open = TinyModel.Open(luma);
            Assert.Equal(open, p.Scores["open"], 1e-5);
            Assert.Equal(1, p.Scores.Values.Sum(), 1e-5);
            Assert.Equal(Math.Max(open, 1 - open), p.Confidence, 1e-5);
            Assert.Equal(Math.Abs(2 * open - 1), p.Margin, 1e-5);
            Assert.Equal(-(open * Math.Log(open) + (1 - open) * Math.Log(1 - open)) / Math.Log(2), p.Entropy, 1e-3);
            Assert.Equal(open > 0.5 ? "open" : "closed", p.Label);
            Assert.Equal(model.Id, p.ModelId);
            Assert.Null(p.Truth);
        }
        Assert.Equal(150, predictions.Select(p => p.Id).Distinct().Count());
        Assert.Empty(at.Reports.Faults);
    }

    [Fact]
    public void Unknown_files_go_to_the_inbox_and_every_prediction_is_stored()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        var files = Enumerable.Range(0, 5).Select(i => Shades.Write(at, $"{i}.png", (byte)(40 * i), i)).ToArray();

        var predictions = at.Predict(model, files);

        Assert.Equal(5, at.Workspace.GetDataset("inbox").Images);
        Assert.Equal(predictions.Select(p => p.Id), at.Workspace.Catalogue.Predictions(new PredictionQuery { ModelId = model.Id }).Select(p => p.Id));
        Assert.Equal(predictions.Select(p => p.ImageId).Order(), at.Images("inbox").Select(i => i.Id).Order());
    }

    [Fact]
    public void Files_the_catalogue_knows_stay_where_they_are_and_bring_their_truth()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 10);

        var predictions = at.Predict(model, at.Images("eyes").Select(i => i.Path));

        Assert.Null(at.Workspace.Catalogue.FindDataset("inbox"));
        Assert.Equal(at.Images("eyes").Select(i => i.Label), predictions.Select(p => p.Truth));
        Assert.Equal(9, predictions.Count(p => p.Correct == true));
    }

    [Fact]
    public void A_named_dataset_takes_known_and_unknown_files()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 4);
        var files = at.Images("eyes").Select(i => i.Path).Append(Shades.Write(at, "new.png", 200, 99));

        at.Predict(model, files, new PredictionOptions { Dataset = "camera" });

        Assert.Equal(5, at.Workspace.GetDataset("camera").Images);
        Assert.Equal(4, at.Workspace.GetDataset("camera").Labelled);
    }

    [Fact]
    public void Bad_files_are_faults_that_name_them_and_the_rest_goes_on()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        var whole = Pictures.Png(1);
        string[] files =
        [
            Shades.Write(at, "a.png", 10),
            at.Write("empty.png", []),
            at.Write("cut.png", whole[..(whole.Length / 2)]),
            at.Write("text.png", "not a picture"),
            at.Write("bomb.png", Pictures.Bomb()),
            Path.Combine(at.Data, "missing.png"),
            at.Data,
            Shades.Write(at, "b.png", 240),
        ];

        var predictions = at.Predict(model, files);

        Assert.Equal([files[0], files[^1]], predictions.Select(p => p.Path));
        Assert.Equal(files[1..^1].Order(), at.Reports.Faults.Select(f => (string)f.Target!).Order());
        Assert.Contains("FileNotFound", at.Reports.FaultIds);
        Assert.Contains("PathIsFolder", at.Reports.FaultIds);
        Assert.Equal(2, at.Workspace.GetDataset("inbox").Images);
    }

    [Fact]
    public void Without_storing_nothing_is_written()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        var files = Enumerable.Range(0, 40).Select(i => Shades.Write(at, $"{i}.png", (byte)(6 * i), i)).ToArray();

        Assert.Equal(40, at.Predict(model, files, new PredictionOptions { Store = false }).Count);

        Assert.Empty(at.Workspace.Catalogue.Images(new ImageQuery()));
        Assert.Empty(at.Workspace.Catalogue.Datasets());
        Assert.Empty(at.Workspace.Catalogue.Predictions(new PredictionQuery()));
        Assert.False(Directory.Exists(at.Workspace.EmbeddingsPath) && Directory.EnumerateFileSystemEntries(at.Workspace.EmbeddingsPath).Any());
    }

    [Fact]
    public void What_was_handed_out_before_the_caller_had_enough_is_stored()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 100);

        using (var service = new PredictionService(at.Workspace, model))
            Assert.Equal(7, service.PredictImages(at.Images("eyes"), at.Reports, Token).Take(7).Count());

        Assert.Equal(7, at.Workspace.Catalogue.Predictions(new PredictionQuery()).Count());
    }

    [Fact]
    public void A_file_changed_since_it_was_catalogued_is_a_fault()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 3);
        var images = at.Images("eyes");
        File.WriteAllBytes(images[1].Path, Pictures.Png(5, 40, 40));

        using var service = new PredictionService(at.Workspace, model);
        var predictions = service.PredictImages(images, at.Reports, Token).ToList();

        Assert.Equal([images[0].Id, images[2].Id], predictions.Select(p => p.ImageId));
        Assert.Equal(("ImageChanged", images[1].Path), (at.Reports.Faults.Single().ErrorId, at.Reports.Faults.Single().Target));
    }

    [Fact]
    public void A_changed_file_given_as_file_is_a_new_image()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        var file = Shades.Write(at, "a.png", 30);
        var before = at.Predict(model, [file]).Single();
        File.WriteAllBytes(file, Pictures.Png((_, _) => 230, 50, 50));

        var after = at.Predict(model, [file]).Single();

        Assert.NotEqual(before.ImageId, after.ImageId);
        Assert.Equal(("closed", "open"), (before.Label, after.Label));
        Assert.Equal(2, at.Workspace.GetDataset("inbox").Images);
    }

    [Fact]
    public void Cancelling_stops_between_images()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 200);
        using var stop = new CancellationTokenSource();
        using var service = new PredictionService(at.Workspace, model);
        var seen = 0;

        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var _ in service.PredictImages(at.Images("eyes"), at.Reports, stop.Token))
                if (++seen == 5) stop.Cancel();
        });

        Assert.InRange(seen, 5, 199);
        Assert.Equal(seen, at.Workspace.Catalogue.Predictions(new PredictionQuery()).Count());
    }

    [Fact]
    public void Progress_counts_the_images()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 30);
        at.Predict(model, at.Images("eyes").Select(i => i.Path));

        var last = at.Reports.ProgressReports.Last(p => p.Activity == "Predicting with tiny");
        Assert.True(last.Completed);
        Assert.Equal(30, last.Done);
    }

    [Fact]
    public void A_model_file_that_was_changed_is_refused()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        var other = TinyModel.Add(at.Workspace, "other", sharpness: -10);
        File.Copy(other.OnnxPath, model.OnnxPath, overwrite: true);
        Shades.Dataset(at, "eyes", 1);
        using var service = new PredictionService(at.Workspace, model);
        var fault = Assert.Throws<FlywheelException>(() => service.PredictImages(at.Images("eyes"), at.Reports, Token).ToList());
        Assert.Equal(("ModelChecksumMismatch", (object)model.OnnxPath), (fault.ErrorId, fault.Target));
        Assert.Empty(at.Workspace.Catalogue.Predictions(new PredictionQuery()));
    }

    [Fact]
    public void A_model_file_with_other_labels_than_recorded_is_refused()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace) with { Labels = ["left", "right"] };
        Shades.Dataset(at, "eyes", 1);
        using var service = new PredictionService(at.Workspace, model);
        Assert.Equal("ModelLabelsDiffer", Assert.Throws<FlywheelException>(() => service.PredictImages(at.Images("eyes"), at.Reports, Token).ToList()).ErrorId);
    }

    [Fact]
    public void Real_photographs_go_through_without_a_fault()
    {
        var cew = SharedData.Folder("cew");
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        var files = Directory.EnumerateFiles(cew, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(300).ToArray();

        var predictions = at.Predict(model, files);

        Assert.Equal(files, predictions.Select(p => p.Path));
        Assert.Empty(at.Reports.Faults);
    }
}
