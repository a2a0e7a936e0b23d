using Flywheel.Engine.Production;

namespace Flywheel.Engine.Tests.Production;

public class PredictionCatalogueTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The tiny model's embedding is the picture at 4×4: half-bright pictures are similar by which half is bright.</summary>
    static byte[] Halves(int i) => Pictures.Png((x, y) => (byte)((i % 2 == 0 ? x < 12 : y < 12) ? 200 + i : 20 + i));

    static Model Prepare(TemporaryWorkspace at)
    {
        var model = TinyModel.Add(at.Workspace);
        at.Predict(model, Enumerable.Range(0, 10).Select(i => at.Write($"{i}.png", Halves(i))));
        return model;
    }

    static IReadOnlyList<Prediction> Similar(TemporaryWorkspace at, Model model, string image, int? first = null) =>
        PredictionCatalogue.Similar(at.Workspace, model, new PredictionQuery { First = first }, image, at.Reports, Token);

    [Fact]
    public void Predictions_rank_by_similarity_to_an_image_of_the_catalogue_or_any_file()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);

        var byId = Similar(at, model, at.Images("inbox")[4].Id[..10]);
        Assert.Equal(10, byId.Count);
        Assert.Equal("4.png", byId[0].Name);
        Assert.Equal(1, byId[0].Similarity!.Value, 6);
        Assert.Equal(byId.Select(p => p.Similarity).OrderDescending(), byId.Select(p => p.Similarity));
        Assert.All(byId.Take(5), p => Assert.Equal(0, int.Parse(Path.GetFileNameWithoutExtension(p.Name)) % 2));

        var strange = at.Write("strange.png", Halves(13));
        Assert.All(Similar(at, model, strange, 5), p => Assert.Equal(1, int.Parse(Path.GetFileNameWithoutExtension(p.Name)) % 2));
        Assert.Equal(10, at.Images("inbox").Count); // looked at, not taken in
    }

    [Fact]
    public void What_is_neither_image_nor_file_is_refused()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Assert.Equal("ImageNotFound", Assert.Throws<FlywheelException>(() => Similar(at, model, Path.Combine(at.Data, "none.png"))).ErrorId);
        Assert.Equal("ImageFormatUnknown", Assert.Throws<FlywheelException>(() => Similar(at, model, at.Write("text.png", "text"))).ErrorId);
    }

    [Fact]
    public void The_sheet_leaves_out_what_was_not_kept_and_says_so()
    {
        using var at = new TemporaryWorkspace();
        Prepare(at);
        List<Prediction> predictions = [.. at.Workspace.Catalogue.Predictions(new PredictionQuery())];
        predictions[3] = predictions[3] with { Path = "" };
        var sheet = Path.Combine(at.Folder, "sheet.png");
        PredictionCatalogue.SaveSheet(sheet, predictions, at.Reports, Token);
        Assert.Equal("1 of 10 predictions are not on the contact sheet: their pictures were not kept.", Assert.Single(at.Reports.Warnings));
        using var drawn = Imaging.ImageDecoder.DecodeFile(sheet);
        Assert.InRange(drawn.Width, 300, 2000);
    }
}
