using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Registry;

/// <summary>
/// What a published model may be called by: an alias (<c>production</c>), a version (<c>v3</c>), or both (<c>production@3</c>, <c>eyes-1@3</c>: version 3,
/// which must have been behind that alias or be of that model).
/// </summary>
static class RegistryNames
{
    /// <summary>Demands a name that cannot be taken for a version or a model.</summary>
    /// <exception cref="FlywheelException"><c>InvalidAliasName</c>.</exception>
    public static void DemandAlias(Workspace workspace, string alias)
    {
        ArgumentNullException.ThrowIfNull(alias);
        var plain = alias.Length is > 0 and <= 64 && char.IsAsciiLetter(alias[0]) && alias.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (plain && VersionOf(alias) is null)
        {
            if (workspace.Catalogue.FindAlias(alias) is not null || workspace.Catalogue.FindModel(alias) is not { } model) return;
            throw new FlywheelException("InvalidAliasName", FaultCategory.InvalidArgument, $"'{alias}' is already what the model {model} is called by.", alias, "Take another name for the alias.");
        }
        throw new FlywheelException("InvalidAliasName", FaultCategory.InvalidArgument, $"'{alias}' cannot be an alias.", alias, "Take letters, digits, '-', '_' and '.', a letter first, at most 64; names such as v3 are versions.");
    }

    /// <summary>Demands a name for a model that cannot be taken for a version, an alias or several models.</summary>
    /// <exception cref="FlywheelException"><c>InvalidModelName</c>.</exception>
    public static string DemandModel(Workspace workspace, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!DatasetNames.IsValid(name)) throw Invalid($"'{name}' cannot be the name of a model.", "Use up to 100 letters, digits, blanks, '-', '_' or '.'; give one with -Name.");
        if (VersionOf(name) is not null) throw Invalid($"'{name}' cannot be the name of a model: it names a version.", "Give another name with -Name.");
        if (workspace.Catalogue.FindAlias(name) is { } alias) throw Invalid($"'{name}' cannot be the name of a model: it is an alias, which points to version {alias.Version}.", "Give another name with -Name.");
        return name;

        FlywheelException Invalid(string message, string action) => new("InvalidModelName", FaultCategory.InvalidArgument, message, name, action);
    }

    /// <summary>The version a key names, or null if it names none.</summary>
    /// <exception cref="FlywheelException"><c>ModelVersionNotFound</c>.</exception>
    public static ModelVersion? Find(Workspace workspace, string key)
    {
        if (workspace.Catalogue.FindAlias(key) is { } alias) return workspace.Catalogue.ModelVersions().First(v => v.Number == alias.Version);
        var at = key.LastIndexOf('@');
        var number = at < 0 ? VersionOf(key) : NumberOf(key.AsSpan(at + 1)) ?? VersionOf(key[(at + 1)..]);
        if (number is null) return null;
        var version = workspace.Catalogue.ModelVersions().FirstOrDefault(v => v.Number == number);
        if (at < 0) return version; // or a model of that name
        if (version is null)
            throw new FlywheelException("ModelVersionNotFound", FaultCategory.NotFound, $"There is no version {number} in the registry.", key, "List versions with Get-FlywheelModel.");
        var name = key[..at];
        if (version.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || workspace.Catalogue.AliasMoves(name).Any(m => m.To == number)) return version;
        throw new FlywheelException("ModelVersionNotFound", FaultCategory.NotFound, $"Version {number} is '{version.Name}'; it was never '{name}'.", key, $"Name it v{number}, or look at Get-FlywheelModelHistory.");
    }

    static int? VersionOf(string key) => key.Length > 1 && key[0] is 'v' or 'V' ? NumberOf(key.AsSpan(1)) : null;

    static int? NumberOf(ReadOnlySpan<char> digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
