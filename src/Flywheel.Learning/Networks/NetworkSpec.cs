namespace Flywheel.Learning.Networks;

/// <summary>
/// A small convolutional classifier for objects that fill their picture. Four stages of 3×3 convolutions with batch normalisation, widths
/// w, 2w, 4w, 8w; every picture is standardised first, as a whole and then against its surroundings, the last stage is averaged over its positions (the embedding), and one linear
/// layer gives the logits.
/// </summary>
/// <param name="InputSize">Side of the input in pixels.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Width">Channels of the first stage.</param>
/// <param name="ConvolutionsPerStage">1 or 2, from the second stage on.</param>
/// <param name="Classes">Number of labels.</param>
/// <param name="MirrorAveraging">True if the exported model averages its answer for a picture and for its mirror image.</param>
public sealed record NetworkSpec(int InputSize, int Channels, int Width, int ConvolutionsPerStage, int Classes, bool MirrorAveraging)
{
    /// <summary>Length of the embedding.</summary>
    public int EmbeddingLength => Width * 8;

    /// <summary>Side of the neighbourhood for local contrast, pixels: 9 at 32, in proportion, odd.</summary>
    internal int ContrastWindow => InputSize * 9 / 32 | 1;

    /// <summary>One 3×3 convolution with batch normalisation and ReLU, maybe followed by 2×2 max pooling.</summary>
    internal readonly record struct Layer(int Inputs, int Outputs, int Stride, bool Pool);

    /// <summary>The layers in order. From 64 pixels on, the first one has stride 2, so that cost follows content rather than resolution.</summary>
    internal IReadOnlyList<Layer> Layers()
    {
        List<Layer> layers = [new(Channels, Width, InputSize >= 64 ? 2 : 1, true)];
        for (int stage = 1, inputs = Width; stage <= 3; stage++)
        {
            var outputs = Width << stage;
            layers.Add(new(inputs, outputs, stage == 1 ? 1 : 2, false));
            for (var more = 1; more < ConvolutionsPerStage; more++) layers.Add(new(outputs, outputs, 1, false));
            inputs = outputs;
        }
        return layers;
    }

    /// <summary>Number of learned values.</summary>
    public int Parameters => Layers().Sum(l => 9 * l.Inputs * l.Outputs + 2 * l.Outputs) + EmbeddingLength * Classes + Classes;

    /// <summary>The network in words.</summary>
    public string Describe() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"ConvNet {Width}-{2 * Width}-{4 * Width}-{8 * Width}{(ConvolutionsPerStage > 1 ? $", {ConvolutionsPerStage} convolutions a stage" : "")}, {InputSize}×{InputSize} {(Channels == 1 ? "grey" : "colour")}{(MirrorAveraging ? ", mirror-averaged" : "")}, {Parameters:N0} parameters");
}
