using System.Globalization;
using Flywheel.Insight.DataQuality;

namespace Flywheel.Engine.Quality.Detectors;

/// <summary>
/// Images whose measured property lies far out in the data set's own distribution, by robust z, and far enough on an absolute scale to be a
/// problem: the darkest of bright pictures are not dark, and pictures of an infrared camera are not all of low contrast. Beyond the absolute
/// limit an image is flagged whatever the others are like.
/// </summary>
sealed class ImagePropertyDetector : IDatasetDetector
{
    /// <summary>Robust z from which on a value is far out (Iglewicz and Hoaglin, 1993).</summary>
    const double Far = 3.5;

    /// <summary>Fewest images whose distribution says anything.</summary>
    const int Fewest = 20;

    /// <summary>Score of an image beyond the absolute limit.</summary>
    const double BeyondLimit = 0.9;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ImagePropertyDetector> All { get; } =
    [
        new("dark", "much darker than the rest")
        {
            Value = i => Math.Log(i.Brightness + 0.02), Low = true, Floor = i => i.Brightness < 0.12, Limit = i => i.Brightness < 0.02,
            Text = i => Invariant($"brightness {i.Brightness:0.000}"),
        },
        new("bright", "much brighter than the rest")
        {
            Value = i => i.Brightness, High = true, Floor = i => i.Brightness > 0.8, Limit = i => i.Brightness > 0.97,
            Text = i => Invariant($"brightness {i.Brightness:0.000}"),
        },
        new("low-contrast", "much flatter than the rest")
        {
            Value = i => Math.Log(i.Contrast + 0.002), Low = true, Floor = i => i.Contrast < 0.05, Limit = i => i.Contrast < 0.01,
            Text = i => Invariant($"contrast {i.Contrast:0.000}"),
        },
        new("blurry", "blurred: of much less detail than the rest")
        {
            Value = i => Math.Log(Detail(i) + 1e-5), Low = true, Floor = i => Detail(i) < 0.02 && i.Sharpness < 100, Applies = i => i.Contrast >= 0.01 && Math.Min(i.Width, i.Height) >= 16,
            Text = i => Invariant($"sharpness {i.Sharpness:0.0} at contrast {i.Contrast:0.000}"),
        },
        new("odd-aspect", "of another shape than the rest")
        {
            Value = i => Math.Log((double)i.Width / i.Height), Low = true, High = true, Distance = Math.Log(1.5), Limit = i => Math.Max(i.Width, i.Height) > 8 * Math.Min(i.Width, i.Height),
            Text = i => Invariant($"{i.Width}×{i.Height} pixels"),
        },
        new("odd-size", "much smaller or larger than the rest")
        {
            Value = i => Math.Log((double)i.Width * i.Height), Low = true, High = true, Distance = Math.Log(9), Limit = i => Math.Min(i.Width, i.Height) < 8,
            Text = i => Invariant($"{i.Width}×{i.Height} pixels"),
        },
    ];

    ImagePropertyDetector(string name, string about) => (Name, About) = (name, about);

    public string Name { get; }
    public string About { get; }
    public DetectorSeverity Severity => DetectorSeverity.Warning;

    /// <summary>What is compared.</summary>
    required public Func<FlywheelImage, double> Value { get; init; }

    /// <summary>The value in words.</summary>
    required public Func<FlywheelImage, string> Text { get; init; }

    /// <summary>Whether low values are a problem.</summary>
    public bool Low { get; init; }

    /// <summary>Whether high values are a problem.</summary>
    public bool High { get; init; }

    /// <summary>Far out alone is no problem: this must hold, too.</summary>
    public Func<FlywheelImage, bool>? Floor { get; init; }

    /// <summary>Far out alone is no problem: the value must differ so much from the median.</summary>
    public double Distance { get; init; }

    /// <summary>A problem whatever the other images are like.</summary>
    public Func<FlywheelImage, bool>? Limit { get; init; }

    /// <summary>Images it can be told of; all by default.</summary>
    public Func<FlywheelImage, bool>? Applies { get; init; }

    public DetectorOutcome Run(DetectorContext context)
    {
        var images = context.Images;
        int[] rows = [.. Enumerable.Range(0, images.Count).Where(i => images[i].Width > 0 && (Applies is null || Applies(images[i])))];
        var scale = rows.Length >= Fewest ? RobustScale.Of(rows.Select(i => Value(images[i]))) : default;
        var scores = new double[images.Count];
        List<DatasetFinding> findings = [];
        List<Suggestion> suggestions = [];
        foreach (var i in rows)
        {
            var image = images[i];
            var value = Value(image);
            var z = rows.Length >= Fewest ? scale.Z(value) : 0;
            var away = Low && High ? Math.Abs(z) : Low ? -z : z;
            var limit = Limit?.Invoke(image) ?? false;
            scores[i] = Score(away, (Floor?.Invoke(image) ?? true) && Math.Abs(value - scale.Median) >= Distance, limit);
            if (scores[i] < DetectorOutcome.Flag) continue;
            var text = away >= Far ? $"{Text(image)}, {(z < 0 ? "below" : "above")} the median by {Math.Abs(z).ToString("0.0", CultureInfo.InvariantCulture)} robust deviations" : Text(image);
            findings.Add(context.Finding(Name, i, scores[i], text));
            suggestions.Add(context.Exclusion(Name, i, Name, 0.5 * scores[i], $"{char.ToUpperInvariant(Name[0])}{Name[1..]}: {text}.")); // odd is not useless: a person decides
        }
        return new DetectorOutcome
        {
            N = rows.Length,
            Scores = scores,
            Findings = findings,
            Suggestions = suggestions,
            Summary = findings.Count == 0 ? $"no image is {About}" : Invariant($"{findings.Count:N0} {(findings.Count == 1 ? "image is" : "images are")} {About}, such as {findings.MaxBy(f => f.Score)!.Name} ({findings.MaxBy(f => f.Score)!.Text})"),
        };
    }

    /// <summary>One half where z reaches <see cref="Far"/>, towards one beyond; below one half unless the absolute condition holds as well.</summary>
    static double Score(double z, bool floor, bool limit)
    {
        var score = z > 0 ? z * z / (z * z + Far * Far) : 0;
        if (!floor) score = Math.Min(score, 0.49);
        return limit ? Math.Max(score, BeyondLimit) : score;
    }

    /// <summary>Laplacian variance as a share of the picture's own variance: contrast taken out of sharpness.</summary>
    static double Detail(FlywheelImage image) => image.Contrast > 0 ? image.Sharpness / (255 * 255 * image.Contrast * image.Contrast) : 0;

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
