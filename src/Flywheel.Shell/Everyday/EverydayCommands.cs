using System.Management.Automation.Runspaces;

namespace Flywheel.Shell.Everyday;

/// <summary>The few commands of everyday work that the bare engine lacks: four cmdlets and a script of functions.</summary>
static class EverydayCommands
{
    public static void AddTo(InitialSessionState state)
    {
        state.Commands.Add(new SessionStateCmdletEntry("Select-Object", typeof(SelectObjectCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Sort-Object", typeof(SortObjectCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Format-Table", typeof(FormatTableCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Format-List", typeof(FormatListCommand), null));
    }

    /// <summary>The functions' script, to run once in the global scope.</summary>
    public static string Script()
    {
        using var stream = typeof(EverydayCommands).Assembly.GetManifestResourceStream("everyday.ps1")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
