using System.Runtime.CompilerServices;

namespace Flywheel.Imaging;

/// <summary>Pixel arithmetic shared by decoding, measuring and preprocessing.</summary>
static class PixelMath
{
    /// <summary>BT.601 luma in integers. Equal channels give exactly that value, so grey stays grey.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Luma(int r, int g, int b) => (byte)((77 * r + 150 * g + 29 * b + 128) >> 8);

    public static void RgbToLuma(ReadOnlySpan<byte> rgb, Span<byte> luma)
    {
        rgb = rgb[..(luma.Length * 3)];
        for (int i = 0, j = 0; i < luma.Length; i++, j += 3)
            luma[i] = Luma(rgb[j], rgb[j + 1], rgb[j + 2]);
    }

    /// <summary>Composites straight-alpha BGRA on white and packs it as RGB, or as one channel when <paramref name="grey"/>.</summary>
    public static void PackBgra(ReadOnlySpan<byte> bgra, Span<byte> target, bool grey, bool hasAlpha)
    {
        var step = grey ? 1 : 3;
        var n = bgra.Length / 4;
        for (int i = 0, s = 0, d = 0; i < n; i++, s += 4, d += step)
        {
            int b = bgra[s], g = bgra[s + 1], r = bgra[s + 2];
            if (hasAlpha && bgra[s + 3] != 255)
            {
                int a = bgra[s + 3], white = 255 * (255 - a);
                b = (b * a + white + 127) / 255;
                g = (g * a + white + 127) / 255;
                r = (r * a + white + 127) / 255;
            }
            if (grey)
            {
                target[d] = (byte)g;
            }
            else
            {
                target[d] = (byte)r;
                target[d + 1] = (byte)g;
                target[d + 2] = (byte)b;
            }
        }
    }

    /// <summary>True when every pixel has equal colour channels (wherever it is not fully transparent).</summary>
    public static bool IsGrey(ReadOnlySpan<byte> bgra)
    {
        for (var s = 0; s + 3 < bgra.Length; s += 4)
            if ((bgra[s] != bgra[s + 1] || bgra[s] != bgra[s + 2]) && bgra[s + 3] != 0) return false;
        return true;
    }

    /// <summary>Rounds values in 0..255 to bytes, halves up.</summary>
    public static void RoundToBytes(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        bytes = bytes[..values.Length];
        for (var i = 0; i < values.Length; i++) bytes[i] = (byte)Math.Clamp(values[i] + 0.5f, 0f, 255f);
    }
}
