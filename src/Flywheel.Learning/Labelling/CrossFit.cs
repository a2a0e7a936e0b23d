namespace Flywheel.Learning.Labelling;

/// <summary>What the models of a cross-fit say: each was trained without one part of the labelled pictures.</summary>
/// <param name="Folds">Part each labelled picture belongs to, 0-based: the model of that number never saw its label.</param>
/// <param name="Labelled">Logits [labelled × classes] of the labelled pictures, each by the model that never saw it.</param>
/// <param name="Pool">Logits [pool × classes] of the unlabelled pictures, by each model.</param>
public sealed record CrossFit(IReadOnlyList<int> Folds, float[] Labelled, IReadOnlyList<float[]> Pool);
