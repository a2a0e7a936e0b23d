using System.Globalization;
using System.Text.Json;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Insight.Slices;

namespace Flywheel.Engine.Production.Slices;

/// <summary>Finds and names the conditions under which a model fails more often.</summary>
public static class SliceFinder
{
    /// <summary>Kind of the stored report.</summary>
    public const string ReportKind = "slices";

    const int Fewest = 40;

    /// <summary>Finds the slices of a model's predictions, confirmed ones first, the costliest first.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model.</param>
    /// <param name="query">Where and how to search.</param>
    /// <param name="reporter">Gets progress, and a line on what was searched.</param>
    /// <param name="token">Obeyed throughout.</param>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>; <c>NoPredictions</c>; <c>TooFewToSlice</c>; <c>SliceOptionOutOfRange</c>; <c>ReferenceMissing</c>; <c>ContactSheetNotWritable</c>.</exception>
    public static IReadOnlyList<Slice> Find(Workspace workspace, Model model, SliceQuery query, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(reporter);
        var dataset = query.Dataset is { } name ? workspace.GetDataset(name) : null;
        if (dataset is not null) FailureFinder.Complete(workspace, model, dataset, reporter, token);
        var groupBy = query.GroupBy ?? dataset?.GroupBy;
        var production = ScoredWindow.Production(workspace, model, new PredictionQuery { Dataset = query.Dataset, Since = query.Since }, groupBy, reporter, token);
        var window = SliceWindow.Of(production);
        if (query.Against is { } against)
            window = window.Beside(SliceWindow.Of(ScoredWindow.Reference(workspace, model, against.Equals(SliceQuery.Reference, StringComparison.OrdinalIgnoreCase) ? null : against, reporter, token)));
        return Find(workspace, window, query, reporter, token);
    }

    static List<Slice> Find(Workspace workspace, SliceWindow window, SliceQuery query, IReporter reporter, CancellationToken token)
    {
        var labelled = window.Predictions.Take(window.Asked).Count(p => p.Truth is not null);
        var known = query.Errors == SliceErrors.Known || query.Errors == SliceErrors.Auto && 2 * labelled >= window.Asked;
        if (known) window = window.Where(i => window.Predictions[i].Correct is not null);
        if (window.Asked < Fewest)
            throw new FlywheelException("TooFewToSlice", FaultCategory.InvalidOperation,
                $"{window.Asked} predictions{(known ? " known right or wrong" : "")} are too few to find slices in; {Fewest} are the least, some hundreds are better.", window.Asked,
                known ? "Label more images, search expected errors with -Errors Expected, or take a longer window." : "Take a longer window.");
        var model = window.Model;
        double[] doubt = [.. window.Predictions.Select(p => Math.Clamp(1 - p.Confidence, 0, 1))];
        // Doubt is compared with doubt: the images beside are known, which expected errors of production are not to be held against.
        double[] errors = [.. window.Predictions.Select((p, i) => (known || i < window.Asked) && p.Correct is { } correct ? correct ? 0 : 1 : doubt[i])];
        // Where errors are the model's doubt, a look would only say where its boundary lies.
        var looks = window.Embeddings is null || !known ? null : Looks.Of(window.Embeddings, window.HasEmbedding, [.. window.Predictions.Select(p => IndexOf(model.Labels, p.Label))], query.Seed, token);
        var columns = SliceColumns.OfWindow(window.Images, window.Predictions, window.GroupTags, known, looks);
        var found = SliceDiscovery.Find(columns, errors, window.Asked, window.Groups, doubt, new SliceOptions { Conditions = query.Conditions, MaxQ = query.MaxQ, Seed = query.Seed }, token);
        reporter.Information(string.Create(CultureInfo.InvariantCulture,
            $"Slices of {model.Name} in {window.Name}: {window.Asked:N0} images, {(known ? "known" : "expected")} errors {errors.Take(window.Asked).Sum():0.#} ({100 * errors.Take(window.Asked).Average():0.0} %), {found.Count} tested on the half the search has not seen, {found.Count(f => f.Confirmed)} confirmed."));

        var shortcuts = found.Count == 0 ? [] : Shortcuts(workspace, model, query.Seed);
        var slices = found.Where(f => f.Confirmed || query.All).Select((f, at) => new Slice
        {
            Rank = at + 1,
            Conditions = f.Conditions,
            Text = SliceWording.Describe(f.Conditions, f.Support, f.Errors, f.Lift, known),
            Support = f.Support,
            Errors = f.Errors,
            ErrorRate = f.Rate,
            RateElsewhere = f.RateElsewhere,
            Lift = f.Lift,
            P = f.P,
            Q = f.Q,
            Confirmed = f.Confirmed,
            Known = known,
            Method = f.Method,
            ImageIds = [.. f.Rows.OrderByDescending(i => errors[i]).ThenByDescending(i => window.Predictions[i].Confidence).ThenBy(i => window.Images[i].Id, StringComparer.Ordinal)
                .Select(i => window.Images[i].Id).Distinct()],
            ModelId = model.Id,
            Note = Note(f.Conditions, shortcuts, model),
        }).ToList();
        if (query.ContactSheetFolder is { } folder) slices = [.. slices.Select(s => s with { ContactSheetPath = SaveSheet(folder, s, window, token) })];
        if (query.Store)
        {
            var time = DateTimeOffset.UtcNow;
            workspace.Catalogue.AddReport(new StoredReport(Guid.CreateVersion7(time).ToString(), ReportKind, model.Id, time, JsonSerializer.Serialize(slices, s_json)));
        }
        return slices;
    }

    static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals, // a lift may be infinite
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Reads what a stored report of slices holds.</summary>
    public static IReadOnlyList<Slice> Read(StoredReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return JsonSerializer.Deserialize<List<Slice>>(report.Json, s_json)!;
    }

    static int IndexOf(IReadOnlyList<string> labels, string label)
    {
        for (var c = 0; c < labels.Count; c++)
            if (labels[c] == label) return c;
        return labels.Count;
    }

    /// <summary>Properties and tags that tell the label of the training images nearly as well as the model does.</summary>
    static IReadOnlyList<ShortcutFinder.Shortcut> Shortcuts(Workspace workspace, Model model, long seed)
    {
        if (model.Validation is not { Value: > 0 } judged || model.DatasetVersion.Length == 0 || workspace.Catalogue.VersionEntries(model.DatasetVersion) is not { } rows) return [];
        var labels = rows.Where(r => r.Split == DataSplit.Train && r.Label is not null && model.Labels.Contains(r.Label)).ToDictionary(r => r.ImageId, r => IndexOf(model.Labels, r.Label!), StringComparer.Ordinal);
        var images = workspace.Catalogue.Images(new ImageQuery { Ids = labels.Keys }).ToList();
        var groupBy = workspace.Catalogue.FindDataset(model.Dataset)?.GroupBy;
        return ShortcutFinder.Find(SliceColumns.OfImages(images, groupBy is null ? [] : [groupBy]), [.. images.Select(i => labels[i.Id])], model.Labels.Count, judged.Value, ImageGroups.Of(images, groupBy), seed);
    }

    static string? Note(IReadOnlyList<SliceCondition> conditions, IReadOnlyList<ShortcutFinder.Shortcut> shortcuts, Model model)
    {
        var notes = shortcuts.Where(s => conditions.Any(c => c.Subject == s.Column.Subject && c.Name == s.Column.Name)).Select(s => string.Create(CultureInfo.InvariantCulture,
            $"'{s.Column.Name}' alone tells the label of {100 * s.Accuracy:0} % of the training images (n {s.N}; the model: {100 * model.Validation!.Value:0} % on validation): it may have learned that instead of the pictures.")).ToList();
        return notes.Count == 0 ? null : string.Join(' ', notes);
    }

    static string? SaveSheet(string folder, Slice slice, SliceWindow window, CancellationToken token)
    {
        var row = window.Images.Select((image, i) => (image.Id, i)).DistinctBy(x => x.Id).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        var tiles = slice.ImageIds.Select(id => row[id]).Where(i => window.Images[i].Path.Length > 0).Select(i =>
        {
            var p = window.Predictions[i];
            return new ContactSheetTile(window.Images[i].Path, string.Create(CultureInfo.InvariantCulture, $"{p.Label} {p.Confidence:0.00}"), p.Truth is { } truth ? $"is {truth}" : "")
            {
                Frame = p.Correct switch { false => "#c0392b", true => "#27ae60", null => null },
            };
        }).ToList();
        if (tiles.Count == 0) return null;
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"slice-{slice.Rank:00}.png"));
        ContactSheet.Save(path, tiles, new ContactSheetOptions { Heading = slice.Text }, token);
        return path;
    }
}
