namespace Flywheel.Engine.Datasets;

/// <summary>Names a user may give.</summary>
static class DatasetNames
{
    /// <summary>The user's name, for the ledger.</summary>
    public static string User => string.IsNullOrWhiteSpace(Environment.UserName) ? "unknown" : Environment.UserName;

    /// <summary>Checks a dataset's name.</summary>
    /// <exception cref="FlywheelException"><c>InvalidDatasetName</c>.</exception>
    public static string Validate(string name)
    {
        if (!IsValid(name))
            throw new FlywheelException("InvalidDatasetName", FaultCategory.InvalidArgument, $"'{name}' cannot be the name of a dataset.", name,
                "Use up to 100 letters, digits, blanks, '-', '_' or '.'; give one with -Name.");
        return name;
    }

    /// <summary>True for a name that selects one thing and can be part of a file's name.</summary>
    public static bool IsValid(string name) =>
        // '@' separates name and version, '*' and '?' select several.
        !string.IsNullOrWhiteSpace(name) && name.Length <= 100 && name.Trim() == name && !name.Any(c => char.IsControl(c) || "@*?[]\"'/\\:<>|".Contains(c, StringComparison.Ordinal));
}
