using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flywheel.Formats.Annotations;

/// <summary>
/// Gives boxes that come back the ids of those they were sent as. A tool that keeps ids is believed; else a box is the one it coincides with,
/// then the one it overlaps most (intersection over union of a half at least, equal labels first). What is left is new, and gets the tool's id
/// or one made from its content, so that the same file gives the same ids again.
/// </summary>
public static class BoxMatching
{
    /// <summary>Differences of an edge up to this many pixels come from rounding: CVAT writes two decimals.</summary>
    public const double Tolerance = 0.0201;

    const double LeastOverlap = 0.5;

    const int LongestId = 64;

    /// <summary>Boxes as they are to be recorded, in the tool's order.</summary>
    /// <param name="key">Names the image; part of new ids.</param>
    /// <param name="before">The boxes as sent, or as the catalogue has them; null for none.</param>
    /// <param name="got">What came back, in pixels.</param>
    public static IReadOnlyList<LabelBox> Match(string key, IReadOnlyList<LabelBox>? before, IReadOnlyList<(string? Id, bool IdIsSure, string Label, double X, double Y, double Width, double Height)> got)
    {
        ArgumentNullException.ThrowIfNull(got);
        var left = (before ?? []).ToDictionary(b => b.Id, StringComparer.Ordinal);
        var result = new LabelBox?[got.Count];
        var pieces = got.Select(g => new LabelBox("", g.Label, g.X, g.Y, g.Width, g.Height)).ToArray();

        // A copy of a box carries its id, too: the one that fits better is the original.
        foreach (var group in Enumerable.Range(0, got.Count).Where(i => got[i] is { Id: not null, IdIsSure: true }).GroupBy(i => got[i].Id!, StringComparer.Ordinal))
            if (left.Remove(group.Key, out var box)) Take(group.MaxBy(i => Closeness(box, pieces[i])), box);

        // Where a tool keeps ids, a box without one was drawn.
        if (!got.Any(g => g is { Id: not null, IdIsSure: true }))
        {
            for (var i = 0; i < got.Count; i++)
                if (left.Values.FirstOrDefault(b => b.Label == got[i].Label && Coincide(b, pieces[i])) is { } same) Take(i, same);
            for (var i = 0; i < got.Count; i++)
                if (result[i] is null && got[i].Id is { } hint && left.TryGetValue(hint, out var hinted) && Overlap(hinted, pieces[i]) > 0) Take(i, hinted);
            var pairs = from i in Enumerable.Range(0, got.Count)
                        where result[i] is null
                        from box in left.Values
                        let overlap = Overlap(box, pieces[i])
                        where overlap >= LeastOverlap
                        orderby box.Label == got[i].Label descending, overlap descending, i, box.Id
                        select (i, box);
            foreach (var (i, box) in pairs.ToList())
                if (result[i] is null && left.ContainsKey(box.Id)) Take(i, box);
        }

        var taken = new HashSet<string>((before ?? []).Select(b => b.Id), StringComparer.Ordinal);
        for (var i = 0; i < got.Count; i++)
        {
            if (result[i] is not null) continue;
            var id = got[i] is { Id: { Length: > 0 and <= LongestId } given, IdIsSure: true } && !given.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c)) ? given : null;
            if (id is null || !taken.Add(id))
                for (var n = 0; !taken.Add(id = Made(key, pieces[i], n)); n++) { }
            result[i] = new LabelBox(id, got[i].Label, Round(got[i].X), Round(got[i].Y), Round(got[i].Width), Round(got[i].Height));
        }
        return result!;

        void Take(int i, LabelBox box)
        {
            left.Remove(box.Id);
            result[i] = Coincide(box, pieces[i]) ? box with { Label = got[i].Label } : new LabelBox(box.Id, got[i].Label, Round(got[i].X), Round(got[i].Y), Round(got[i].Width), Round(got[i].Height));
        }
    }

    /// <summary>True if the box came back where it was, but for rounding: to two decimals, or to whole pixels by a tool that knows no others (LabelImg).</summary>
    public static bool Coincide(LabelBox sent, LabelBox got)
    {
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(got);
        var was = (double[])[sent.X, sent.Y, sent.X + sent.Width, sent.Y + sent.Height];
        var now = (double[])[got.X, got.Y, got.X + got.Width, got.Y + got.Height];
        if (was.Zip(now).All(e => Math.Abs(e.First - e.Second) <= Tolerance)) return true;
        return now.All(e => e == Math.Floor(e)) && (was.Zip(now).All(e => Math.Round(e.First, MidpointRounding.AwayFromZero) == e.Second || Math.Floor(e.First) == e.Second));
    }

    /// <summary>Intersection over union, 0..1.</summary>
    public static double Overlap(LabelBox a, LabelBox b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var w = Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X);
        var h = Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y);
        if (!(w > 0 && h > 0)) return 0;
        return w * h / (a.Width * a.Height + b.Width * b.Height - w * h);
    }

    static double Closeness(LabelBox sent, LabelBox got) => (Coincide(sent, got) ? 2 : 0) + (sent.Label == got.Label ? 1 : 0) + Overlap(sent, got);

    static double Round(double edge) => Math.Round(edge, 3);

    static string Made(string key, LabelBox box, int n)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{key}|{box.Label}|{box.X:0.###}|{box.Y:0.###}|{box.Width:0.###}|{box.Height:0.###}|{n}");
        return "b" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..11];
    }
}
