using System.Globalization;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace Flywheel.Imaging;

/// <summary>Draws pictures in a grid with captions, as PNG.</summary>
public static class ContactSheet
{
    const int Gap = 8;
    const int LineHeight = 14;
    const float TextSize = 10.5f;
    const int SectionHeight = 26;
    const int HeadingHeight = 34;

    static readonly SKColor s_ink = new(0x22, 0x22, 0x22);
    static readonly SKColor s_faint = new(0x77, 0x77, 0x77);
    static readonly SKColor s_missing = new(0xB0, 0x20, 0x20);

    /// <summary>Draws the sheet and writes it (to a temporary name first). A picture that cannot be read becomes a marked tile.</summary>
    /// <exception cref="FlywheelException"><c>ContactSheetNotWritable</c>.</exception>
    public static void Save(string path, IReadOnlyList<ContactSheetTile> tiles, ContactSheetOptions? options = null, CancellationToken cancelToken = default)
    {
        var png = ToPng(tiles, options, cancelToken);
        var full = Path.GetFullPath(path);
        var temporary = full + "." + Guid.NewGuid().ToString("N")[..8] + ".tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(temporary, png);
            File.Move(temporary, full, true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            throw new FlywheelException("ContactSheetNotWritable", FaultCategory.WriteError, $"The contact sheet '{full}' cannot be written: {e.Message}", full,
                "Choose a file in a folder you may write to.", inner: e);
        }
    }

    /// <summary>Draws the sheet.</summary>
    /// <returns>The PNG file's bytes.</returns>
    public static byte[] ToPng(IReadOnlyList<ContactSheetTile> tiles, ContactSheetOptions? options = null, CancellationToken cancelToken = default)
    {
        ArgumentNullException.ThrowIfNull(tiles);
        options ??= new ContactSheetOptions();
        if (options.TileSize is < 24 or > 512) throw new ArgumentOutOfRangeException(nameof(options), options.TileSize, "TileSize is 24..512.");
        if (options.Columns is < 1 or > 64) throw new ArgumentOutOfRangeException(nameof(options), options.Columns, "Columns is 1..64.");

        var shown = Math.Min(tiles.Count, Math.Max(options.MaxTiles, 0));
        var heading = options.Heading;
        if (shown < tiles.Count) heading += string.Create(CultureInfo.InvariantCulture, $"{(heading.Length > 0 ? "   " : "")}(first {shown:N0} of {tiles.Count:N0})");
        var captions = 0;
        for (var i = 0; i < shown; i++) captions = Math.Max(captions, tiles[i].SecondLine.Length > 0 ? 2 : tiles[i].Caption.Length > 0 ? 1 : 0);

        // Lay out first: where every tile and every title goes.
        int cell = options.TileSize + Gap, rowHeight = options.TileSize + captions * LineHeight + Gap;
        var columns = Math.Max(1, Math.Min(options.Columns, shown));
        var places = new SKPointI[shown];
        var titles = new List<(string Text, int Y)>();
        var y = Gap + (heading.Length > 0 ? HeadingHeight : 0);
        int column = 0, rows = 0;
        for (var i = 0; i < shown; i++)
        {
            if (i == 0 || tiles[i].Section != tiles[i - 1].Section)
            {
                if (column > 0) y += rowHeight;
                column = 0;
                if (tiles[i].Section.Length > 0)
                {
                    titles.Add((tiles[i].Section, y));
                    y += SectionHeight;
                }
            }
            if (column == columns)
            {
                column = 0;
                y += rowHeight;
            }
            places[i] = new SKPointI(Gap + column * cell, y);
            column++;
            rows++;
        }
        var height = y + (rows > 0 ? rowHeight : LineHeight + Gap);
        using var font = new SKFont(SheetFont.Typeface, TextSize);
        using var titleFont = new SKFont(SheetFont.Typeface, 14);
        using var headingFont = new SKFont(SheetFont.Typeface, 17);
        var width = Math.Max(Gap + columns * cell, heading.Length > 0 ? Math.Min(1200, (int)headingFont.MeasureText(heading) + 2 * Gap) : 0);
        width = Math.Max(width, titles.Count > 0 ? Math.Min(1200, titles.Max(t => (int)titleFont.MeasureText(t.Text)) + 2 * Gap) : 0);

        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        using var paint = new SKPaint { IsAntialias = true, Color = s_ink };
        if (heading.Length > 0) canvas.DrawText(Fit(heading, headingFont, width - 2 * Gap), Gap, Gap + 20, SKTextAlign.Left, headingFont, paint);
        foreach (var (text, top) in titles) canvas.DrawText(Fit(text, titleFont, width - 2 * Gap), Gap, top + 17, SKTextAlign.Left, titleFont, paint);
        for (var i = 0; i < shown; i++)
        {
            cancelToken.ThrowIfCancellationRequested();
            DrawTile(canvas, tiles[i], places[i], options, font);
        }
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    static void DrawTile(SKCanvas canvas, ContactSheetTile tile, SKPointI at, ContactSheetOptions options, SKFont font)
    {
        var size = options.TileSize;
        var box = new SKRect(at.X, at.Y, at.X + size, at.Y + size);
        using var paint = new SKPaint { IsAntialias = true };
        string? fault = null;
        try
        {
            using var decoded = tile.Image is null ? ImageDecoder.DecodeFile(tile.Path, new DecodeOptions { MinSide = size }) : null;
            DrawPicture(canvas, tile.Image ?? decoded!, box, options.Smooth);
        }
        catch (FlywheelException e)
        {
            fault = e.ErrorId;
        }
        if (fault is not null)
        {
            paint.Color = new SKColor(0xF3, 0xE6, 0xE6);
            canvas.DrawRect(box, paint);
            paint.Color = s_missing;
            paint.Style = SKPaintStyle.Stroke;
            paint.StrokeWidth = 1.5f;
            canvas.DrawLine(box.Left + 4, box.Top + 4, box.Right - 4, box.Bottom - 4, paint);
            canvas.DrawLine(box.Left + 4, box.Bottom - 4, box.Right - 4, box.Top + 4, paint);
            paint.Style = SKPaintStyle.Fill;
            canvas.DrawText(Fit(fault, font, size - 6), box.Left + 3, box.Top + TextSize + 2, SKTextAlign.Left, font, paint);
        }
        if (tile.Frame is { } frame)
        {
            paint.Color = SKColor.TryParse(frame, out var color) ? color : throw new ArgumentException($"'{frame}' is not a colour; write #rrggbb.", nameof(tile));
            paint.Style = SKPaintStyle.Stroke;
            paint.StrokeWidth = 3;
            canvas.DrawRect(SKRect.Inflate(box, 1, 1), paint);
            paint.Style = SKPaintStyle.Fill;
        }
        paint.Color = s_ink;
        if (tile.Caption.Length > 0) canvas.DrawText(Fit(tile.Caption, font, size + 2), box.Left, box.Bottom + LineHeight - 2, SKTextAlign.Left, font, paint);
        paint.Color = s_faint;
        if (tile.SecondLine.Length > 0) canvas.DrawText(Fit(tile.SecondLine, font, size + 2), box.Left, box.Bottom + 2 * LineHeight - 2, SKTextAlign.Left, font, paint);
    }

    static void DrawPicture(SKCanvas canvas, PixelImage image, SKRect box, bool smooth)
    {
        int w = image.Width, h = image.Height;
        var scale = Math.Min(box.Width / w, box.Height / h);
        float tw = Math.Max(1, MathF.Round(w * scale)), th = Math.Max(1, MathF.Round(h * scale));
        // Shrinking goes through the same area averaging as everywhere: no moiré, no invented detail.
        PixelImage? small = null;
        if (scale < 1)
        {
            small = ToInterleaved(Preprocessor.Resize(image, (int)tw, (int)th, 3), (int)tw, (int)th);
            (image, w, h) = (small, small.Width, small.Height);
        }
        var rgba = new byte[w * h * 4];
        ReadOnlySpan<byte> from = image.Span;
        for (int i = 0, d = 0; d < rgba.Length; i++, d += 4)
        {
            var s = i * image.Channels;
            rgba[d] = from[s];
            rgba[d + 1] = from[s + (image.IsGrey ? 0 : 1)];
            rgba[d + 2] = from[s + (image.IsGrey ? 0 : 2)];
            rgba[d + 3] = 255;
        }
        var pin = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            using var picture = SKImage.FromPixelCopy(new SKImageInfo(w, h, SKColorType.Rgba8888, SKAlphaType.Opaque), pin.AddrOfPinnedObject(), w * 4);
            var left = box.Left + MathF.Floor((box.Width - tw) / 2);
            var top = box.Top + MathF.Floor((box.Height - th) / 2);
            var sampling = smooth && scale > 1 ? new SKSamplingOptions(SKCubicResampler.Mitchell) : new SKSamplingOptions(SKFilterMode.Nearest);
            canvas.DrawImage(picture, new SKRect(left, top, left + tw, top + th), sampling, null);
        }
        finally
        {
            pin.Free();
        }
    }

    static PixelImage ToInterleaved(byte[] planar, int w, int h)
    {
        var plane = w * h;
        var pixels = new byte[planar.Length];
        for (var i = 0; i < plane; i++)
        {
            pixels[i * 3] = planar[i];
            pixels[i * 3 + 1] = planar[plane + i];
            pixels[i * 3 + 2] = planar[2 * plane + i];
        }
        return new PixelImage(w, h, 3, pixels);
    }

    static string Fit(string text, SKFont font, float width)
    {
        if (font.MeasureText(text) <= width) return text;
        var n = text.Length;
        while (n > 1 && font.MeasureText(text.AsSpan(0, n).ToString() + "…") > width) n--;
        return text[..n] + "…";
    }
}
