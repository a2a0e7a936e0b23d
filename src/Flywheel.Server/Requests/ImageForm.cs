using Flywheel.Engine.Endpoints;
using Flywheel.Server.Errors;
using Flywheel.Server.Serving;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Flywheel.Server.Requests;

/// <summary>What a request to predict holds: images and their tags. Nothing of it touches the disk before it is decoded.</summary>
sealed class ImageForm : IDisposable
{
    const int MaxTagBytes = 16 << 10, MaxName = 200;

    readonly List<SentImage> _images = [];

    /// <summary>True if the request was one raw image.</summary>
    public bool IsRaw { get; private init; }

    public IReadOnlyDictionary<string, string> Tags { get; private set; } = TagReader.None;

    /// <summary>Hands the images over; from now on their buffers are the taker's.</summary>
    public IReadOnlyList<SentImage> Take()
    {
        SentImage[] taken = [.. _images];
        _images.Clear();
        return taken;
    }

    /// <exception cref="FlywheelException">What is wrong with the request.</exception>
    public static async Task<ImageForm> ReadAsync(HttpRequest request, EndpointOptions options, Admission.Ticket ticket, CancellationToken token)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && !string.IsNullOrEmpty(request.ContentType)) throw Unknown(type);
        var isForm = type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;
        if (!isForm && type is not null && !type.Type.Equals("image", StringComparison.OrdinalIgnoreCase) && !type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)) throw Unknown(type);
        var form = new ImageForm { IsRaw = !isForm };
        try
        {
            if (request.Headers.TryGetValue(TagReader.Header, out var tags))
                form.Tags = TagReader.Read(tags.Count == 1 && tags[0] is { Length: <= MaxTagBytes } one ? one : throw Problem.Refuse("InvalidTags", $"The header {TagReader.Header} stands there more than once, or is too long."));
            if (isForm)
            {
                if (request.ContentLength > options.MaxRequestBytes) throw Problem.Refuse("RequestTooLarge", $"The request has {request.ContentLength} bytes; at most {options.MaxRequestBytes} are taken.", action: "Send fewer images at once.");
                await form.ReadPartsAsync(request, type!, options, ticket, token);
            }
            else
            {
                const string name = "image";
                if (request.ContentLength > options.MaxBytes) throw SentImage.TooLarge(name, options.MaxBytes);
                ticket.AddImage();
                form._images.Add(await SentImage.ReadAsync(request.Body, name, options.MaxBytes, ticket, token));
            }
            if (form._images.Count == 0) throw Problem.Refuse("BadRequest", "The form holds no image.", action: "Send each image as a file of the form.");
            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    async Task ReadPartsAsync(HttpRequest request, MediaTypeHeaderValue type, EndpointOptions options, Admission.Ticket ticket, CancellationToken token)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrWhiteSpace(boundary) || boundary.Length > 70) throw Problem.Refuse("BadRequest", "The multipart boundary is missing or longer than 70 characters.");
        try
        {
            var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4096, BodyLengthLimit = options.MaxRequestBytes };
            while (await reader.ReadNextSectionAsync(token) is { } part)
            {
                if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) || !disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase))
                    throw Problem.Refuse("BadRequest", "A part of the form does not say what it is.");
                if (disposition.IsFileDisposition())
                {
                    // More than the endpoint may hold at all would be told to come back for ever.
                    var most = Math.Min(options.MaxImages, options.MaxQueue);
                    if (_images.Count == most) throw Problem.Refuse("TooManyImages", $"More than {most} images in one request.", action: "Send them in several requests.");
                    ticket.AddImage();
                    _images.Add(await SentImage.ReadAsync(part.Body, NameOf(disposition), options.MaxBytes, ticket, token));
                }
                else if (HeaderUtilities.RemoveQuotes(disposition.Name).Equals("tags", StringComparison.Ordinal))
                {
                    if (Tags.Count > 0) throw Problem.Refuse("InvalidTags", "There are tags in more than one place.");
                    using var text = new StreamReader(part.Body);
                    var buffer = new char[MaxTagBytes + 1];
                    var length = await text.ReadBlockAsync(buffer, token);
                    if (length > MaxTagBytes) throw Problem.Refuse("InvalidTags", "The tags are too long.");
                    Tags = TagReader.Read(new string(buffer, 0, length));
                }
                else
                {
                    throw Problem.Refuse("BadRequest", "The form has a field other than files and 'tags'.");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException && e is not BadHttpRequestException))
        {
            throw Problem.Refuse("BadRequest", $"The form cannot be read: {e.Message}");
        }
    }

    /// <summary>The file's name as it was sent: a word for messages and the answer, never a path.</summary>
    string NameOf(ContentDispositionHeaderValue disposition)
    {
        var sent = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
        var name = new string([.. sent[(sent.LastIndexOfAny(['/', '\\']) + 1)..].Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(MaxName)]);
        return name.Length > 0 ? name : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"image {_images.Count + 1}");
    }

    static FlywheelException Unknown(MediaTypeHeaderValue? type) =>
        Problem.Refuse("ContentTypeUnknown", $"The content type{(type is null ? "" : $" '{type.MediaType}'")} is neither an image's nor multipart/form-data.", action: "Send the image itself as image/* or application/octet-stream, or files as multipart/form-data.");

    public void Dispose()
    {
        foreach (var image in _images) image.Return();
        _images.Clear();
    }
}
