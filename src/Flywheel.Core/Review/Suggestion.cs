using System.Security.Cryptography;
using System.Text;

namespace Flywheel;

/// <summary>A proposed change to one image's annotation, waiting for a person: accepted, rejected or edited.</summary>
public sealed record Suggestion
{
    /// <summary>
    /// Follows from what is proposed and why: 16 hexadecimal digits of the SHA-256 over image, part, reason, old and new value. Proposing the
    /// same twice is one suggestion, and one that was rejected does not come back.
    /// </summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ImageId}\n{(int)Part}\n{Reason}\n{OldValue}\n{NewValue}")).AsSpan(0, 8));

    /// <summary>The image.</summary>
    public required string ImageId { get; init; }

    /// <summary>Why, in one word: the detector's name, <c>assistant</c>, <c>consensus</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>What of the image would change.</summary>
    public AnnotationPart Part { get; init; }

    /// <summary>The label it has; null if none.</summary>
    public string? OldLabel { get; init; }

    /// <summary>The label it should have; null proposes to withdraw the present one.</summary>
    public string? NewLabel { get; init; }

    /// <summary>The boxes it has.</summary>
    public IReadOnlyList<LabelBox>? OldBoxes { get; init; }

    /// <summary>The boxes it should have.</summary>
    public IReadOnlyList<LabelBox>? NewBoxes { get; init; }

    /// <summary>Why it should be left out of its datasets.</summary>
    public string? NewExclusion { get; init; }

    /// <summary>How sure the proposal is, 0..1.</summary>
    public double Score { get; init; }

    /// <summary>The reason in a sentence.</summary>
    public string Text { get; init; } = "";

    /// <summary>The dataset it was found in, or null.</summary>
    public string? Dataset { get; init; }

    /// <summary>The model that proposes it, or null.</summary>
    public string? ModelId { get; init; }

    /// <summary>Another image that matters: the one this is a duplicate of.</summary>
    public string? RelatedImageId { get; init; }

    /// <summary>When it was made, UTC; set by the catalogue.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>What became of it; set by the catalogue.</summary>
    public SuggestionStatus Status { get; init; }

    /// <summary>Who decided, or null.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When it was decided, UTC, or null.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>What an editor made of it, as the ledger writes it: label, boxes' text or reason.</summary>
    public string? EditedValue { get; init; }

    /// <summary>The ledger entry the verdict made, or null.</summary>
    public long? AnnotationSequence { get; init; }

    /// <summary>The value before, as the ledger writes it.</summary>
    public string? OldValue => Part switch { AnnotationPart.Boxes => LabelBoxes.Write(OldBoxes), AnnotationPart.Exclusion => null, _ => OldLabel };

    /// <summary>The proposed value, as the ledger writes it.</summary>
    public string? NewValue => Part switch { AnnotationPart.Boxes => LabelBoxes.Write(NewBoxes), AnnotationPart.Exclusion => NewExclusion, _ => NewLabel };

    /// <inheritdoc/>
    public override string ToString() => $"{Reason}: {OldValue ?? "-"} -> {NewValue ?? "-"}";
}
