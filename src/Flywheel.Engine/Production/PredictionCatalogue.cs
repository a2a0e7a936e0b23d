using System.Globalization;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;

namespace Flywheel.Engine.Production;

/// <summary>The stored predictions for people to look through.</summary>
public static class PredictionCatalogue
{
    /// <summary>Predictions by how much their image looks like another to a model, the most similar first, with <see cref="Prediction.Similarity"/>.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model whose predictions are ranked and in whose embedding space they are compared.</param>
    /// <param name="query">Which predictions; its number counts after ranking.</param>
    /// <param name="image">Id of an image (or its first digits), path of a source file, or any picture file.</param>
    /// <param name="reporter">Gets progress, and a warning about predictions that cannot be compared.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <exception cref="FlywheelException"><c>ModelIsExternal</c>; <c>ImageNotFound</c>; <c>EmbeddingsRequired</c>; <c>NoPredictions</c>; what reading the picture and loading the model raise.</exception>
    public static IReadOnlyList<Prediction> Similar(Workspace workspace, Model model, PredictionQuery query, string image, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentException.ThrowIfNullOrEmpty(image);
        ArgumentNullException.ThrowIfNull(reporter);
        ModelFolder.RequireNetwork(model);
        var sought = Embedding(workspace, model, image, reporter, token);
        var window = ScoredWindow.Production(workspace, model, query with { First = null }, null, reporter, token);
        var ranked = Enumerable.Range(0, window.Count).Where(i => window.HasEmbedding[i])
            .Select(i => window.Predictions[i] with { Similarity = Cosine(sought, window.Embeddings![i]) })
            .OrderByDescending(p => p.Similarity).ThenByDescending(p => p.Time);
        return [.. query.First is { } first ? ranked.Take(first) : ranked];
    }

    /// <summary>Draws predictions. Those whose picture was not kept are left out, with a warning.</summary>
    /// <exception cref="FlywheelException"><c>ContactSheetNotWritable</c>.</exception>
    public static void SaveSheet(string path, IReadOnlyList<Prediction> predictions, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(reporter);
        List<Prediction> kept = [.. predictions.Where(p => p.Path.Length > 0)];
        if (kept.Count < predictions.Count)
            reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{predictions.Count - kept.Count:N0} of {predictions.Count:N0} predictions are not on the contact sheet: their pictures were not kept."));
        ContactSheet.Save(path, [.. kept.Select(p => new ContactSheetTile(p.Path,
            string.Create(CultureInfo.InvariantCulture, $"{p.Label} {p.Confidence:0.00}"), Second(p))
        {
            Frame = p.Correct switch { false => "#c0392b", true => "#2e8b57", null => null },
        })], new ContactSheetOptions { Heading = string.Create(CultureInfo.InvariantCulture, $"{predictions.Count:N0} predictions") }, token);

        static string Second(Prediction p) => p.Similarity is { } s ? string.Create(CultureInfo.InvariantCulture, $"similarity {s:0.00}")
            : (p.Truth ?? p.Feedback?.Label) is { } label ? $"is {label}" : p.Feedback is { } f ? $"reported {(f.Verdict == FeedbackVerdict.Right ? "right" : "wrong")}" : "";
    }

    static float[] Embedding(Workspace workspace, Model model, string image, IReporter reporter, CancellationToken token)
    {
        var found = workspace.Catalogue.FindImage(image);
        if (found is null && !File.Exists(image))
            throw new FlywheelException("ImageNotFound", FaultCategory.NotFound, $"'{image}' is neither an image of the catalogue nor a file.", image, "Give an image, its id, at least six of the id's first digits, or the path of a picture.");
        if (found is null)
        {
            var seen = ImageInspector.Inspect(image);
            found = new FlywheelImage { Id = seen.Id, Path = image, Format = seen.Format, Bytes = seen.Bytes, Width = seen.Measurement.Width, Height = seen.Measurement.Height };
        }
        using var session = new ScoringSession(workspace, model, reporter, store: false);
        var embedding = (session.Known(found) ?? session.Score([found], false, reporter, token).FirstOrDefault())?.Embedding
            ?? throw new FlywheelException("ImageNotFound", FaultCategory.NotFound, $"The picture of the image '{image}' cannot be read, and the model has not scored it before.", image, "Give a picture that can be read.");
        return embedding.Length > 0 ? embedding
            : throw new FlywheelException("EmbeddingsRequired", FaultCategory.InvalidOperation, $"The model '{model.Name}' gives no embeddings, by which images are compared.", model.Name, "Name another model with -Model.");
    }

    static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            ab += a[i] * (double)b[i];
            aa += a[i] * (double)a[i];
            bb += b[i] * (double)b[i];
        }
        return aa > 0 && bb > 0 ? Math.Clamp(ab / Math.Sqrt(aa * bb), -1, 1) : 0;
    }
}
