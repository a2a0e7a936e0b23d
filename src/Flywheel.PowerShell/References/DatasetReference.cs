namespace Flywheel.PowerShell;

/// <summary>A dataset given as object or name; what a <c>-Dataset</c> parameter accepts.</summary>
public sealed class DatasetReference
{
    /// <summary>From a name.</summary>
    public DatasetReference(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var at = name.LastIndexOf('@'); // the text form of a Dataset: name@version
        Name = at > 0 ? name[..at] : name;
    }

    /// <summary>From an object.</summary>
    public DatasetReference(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Name = dataset.Name;
        Workspace = dataset.Workspace;
    }

    /// <summary>The dataset's name.</summary>
    public string Name { get; }

    /// <summary>The workspace the object came from, or null.</summary>
    public string? Workspace { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
