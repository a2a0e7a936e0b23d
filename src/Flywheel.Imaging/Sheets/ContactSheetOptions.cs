namespace Flywheel.Imaging;

/// <summary>Look of a contact sheet.</summary>
public sealed record ContactSheetOptions
{
    /// <summary>Title over the whole sheet; empty for none.</summary>
    public string Heading { get; init; } = "";

    /// <summary>Edge of the square each picture is fitted into, in pixels, 24..512.</summary>
    public int TileSize { get; init; } = 96;

    /// <summary>Tiles in a row, 1..64.</summary>
    public int Columns { get; init; } = 10;

    /// <summary>True: small pictures are enlarged smoothly. False: pixel by pixel, showing what the model sees.</summary>
    public bool Smooth { get; init; } = true;

    /// <summary>Tiles drawn at most; the heading tells how many were left out.</summary>
    public int MaxTiles { get; init; } = 500;
}
