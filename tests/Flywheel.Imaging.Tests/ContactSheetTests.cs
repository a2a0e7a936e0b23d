namespace Flywheel.Imaging.Tests;

public sealed class ContactSheetTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-sheet-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    static PixelImage Flat(byte value, int size = 24) => new(size, size, 1, [.. Enumerable.Repeat(value, size * size)]);

    static (int R, int G, int B) At(PixelImage image, int x, int y)
    {
        var i = (y * image.Width + x) * image.Channels;
        return image.IsGrey ? (image.Span[i], image.Span[i], image.Span[i]) : (image.Span[i], image.Span[i + 1], image.Span[i + 2]);
    }

    [Fact]
    public void Tiles_stand_in_rows_enlarged_to_the_tile_size_with_frames()
    {
        var png = ContactSheet.ToPng(
            [new("") { Image = Flat(50) }, new("") { Image = Flat(150) }, new("") { Image = Flat(220), Frame = "#ff0000" }],
            new ContactSheetOptions { TileSize = 48, Columns = 2 });
        using var sheet = ImageDecoder.Decode(png, "sheet.png");

        // 8 px around each 48 px tile, two columns, two rows.
        Assert.Equal((8 + 2 * 56, 8 + 2 * 56), (sheet.Width, sheet.Height));
        Assert.Equal((50, 50, 50), At(sheet, 8 + 24, 8 + 24));
        Assert.Equal((150, 150, 150), At(sheet, 8 + 56 + 24, 8 + 24));
        Assert.Equal((220, 220, 220), At(sheet, 8 + 24, 8 + 56 + 24));
        Assert.Equal((255, 0, 0), At(sheet, 8 + 24, 8 + 56 - 1));
        Assert.Equal((255, 255, 255), At(sheet, 2, 2));
    }

    [Fact]
    public void Captions_and_headings_are_written_in_ink()
    {
        using var bare = ImageDecoder.Decode(ContactSheet.ToPng([new("") { Image = Flat(255) }]), "a");
        using var captioned = ImageDecoder.Decode(ContactSheet.ToPng([new("", "closed 0.93", "s0001") { Image = Flat(255), Section = "Edge case" }], new() { Heading = "Failures" }), "b");

        Assert.Equal(0, Dark(bare));
        Assert.InRange(Dark(captioned), 150, 5000);
        Assert.True(captioned.Height > bare.Height + 60);

        static int Dark(PixelImage image)
        {
            var n = 0;
            for (var y = 0; y < image.Height; y++)
                for (var x = 0; x < image.Width; x++)
                    if (At(image, x, y).G < 120) n++;
            return n;
        }
    }

    [Fact]
    public void An_unreadable_picture_becomes_a_marked_tile()
    {
        using var sheet = ImageDecoder.Decode(ContactSheet.ToPng([new(Path.Combine(_folder, "gone.png"), "gone")]), "sheet");

        Assert.False(sheet.IsGrey);
        var (r, g, b) = At(sheet, 8 + 48, 8 + 48);
        Assert.True(r > g + 60 && r > b + 60, "the cross is red");
    }

    [Fact]
    public void A_large_picture_is_averaged_down_and_keeps_its_shape()
    {
        using var sheet = ImageDecoder.Decode(ContactSheet.ToPng([new(Reference.Path("wide.png"))], new() { TileSize = 96 }), "sheet");

        // 301×67 in a 96 px square: 96×21, centred; above it the paper shows.
        Assert.Equal((255, 255, 255), At(sheet, 8 + 48, 8 + 20));
        Assert.NotEqual((255, 255, 255), At(sheet, 8 + 48, 8 + 48));
    }

    [Fact]
    public void More_tiles_than_allowed_are_told()
    {
        var tiles = Enumerable.Range(0, 5).Select(_ => new ContactSheetTile("") { Image = Flat(9) }).ToList();
        using var few = ImageDecoder.Decode(ContactSheet.ToPng(tiles, new() { MaxTiles = 2, Columns = 1, TileSize = 24 }), "few");
        using var all = ImageDecoder.Decode(ContactSheet.ToPng(tiles, new() { Columns = 1, TileSize = 24 }), "all");

        Assert.Equal(8 + 5 * 32, all.Height);
        Assert.Equal(8 + 34 + 2 * 32, few.Height);
    }

    [Fact]
    public void No_tiles_make_a_sheet_too_and_saving_leaves_one_file()
    {
        var path = Path.Combine(_folder, "new", "sheet.png");
        ContactSheet.Save(path, []);

        Assert.Equal(path, Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!)));
        ImageDecoder.DecodeFile(path).Dispose();
    }

    [Fact]
    public void A_sheet_that_cannot_be_written_says_so()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        var fault = Assert.Throws<FlywheelException>(() => ContactSheet.Save(Path.Combine(file, "sheet.png"), []));

        Assert.Equal("ContactSheetNotWritable", fault.ErrorId);
    }

    [Fact]
    public void A_frame_must_be_a_colour() =>
        Assert.Throws<ArgumentException>(() => ContactSheet.ToPng([new("") { Image = Flat(1), Frame = "reddish" }]));

    [Fact]
    public void Drawing_stops_when_cancelled() =>
        Assert.Throws<OperationCanceledException>(() => ContactSheet.ToPng([new("") { Image = Flat(1) }], null, new CancellationToken(true)));
}
