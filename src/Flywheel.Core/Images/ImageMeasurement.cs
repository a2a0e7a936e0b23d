namespace Flywheel;

/// <summary>Everything measured of one picture's pixels at import; the fields are those of <see cref="FlywheelImage"/>.</summary>
/// <param name="Width">Pixels, upright.</param>
/// <param name="Height">Pixels, upright.</param>
/// <param name="Brightness">Mean luma in 0..1.</param>
/// <param name="Contrast">Standard deviation of luma, in units of 0..1.</param>
/// <param name="Sharpness">Variance of the 4-neighbour Laplacian, 0..255 units.</param>
/// <param name="Entropy">Bits, 0..8.</param>
/// <param name="Colorfulness">Hasler–Süsstrunk M3.</param>
/// <param name="PerceptualHash">64-bit difference hash.</param>
public readonly record struct ImageMeasurement(int Width, int Height, double Brightness, double Contrast, double Sharpness, double Entropy, double Colorfulness, ulong PerceptualHash);
