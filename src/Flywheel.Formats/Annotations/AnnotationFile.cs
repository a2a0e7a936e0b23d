using System.IO.Compression;
using System.Text;

namespace Flywheel.Formats.Annotations;

/// <summary>Finds out what a tool's file is and reads it: JSON, XML, CSV, a folder of them, or the ZIP archive that an export comes in.</summary>
public static class AnnotationFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const long LargestFile = 512L << 20;

    /// <summary>What may be asked for; auto looks.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["auto", "labelstudio", "cvat", "coco", "voc", "yolo", "folder"];

    /// <summary>Reads.</summary>
    /// <param name="path">A file, or a folder that holds one (or the XML files of Pascal VOC); absolute.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="token">Obeyed between files.</param>
    /// <exception cref="FlywheelException"><c>AnnotationFileNotFound</c>, <c>AnnotationFileUnreadable</c>, <c>AnnotationFileTooLarge</c>,
    /// <c>AnnotationFormatUnknown</c>, <c>AnnotationFileInvalid</c>.</exception>
    public static ToolResult Read(string path, string format, CancellationToken token)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(format);
        try
        {
            if (Directory.Exists(path)) return ReadFolder(path, format, token);
            if (!File.Exists(path)) throw new FlywheelException("AnnotationFileNotFound", FaultCategory.NotFound, $"There is no file or folder '{path}'.", path, "Check the path.");
            using var stream = File.OpenRead(path);
            if (stream.Length > LargestFile) throw TooLarge(path, stream.Length);
            if (Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase)) return ReadArchive(stream, path, format, token);
            return ReadFile(stream, path, format);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("AnnotationFileUnreadable", FaultCategory.ReadError, $"'{path}' cannot be read: {e.Message}", path, "Check that you may read it.", inner: e);
        }
    }

    static ToolResult ReadFolder(string path, string format, CancellationToken token)
    {
        foreach (var (name, of) in ((string, string)[])[(FolderFormat.Manifest, "folder"), ("annotations.xml", "cvat"), ("instances.json", "coco"), ("result.json", "labelstudio")])
        {
            var file = Path.Combine(path, name);
            if (format is not "auto" && format != of || !File.Exists(file)) continue;
            return Read(file, of, token);
        }
        if (format == "yolo") return YoloFormat.Read(path, token);
        if (format is "auto" or "voc" or "folder")
        {
            // LabelImg writes beside the images; exports keep them in a folder of their own.
            var files = new[] { path, Path.Combine(path, "images"), Path.Combine(path, "Annotations") }.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*.xml")).Order(StringComparer.Ordinal).ToList();
            if (files.Count == 0 && format == "auto" && YoloFormat.Files(path).Count > 0) return YoloFormat.Read(path, token);
            if (files.Count > 0 || format is not "auto" || File.Exists(Path.Combine(path, "classes.txt"))) return ReadVoc(files, token);
        }
        throw new FlywheelException("AnnotationFormatUnknown", FaultCategory.InvalidArgument, $"The folder '{path}' holds nothing that could be a labelling tool's result.", path,
            "Name the file: Label Studio's or COCO's JSON, CVAT's XML, a manifest.csv; or a folder with the files of Pascal VOC or YOLO.");
    }

    /// <summary>All images' files of Pascal VOC. One that is broken breaks the whole, so that nothing is taken by halves.</summary>
    static ToolResult ReadVoc(List<string> files, CancellationToken token)
    {
        var answers = new List<ToolAnswer>(files.Count);
        foreach (var file in files)
        {
            token.ThrowIfCancellationRequested();
            using var stream = File.OpenRead(file);
            if (stream.Length > LargestFile) throw TooLarge(file, stream.Length);
            answers.Add(VocFormat.Read(stream, file));
        }
        return new ToolResult("voc", null, answers);
    }

    static ToolResult ReadFile(Stream stream, string path, string format)
    {
        var extension = Path.GetExtension(path).ToUpperInvariant();
        if (format == "folder" || format == "auto" && extension is ".CSV" or ".TSV") return FolderFormat.Read(path);
        if (format == "auto")
        {
            format = Kind(stream) switch { '<' => "xml", '[' or '{' => "json", _ => extension == ".JSON" ? "json" : extension == ".XML" ? "xml" : "" };
            if (format.Length == 0) throw Unknown(path);
        }
        switch (format)
        {
            case "xml" when IsVoc(stream):
            case "voc":
                return new ToolResult("voc", null, [VocFormat.Read(stream, path)]);
            case "xml" or "cvat":
                return CvatFormat.Read(stream, path);
            case "json" or "labelstudio" or "coco":
                using (var document = JsonAt.Parse(Bytes(stream), path))
                {
                    var root = new JsonAt(document.RootElement, path, "$");
                    return format == "coco" || format == "json" && root.IsObject ? CocoFormat.Read(root) : LabelStudioFormat.Read(root);
                }
            default:
                throw Unknown(path);
        }
    }

    static ToolResult ReadArchive(Stream stream, string path, string format, CancellationToken token)
    {
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            // Images lie beside; nothing is unpacked to the disk.
            var found = archive.Entries.Where(e => e.Name.Length > 0 && (e.Name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || e.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) && !e.FullName.StartsWith("__MACOSX", StringComparison.Ordinal))
                .OrderBy(e => e.FullName, StringComparer.Ordinal).ToList();
            var whole = found.Where(e => e.Name is "annotations.xml" or "result.json" || e.Name.StartsWith("instances", StringComparison.Ordinal) || e.Name.StartsWith("labels_", StringComparison.Ordinal)).ToList();
            if (whole.Count == 0 && found.Count == 1) whole = found;
            if (whole.Count > 1) throw new FlywheelException("AnnotationFormatUnknown", FaultCategory.InvalidArgument, $"'{path}' holds {whole.Count} results: {string.Join(", ", whole.Take(5).Select(e => e.FullName))}.", path, "Unpack it and name one of them.");
            if (whole.Count == 1) return ReadFile(Unpack(whole[0], path), $"{path}/{whole[0].FullName}", format);
            if (found.Count == 0 || !found.TrueForAll(e => e.Name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase))) throw Unknown(path);
            var answers = new List<ToolAnswer>();
            var left = LargestFile;
            foreach (var entry in found)
            {
                token.ThrowIfCancellationRequested();
                using var file = Unpack(entry, path);
                if ((left -= file.Length) < 0) throw TooLarge(path, LargestFile - left);
                answers.Add(VocFormat.Read(file, $"{path}/{entry.FullName}"));
            }
            return new ToolResult("voc", null, answers);
        }
        catch (InvalidDataException e)
        {
            throw new FilePlace(path).Fault("AnnotationFileInvalid", $"the archive is damaged: {e.Message.TrimEnd('.')}", path, "Export the file again; it may have been cut off. Nothing of it was taken.", e);
        }
    }

    /// <summary>An archive's file in memory, up to the limit, whatever length the archive claims.</summary>
    static MemoryStream Unpack(ZipArchiveEntry entry, string path)
    {
        var memory = new MemoryStream();
        using var stream = entry.Open();
        var buffer = new byte[1 << 16];
        for (int n; (n = stream.Read(buffer)) > 0;)
        {
            if (memory.Length + n > LargestFile) throw TooLarge($"{path}/{entry.FullName}", memory.Length + n);
            memory.Write(buffer, 0, n);
        }
        memory.Position = 0;
        return memory;
    }

    static byte[] Bytes(Stream stream)
    {
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The first character that is no blank; the stream stands at its start again.</summary>
    static char Kind(Stream stream)
    {
        var first = '\0';
        for (var i = 0; i < 4096 && stream.ReadByte() is var b and >= 0; i++)
        {
            if (b is 0xEF or 0xBB or 0xBF || char.IsWhiteSpace((char)b)) continue;
            first = (char)b;
            break;
        }
        stream.Position = 0;
        return first;
    }

    /// <summary>Tells Pascal VOC's <c>annotation</c> from CVAT's <c>annotations</c>; the stream stands at its start again.</summary>
    static bool IsVoc(Stream stream)
    {
        var head = new byte[4096];
        var n = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return System.Text.RegularExpressions.Regex.IsMatch(Encoding.UTF8.GetString(head, 0, n), @"<annotation[\s>/]");
    }

    internal static FlywheelException TooLarge(string path, long length) =>
        new("AnnotationFileTooLarge", FaultCategory.LimitsExceeded, $"'{path}' has {length >> 20} MiB; at most {LargestFile >> 20} MiB are read.", path, "Export it in parts, and without pictures inside.", new SourceLocation(path));

    static FlywheelException Unknown(string path) =>
        new("AnnotationFormatUnknown", FaultCategory.InvalidArgument, $"'{path}' is nothing that a labelling tool would write.", path, "Give Label Studio's JSON, CVAT for images 1.1, COCO's instances JSON, Pascal VOC's XML, or a manifest.csv.", new SourceLocation(path));
}
