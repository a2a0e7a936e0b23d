using System.Buffers.Binary;
using System.IO.Compression;

namespace Flywheel.Imaging.Tests;

/// <summary>The own decoder of plain PNGs, against files packed by the library in every way it knows, and against Skia.</summary>
public sealed class PngDecoderTests
{
    static byte[] Content(string kind, int width, int height, int channels)
    {
        var random = new Random(5);
        var pixels = new byte[width * height * channels];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = kind switch
            {
                "noise" => (byte)random.Next(256),
                "smooth" => (byte)(127 + 90 * Math.Sin(i * 0.01) + random.Next(5)),
                "flat" => 200,
                _ => (byte)(i % 37 * 6),
            };
        return pixels;
    }

    static byte[] Filter(byte[] pixels, int stride, int step, int filter)
    {
        var rows = pixels.Length / stride;
        var output = new byte[(stride + 1) * rows];
        for (var y = 0; y < rows; y++)
        {
            var kind = filter < 5 ? filter : y % 5;
            output[y * (stride + 1)] = (byte)kind;
            for (var x = 0; x < stride; x++)
            {
                int left = x >= step ? pixels[y * stride + x - step] : 0, up = y > 0 ? pixels[(y - 1) * stride + x] : 0, corner = x >= step && y > 0 ? pixels[(y - 1) * stride + x - step] : 0;
                int p = left + up - corner, a = Math.Abs(p - left), b = Math.Abs(p - up), c = Math.Abs(p - corner);
                var guess = kind switch { 1 => left, 2 => up, 3 => (left + up) / 2, 4 => a <= b && a <= c ? left : b <= c ? up : corner, _ => 0 };
                output[y * (stride + 1) + 1 + x] = (byte)(pixels[y * stride + x] - guess);
            }
        }
        return output;
    }

    static byte[] Pack(byte[] rows, int level, ZLibCompressionStrategy strategy)
    {
        using var memory = new MemoryStream();
        using (var stream = new ZLibStream(memory, new ZLibCompressionOptions { CompressionLevel = level, CompressionStrategy = strategy }, true)) stream.Write(rows);
        return memory.ToArray();
    }

    static byte[] Png(int width, int height, int channels, byte[] packed, int parts = 1)
    {
        using var memory = new MemoryStream();
        memory.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = (byte)(channels == 1 ? 0 : 2);
        Chunk("IHDR"u8, header);
        Chunk("tEXt"u8, "a\0b"u8);
        for (var i = 0; i < parts; i++) Chunk("IDAT"u8, packed.AsSpan(packed.Length * i / parts, packed.Length * (i + 1) / parts - packed.Length * i / parts));
        Chunk("IEND"u8, []);
        return memory.ToArray();

        void Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
        {
            var chunk = new byte[12 + data.Length];
            BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
            type.CopyTo(chunk.AsSpan(4));
            data.CopyTo(chunk.AsSpan(8));
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), SlowCrc(chunk.AsSpan(4, 4 + data.Length)));
            memory.Write(chunk);
        }

        static uint SlowCrc(ReadOnlySpan<byte> bytes)
        {
            var crc = uint.MaxValue;
            foreach (var b in bytes)
            {
                crc ^= b;
                for (var k = 0; k < 8; k++) crc = (crc & 1) != 0 ? 0xEDB88320u ^ crc >> 1 : crc >> 1;
            }
            return ~crc;
        }
    }

    static PixelImage? Plain(byte[] file)
    {
        Assert.True(ImageHeader.TryRead("png", file, out var header));
        return PngDecoder.TryDecode(file, header);
    }

    [Theory]
    [InlineData(1), InlineData(3)]
    public void Every_filter_packing_and_content_comes_back_exactly(int channels)
    {
        foreach (var (w, h) in new[] { (1, 1), (2, 9), (33, 21), (150, 70) })
            foreach (var content in new[] { "noise", "smooth", "flat", "ramp" })
            {
                var pixels = Content(content, w, h, channels);
                for (var filter = 0; filter <= 5; filter++)
                    foreach (var (level, strategy) in new[] { (0, ZLibCompressionStrategy.Default), (1, ZLibCompressionStrategy.Default), (6, ZLibCompressionStrategy.Default), (9, ZLibCompressionStrategy.Default),
                        (6, ZLibCompressionStrategy.Fixed), (6, ZLibCompressionStrategy.HuffmanOnly), (6, ZLibCompressionStrategy.RunLengthEncoding) })
                        foreach (var parts in new[] { 1, 3 })
                        {
                            using var image = Plain(Png(w, h, channels, Pack(Filter(pixels, w * channels, channels, filter), level, strategy), parts));
                            Assert.NotNull(image);
                            var grey = channels == 3 && image.IsGrey;
                            Assert.Equal((w, h), (image.Width, image.Height));
                            for (var i = 0; i < pixels.Length; i++) Assert.Equal(pixels[i], grey ? image.Span[i / 3] : image.Span[i]);
                        }
            }
    }

    [Fact]
    public void A_large_picture_with_long_matches_comes_back_exactly()
    {
        const int width = 1500, height = 1100;
        var pixels = Content("ramp", width, height, 1);
        for (var y = 0; y < height; y += 7) new Random(y).NextBytes(pixels.AsSpan(y * width, width));
        using var image = Plain(Png(width, height, 1, Pack(Filter(pixels, width, 1, 0), 9, ZLibCompressionStrategy.Default), 4));

        Assert.NotNull(image);
        Assert.True(image.Span.SequenceEqual(pixels));
    }

    [Fact]
    public void Whatever_is_damaged_is_left_to_the_other_decoder_or_still_right()
    {
        var pixels = Content("smooth", 33, 21, 1);
        var good = Png(33, 21, 1, Pack(Filter(pixels, 33, 1, 4), 6, ZLibCompressionStrategy.Default));
        for (var at = 0; at < good.Length; at++)
            foreach (var flip in new byte[] { 1, 0x80, 0xFF })
            {
                var bad = good.ToArray();
                bad[at] ^= flip;
                if (ImageHeader.Sniff(bad) is null || !ImageHeader.TryRead("png", bad, out var header)) continue;
                using var image = PngDecoder.TryDecode(bad, header);
                if (image is not null) Assert.True(image.Span.SequenceEqual(pixels), $"byte {at} ^ {flip}");
            }
        for (var n = 29; n < good.Length; n++)
        {
            var cut = good.AsSpan(0, n).ToArray();
            Assert.True(ImageHeader.TryRead("png", cut, out var header));
            Assert.Null(PngDecoder.TryDecode(cut, header));
        }
    }

    [Fact]
    public void Random_deflate_data_is_refused_without_harm()
    {
        var random = new Random(9);
        var inflater = new Inflater();
        var target = new byte[5000];
        for (var n = 0; n < 20_000; n++)
        {
            var source = new byte[random.Next(1, 120)];
            random.NextBytes(source);
            source[0] = (byte)(source[0] & ~7 | (random.Next(2) == 0 ? 5 : 3)); // a last block, of dynamic or fixed codes
            if (inflater.TryInflate(source, target, out var consumed)) Assert.InRange(consumed, 1, source.Length);
        }
    }

    [Fact]
    public void A_small_file_cannot_claim_much_memory()
    {
        var file = Png(7000, 7000, 1, Pack(new byte[100], 6, ZLibCompressionStrategy.Default));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(Plain(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData("mrl")]
    public void Real_files_decode_as_Skia_decodes_them(string folder)
    {
        foreach (var file in Directory.GetFiles(Reference.SharedData(folder), "*.png").Where((_, i) => i % 10 == 0))
        {
            var bytes = File.ReadAllBytes(file);
            Assert.True(ImageHeader.TryRead("png", bytes, out var header));
            using var own = PngDecoder.TryDecode(bytes, header);
            using var skia = SkiaDecoder.Decode(bytes, file, header, DecodeOptions.Default);
            Assert.NotNull(own);
            Assert.True(own.Span.SequenceEqual(skia.Span), file);
        }
    }
}
