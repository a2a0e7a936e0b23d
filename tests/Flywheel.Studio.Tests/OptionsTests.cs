using System.Buffers.Binary;
using Flywheel.Engine.Studio;

namespace Flywheel.Studio.Tests;

/// <summary>The studio's command line, and pictures that browsers show otherwise than models see them.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Options_travel_as_a_command_line_and_slips_are_told()
    {
        var options = new StudioOptions { Workspace = Path.GetFullPath("work space"), Address = "::1", Port = 0, Detached = true };
        Assert.Equal(options, StudioOptions.Parse(options.ToArguments()));
        Assert.True(options.IsLoopback);
        Assert.False((options with { Address = "0.0.0.0" }).IsLoopback);
        foreach (var (arguments, errorId) in ((string[], string)[])[(["--port", "70000", "--workspace", "."], "InvalidOption"), (["--workspace", ".", "--address", "home"], "InvalidOption"), (["--port"], "InvalidOption"), (["--porch", "1"], "UnknownOption"), ([], "OptionMissing")])
            Assert.Equal(errorId, Assert.Throws<FlywheelException>(() => StudioOptions.Parse(arguments)).ErrorId);
    }

    [Fact]
    public async Task A_bitmap_is_shown_as_our_own_decoder_reads_it()
    {
        using var studio = new StudioProcess(write: folder => File.WriteAllBytes(Path.Combine(folder, "picture.bmp"), Bitmap(8, 6)));
        await studio.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = studio.Url };
        using var answer = await client.GetAsync($"/studio/images/{studio.Images[0].Id}");
        Assert.Equal("image/png", answer.Content.Headers.ContentType?.MediaType);
        using var shown = Imaging.ImageDecoder.Decode(await answer.Content.ReadAsByteArrayAsync(), "shown.png");
        using var read = Imaging.ImageDecoder.DecodeFile(studio.Images[0].Path);
        Assert.Equal((8, 6, 3), (shown.Width, shown.Height, shown.Channels));
        Assert.Equal(read.Span.ToArray(), shown.Span.ToArray());
    }

    /// <summary>An uncompressed bitmap of 24 bits a pixel.</summary>
    static byte[] Bitmap(int width, int height)
    {
        var stride = (width * 3 + 3) / 4 * 4;
        var file = new byte[54 + stride * height];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        for (var i = 54; i < file.Length; i++) file[i] = (byte)(i * 37);
        return file;
    }
}
