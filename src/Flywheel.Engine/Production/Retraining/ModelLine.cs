using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Production.Retraining;

/// <summary>A model and its kin: ancestors, descendants, and all trained on the same dataset.</summary>
sealed class ModelLine
{
    public ModelLine(Workspace workspace, Model model)
    {
        Model = model;
        var all = workspace.Catalogue.Models();
        var ids = new HashSet<string> { model.Id };
        for (var before = 0; ids.Count > before;)
        {
            before = ids.Count;
            foreach (var m in all)
                if (ids.Contains(m.Id) || (m.ParentId is { } parent && ids.Contains(parent)) || (model.Dataset.Length > 0 && m.Dataset == model.Dataset))
                {
                    ids.Add(m.Id);
                    if (m.ParentId is { } up) ids.Add(up);
                }
        }
        Models = [.. all.Where(m => ids.Contains(m.Id)).OrderBy(m => m.Created)];
    }

    ModelLine(Model model, IReadOnlyList<Model> models) => (Model, Models) = (model, models);

    public Model Model { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Model> Models { get; }

    public bool Contains(string modelId) => Models.Any(m => m.Id == modelId);

    /// <summary>The same line seen from another of its models.</summary>
    public ModelLine Of(string modelId) => new(Models.First(m => m.Id == modelId), Models);

    /// <summary>The first model of the line made after a time; null if there is none.</summary>
    public Model? After(DateTimeOffset time) => Models.FirstOrDefault(m => m.Created > time);

    /// <summary>When the line was last trained or one of it published.</summary>
    public DateTimeOffset LastMove(Workspace workspace) =>
        workspace.Catalogue.AliasMoves().Where(m => m.Kind == AliasMoveKind.Publish && Contains(m.ModelId)).Select(m => m.Time).Concat(Models.Select(m => m.Created)).Max();
}
