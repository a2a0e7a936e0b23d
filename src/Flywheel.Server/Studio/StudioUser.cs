namespace Flywheel.Server.Studio;

/// <summary>Who sits at the page.</summary>
/// <param name="Name">What the ledger calls them: the key's name, or what they said.</param>
/// <param name="KeyId">The key they showed, or null where none is demanded.</param>
sealed record StudioUser(string Name, string? KeyId);
