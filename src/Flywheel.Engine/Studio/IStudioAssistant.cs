namespace Flywheel.Engine.Studio;

/// <summary>
/// Proposes answers to people at a queue, and learns from what they say. The studio calls it from several threads at once; proposals are asked
/// for while somebody waits, so they come from what is known already.
/// </summary>
public interface IStudioAssistant
{
    /// <summary>What it would answer for these images; those it has nothing to say of are left out.</summary>
    IReadOnlyDictionary<string, StudioProposal> Proposals(LabelQueue queue, IReadOnlyCollection<string> imageIds);

    /// <summary>How good it is at this queue, and what more labels would bring.</summary>
    StudioAssistantState State(LabelQueue queue);

    /// <summary>
    /// Learns from the answers to a queue so far, and orders what is left of it if that helps. Called by one thread in the background, a moment after
    /// answers came in; may take as long as it needs.
    /// </summary>
    void Learned(LabelQueue queue, CancellationToken token);
}
