using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio;

/// <summary>Chooses the studio's assistant.</summary>
public static class StudioAssistants
{
    /// <summary>The assistant of a workspace.</summary>
    public static IStudioAssistant Create(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return new LearningAssistant(workspace);
    }
}
