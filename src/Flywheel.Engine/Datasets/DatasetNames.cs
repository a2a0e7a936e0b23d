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
        // '@' separates name and version, '*' and '?' select several, and names become parts of files' names.
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100 || name.Trim() != name || name.Any(c => char.IsControl(c) || "@*?[]\"'/\\:<>|".Contains(c, StringComparison.Ordinal)))
            throw new FlywheelException("InvalidDatasetName", FaultCategory.InvalidArgument, $"'{name}' cannot be the name of a dataset.", name,
                "Use up to 100 letters, digits, blanks, '-', '_' or '.'; give one with -Name.");
        return name;
    }
}
