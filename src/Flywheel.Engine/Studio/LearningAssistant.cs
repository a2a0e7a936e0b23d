using System.Collections.Concurrent;
using Flywheel.Engine.Labelling;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio;

/// <summary>
/// Learns from the answers to a queue: a quick head per dataset, on what the newest model with the queue's labels sees or, without one, on the
/// pictures' edges. It proposes labels for what is left, orders it, and says how good it is on labels it had not seen. Until it has labels of two
/// kinds, stored predictions speak in its place.
/// </summary>
public sealed class LearningAssistant(Workspace workspace) : IStudioAssistant
{
    readonly StoredPredictionAssistant _stored = new(workspace);
    readonly ConcurrentDictionary<string, Knowledge> _known = new(StringComparer.OrdinalIgnoreCase);
    // Only the thread that learns uses these.
    readonly Dictionary<string, (LabelAssistant Assistant, int Images)> _open = new(StringComparer.OrdinalIgnoreCase);

    sealed record Knowledge(AssistantState State, IReadOnlyDictionary<string, StudioProposal> Proposals);

    /// <summary>True for a queue people shall answer without hearing anybody: several of them, or what checks a machine's labels.</summary>
    public static bool IsBlind(LabelQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return queue.Votes > 1 || queue.Author == AutoLabelService.Author;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StudioProposal> Proposals(LabelQueue queue, IReadOnlyCollection<string> imageIds)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(imageIds);
        if (Of(queue) is not { } known) return _stored.Proposals(queue, imageIds);
        var proposals = new Dictionary<string, StudioProposal>(StringComparer.Ordinal);
        foreach (var id in imageIds)
            if (known.Proposals.TryGetValue(id, out var proposal) && queue.Labels.Contains(proposal.Label!)) proposals[id] = proposal;
        foreach (var (id, proposal) in _stored.Proposals(queue, [.. imageIds.Where(i => !proposals.ContainsKey(i))])) proposals[id] = proposal;
        return proposals;
    }

    /// <inheritdoc/>
    public StudioAssistantState State(LabelQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (Of(queue) is not { State: var state }) return _stored.State(queue);
        return new StudioAssistantState
        {
            Accuracy = state.Accuracy,
            LearnedFrom = state.Labels,
            LabelsUntilAutomatic = state.LabelsUntilAutomatic,
            WillNotPay = state.LabelsUntilAutomatic is null,
            Curve = [.. state.Curve.Select(p => ((int)p.Labels, p.Accuracy.Value))],
            Text = $"Judged on labels it had not seen (leave-one-out), by {state.Features}. {state.Outlook}",
        };
    }

    /// <inheritdoc/>
    public void Learned(LabelQueue queue, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (queue.Part != AnnotationPart.Label || queue.Dataset is not { } dataset || workspace.Catalogue.FindDataset(dataset) is not { } found) return;
        if (!_open.TryGetValue(dataset, out var open) || open.Images != found.Images)
            _open[dataset] = open = (Open(queue, dataset, token), found.Images);
        var state = open.Assistant.Learn(token);
        if (state.Proposals.Count > 0)
            _known[dataset] = new Knowledge(state, state.Proposals.ToDictionary(p => p.ImageId, p => new StudioProposal(p.Label, p.Confidence), StringComparer.Ordinal));
        // An order by what is hard would make a check of a machine's labels, or several people's common sample, stand for something else.
        if (IsBlind(queue)) return;
        var inQueue = workspace.Catalogue.QueueItems(queue.Name).Where(i => i.State is QueueItemState.Open or QueueItemState.Skipped).Select(i => i.ImageId).ToHashSet(StringComparer.Ordinal);
        var order = state.Order.Where(inQueue.Contains).ToList();
        if (order.Count > 0) workspace.Catalogue.SetPriorities(queue.Name, order.Select((id, at) => (id, Priority: (double)(order.Count - at))).ToDictionary(p => p.id, p => p.Priority, StringComparer.Ordinal));
    }

    LabelAssistant Open(LabelQueue queue, string dataset, CancellationToken token)
    {
        var model = workspace.Catalogue.Models().LastOrDefault(m => !m.IsExternal && queue.Labels.All(m.Labels.Contains) && File.Exists(m.OnnxPath));
        try
        {
            return LabelAssistant.Open(workspace, new LabelAssistantRequest { Dataset = dataset, Model = model?.Id }, NullReporter.Instance, token);
        }
        catch (FlywheelException) when (model is not null)
        {
            // A model that cannot be read, or that shows nothing of what it sees, is no reason to go without.
            return LabelAssistant.Open(workspace, new LabelAssistantRequest { Dataset = dataset }, NullReporter.Instance, token);
        }
    }

    Knowledge? Of(LabelQueue queue) => queue.Part == AnnotationPart.Label && queue.Dataset is { } dataset ? _known.GetValueOrDefault(dataset) : null;
}
