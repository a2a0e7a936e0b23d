namespace Flywheel;

/// <summary>A key to the workspace's endpoints. The key itself is told once, when it is made; only its SHA-256 is kept.</summary>
public sealed record EndpointKey
{
    /// <summary>Eight hexadecimal digits, also the beginning of the key; what logs and lists call it by.</summary>
    public required string Id { get; init; }

    /// <summary>Who or what it is for.</summary>
    public required string Name { get; init; }

    /// <summary>What it allows.</summary>
    public required IReadOnlyList<EndpointRole> Roles { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When it ceases to open anything, UTC; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The key, to send as <c>Authorization: Bearer …</c>; null except on the object that made it.</summary>
    public string? Key { get; init; }
}
