using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Workspaces;
using Flywheel.Formats.Annotations;

namespace Flywheel.Engine.Annotations;

/// <summary>Tells what the answers to one image change: compared with what was sent, with what the catalogue has now, and with what was taken before.</summary>
sealed class AnswerJudge(Workspace workspace, LabelQueue queue, ReceiveRequest request, IReporter reporter)
{
    /// <summary>A box may reach this many pixels over the picture's edge; it is cut. More is an error.</summary>
    const double Overhang = 1;

    readonly HashSet<string> _labels = new(queue.Labels, StringComparer.Ordinal);
    readonly string _user = request.Author ?? DatasetNames.User;
    int _turned, _cut;

    /// <summary>Starts the source of every entry that comes from this queue; told again when the file is taken once more.</summary>
    readonly string _mark = $"{queue.Kind} '{queue.Name}'";

    string Source => $"{_mark}: {(request.Result is null ? Path.GetFileName(Path.TrimEndingDirectorySeparator(request.Path)) : request.Path)}";

    bool OfBoxes => queue.Part == AnnotationPart.Boxes;

    /// <summary>What an answer says: a label or boxes.</summary>
    readonly record struct Said(string? Label, IReadOnlyList<LabelBox>? Boxes);

    /// <summary>Judges.</summary>
    public Finding Judge(QueueItem item, FlywheelImage image, List<ToolAnswer> answers)
    {
        var submitted = answers.Where(a => a.State == ToolAnswerState.Submitted).ToList();
        // Of one person the last answer counts.
        var votes = submitted.GroupBy(a => a.By ?? "", StringComparer.Ordinal).Select(g => g.MaxBy(a => a.Time ?? DateTimeOffset.MinValue)!)
            .OrderBy(a => a.IsGroundTruth).ThenBy(a => a.Time ?? DateTimeOffset.MinValue).ToList();
        var last = votes.LastOrDefault() ?? answers.FirstOrDefault(a => a.State == ToolAnswerState.Present);
        if (last is null)
        {
            return answers.Find(a => a.State == ToolAnswerState.Skipped) is { } skipped
                ? new Finding([Record(image, ReceivedKind.Skipped, skipped)], item.State == QueueItemState.Open ? [new QueueAnswer(image.Id, QueueItemState.Skipped)] : [])
                : new Finding([Record(image, ReceivedKind.Open, answers.FirstOrDefault())], []);
        }
        if (Read(last, item, image) is not { } said) return new Finding([], []);
        // In a folder of our own somebody has saved the file of an image that was sent without one.
        var isSaved = OfBoxes && queue.Kind == "folder" && item.SentBoxes is null;
        if (last.State == ToolAnswerState.Present && !request.Complete && !isSaved && IsUntouched(said, item))
            return new Finding([Record(image, IsNow(said, image) && Has(said) ? ReceivedKind.Unchanged : ReceivedKind.Open, last)], []);

        var records = new List<ReceivedAnnotation>();
        var changes = new List<QueueAnswer>();
        foreach (var vote in votes.SkipLast(1))
        {
            if (Read(vote, item, image) is not { } other) continue;
            var change = Change(other, item, image, Author(vote, several: true));
            if (IsRecorded(change)) continue;
            records.Add(Record(image, ReceivedKind.Vote, vote, change) with { NewLabel = other.Label, OldLabel = image.Label, Recorded = true });
            changes.Add(new QueueAnswer(image.Id, QueueItemState.Done, change));
        }
        var author = Author(last, several: votes.Count > 1);
        var final = Change(said, item, image, author);
        if (IsNow(said, image) && changes.Count == 0)
        {
            if (!Has(said))
            {
                // Nothing, and nothing before: worth a word only the first time.
                var again = OfBoxes || item.State == QueueItemState.Done;
                return new Finding([Record(image, again ? ReceivedKind.Unchanged : ReceivedKind.Empty, last, final) with { Recorded = !again }], Done(item, image, null));
            }
            var provenance = OfBoxes ? image.BoxesProvenance : image.Provenance;
            var blind = OfBoxes ? item.SentBoxes is null : item.SentLabel is null;
            var confirms = (provenance == AnnotationProvenance.Auto || blind && last.State == ToolAnswerState.Submitted || votes.Count > 1) && !IsRecorded(final);
            return new Finding([Record(image, confirms ? ReceivedKind.Confirmed : ReceivedKind.Unchanged, last, final) with { OldLabel = image.Label, NewLabel = said.Label, Recorded = confirms }], Done(item, image, confirms ? final : null));
        }
        if (!IsNow(said, image))
        {
            if (ChangedMeanwhile(image) is { } entry && !request.Force)
            {
                reporter.Fault(last.Place.Fault("LabelChangedMeanwhile", $"{last.Item} was changed in the catalogue after it was sent, by {entry.Author} at {entry.Time.ToLocalTime():yyyy-MM-dd HH:mm}; it stays as it is there", image.Id, "Look at the image, and take this answer with -Force if it is the right one."));
                return new Finding([], []);
            }
            records.AddRange(Differences(image, said, last, author));
        }
        changes.Add(new QueueAnswer(image.Id, QueueItemState.Done, final));
        return new Finding(records, changes);
    }

    /// <summary>Says how many boxes were turned or cut.</summary>
    public void ReportEnd()
    {
        if (_turned > 0) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{_turned:N0} turned rectangles were taken as the upright boxes around them."));
        if (_cut > 0) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{_cut:N0} boxes reached over the edge of their picture by up to {Overhang:0} pixel and were cut."));
    }

    /// <summary>What an answer says; null if it cannot be taken, which was reported.</summary>
    Said? Read(ToolAnswer answer, QueueItem item, FlywheelImage image)
    {
        if (!OfBoxes)
        {
            var labels = answer.Labels.Distinct(StringComparer.Ordinal).ToList();
            // A class that a tool could only express as a rectangle over the whole picture.
            if (labels.Count == 0) labels = [.. answer.Boxes.Where(b => Covers(b, image)).Select(b => b.Label).Distinct(StringComparer.Ordinal)];
            if (labels.Count > 1) return Refuse(answer.Place, "AnnotationLabelAmbiguous", $"{answer.Item} has {labels.Count} labels: {string.Join(", ", labels)}", labels, "Leave one of them.");
            return labels.Count == 1 && !_labels.Contains(labels[0]) ? Unknown(answer.Place, answer.Item, labels[0]) : new Said(labels.Count == 1 ? labels[0] : null, null);
        }
        if (answer.Problems.Count > 0)
        {
            foreach (var problem in answer.Problems) reporter.Fault(problem);
            return null;
        }
        if (answer is { Width: { } width, Height: { } height } && answer.Boxes.Count > 0 && image.Width > 0
            && (answer.Boxes[0].InPercent ? Math.Abs((double)width / height * image.Height / image.Width - 1) > 0.02 : Math.Abs(width - image.Width) > 1 || Math.Abs(height - image.Height) > 1))
            return Refuse(answer.Place, "AnnotationSizeDiffers", $"{answer.Item} is {width}×{height} in the tool, but {image.Width}×{image.Height} pixels in the catalogue", (width, height), "Label the very files that were sent, upright and at their own size.");
        var before = item.SentBoxes ?? image.Boxes;
        var got = new List<(string?, bool, string, double, double, double, double)>(answer.Boxes.Count);
        foreach (var box in answer.Boxes)
        {
            if (!_labels.Contains(box.Label)) return Unknown(box.Place, answer.Item, box.Label);
            var (x, y, w, h) = box.InPixels(image.Width, image.Height);
            var what = !(double.IsFinite(x) && double.IsFinite(y) && double.IsFinite(w) && double.IsFinite(h)) ? "has a coordinate that is no number" : w <= 0 || h <= 0 ? $"has no area ({w:0.##} by {h:0.##} pixels)" : null;
            if (what is null && before?.Any(b => BoxMatching.Coincide(b, new LabelBox("", "", x, y, w, h))) != true)
            {
                if (box.Rotation != 0) _turned++;
                var (left, top, right, bottom) = (Math.Max(x, 0), Math.Max(y, 0), Math.Min(x + w, image.Width), Math.Min(y + h, image.Height));
                var over = Math.Max(Math.Max(left - x, top - y), Math.Max(x + w - right, y + h - bottom));
                // What a rectangle gains by being set upright may well lie outside.
                if (over > Overhang && box.Rotation == 0 || right <= left || bottom <= top)
                    what = string.Create(CultureInfo.InvariantCulture, $"reaches out of the picture ({x:0.##}, {y:0.##}, {w:0.##} by {h:0.##} in {image.Width}×{image.Height} pixels)");
                else if (over > 1e-6)
                {
                    _cut++;
                    (x, y, w, h) = (left, top, right - left, bottom - top);
                }
            }
            if (what is not null) return Refuse(box.Place, "AnnotationBoxInvalid", string.Create(CultureInfo.InvariantCulture, $"a box '{box.Label}' of {answer.Item} {what}"), box.Label, "Correct or remove the box in the tool, and export again. The image was left as it is.");
            got.Add((box.Id, box.IdIsSure, box.Label, x, y, w, h));
        }
        return new Said(null, BoxMatching.Match(item.Key, before, got));
    }

    static bool Covers(ToolBox box, FlywheelImage image)
    {
        var (x, y, w, h) = box.InPixels(image.Width, image.Height);
        return x <= 0.01 * image.Width && y <= 0.01 * image.Height && x + w >= 0.99 * image.Width && y + h >= 0.99 * image.Height;
    }

    Said? Unknown(FilePlace place, string item, string label) => Refuse(place, "AnnotationLabelUnknown", $"{item} is labelled '{label}', which is not a label of the queue '{queue.Name}'", label,
        NearestName.Of(label, queue.Labels) is { } near ? $"Did you mean '{near}'? Labels: {string.Join(", ", queue.Labels)}." : $"Labels: {string.Join(", ", queue.Labels)}. Correct it in the tool and export again.");

    Said? Refuse(FilePlace place, string id, string what, object target, string action)
    {
        reporter.Fault(place.Fault(id, what, target, action));
        return null;
    }

    bool IsUntouched(Said said, QueueItem item) => OfBoxes
        ? item.SentBoxes is null ? said.Boxes!.Count == 0 : LabelBoxes.Same(said.Boxes, item.SentBoxes)
        : said.Label == item.SentLabel;

    bool IsNow(Said said, FlywheelImage image) => OfBoxes ? LabelBoxes.Same(said.Boxes, image.Boxes) : said.Label == image.Label;

    bool Has(Said said) => OfBoxes ? said.Boxes!.Count > 0 : said.Label is not null;

    string Author(ToolAnswer answer, bool several)
    {
        var by = string.IsNullOrWhiteSpace(answer.By) ? null : answer.By.All(char.IsAsciiDigit) ? $"{queue.Kind}:{answer.By}" : answer.By;
        return several ? by ?? _user : request.Author ?? by ?? _user;
    }

    AnnotationChange Change(Said said, QueueItem item, FlywheelImage image, string author)
    {
        // Whoever saw a proposal reviewed it; whoever did not has labelled.
        var provenance = (OfBoxes ? item.SentBoxes is null : item.SentLabel is null) ? AnnotationProvenance.Human : AnnotationProvenance.Reviewed;
        return OfBoxes ? AnnotationChange.OfBoxes(image.Id, said.Boxes, provenance, author, Source) : new AnnotationChange(image.Id, said.Label, provenance, author, Source);
    }

    static IReadOnlyList<QueueAnswer> Done(QueueItem item, FlywheelImage image, AnnotationChange? change) =>
        change is null && item.State == QueueItemState.Done ? [] : [new QueueAnswer(image.Id, QueueItemState.Done, change)];

    /// <summary>The entries of the image's part that stand, oldest first.</summary>
    IEnumerable<Annotation> Standing(string imageId)
    {
        var all = workspace.Catalogue.Annotations(imageId).Where(a => a.Part == queue.Part).ToList();
        var undone = all.Select(a => a.Undoes).OfType<long>().ToHashSet();
        return all.Where(a => !undone.Contains(a.Sequence));
    }

    bool IsOurs(Annotation entry) => entry.Source?.StartsWith(_mark, StringComparison.Ordinal) == true;

    /// <summary>The entry by which somebody else changed the image since it was sent, or null.</summary>
    Annotation? ChangedMeanwhile(FlywheelImage image) => Standing(image.Id).LastOrDefault() is { } newest && newest.Time > queue.Created && !IsOurs(newest) ? newest : null;

    /// <summary>True if this was taken from this queue before.</summary>
    bool IsRecorded(AnnotationChange change) => Standing(change.ImageId).Any(a => IsOurs(a) && a.Author == change.Author && (OfBoxes ? LabelBoxes.Write(a.NewBoxes) : a.NewLabel) == change.Value);

    IEnumerable<ReceivedAnnotation> Differences(FlywheelImage image, Said said, ToolAnswer answer, string author)
    {
        if (!OfBoxes)
        {
            yield return Record(image, image.Label is null ? ReceivedKind.New : said.Label is null ? ReceivedKind.Deleted : ReceivedKind.Changed, answer) with { OldLabel = image.Label, NewLabel = said.Label, By = author, Recorded = true };
            yield break;
        }
        var old = (image.Boxes ?? []).ToDictionary(b => b.Id, StringComparer.Ordinal);
        foreach (var box in said.Boxes!)
        {
            old.Remove(box.Id, out var was);
            if (was != box) yield return Record(image, was is null ? ReceivedKind.New : ReceivedKind.Changed, answer) with { OldLabel = was?.Label, NewLabel = box.Label, OldBox = was, NewBox = box, By = author, Recorded = true };
        }
        foreach (var gone in old.Values) yield return Record(image, ReceivedKind.Deleted, answer) with { OldLabel = gone.Label, OldBox = gone, By = author, Recorded = true };
        if (said.Boxes.Count == 0) yield return Record(image, ReceivedKind.Empty, answer) with { By = author, Recorded = true };
    }

    ReceivedAnnotation Record(FlywheelImage image, ReceivedKind kind, ToolAnswer? answer, AnnotationChange? change = null) => new()
    {
        Queue = queue.Name,
        ImageId = image.Id,
        Path = image.Path,
        Part = queue.Part,
        Kind = kind,
        By = change?.Author ?? (answer is { State: ToolAnswerState.Skipped, By: not null } ? Author(answer, false) : ""),
        Place = answer?.Place.ToString() ?? "",
    };
}
