namespace Flywheel.Engine.Production;

/// <summary>What to choose for labelling, and how.</summary>
public sealed record SelectionRequest
{
    /// <summary>Dataset to choose from.</summary>
    public required string Dataset { get; init; }

    /// <summary>How many, at least 1.</summary>
    public required int Budget { get; init; }

    /// <summary>How to choose.</summary>
    public SelectionStrategy Strategy { get; init; } = SelectionStrategy.Auto;

    /// <summary>Seed of the random parts.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Images not to choose: ids, their first digits (at least six), or paths of source files.</summary>
    public IReadOnlyCollection<string> Exclude { get; init; } = [];

    /// <summary>False: only images without a label. True: labelled ones as well, as when known failures are to be looked at again.</summary>
    public bool IncludeLabelled { get; init; }

    /// <summary>Truth by image id, null where nobody knows. Without it, the catalogue's labels. Only for Failure: reports of users, or their replay.</summary>
    public Func<string, string?>? Truth { get; init; }
}
