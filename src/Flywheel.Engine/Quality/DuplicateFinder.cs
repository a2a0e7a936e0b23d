using Flywheel.Engine.Datasets;
using Flywheel.Insight.DataQuality;

namespace Flywheel.Engine.Quality;

/// <summary>
/// Finds copies: candidates by hash, confirmed by the pictures themselves. A hash of 64 comparisons is the same for many different pictures of
/// one kind, eyes above all; the correlation of the pictures is not. A model's embedding is not asked: what its labels do not need, it was
/// trained to pass over, and two pictures it sees alike need not be one.
/// </summary>
static class DuplicateFinder
{
    /// <summary>Differing bits up to which pictures are compared.</summary>
    public const int DefaultDistance = 8;

    /// <summary>Least correlation of the pictures, at 32×32 pixels, of copies.</summary>
    public const double MinSimilarity = 0.97;

    /// <summary>Candidates are compared in blocks of so many, to bound memory.</summary>
    const int Block = 1 << 20;

    /// <summary>Copies among images, each pair once.</summary>
    /// <param name="images">The images.</param>
    /// <param name="thumbnails">Their pictures; those needed are read.</param>
    /// <param name="distance">Differing bits up to which pictures are compared.</param>
    /// <param name="reporter">Gets progress.</param>
    /// <param name="token">Obeyed.</param>
    public static IReadOnlyList<DuplicatePair> Find(IReadOnlyList<FlywheelImage> images, Thumbnails thumbnails, int distance, IReporter reporter, CancellationToken token)
    {
        var near = new NearDuplicates(images);
        var pairs = new List<DuplicatePair>();
        var candidates = new List<(int A, int B, int Distance)>();
        using (var meter = new ProgressMeter(reporter, "Looking for copies", images.Count, "images", id: 3))
        {
            near.Candidates(distance, (a, b, bits) =>
            {
                candidates.Add((a, b, bits));
                if (candidates.Count >= Block) Confirm();
            }, () => meter.Advance(), token);
            Confirm();

            void Confirm()
            {
                thumbnails.Read(candidates.SelectMany(c => new[] { c.A, c.B }), reporter, token);
                var similarity = new double[candidates.Count];
                Parallel.For(0, similarity.Length, new ParallelOptions { CancellationToken = token }, c => similarity[c] = thumbnails.Correlation(candidates[c].A, candidates[c].B));
                for (var c = 0; c < similarity.Length; c++)
                    if (similarity[c] >= MinSimilarity)
                        pairs.Add(new DuplicatePair(candidates[c].A, candidates[c].B, candidates[c].Distance, similarity[c], SamePixels(images[candidates[c].A], images[candidates[c].B])));
                candidates.Clear();
            }
        }
        return [.. pairs.OrderBy(p => p.A).ThenBy(p => p.B)];
    }

    /// <summary>Sets of copies, each around the image to keep: larger sets first.</summary>
    public static IReadOnlyList<DuplicateSet> Sets(IReadOnlyList<FlywheelImage> images, IReadOnlyList<DuplicatePair> pairs)
    {
        var of = pairs.ToDictionary(p => (p.A, p.B));
        var stars = DuplicateGrouping.Stars(images.Count, pairs.Select(p => (p.A, p.B)), (a, b) => Preference(images[a], images[b]));
        return [.. stars.OrderByDescending(s => s.Length).ThenBy(s => images[s[0]].Id, StringComparer.Ordinal).Select((star, at) =>
        {
            DuplicatePair[] arms = [.. star.Skip(1).Select(i => of[(Math.Min(star[0], i), Math.Max(star[0], i))]).OrderByDescending(p => p.Similarity).ThenBy(p => p.Distance)];
            var exact = arms.All(p => p.Exact);
            var least = arms.Min(p => p.Similarity);
            var bits = arms.Max(p => p.Distance);
            return new DuplicateSet
            {
                Number = at + 1,
                Images = [images[star[0]], .. arms.Select(p => images[p.A == star[0] ? p.B : p.A])],
                Similarity = least,
                Distance = bits,
                Why = exact ? "the same pixels in different files" : FormattableString.Invariant($"pictures correlate to {least:0.000} or better, hashes differ in {bits} bits at most"),
            };
        })];
    }

    /// <summary>Which of two copies to keep: test before validation before training, then the one whose label is to be trusted more, then the larger picture.</summary>
    static int Preference(FlywheelImage a, FlywheelImage b)
    {
        var order = b.Split.CompareTo(a.Split);
        if (order == 0) order = Trust(b).CompareTo(Trust(a));
        return order != 0 ? order : ((long)b.Width * b.Height).CompareTo((long)a.Width * a.Height);

        static int Trust(FlywheelImage image) => image.Label is null ? 0 : image.Provenance switch
        {
            AnnotationProvenance.Reviewed => 4,
            AnnotationProvenance.Human => 3,
            AnnotationProvenance.Imported => 2,
            _ => 1,
        };
    }

    static bool SamePixels(FlywheelImage a, FlywheelImage b) =>
        a.Width == b.Width && a.Height == b.Height && a.PerceptualHash == b.PerceptualHash && a.Brightness.Equals(b.Brightness) && a.Contrast.Equals(b.Contrast)
        && a.Sharpness.Equals(b.Sharpness) && a.Entropy.Equals(b.Entropy) && a.Colorfulness.Equals(b.Colorfulness);
}
