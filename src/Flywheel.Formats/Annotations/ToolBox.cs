namespace Flywheel.Formats.Annotations;

/// <summary>A rectangle as a tool's file has it.</summary>
/// <param name="Id">The id that the file gives, or null.</param>
/// <param name="Label">Its label.</param>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
/// <param name="Place">Where in the file it stands.</param>
public sealed record ToolBox(string? Id, string Label, double X, double Y, double Width, double Height, FilePlace Place)
{
    /// <summary>True if the tool keeps ids, so that an unknown one means a new box. False if ids are but hints.</summary>
    public bool IdIsSure { get; init; }

    /// <summary>True if the numbers are percent of the picture, false for pixels.</summary>
    public bool InPercent { get; init; }

    /// <summary>Clockwise rotation in degrees.</summary>
    public double Rotation { get; init; }

    /// <summary>What it turns about: the centre, or the top left corner.</summary>
    public bool TurnsAboutCentre { get; init; }

    /// <summary>The rectangle, parallel to the axes, in pixels of a picture; the bounding box of one that is turned.</summary>
    public (double X, double Y, double Width, double Height) InPixels(int width, int height)
    {
        var (x, y, w, h) = InPercent ? (X * width / 100, Y * height / 100, Width * width / 100, Height * height / 100) : (X, Y, Width, Height);
        if (Rotation == 0) return (x, y, w, h);
        var (sin, cos) = Math.SinCos(Rotation * Math.PI / 180);
        var (px, py) = TurnsAboutCentre ? (x + w / 2, y + h / 2) : (x, y);
        double left = double.PositiveInfinity, top = double.PositiveInfinity, right = double.NegativeInfinity, bottom = double.NegativeInfinity;
        foreach (var (cx, cy) in ((double, double)[])[(x, y), (x + w, y), (x, y + h), (x + w, y + h)])
        {
            var (dx, dy) = (cx - px, cy - py);
            var (tx, ty) = (px + dx * cos - dy * sin, py + dx * sin + dy * cos);
            (left, top, right, bottom) = (Math.Min(left, tx), Math.Min(top, ty), Math.Max(right, tx), Math.Max(bottom, ty));
        }
        return (left, top, right - left, bottom - top);
    }
}
