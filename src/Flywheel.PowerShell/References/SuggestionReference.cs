namespace Flywheel.PowerShell;

/// <summary>A suggestion given as object or id.</summary>
public sealed class SuggestionReference
{
    /// <summary>From an id.</summary>
    public SuggestionReference(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        Id = id;
    }

    /// <summary>From an object.</summary>
    public SuggestionReference(Suggestion suggestion)
    {
        ArgumentNullException.ThrowIfNull(suggestion);
        Id = suggestion.Id;
    }

    /// <summary>The suggestion's id.</summary>
    public string Id { get; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}
