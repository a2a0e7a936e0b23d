using Flywheel.Catalogue;

namespace Flywheel.Engine.Workspaces;

/// <summary>
/// An opened workspace: a folder with <c>.flywheel/</c> inside, found the way git finds a repository. It is the root every
/// service works from; dispose it when the work is done.
/// </summary>
public sealed class Workspace : IDisposable
{
    /// <summary>Name of the folder that holds the workspace's own files.</summary>
    public const string StateFolder = ".flywheel";

    Workspace(string root, SqliteCatalogue catalogue)
    {
        Root = root;
        Catalogue = catalogue;
    }

    /// <summary>The workspace's folder, absolute.</summary>
    public string Root { get; }

    /// <summary>Its catalogue.</summary>
    public ICatalogue Catalogue { get; }

    /// <summary><c>.flywheel/</c>, absolute.</summary>
    public string StatePath => Path.Combine(Root, StateFolder);

    /// <summary>Models, one folder each.</summary>
    public string ModelsPath => Path.Combine(StatePath, "models");

    /// <summary>Loop runs, one folder each.</summary>
    public string RunsPath => Path.Combine(StatePath, "runs");

    /// <summary>Image files the workspace owns, by the first two digits of their id.</summary>
    public string ImagesPath => Path.Combine(StatePath, "images");

    /// <summary>Embeddings, one flat float32 file per model and dataset version.</summary>
    public string EmbeddingsPath => Path.Combine(StatePath, "embeddings");

    static string CataloguePath(string root) => Path.Combine(root, StateFolder, "catalogue.db");

    /// <summary>True if the folder itself is a workspace.</summary>
    public static bool Exists(string root) => File.Exists(CataloguePath(root));

    /// <summary>Makes a workspace; an existing one is left as it is and opened.</summary>
    /// <exception cref="FlywheelException"><c>WorkspaceNotWritable</c>: the folder cannot be made or written.</exception>
    public static Workspace Create(string root)
    {
        root = Path.GetFullPath(root);
        try
        {
            Directory.CreateDirectory(Path.Combine(root, StateFolder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("WorkspaceNotWritable", FaultCategory.WriteError, $"The workspace folder '{root}' cannot be made: {e.Message}", root,
                "Choose a folder you may write to.", inner: e);
        }
        return new Workspace(root, SqliteCatalogue.Open(CataloguePath(root), root));
    }

    /// <summary>Opens the workspace in <paramref name="root"/>.</summary>
    /// <exception cref="FlywheelException"><c>WorkspaceNotFound</c>: the folder holds none.</exception>
    public static Workspace Open(string root)
    {
        root = Path.GetFullPath(root);
        if (!Exists(root))
            throw new FlywheelException("WorkspaceNotFound", FaultCategory.NotFound, $"There is no Flywheel workspace in '{root}'.", root,
                $"Make one with: New-FlywheelWorkspace '{root}'");
        return new Workspace(root, SqliteCatalogue.Open(CataloguePath(root), root));
    }

    /// <summary>The nearest workspace at or above a folder, or null.</summary>
    public static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(Path.GetFullPath(start)); folder is not null; folder = folder.Parent)
            if (Exists(folder.FullName)) return folder.FullName;
        return null;
    }

    /// <summary>Opens the named workspace, or the nearest one at or above <paramref name="start"/>.</summary>
    /// <exception cref="FlywheelException"><c>WorkspaceNotFound</c>.</exception>
    public static Workspace Resolve(string? root, string start)
    {
        if (root is not null) return Open(root);
        return Find(start) is { } found
            ? Open(found)
            : throw new FlywheelException("WorkspaceNotFound", FaultCategory.NotFound, $"There is no Flywheel workspace in '{start}' or any folder above it.", start,
                "Make one with New-FlywheelWorkspace, or name one with -Workspace.");
    }

    /// <summary>The dataset of that name.</summary>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>.</exception>
    public Dataset GetDataset(string name) => Catalogue.FindDataset(name)
        ?? throw new FlywheelException("DatasetNotFound", FaultCategory.NotFound, $"No dataset named '{name}' in the workspace '{Root}'.", name,
            Catalogue.Datasets() is { Count: > 0 } some ? $"Datasets here: {string.Join(", ", some.Select(d => d.Name))}." : "Bring one in with Import-FlywheelDataset.");

    /// <summary>The model of that name or id, or the one an alias of that name points to.</summary>
    /// <exception cref="FlywheelException"><c>ModelNotFound</c>.</exception>
    public Model GetModel(string nameOrId) => Catalogue.FindModel(Catalogue.FindAlias(nameOrId)?.ModelId ?? nameOrId)
        ?? throw new FlywheelException("ModelNotFound", FaultCategory.NotFound, $"No model named '{nameOrId}' in the workspace '{Root}'.", nameOrId,
            Catalogue.Models() is { Count: > 0 } some
                ? $"Models here: {string.Join(", ", some.Select(m => m.Name).Distinct())}.{(Catalogue.Aliases() is { Count: > 0 } aliases ? $" Aliases: {string.Join(", ", aliases.Select(a => a.Name))}." : "")}"
                : "Train one with Invoke-FlywheelTraining.");

    /// <summary>The workspace at a glance.</summary>
    public WorkspaceInfo Describe()
    {
        var catalogue = (SqliteCatalogue)Catalogue;
        return new WorkspaceInfo(Root, catalogue.CountImages(), Catalogue.Datasets().Count, Catalogue.Models().Count,
            Directory.Exists(RunsPath) ? Directory.GetDirectories(RunsPath).Length : 0,
            new FileInfo(CataloguePath(Root)).Length, catalogue.SchemaVersion);
    }

    /// <inheritdoc/>
    public void Dispose() => Catalogue.Dispose();
}
