namespace Flywheel.Imaging;

/// <summary>One picture of a contact sheet.</summary>
/// <param name="Path">The image file; ignored when an image is given.</param>
/// <param name="Caption">First line under the picture; cut with an ellipsis when too long.</param>
/// <param name="SecondLine">Second line, in grey.</param>
public sealed record ContactSheetTile(string Path, string Caption = "", string SecondLine = "")
{
    /// <summary>The decoded picture, when it is at hand.</summary>
    public PixelImage? Image { get; init; }

    /// <summary>Colour of a frame, <c>#rrggbb</c>; null for none.</summary>
    public string? Frame { get; init; }

    /// <summary>Consecutive tiles of one section stand together under its name as a title.</summary>
    public string Section { get; init; } = "";
}
