using System.Security.Cryptography;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Workspaces;
using Flywheel.Formats.Logs;

namespace Flywheel.Engine.Production.Logs;

/// <summary>Brings in users' reports on predictions. The same report brought in twice is there once.</summary>
public static class FeedbackImporter
{
    const int BatchSize = 500;

    /// <summary>Imports a log of reports, or tells what an import would do.</summary>
    /// <returns>
    /// The reports that were new, as they are stored. Rows that cannot be taken are reported as faults and the rest goes in: those of <see cref="FeedbackLog.Rows"/>,
    /// <c>PredictionNotFound</c>, <c>ModelNotFound</c>, <c>FeedbackContradictsItself</c>, <c>FeedbackLabelUnknown</c>.
    /// </returns>
    /// <exception cref="FlywheelException"><c>ModelNotFound</c>; those of <see cref="FeedbackLog.Open"/>.</exception>
    public static IEnumerable<Feedback> Import(Workspace workspace, FeedbackImportRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var model = request.Model is { } name ? workspace.GetModel(name) : null;
        var log = FeedbackLog.Open(new LogOptions { Path = request.Path, Columns = request.Columns, Root = request.Root, AllowOutside = request.AllowOutside });
        return new Run(workspace, request, model, log, reporter, token).All();
    }

    /// <summary>One report on one prediction, checked and with its id.</summary>
    /// <exception cref="FlywheelException"><c>FeedbackContradictsItself</c>; <c>FeedbackLabelUnknown</c>: the label is none of the model's.</exception>
    public static Feedback Report(Workspace workspace, Prediction prediction, FeedbackVerdict? verdict, string? label, string? reason, string? reporter, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(prediction);
        return Report(prediction, workspace.Catalogue.FindModel(prediction.ModelId), verdict, label, reason, reporter, time, Guid.CreateVersion7(time).ToString());
    }

    /// <param name="prediction">The prediction.</param>
    /// <param name="model">Its model, or null if it is gone.</param>
    /// <param name="verdict">Right or wrong; null where the label tells.</param>
    /// <param name="label">The correct label, or null. Of a model that runs elsewhere only some labels may be known, so any is taken.</param>
    /// <param name="reason">Why, or null.</param>
    /// <param name="reporter">Who; the system's user when null.</param>
    /// <param name="time">When.</param>
    /// <param name="id">Of the report.</param>
    static Feedback Report(Prediction prediction, Model? model, FeedbackVerdict? verdict, string? label, string? reason, string? reporter, DateTimeOffset time, string id)
    {
        if (label is not null && verdict is { } said && (label == prediction.Label) != (said == FeedbackVerdict.Right))
            throw new FlywheelException("FeedbackContradictsItself", FaultCategory.InvalidData,
                said == FeedbackVerdict.Right ? $"'{prediction.Label}' is reported to be right, and '{label}' to be the correct label." : $"'{prediction.Label}' is reported to be wrong, and to be the correct label.", label,
                "Give the correct label only with a wrong prediction, or leave the verdict out.");
        if (label is not null && model is { IsExternal: false } && !model.Labels.Contains(label))
            throw new FlywheelException("FeedbackLabelUnknown", FaultCategory.InvalidArgument, $"'{label}' is no label of '{model.Name}'.{(NearestName.Of(label, model.Labels) is { } near ? $" Did you mean '{near}'?" : "")}", label,
                $"Labels of the model: {string.Join(", ", model.Labels)}. Leave the label out if none of them is correct.");
        return new Feedback
        {
            Id = id,
            PredictionId = prediction.Id,
            ImageId = prediction.ImageId,
            Verdict = verdict ?? (label == prediction.Label ? FeedbackVerdict.Right : FeedbackVerdict.Wrong),
            Label = label,
            Reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(),
            Reporter = string.IsNullOrWhiteSpace(reporter) ? DatasetNames.User : reporter.Trim(),
            Time = time,
        };
    }

    sealed class Run(Workspace workspace, FeedbackImportRequest request, Model? model, FeedbackLog log, IReporter reporter, CancellationToken token)
    {
        readonly DateTimeOffset _written = File.GetLastWriteTimeUtc(log.Path);
        readonly Dictionary<string, Model?> _models = new(StringComparer.OrdinalIgnoreCase);
        readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        int _taken, _known, _failed;

        public IEnumerable<Feedback> All()
        {
            foreach (var batch in log.Rows(Fault, token).Chunk(BatchSize))
            {
                var reports = new List<Feedback>(batch.Length);
                foreach (var row in batch)
                    if (Read(row) is { } report) reports.Add(report);
                var known = workspace.Catalogue.Feedback(new FeedbackQuery { Ids = [.. reports.Select(r => r.Id)] }).Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
                List<Feedback> fresh = [.. reports.Where(r => !known.Contains(r.Id) && _seen.Add(r.Id))];
                if (request.Store) workspace.Catalogue.AddFeedback(fresh);
                _taken += fresh.Count;
                _known += reports.Count - fresh.Count;
                foreach (var report in fresh) yield return report;
            }
            if (request.Store) reporter.Information($"Took {_taken:N0} reports from '{log.Path}': {_known:N0} known, {_failed:N0} rows left out.");
        }

        void Fault(FlywheelException fault)
        {
            _failed++;
            reporter.Fault(fault);
        }

        Feedback? Read(LoggedFeedback row)
        {
            try
            {
                if (Find(row) is not { } prediction) return null;
                return Report(prediction, ModelOf(prediction), row.Verdict, row.Label, row.Reason, row.Reporter ?? request.Reporter, row.Time ?? _written,
                    ContentId.Of(prediction.Id, row.Verdict ?? (row.Label == prediction.Label ? FeedbackVerdict.Right : FeedbackVerdict.Wrong), row.Label, row.Reason, row.Reporter, row.Time));
            }
            catch (FlywheelException e)
            {
                Fault(log.Fault(e.ErrorId, e.Category, row, e.ErrorId == "FeedbackLabelUnknown" ? "label" : "verdict", e.Message.TrimEnd('.'), e.Target, e.RecommendedAction ?? ""));
                return null;
            }
        }

        Model? ModelOf(Prediction prediction) => TryModel(prediction.ModelId, out var found) ? found : null;

        Prediction? Find(LoggedFeedback row)
        {
            var of = model;
            if (row.Model is { } named && !TryModel(named, out of))
            {
                Fault(log.Fault("ModelNotFound", FaultCategory.NotFound, row, "model", $"there is no model '{named}' in this workspace", named, "Correct the name; Get-FlywheelModel lists the models."));
                return null;
            }
            if (row.PredictionId is { } id)
            {
                if (Guid.TryParseExact(id, "D", out _) && workspace.Catalogue.FindPrediction(id) is { } found) return found;
                if (of is not null && workspace.Catalogue.FindPrediction(ContentId.Of(of.Id, id)) is { } foreign) return foreign;
                Fault(log.Fault("PredictionNotFound", FaultCategory.NotFound, row, "id", $"there is no prediction '{id}'{(of is null ? "" : $" of '{of.Name}'")}", id,
                    of is null ? "Take ids from the endpoint's answers or from Get-FlywheelPrediction. For ids of a model's own log, name the model with -Model." : "Import the model's log first with Import-FlywheelPrediction."));
                return null;
            }
            if (ImageId(row.Image) is not { } image)
            {
                Fault(log.Fault("PredictionNotFound", FaultCategory.NotFound, row, "path", $"no image is known by the path '{row.Image.Path}', and there is no such file", row.Image.Path, "Name the images' folder with -Root, or name the image by its SHA-256."));
                return null;
            }
            var newest = workspace.Catalogue.Predictions(new PredictionQuery { ModelId = of?.Id, ImageIds = [image], NewestFirst = true, First = 1 }).FirstOrDefault();
            if (newest is null)
                Fault(log.Fault("PredictionNotFound", FaultCategory.NotFound, row, row.Image.Path is null ? "hash" : "path", $"there is no prediction of the image {row.Image.Path ?? image}{(of is null ? "" : $" by '{of.Name}'")}", row.Image.Path ?? image,
                    "Report on images the model has predicted; Get-FlywheelPrediction lists them."));
            return newest;
        }

        bool TryModel(string name, out Model? found)
        {
            if (!_models.TryGetValue(name, out found)) _models[name] = found = workspace.Catalogue.FindModel(workspace.Catalogue.FindAlias(name)?.ModelId ?? name);
            return found is not null;
        }

        string? ImageId(LoggedImage image)
        {
            if (image.Hash is { } hash) return hash;
            if (workspace.Catalogue.FindImage(image.Path!) is { } known) return known.Id;
            if (!File.Exists(image.Path)) return null;
            using var file = File.OpenRead(image.Path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
    }
}
