using Flywheel.Engine.Production;
using Flywheel.Imaging;

namespace Flywheel.Engine.Tests;

/// <summary>Flat pictures of known luma, told apart by one corner pixel, and datasets of them.</summary>
static class Shades
{
    /// <summary>An almost flat picture; <paramref name="mark"/> makes its bytes its own without changing what a model sees.</summary>
    public static byte[] Png(byte luma, int mark = 0) => Pictures.Png((x, y) => x == 0 && y == 0 ? (byte)Math.Clamp(luma + mark % 7 - 3, 0, 255) : luma, 24 + mark / 7 % 40, 24 + mark / 280);

    public static string Write(TemporaryWorkspace at, string name, byte luma, int mark = 0) => at.Write(name, Png(luma, mark));

    /// <summary>Adds files to a dataset with labels and tags.</summary>
    public static void Catalogue(TemporaryWorkspace at, string dataset, IEnumerable<(string Path, string? Label, Dictionary<string, string>? Tags)> files) =>
        at.Workspace.Catalogue.AddImages(dataset, [.. files.Select(f =>
        {
            var seen = ImageInspector.Inspect(f.Path);
            return new ImageRecord
            {
                Id = seen.Id,
                Path = f.Path,
                Format = seen.Format,
                Bytes = seen.Bytes,
                ModifiedTicks = seen.ModifiedTicks,
                Measurement = seen.Measurement,
                Label = f.Label,
                Tags = f.Tags ?? [],
            };
        })], "test");

    /// <summary>
    /// A dataset of <paramref name="count"/> pictures, dark ones labelled closed and bright ones open, with every tenth label wrong and a
    /// subject of five pictures each.
    /// </summary>
    public static Dataset Dataset(TemporaryWorkspace at, string name, int count, bool labelled = true, int mark = 0)
    {
        Catalogue(at, name, Enumerable.Range(0, count).Select(i =>
        {
            var luma = (byte)(i % 2 == 0 ? 20 + i % 90 : 150 + i % 90);
            var open = luma > 127 ^ i % 10 == 9;
            return (Write(at, $"{name}/{i:0000}.png", luma, mark + i), labelled ? open ? "open" : "closed" : null, (Dictionary<string, string>?)new() { ["subject"] = $"s{i / 5}" });
        }));
        return at.Workspace.GetDataset(name);
    }

    public static List<FlywheelImage> Images(this TemporaryWorkspace at, string dataset) => [.. at.Workspace.Catalogue.Images(new ImageQuery { Dataset = dataset })];

    public static List<Prediction> Predict(this TemporaryWorkspace at, Model model, IEnumerable<string> files, PredictionOptions? options = null)
    {
        using var service = new PredictionService(at.Workspace, model, options, at.Reports);
        List<Prediction> predictions = [.. service.PredictFiles(files, at.Reports, TestContext.Current.CancellationToken)];
        service.Complete(at.Reports);
        return predictions;
    }
}
