namespace Flywheel.Learning.Foreign;

/// <summary>What a foreign classifier expects and says, as far as its graph does not tell.</summary>
public sealed record ForeignConvention
{
    /// <summary>Labels in output order, at least two.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Name of the image input; null if there is only one.</summary>
    public string? Input { get; init; }

    /// <summary>Input width and height in pixels; null where the graph fixes them.</summary>
    public (int Width, int Height)? Size { get; init; }

    /// <summary>1 or 3; null where the graph fixes them.</summary>
    public int? Channels { get; init; }

    /// <summary>True for [N, H, W, C] instead of [N, C, H, W].</summary>
    public bool ChannelsLast { get; init; }

    /// <summary>True for blue, green, red.</summary>
    public bool Reversed { get; init; }

    /// <summary>What is subtracted, per channel in the network's own order, for pixels in 0..1; null for nothing.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>What is divided by, likewise.</summary>
    public IReadOnlyList<float>? Std { get; init; }

    /// <summary>Name of the output with the scores; null if there is only one.</summary>
    public string? Output { get; init; }

    /// <summary>True if the output is probabilities, false if logits. One number for two labels is that of the second.</summary>
    public bool IsProbabilities { get; init; }

    /// <summary>Name of the tensor to take as embedding; null for the input of the last linear layer.</summary>
    public string? Embedding { get; init; }
}
