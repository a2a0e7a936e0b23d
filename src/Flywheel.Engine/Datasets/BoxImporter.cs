using System.Globalization;
using Flywheel.Engine.Annotations;
using Flywheel.Engine.Workspaces;
using Flywheel.Formats.Annotations;

namespace Flywheel.Engine.Datasets;

/// <summary>
/// Brings boxes that come with images into the catalogue. As with labels, what an image has already stays. Real annotation files have
/// errors: a box without area is reported and left out, one over the picture's edge is cut, and the rest of its image is taken.
/// </summary>
static class BoxImporter
{
    const int BatchSize = 1000;

    /// <summary>Reads the files and throws what is wrong with them as a whole.</summary>
    public static void Check(string path, CancellationToken token) => AnnotationFile.Read(path, "auto", token);

    /// <summary>Imports.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="dataset">Dataset of the images.</param>
    /// <param name="path">File or folder, absolute.</param>
    /// <param name="author">Who imports.</param>
    /// <param name="reporter">Gets <c>AnnotationBoxInvalid</c>, <c>AnnotationSizeDiffers</c>, <c>BoxConflict</c> and the reader's faults; warnings of what was cut, and which entries are of no image.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <returns>Images that got boxes, and how many boxes.</returns>
    public static (int Images, int Boxes) Import(Workspace workspace, string dataset, string path, string author, IReporter reporter, CancellationToken token)
    {
        var result = AnnotationFile.Read(path, "auto", token);
        var images = workspace.Catalogue.Images(new ImageQuery { Dataset = dataset, IncludeExcluded = true }).ToDictionary(i => i.Id, StringComparer.Ordinal);
        var known = new TaskImages(images.Values.Select((image, i) => AnnotationSender.ToTask(image, i, image.Id)));
        var changes = new Dictionary<string, AnnotationChange>(StringComparer.Ordinal);
        var (boxes, cut) = (0, 0);
        var strangers = new List<string>();
        foreach (var answer in result.Answers)
        {
            token.ThrowIfCancellationRequested();
            foreach (var problem in answer.Problems) reporter.Fault(problem);
            if (answer.State is ToolAnswerState.Open or ToolAnswerState.Skipped && answer.Boxes.Count == 0) continue;
            if (known.Find(answer.Key, answer.File) is not { } task)
            {
                if (answer.Problems.Count == 0) strangers.Add(answer.File ?? answer.Item);
                continue;
            }
            var image = images[task.ImageId];
            if (answer is { Width: { } width, Height: { } height } && answer.Boxes.Count > 0 && !answer.Boxes[0].InPercent && (Math.Abs(width - image.Width) > 1 || Math.Abs(height - image.Height) > 1))
            {
                reporter.Fault(answer.Place.Fault("AnnotationSizeDiffers", $"{answer.Item} is of a picture of {width}×{height} pixels, but '{image.Name}' has {image.Width}×{image.Height}", (width, height), "Import the very pictures that were annotated. The image has no boxes yet."));
                continue;
            }
            var got = new List<(string?, bool, string, double, double, double, double)>(answer.Boxes.Count);
            foreach (var box in answer.Boxes)
            {
                var (x, y, w, h) = box.InPixels(image.Width, image.Height);
                var (left, top, right, bottom) = (Math.Max(x, 0), Math.Max(y, 0), Math.Min(x + w, image.Width), Math.Min(y + h, image.Height));
                if (!(w > 0 && h > 0 && right > left && bottom > top) || !double.IsFinite(x + y + w + h))
                {
                    reporter.Fault(box.Place.Fault("AnnotationBoxInvalid", string.Create(CultureInfo.InvariantCulture, $"a box '{box.Label}' of {answer.Item} {(w > 0 && h > 0 ? "lies outside the picture" : $"has no area ({w:0.##} by {h:0.##} pixels)")}"), box.Label, "The box was left out; draw it anew where it is wanted."));
                    continue;
                }
                if (Math.Max(Math.Max(left - x, top - y), Math.Max(x + w - right, y + h - bottom)) > 0.01) cut++;
                got.Add((box.IdIsSure ? box.Id : null, box.IdIsSure, box.Label, left, top, right - left, bottom - top));
            }
            var found = BoxMatching.Match(image.Id, null, got);
            if (image.Boxes is not null)
            {
                if (!LabelBoxes.Same(image.Boxes, found) && !SameWithoutIds(image.Boxes, found))
                    reporter.Fault(answer.Place.Fault("BoxConflict", $"{answer.Item} gives '{image.Name}' {found.Count} boxes, but it has {image.Boxes.Count} others already, which stay", image.Id, "Send the image to be reviewed, or withdraw its boxes first."));
                continue;
            }
            if (!changes.TryAdd(image.Id, AnnotationChange.OfBoxes(image.Id, found, AnnotationProvenance.Imported, author, answer.Place.File)))
                reporter.Fault(answer.Place.Fault("AnnotationImageTwice", $"{answer.Item} is of the image '{image.Name}', of which another entry was taken", image.Name, "Remove one of the two."));
            else boxes += found.Count;
        }
        foreach (var batch in changes.Values.Chunk(BatchSize))
        {
            token.ThrowIfCancellationRequested();
            workspace.Catalogue.Annotate(batch);
        }
        if (cut > 0) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{cut:N0} boxes reached over the edge of their picture and were cut."));
        if (strangers.Count > 0) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{strangers.Count:N0} entries of '{path}' are of no image of '{dataset}', or could be of several, such as '{strangers[0]}'."));
        reporter.Information(string.Create(CultureInfo.InvariantCulture, $"{changes.Count:N0} images of '{dataset}' got {boxes:N0} boxes from '{path}'."));
        return (changes.Count, boxes);
    }

    /// <summary>True if the boxes say the same under other ids, as after a round trip.</summary>
    static bool SameWithoutIds(IReadOnlyList<LabelBox> a, IReadOnlyList<LabelBox> b) =>
        a.Count == b.Count && a.Select(Plain).Order(StringComparer.Ordinal).SequenceEqual(b.Select(Plain).Order(StringComparer.Ordinal));

    static string Plain(LabelBox box) => (box with { Id = "", X = Math.Round(box.X, 2), Y = Math.Round(box.Y, 2), Width = Math.Round(box.Width, 2), Height = Math.Round(box.Height, 2) }).ToString() + box.Label;
}
