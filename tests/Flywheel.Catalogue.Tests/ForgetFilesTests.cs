namespace Flywheel.Catalogue.Tests;

public sealed class ForgetFilesTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();

    public void Dispose() => _c.Dispose();

    string Kept(object seed) => Path.Combine(_c.Root, "kept", $"{seed}.png");

    static Prediction Of(object seed, string path) => new()
    {
        Id = Guid.CreateVersion7().ToString(), ImageId = TemporaryCatalogue.Id(seed), Path = path, ModelId = "m", Label = "open", Scores = new Dictionary<string, double> { ["open"] = 1 }, Time = DateTimeOffset.UtcNow,
    };

    [Fact]
    public void An_image_whose_only_file_went_keeps_its_measurements_and_its_predictions_without_a_path()
    {
        _c.Store.AddPredictions([Of("a", Kept("a")), Of("b", Kept("b"))], "inbox", [_c.Record("a", path: Kept("a")), _c.Record("b", path: Kept("b"))], "endpoint");
        _c.Store.ForgetFiles([Kept("a"), Kept("never seen")]);
        Assert.Equal(["", Kept("b")], _c.Store.Images(new ImageQuery()).Select(i => i.Path));
        Assert.Equal(["", Kept("b")], _c.Store.Predictions(new PredictionQuery()).Select(p => p.Path));
        Assert.Equal(24, _c.Store.FindImage(TemporaryCatalogue.Id("a"))!.Width);
        Assert.Single(_c.Store.KnownFiles(Path.Combine(_c.Root, "kept")));
    }

    [Fact]
    public void An_image_with_another_file_takes_that_one()
    {
        _c.Add("inbox", _c.Record("a", path: Kept("a")));
        var imported = Path.Combine(_c.Root, "data", "a.png");
        _c.Add("train", _c.Record("a", path: imported));
        _c.Store.ForgetFiles([Kept("a")]);
        Assert.Equal(imported, _c.Store.FindImage(TemporaryCatalogue.Id("a"))!.Path);
    }

    [Fact]
    public void A_file_that_was_not_the_first_goes_and_the_first_stays()
    {
        var imported = Path.Combine(_c.Root, "data", "a.png");
        _c.Add("train", _c.Record("a", path: imported));
        _c.Add("inbox", _c.Record("a", path: Kept("a")));
        _c.Store.ForgetFiles([Kept("a")]);
        Assert.Equal(imported, _c.Store.FindImage(TemporaryCatalogue.Id("a"))!.Path);
        Assert.Empty(_c.Store.KnownFiles(Path.Combine(_c.Root, "kept")));
    }
}
