namespace Flywheel.PowerShell;

/// <summary>Completes a condition on a tag, <c>@{ camera = 'north' }</c>, out of the newest predictions and the images first imported.</summary>
public sealed class TagCompleter : NameCompleter
{
    const int Sampled = 500;

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace)
    {
        var tags = workspace.Catalogue.Predictions(new PredictionQuery { NewestFirst = true, First = Sampled, LatestPerImage = false }).Select(p => p.Tags)
            .Concat(workspace.Catalogue.Images(new ImageQuery { First = Sampled }).Select(i => i.Tags));
        // Keys with a value of their own for every picture tell nothing.
        return tags.SelectMany(t => t).GroupBy(t => t.Key, t => t.Value, StringComparer.OrdinalIgnoreCase).OrderBy(g => g.Key, StringComparer.Ordinal)
            .SelectMany(g => g.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(10).Select(value => ($"@{{ {Quote(g.Key)} = '{value.Replace("'", "''", StringComparison.Ordinal)}' }}", $"{g.Key} = {value}")));
    }

    /// <inheritdoc/>
    protected override string Text(string name) => name;
}
