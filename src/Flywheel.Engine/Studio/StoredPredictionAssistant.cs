using System.Globalization;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Studio;

/// <summary>Proposes what the newest stored prediction of each image says. It does not learn: that takes a model of its own.</summary>
public sealed class StoredPredictionAssistant(Workspace workspace) : IStudioAssistant
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StudioProposal> Proposals(LabelQueue queue, IReadOnlyCollection<string> imageIds)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(imageIds);
        if (queue.Part != AnnotationPart.Label || imageIds.Count == 0) return new Dictionary<string, StudioProposal>();
        return workspace.Catalogue.Predictions(new PredictionQuery { ImageIds = imageIds })
            .Where(p => queue.Labels.Contains(p.Label)).ToDictionary(p => p.ImageId, p => new StudioProposal(p.Label, p.Confidence), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public StudioAssistantState State(LabelQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (queue.Part != AnnotationPart.Label) return new StudioAssistantState();
        var ids = workspace.Catalogue.QueueItems(queue.Name).Select(i => i.ImageId).ToList();
        if (ids.Count == 0) return new StudioAssistantState();
        var predictions = workspace.Catalogue.Predictions(new PredictionQuery { ImageIds = ids }).Where(p => queue.Labels.Contains(p.Label)).ToList();
        if (predictions.Count == 0) return new StudioAssistantState();
        var judged = predictions.Where(p => p.Truth is not null).ToList();
        var right = judged.Count(p => p.Truth == p.Label);
        var (low, high) = Intervals.Wilson(right, Math.Max(judged.Count, 1));
        return new StudioAssistantState
        {
            Accuracy = judged.Count == 0 ? null : new Metric("accuracy", (double)right / judged.Count, low, high, judged.Count, "Wilson"),
            Text = string.Create(CultureInfo.InvariantCulture, $"Suggestions are stored predictions, there for {predictions.Count:N0} of {ids.Count:N0} images. People saw them before they answered, which flatters the figure."),
        };
    }

    /// <inheritdoc/>
    public void Learned(LabelQueue queue, CancellationToken token)
    {
        // Stored predictions do not change with what people say.
    }
}
