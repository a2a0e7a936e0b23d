namespace Flywheel.PowerShell;

/// <summary>A model given as object, name or id; what a <c>-Model</c> parameter accepts.</summary>
public sealed class ModelReference
{
    /// <summary>From a name, id, alias (production) or version (v3, production@3).</summary>
    public ModelReference(string nameOrId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrId);
        Key = nameOrId;
    }

    /// <summary>From an object.</summary>
    public ModelReference(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Key = model.Id;
        Workspace = model.Workspace;
    }

    /// <summary>From what was published.</summary>
    public ModelReference(PublishResult published)
    {
        ArgumentNullException.ThrowIfNull(published);
        Key = published.Model.Id;
        Workspace = published.Model.Workspace;
    }

    /// <summary>What the model is called by.</summary>
    public string Key { get; }

    /// <summary>The workspace the object came from, or null.</summary>
    public string? Workspace { get; }

    /// <inheritdoc/>
    public override string ToString() => Key;
}
