using System.Text.Json;

namespace Flywheel.Inference;

/// <summary>
/// What Flywheel writes into an ONNX file's metadata, so that the file alone is enough to predict: labels, preprocessing, the
/// dataset version it learned from and how it was made.
/// </summary>
public static class ModelMetadata
{
    /// <summary>Key of the labels: a JSON array of strings in output order.</summary>
    public const string LabelsKey = "flywheel.labels";

    /// <summary>Key of the preprocessing: JSON of <see cref="ImagePreprocessing"/>.</summary>
    public const string PreprocessingKey = "flywheel.preprocessing";

    /// <summary>Key of the training dataset's version id.</summary>
    public const string DatasetVersionKey = "flywheel.dataset.version";

    /// <summary>Key of the description: JSON with preset, seed, threads, architecture, temperature.</summary>
    public const string ModelKey = "flywheel.model";

    /// <summary>Largest side of an input picture that is believed.</summary>
    internal const int MaxSide = 4096;

    static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Labels as they stand in the metadata.</summary>
    public static string WriteLabels(IReadOnlyList<string> labels) => JsonSerializer.Serialize(labels, s_json);

    /// <summary>Preprocessing as it stands in the metadata.</summary>
    public static string WritePreprocessing(ImagePreprocessing preprocessing) => JsonSerializer.Serialize(preprocessing, s_json);

    /// <summary>Reads the labels.</summary>
    /// <exception cref="FormatException">Not a JSON array of at least two distinct strings.</exception>
    public static IReadOnlyList<string> ReadLabels(string json)
    {
        var labels = Parse<string[]>(json);
        if (labels.Length < 2 || labels.Any(string.IsNullOrEmpty) || labels.Distinct(StringComparer.Ordinal).Count() != labels.Length)
            throw new FormatException("at least two distinct labels are needed");
        return labels;
    }

    /// <summary>Reads the preprocessing.</summary>
    /// <exception cref="FormatException">Not JSON, or values out of range.</exception>
    public static ImagePreprocessing ReadPreprocessing(string json)
    {
        var p = Parse<ImagePreprocessing>(json);
        if (p.Width is < 1 or > MaxSide || p.Height is < 1 or > MaxSide) throw new FormatException($"the input size {p.Width}×{p.Height} is outside 1..{MaxSide}");
        if (p.Channels is not (1 or 3)) throw new FormatException($"{p.Channels} channels, where 1 or 3 are possible");
        if (p.Mean is null || p.Std is null || p.Mean.Count != p.Channels || p.Std.Count != p.Channels) throw new FormatException("mean and std need one value per channel");
        if (!p.Mean.All(float.IsFinite) || !p.Std.All(s => float.IsFinite(s) && s > 0)) throw new FormatException("mean must be finite and std above zero");
        return p;
    }

    static T Parse<T>(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, s_json) ?? throw new FormatException("the value is null");
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
