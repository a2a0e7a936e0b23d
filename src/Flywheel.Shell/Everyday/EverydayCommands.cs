using System.Management.Automation.Runspaces;

namespace Flywheel.Shell.Everyday;

/// <summary>The few commands of everyday work that the bare engine lacks.</summary>
static class EverydayCommands
{
    public static void AddTo(InitialSessionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
    }
}
