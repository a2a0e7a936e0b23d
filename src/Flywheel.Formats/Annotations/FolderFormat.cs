using Flywheel.Formats.Logs;
using Flywheel.Formats.Manifests;

namespace Flywheel.Formats.Annotations;

/// <summary>
/// A folder of images with a manifest: CSV with the columns <c>path</c> and <c>label</c>, to be filled in with any editor; a hyphen stands for none of
/// the labels, an empty cell for no answer. If labels were proposed, the column <c>sent</c> keeps what was.
/// </summary>
public static class FolderFormat
{
    /// <summary>Name of the manifest.</summary>
    public const string Manifest = "manifest.csv";

    /// <summary>Written for an image that shows none of the labels.</summary>
    public const string None = "-";

    /// <summary>Writes the manifest.</summary>
    public static void Write(Stream stream, AnnotationTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var proposed = task.Images.Any(i => i.Label is not null);
        using var manifest = new ManifestWriter(stream, proposed ? ["path", "label", "sent"] : ["path", "label"]);
        foreach (var image in task.Images) manifest.Write(proposed ? [image.File, image.Label, image.Label] : [image.File, image.Label]);
    }

    /// <summary>Reads the manifest as filled in.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c> with line; <c>LogNotFound</c>, <c>LogUnreadable</c>.</exception>
    public static ToolResult Read(string file)
    {
        var log = LogFile.Open(file);
        var path = Column(log, "path") ?? throw Missing(file, "path", log);
        var label = Column(log, "label") ?? throw Missing(file, "label", log);
        var sent = Column(log, "sent");
        FlywheelException? broken = null;
        var answers = new List<ToolAnswer>();
        foreach (var row in log.Rows(f => broken ??= f, CancellationToken.None))
        {
            if (broken is not null) break;
            var place = new FilePlace(file, row.Line, null, "column 'label'");
            if (!row.Fields.TryGetValue(path, out var name)) throw new FilePlace(file, row.Line, null, "column 'path'").Fault("AnnotationFileInvalid", "the row names no image", "path", "Restore the name, or remove the row. Nothing of the file was taken.");
            var said = row.Fields.GetValueOrDefault(label)?.Trim() is { Length: > 0 } text ? text : null;
            var before = sent is null ? null : row.Fields.GetValueOrDefault(sent)?.Trim() is { Length: > 0 } was ? was : null;
            answers.Add(new ToolAnswer
            {
                File = name,
                Item = $"'{name}'",
                Place = place,
                // An untouched proposal may be one that nobody has looked at; so may an empty cell.
                State = said == before ? before is null ? ToolAnswerState.Open : ToolAnswerState.Present : ToolAnswerState.Submitted,
                Labels = said is null or None ? [] : [said],
            });
        }
        if (broken is not null) throw new FlywheelException("AnnotationFileInvalid", FaultCategory.InvalidData, broken.Message, broken.Target, "Correct the row. Nothing of the file was taken.", broken.Location, broken);
        return new ToolResult("folder", null, answers);
    }

    static string? Column(LogFile log, string name) => log.Columns.FirstOrDefault(c => c.Equals(name, StringComparison.OrdinalIgnoreCase));

    static FlywheelException Missing(string file, string column, LogFile log) =>
        new FilePlace(file, 1, null, $"column '{column}'").Fault("AnnotationFileInvalid", $"there is no column '{column}'; there are {string.Join(", ", log.Columns)}", column, "Restore the header. Nothing of the file was taken.");
}
