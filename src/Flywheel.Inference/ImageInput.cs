using Flywheel.Imaging;

namespace Flywheel.Inference;

/// <summary>A picture file as a model's input. Training's validation and every prediction come through here.</summary>
public static class ImageInput
{
    /// <summary>
    /// How a picture is decoded for a model. Large JPEGs may be decoded smaller, but never below three times the input's side, where the
    /// following area averaging still decides what the model sees.
    /// </summary>
    public static DecodeOptions DecodeOptionsFor(ImagePreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        return new DecodeOptions { MinSide = 3 * Math.Max(preprocessing.Width, preprocessing.Height) };
    }

    /// <summary>Reads one file into a model's input.</summary>
    /// <param name="path">The picture.</param>
    /// <param name="preprocessing">The model's input.</param>
    /// <param name="destination">Receives <see cref="ImagePreprocessing.Length"/> floats.</param>
    /// <exception cref="FlywheelException">The decoder's: <c>ImageUnreadable</c>, <c>ImageEmpty</c>, <c>ImageFormatUnknown</c>, <c>ImageCorrupt</c>, <c>ImageTooLarge</c>.</exception>
    public static void Read(string path, ImagePreprocessing preprocessing, Span<float> destination)
    {
        using var image = ImageDecoder.DecodeFile(path, DecodeOptionsFor(preprocessing));
        Preprocessor.Fill(image, preprocessing, destination);
    }
}
