using System.Text.RegularExpressions;

namespace Flywheel.Formats.Annotations;

/// <summary>
/// Finds the image that a tool means: by the key that the task carries, by the name of the copy, by the key within a name that the tool has
/// dressed up, by the name of the source. Paths with either slash, percent-encoded addresses and names in either Unicode form are understood.
/// </summary>
public sealed partial class TaskImages
{
    readonly Dictionary<string, TaskImage?> _keys = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, TaskImage?> _names = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, TaskImage?> _stems = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of the images of a task.</summary>
    public TaskImages(IEnumerable<TaskImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        foreach (var image in images)
        {
            Add(_keys, image.Key, image);
            if (image.ImageId != image.Key) Add(_keys, image.ImageId, image);
            foreach (var name in new[] { image.File, image.Name }.Where(n => n.Length > 0).Select(Plain).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                Add(_names, name, image);
                Add(_stems, Path.GetFileNameWithoutExtension(name), image);
            }
        }
    }

    /// <summary>The image, or null if there is none or several could be meant.</summary>
    public TaskImage? Find(string? key, string? file)
    {
        if (key is not null && _keys.TryGetValue(key.Trim(), out var image) && image is not null) return image;
        if (string.IsNullOrWhiteSpace(file)) return null;
        var name = NameOf(file);
        if (_names.TryGetValue(name, out image)) return image;
        foreach (Match digits in Digits().Matches(name))
            if (_keys.TryGetValue(digits.Value, out image) && image is not null) return image;
        // Uploads get eight digits and a hyphen put before their name (Label Studio).
        if (UploadPrefix().Match(name) is { Success: true } prefix && _names.TryGetValue(name[prefix.Length..], out image)) return image;
        return _stems.GetValueOrDefault(Path.GetFileNameWithoutExtension(name));
    }

    /// <summary>The bare name of a file that is given as a path or an address.</summary>
    public static string NameOf(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var text = file.Trim();
        var isAddress = text.Contains("://", StringComparison.Ordinal) || text.StartsWith("/data/", StringComparison.Ordinal);
        if (isAddress)
        {
            if (LocalFile().Match(text) is { Success: true } local) text = local.Groups[1].Value;
            else if (text.IndexOfAny(['?', '#']) is var cut and > 0) text = text[..cut];
        }
        if (text.Contains('%', StringComparison.Ordinal)) text = Uri.UnescapeDataString(text);
        return Plain(text[(text.LastIndexOfAny(['/', '\\']) + 1)..]);
    }

    static string Plain(string name) => NameForm.Compose(name);

    static void Add(Dictionary<string, TaskImage?> to, string name, TaskImage image)
    {
        if (!to.TryAdd(name, image) && to[name]?.ImageId != image.ImageId) to[name] = null; // two could be meant
    }

    [GeneratedRegex("[0-9a-fA-F]{12,64}")]
    private static partial Regex Digits();

    [GeneratedRegex("^[0-9a-f]{8}-")]
    private static partial Regex UploadPrefix();

    [GeneratedRegex(@"[?&]d=([^&#]*)")]
    private static partial Regex LocalFile();
}
