using Flywheel.Insight.DataQuality;

namespace Flywheel.Engine.Datasets;

/// <summary>
/// Finds near-identical images by what was measured at import: difference hashes a few bits apart. Flat pictures have no hash to speak of
/// and are left out. No picture is read; who needs to be sure compares the pictures of what is found (<see cref="Quality.DuplicateFinder"/>).
/// </summary>
sealed class NearDuplicates
{
    /// <summary>Largest number of differing bits at which images are taken for copies without looking at them.</summary>
    public const int Sure = 2;

    const double MaxBrightness = 0.02;
    const double MaxContrast = 0.02;
    const double FlatContrast = 0.01; // an empty picture resembles every other

    readonly IReadOnlyList<FlywheelImage> _images;
    readonly int[] _rows; // images with a hash to speak of
    readonly HashIndex _index;

    /// <param name="images">The images.</param>
    public NearDuplicates(IReadOnlyList<FlywheelImage> images)
    {
        _images = images;
        _rows = [.. Enumerable.Range(0, images.Count).Where(i => images[i].Contrast >= FlatContrast)];
        _index = new HashIndex([.. _rows.Select(i => images[i].PerceptualHash)]);
    }

    /// <summary>Calls back for every pair whose hashes are at most so many bits apart, each once, the earlier image first.</summary>
    /// <param name="distance">Bits, 0..<see cref="HashIndex.MaxDistance"/>.</param>
    /// <param name="found">Gets both images and the distance; called from one thread.</param>
    /// <param name="done">Called after each image looked up.</param>
    /// <param name="token">Obeyed between images.</param>
    public void Candidates(int distance, Action<int, int, int> found, Action? done, CancellationToken token)
    {
        for (var r = 0; r < _rows.Length; r++)
        {
            token.ThrowIfCancellationRequested();
            var i = _rows[r];
            _index.Later(r, distance, (other, bits) => found(i, _rows[other], bits));
            done?.Invoke();
        }
    }

    /// <summary>As <see cref="Candidates"/>, for pairs that are copies by all that was measured: hash, brightness and contrast.</summary>
    public void Pairs(Action<int, int> found, CancellationToken token) => Candidates(Sure, (i, j, _) =>
    {
        if (Math.Abs(_images[i].Brightness - _images[j].Brightness) <= MaxBrightness && Math.Abs(_images[i].Contrast - _images[j].Contrast) <= MaxContrast) found(i, j);
    }, null, token);
}
