using Flywheel.Engine.Production.Slices;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio.Explore;

/// <summary>A confirmed slice whose images can be looked at.</summary>
/// <param name="Key">What asks for it.</param>
/// <param name="Name">Its conditions.</param>
/// <param name="Text">In plain English, with its figures.</param>
/// <param name="Images">Number of its images.</param>
/// <param name="ModelName">The model that fails there.</param>
public sealed record SliceChoice(string Key, string Name, string Text, int Images, string ModelName)
{
    /// <summary>The confirmed slices of each model's newest search, the newest model first.</summary>
    public static IReadOnlyList<SliceChoice> Latest(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var names = workspace.Catalogue.Models().GroupBy(m => m.Id).ToDictionary(g => g.Key, g => g.Last().Name, StringComparer.Ordinal);
        return [.. workspace.Catalogue.Reports(SliceFinder.ReportKind).GroupBy(r => r.ModelId).Select(g => g.Last()).OrderByDescending(r => r.Time)
            .SelectMany(report => SliceFinder.Read(report).Where(s => s.Confirmed).Select(s => new SliceChoice($"{report.Id}:{s.Rank}", s.Name, s.Text, s.Images, names.GetValueOrDefault(s.ModelId, s.ModelId))))];
    }

    /// <summary>The slice of a key.</summary>
    /// <exception cref="FlywheelException"><c>SliceNotFound</c>.</exception>
    public static Slice Find(Workspace workspace, string key)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(key);
        var parts = key.Split(':');
        var report = workspace.Catalogue.Reports(SliceFinder.ReportKind).FirstOrDefault(r => r.Id == parts[0]);
        return (report is null || parts.Length != 2 ? null : SliceFinder.Read(report).FirstOrDefault(s => s.Rank.ToString(System.Globalization.CultureInfo.InvariantCulture) == parts[1]))
            ?? throw new FlywheelException("SliceNotFound", FaultCategory.NotFound, $"No slice '{key}' in the workspace.", key, "Find slices with Find-FlywheelSlice.");
    }
}
