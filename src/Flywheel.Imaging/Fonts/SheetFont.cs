using SkiaSharp;

namespace Flywheel.Imaging;

/// <summary>The font that ships with the module, for Skia and for plots.</summary>
static class SheetFont
{
    public const string Family = "DejaVu Sans";

    static readonly Lazy<byte[]> s_bytes = new(() =>
    {
        using var stream = typeof(SheetFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });

    static readonly Lazy<SKTypeface> s_typeface = new(() =>
    {
        using var data = SKData.CreateCopy(s_bytes.Value);
        return SKTypeface.FromData(data);
    });

    static readonly Lazy<bool> s_plots = new(() =>
    {
        ScottPlot.Fonts.FontResolvers.Insert(0, new Resolver());
        ScottPlot.Fonts.Default = Family;
        return true;
    });

    /// <summary>Shared by all threads; never disposed.</summary>
    public static SKTypeface Typeface => s_typeface.Value;

    /// <summary>Makes ScottPlot draw with the same font.</summary>
    public static void EnsurePlots() => _ = s_plots.Value;

    sealed class Resolver : ScottPlot.IFontResolver
    {
        // ScottPlot disposes what it gets, so every request gets its own.
        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => Create(fontName);

        public SKTypeface? CreateTypeface(string fontName, ScottPlot.FontWeight weight, ScottPlot.FontSlant slant, ScottPlot.FontSpacing spacing) => Create(fontName);

        static SKTypeface? Create(string fontName)
        {
            if (fontName != Family) return null;
            using var data = SKData.CreateCopy(s_bytes.Value);
            return SKTypeface.FromData(data);
        }
    }
}
