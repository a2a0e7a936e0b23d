using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Server.Tests;

/// <summary>Publishes models as plainly as the registry's records allow.</summary>
static class Registry
{
    /// <summary>Writes a version and records it; no alias points to it yet.</summary>
    public static ModelVersion Add(Workspace workspace, Model model, byte[] onnx)
    {
        ModelFolder.Write(workspace, model, onnx, null);
        workspace.Catalogue.AddModel(model);
        return workspace.Catalogue.AddModelVersion(new ModelVersion { Name = model.Name, ModelId = model.Id, Path = model.Path, Author = "test", Published = DateTimeOffset.UtcNow });
    }

    /// <summary>Writes a tiny classifier; sharpness makes the version.</summary>
    public static ModelVersion Add(Workspace workspace, string name = "tiny", float sharpness = 10)
    {
        var (model, onnx) = TinyModel.Make(workspace, name, sharpness);
        return Add(workspace, model, onnx);
    }

    public static void Point(Workspace workspace, ModelVersion version, string alias = "production") => workspace.Catalogue.MoveAliases(
        [new AliasMove { Alias = alias, From = workspace.Catalogue.FindAlias(alias)?.Version, To = version.Number, ModelId = version.ModelId, Author = "test", Time = DateTimeOffset.UtcNow }]);
}
