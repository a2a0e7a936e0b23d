using System.Globalization;

namespace Flywheel.Insight.Slices;

/// <summary>Says in plain English what a slice is and how it fails: <c>small pictures (width ≤ 30 px) predicted open: 31 of 74 wrong (42 %, 4.6 times the rest)</c>.</summary>
public static class SliceWording
{
    static readonly Dictionary<(string Property, bool Low), string> s_words = new()
    {
        [("width", true)] = "small", [("width", false)] = "large",
        [("height", true)] = "small", [("height", false)] = "large",
        [("brightness", true)] = "dark", [("brightness", false)] = "bright",
        [("contrast", true)] = "pale", [("contrast", false)] = "contrasty",
        [("sharpness", true)] = "blurred", [("sharpness", false)] = "sharp or noisy",
        [("colorfulness", true)] = "greyish", [("colorfulness", false)] = "colourful",
        [("entropy", true)] = "plain", [("entropy", false)] = "busy",
        [("bytes", true)] = "short-file", [("bytes", false)] = "long-file",
    };

    /// <summary>The whole sentence.</summary>
    /// <param name="conditions">The slice's conditions.</param>
    /// <param name="support">Images judged.</param>
    /// <param name="errors">Errors among them, or the sum of expected ones.</param>
    /// <param name="lift">Error rate in times that of the rest.</param>
    /// <param name="known">False: the errors are expected, not known.</param>
    public static string Describe(IReadOnlyList<SliceCondition> conditions, int support, double errors, double lift, bool known)
    {
        var share = string.Create(CultureInfo.InvariantCulture, $"{100 * errors / support:0} %");
        var times = double.IsInfinity(lift) ? "none of the rest" : string.Create(CultureInfo.InvariantCulture, $"{lift:0.0} times the rest");
        return known
            ? string.Create(CultureInfo.InvariantCulture, $"{What(conditions)}: {errors:0} of {support} wrong ({share}, {times})")
            : string.Create(CultureInfo.InvariantCulture, $"{What(conditions)}: about {errors:0.#} of {support} expected wrong ({share}, {times})");
    }

    /// <summary>The pictures meant, without figures.</summary>
    public static string What(IReadOnlyList<SliceCondition> conditions)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        var properties = conditions.Where(c => c.Subject == SliceSubject.Property).ToList();
        var text = string.Join(", ", properties.Select(Adjective).Where(a => a.Length > 0).Distinct());
        text += text.Length > 0 ? " pictures" : "pictures";
        if (properties.Count > 0) text += $" ({string.Join(", ", properties)})";
        var tags = conditions.Where(c => c.Subject == SliceSubject.Tag).ToList();
        if (tags.Count > 0) text += $" with {string.Join(" and ", tags)}";
        var others = conditions.Where(c => c.Subject is SliceSubject.Reason or SliceSubject.Predicted)
            .Select(c => c.ToString()).Concat(conditions.Where(c => c.Subject == SliceSubject.Look).Select(c => $"that look alike (look {c.Value})")).ToList();
        return others.Count > 0 ? $"{text}{(tags.Count > 0 ? ", " : " ")}{string.Join(", ", others)}" : text;
    }

    /// <summary>None for a range: what lies between two bounds is neither small nor large.</summary>
    static string Adjective(SliceCondition c) => c.Above is not null && c.UpTo is not null ? "" : s_words.GetValueOrDefault((c.Name, c.UpTo is not null), "");
}
