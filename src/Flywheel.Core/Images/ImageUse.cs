namespace Flywheel;

/// <summary>Where an image comes from and what it is used for.</summary>
/// <param name="Sources">Its files, absolute.</param>
/// <param name="Datasets">The datasets it is in, by name, with its split.</param>
/// <param name="Queues">The queues it is in, oldest first, with what became of it there.</param>
public sealed record ImageUse(IReadOnlyList<string> Sources, IReadOnlyList<KeyValuePair<string, DataSplit>> Datasets, IReadOnlyList<KeyValuePair<string, QueueItem>> Queues);
