using System.Numerics;

namespace Flywheel.Engine.Datasets;

/// <summary>
/// Finds near-identical images: difference hashes at most two bits apart, brightness and contrast nearly equal. Two bits can spoil at
/// most two of three bands of the hash, so one band is always equal (multi-index hashing, Norouzi et al., CVPR 2012): candidates are
/// looked up, not compared all with all.
/// </summary>
sealed class NearDuplicates
{
    /// <summary>Largest number of differing bits.</summary>
    public const int MaxDistance = 2;

    const double MaxBrightness = 0.02;
    const double MaxContrast = 0.02;
    const double FlatContrast = 0.01; // an empty picture resembles every other

    static readonly (int Shift, ulong Mask)[] s_bands = [(0, (1UL << 21) - 1), (21, (1UL << 21) - 1), (42, (1UL << 22) - 1)];

    readonly IReadOnlyList<FlywheelImage> _images;
    readonly Dictionary<(int Class, int Band, ulong Bits), List<int>> _index = [];
    readonly int[] _classes;

    /// <param name="images">The images.</param>
    /// <param name="classOf">Images are only looked up in classes named in the query; by split, for example.</param>
    public NearDuplicates(IReadOnlyList<FlywheelImage> images, Func<FlywheelImage, int> classOf)
    {
        _images = images;
        _classes = [.. images.Select(classOf)];
        for (var i = 0; i < images.Count; i++)
        {
            if (images[i].Contrast < FlatContrast) continue;
            for (var band = 0; band < s_bands.Length; band++)
            {
                var key = (_classes[i], band, images[i].PerceptualHash >> s_bands[band].Shift & s_bands[band].Mask);
                if (!_index.TryGetValue(key, out var list)) _index[key] = list = [];
                list.Add(i);
            }
        }
    }

    /// <summary>Images of a class that are near-identical to image <paramref name="i"/>; an image may come more than once, itself never.</summary>
    public IEnumerable<int> Matches(int i, int inClass)
    {
        var image = _images[i];
        if (image.Contrast < FlatContrast) yield break;
        for (var band = 0; band < s_bands.Length; band++)
        {
            if (!_index.TryGetValue((inClass, band, image.PerceptualHash >> s_bands[band].Shift & s_bands[band].Mask), out var list)) continue;
            foreach (var j in list)
                if (j != i && AreNear(image, _images[j])) yield return j;
        }
    }

    static bool AreNear(FlywheelImage a, FlywheelImage b) =>
        BitOperations.PopCount(a.PerceptualHash ^ b.PerceptualHash) <= MaxDistance
        && Math.Abs(a.Brightness - b.Brightness) <= MaxBrightness
        && Math.Abs(a.Contrast - b.Contrast) <= MaxContrast;
}
