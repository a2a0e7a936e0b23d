namespace Flywheel;

/// <summary>
/// How a decoded picture becomes a model's input tensor. Stored inside the model file; training and inference use the same code on it.
/// The picture is resized to <paramref name="Width"/>×<paramref name="Height"/> (aspect ratio not kept; area averaging when it shrinks,
/// bilinear when it grows), scaled to 0..1, then normalised by channel: (x − mean) / std. Layout is NCHW, channels in RGB order.
/// </summary>
/// <param name="Width">Input width in pixels.</param>
/// <param name="Height">Input height in pixels.</param>
/// <param name="Channels">1 (luma, BT.601) or 3 (RGB).</param>
/// <param name="Mean">Per channel, in 0..1 units; zeros when the network normalises by itself.</param>
/// <param name="Std">Per channel, in 0..1 units; ones when the network normalises by itself.</param>
public sealed record ImagePreprocessing(int Width, int Height, int Channels, IReadOnlyList<float> Mean, IReadOnlyList<float> Std)
{
    /// <summary>Input without normalisation, for networks that standardise every image inside the graph.</summary>
    public static ImagePreprocessing Raw(int width, int height, int channels) => new(width, height, channels, new float[channels], [.. Enumerable.Repeat(1f, channels)]);

    /// <summary>Floats of one image: channels × height × width.</summary>
    public int Length => Channels * Height * Width;
}
