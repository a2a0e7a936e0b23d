namespace Flywheel.Engine.Production;

/// <summary>The independent units of a set of images.</summary>
static class ImageGroups
{
    /// <summary>Numbers by group, in the order of the groups' names; an image without the tag stands alone. Null without a tag to group by.</summary>
    public static int[]? Of(IReadOnlyList<FlywheelImage> images, string? groupBy)
    {
        if (groupBy is null) return null;
        var names = images.Select(i => i.Tags.TryGetValue(groupBy, out var value) ? "=" + value : i.Id).ToList();
        var number = names.Distinct().Order(StringComparer.Ordinal).Select((name, at) => (name, at)).ToDictionary(x => x.name, x => x.at);
        return [.. names.Select(n => number[n])];
    }
}
