using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Server.Serving;

/// <summary>
/// Puts answers into the catalogue: predictions and what was measured of their images in one transaction, and what the model made of them
/// into its score journal, first, so that no recorded prediction lacks it.
/// </summary>
sealed partial class Recorder(Workspace workspace, EndpointOptions options, ILogger<Recorder> logger) : IDisposable
{
    /// <summary>The author that the ledger names.</summary>
    public const string Author = "endpoint";

    const int MostJournals = 8;

    readonly Dictionary<string, ScoreJournal> _journals = new(StringComparer.Ordinal);

    /// <summary>Records a group; by one thread at a time.</summary>
    public void Record(IReadOnlyList<ImageJob> group)
    {
        foreach (var byModel in group.GroupBy(j => j.Model.Model.Id, StringComparer.Ordinal)) Append(byModel.First().Model.Model, byModel.Select(j => j.Scored));
        workspace.Catalogue.AddPredictions([.. group.Select(j => j.Prediction)], options.Dataset, [.. group.Select(j => new ImageRecord
        {
            Id = j.Image.Id,
            Path = j.Image.Path,
            Format = j.Image.Format,
            Bytes = j.Image.Bytes,
            ModifiedTicks = j.Image.Path.Length > 0 ? File.GetLastWriteTimeUtc(j.Image.Path).Ticks : 0,
            Measurement = j.Measurement,
            Tags = j.Tags,
        })], Author);
    }

    /// <summary>Records what a challenger said of images that are recorded already.</summary>
    public void RecordShadow(Model model, IReadOnlyList<ScoredImage> scored, IReadOnlyList<Prediction> predictions)
    {
        Append(model, scored);
        workspace.Catalogue.AddPredictions(predictions);
    }

    void Append(Model model, IEnumerable<ScoredImage> scored)
    {
        lock (_journals)
        {
            try
            {
                if (!_journals.TryGetValue(model.Id, out var journal))
                {
                    if (_journals.Count == MostJournals) Close(); // of versions long gone
                    _journals[model.Id] = journal = new ScoreJournal(workspace, model);
                }
                journal.Append(scored);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                JournalFailed(model.Id, e); // costs appearance in later analysis, not the answer
            }
        }
    }

    void Close()
    {
        foreach (var journal in _journals.Values) journal.Dispose();
        _journals.Clear();
    }

    public void Dispose()
    {
        lock (_journals) Close();
    }

    [LoggerMessage(1, LogLevel.Warning, "Scores of the model {ModelId} could not be kept")]
    partial void JournalFailed(string modelId, Exception exception);
}
