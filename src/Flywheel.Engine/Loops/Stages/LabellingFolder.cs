using System.Globalization;
using System.Text;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Workspaces;
using Flywheel.Formats.Sources;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>
/// A task for people: copies of the images, and a manifest with an empty column <c>label</c> to fill in. What the model believes is not
/// written there, because it would sway them.
/// </summary>
sealed class LabellingFolder(string folder, IReadOnlyList<string> labels)
{
    /// <summary>Written for an image that shows none of the labels; it is left out.</summary>
    public const string None = "-";

    public IReadOnlyList<string> Labels { get; } = labels;

    public string Manifest => Path.Combine(folder, "manifest.csv");

    /// <summary>What the last <see cref="Collect"/> wrote into the ledger.</summary>
    public IReadOnlyList<Annotation> Made { get; private set; } = [];

    /// <summary>The images of the task in the folder, told by the names of their copies.</summary>
    /// <exception cref="FlywheelException"><c>NoLabellingTask</c>: there is none.</exception>
    public IReadOnlyList<FlywheelImage> Images(Workspace workspace, IReporter reporter, CancellationToken token)
    {
        var images = Given(reporter, token).Keys.Order(StringComparer.Ordinal).Select(name => Path.GetFileNameWithoutExtension(name).Split('-', 2))
            .Select(parts => parts.Length == 2 ? workspace.Catalogue.FindImage(parts[1]) : null).OfType<FlywheelImage>().ToList();
        return images.Count > 0 ? images
            : throw new FlywheelException("NoLabellingTask", FaultCategory.NotFound, $"'{Manifest}' is no labelling task of this workspace.", Manifest, "Name the manifest.csv that Send-FlywheelAnnotation wrote, or use -From for a manifest of your own.");
    }

    /// <summary>Takes the labels that are there, writes the task for the images that have none, and says how many are open.</summary>
    /// <exception cref="FlywheelException"><c>LabelFolderInUse</c>: the folder holds something else. <c>FileNotWritable</c>.</exception>
    public int Collect(Workspace workspace, IReadOnlyList<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        var names = images.Select((image, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1:0000}-{image.ShortId}{Path.GetExtension(image.Path)}")).ToArray();
        var given = Given(reporter, token);
        var changes = new List<AnnotationChange>();
        var open = 0;
        var rows = new StringBuilder("path,label\n");
        for (var i = 0; i < images.Count; i++)
        {
            given.TryGetValue(names[i], out var label);
            if (label is not null && label != None && !Labels.Contains(label))
            {
                reporter.Fault(new FlywheelException("LabelNotListed", FaultCategory.InvalidData, $"'{label}' for {names[i]} in '{Manifest}' is not a label to choose from.", label, $"Write {string.Join(", ", Labels)}, or {None}.", new SourceLocation(Manifest)));
                label = null;
            }
            if (label is null && images[i].Label is null) open++;
            else if (label is not null && label != None) changes.Add(new AnnotationChange(images[i].Id, label, AnnotationProvenance.Human, DatasetNames.User, Manifest));
            rows.Append(names[i]).Append(',').Append(label ?? images[i].Label).Append('\n');
        }
        Made = changes.Count > 0 ? workspace.Catalogue.Annotate(changes) : [];
        if (open == 0) return 0;
        if (given.Count == 0 || !names.All(given.ContainsKey)) Write(images, names, rows.ToString(), token);
        return open;
    }

    /// <summary>File name to label as filled in so far; null for an empty cell.</summary>
    Dictionary<string, string?> Given(IReporter reporter, CancellationToken token)
    {
        if (!File.Exists(Manifest)) return [];
        var listing = SourceReader.Read(new SourceOptions { Path = Manifest }, reporter, token);
        return listing.Candidates.ToDictionary(c => Path.GetFileName(c.Path), c => string.IsNullOrWhiteSpace(c.Label) ? null : c.Label.Trim(), StringComparer.Ordinal);
    }

    void Write(IReadOnlyList<FlywheelImage> images, string[] names, string manifest, CancellationToken token)
    {
        if (Directory.Exists(folder) && !File.Exists(Manifest) && Directory.EnumerateFileSystemEntries(folder).Any(e => !Path.GetFileName(e).StartsWith('0')))
            throw new FlywheelException("LabelFolderInUse", FaultCategory.AlreadyExists, $"The folder '{folder}' is not empty and holds no labelling task.", folder, "Name a folder of its own.");
        try
        {
            Directory.CreateDirectory(folder);
            for (var i = 0; i < images.Count; i++)
            {
                token.ThrowIfCancellationRequested();
                File.Copy(images[i].Path, Path.Combine(folder, names[i]), overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("FileNotWritable", FaultCategory.WriteError, $"The labelling folder '{folder}' cannot be filled: {e.Message}", folder, "Check the folder's permissions and the free space.", inner: e);
        }
        AtomicFile.Write(Manifest, manifest); // last: a manifest means the pictures are there
    }
}
