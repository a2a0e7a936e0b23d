using System.Globalization;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio;

/// <summary><c>/studio/images/{id}</c>: pictures of the catalogue, whole or small. An image is its bytes, so browsers may keep what they have seen.</summary>
sealed class ImageRoutes(Workspace workspace)
{
    /// <summary>Longer sides small pictures come in; what is asked for is rounded up to one of them.</summary>
    static readonly int[] s_sizes = [64, 96, 128, 192, 256, 384, 512, 768, 1024];

    readonly ByteCache _small = new(64 << 20);

    public async Task GetAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (id.Length != 64 || id.Any(c => !char.IsAsciiHexDigitLower(c))) throw Problem.Refuse("ImageNotFound", "That is no image id.", action: "Send all 64 digits.");
        int? size = null;
        if (context.Request.Query["size"] is [{ } asked])
        {
            if (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) || wanted < 1) throw Problem.Refuse("InvalidOption", $"The size '{asked}' is no whole number above zero.");
            size = s_sizes.FirstOrDefault(s => s >= wanted, s_sizes[^1]);
        }
        var headers = context.Response.Headers;
        headers.ETag = $"\"{id}{(size is null ? "" : "-" + size.Value.ToString(CultureInfo.InvariantCulture))}\"";
        headers.CacheControl = "private, max-age=31536000, immutable";
        if (context.Request.Headers.IfNoneMatch == headers.ETag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var (bytes, type) = Read(id, size);
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    (byte[] Bytes, string Type) Read(string id, int? size)
    {
        var image = workspace.Catalogue.FindImage(id) ?? throw Problem.Refuse("ImageNotFound", "There is no image with that id.");
        if (image.Path.Length == 0 || !File.Exists(image.Path)) throw Problem.Refuse("ImageGone", $"The picture of the image {image.ShortId} was not kept, or its file is gone.");
        if (size is null && image.Format is "png" or "jpeg" or "webp")
        {
            var bytes = ReadFile(image);
            return bytes.Length == image.Bytes ? (bytes, "image/" + image.Format) : throw Changed(image);
        }
        // What browsers show otherwise than models see it (the frames of a GIF), and what is small, goes through our own decoder.
        if (new FileInfo(image.Path).Length != image.Bytes) throw Changed(image);
        var side = size ?? Math.Max(image.Width, image.Height);
        return (_small.GetOrAdd($"{id}-{side}", () => Thumbnail.ToPng(image.Path, side)), "image/png");
    }

    static byte[] ReadFile(FlywheelImage image)
    {
        try
        {
            using var stream = new FileStream(image.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length != image.Bytes) throw Changed(image);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Problem.Refuse("ImageGone", $"The file of the image {image.ShortId} cannot be read: {e.GetType().Name}.");
        }
    }

    static FlywheelException Changed(FlywheelImage image) => Problem.Refuse("ImageChanged", $"The file of the image {image.ShortId} is not the one that was imported.", action: "Import its folder again.");
}
