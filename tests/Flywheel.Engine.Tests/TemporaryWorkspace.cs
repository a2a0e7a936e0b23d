using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Tests;

/// <summary>A workspace in a folder of its own, with a folder beside it for data; both go away after the test.</summary>
sealed class TemporaryWorkspace : IDisposable
{
    public TemporaryWorkspace()
    {
        Directory.CreateDirectory(Data);
        Workspace = Workspace.Create(Root);
    }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "flywheel-engine-" + Guid.NewGuid().ToString("n"));

    public string Root => Path.Combine(Folder, "workspace");

    public string Data => Path.Combine(Folder, "data");

    public Workspace Workspace { get; private set; }

    public RecordingReporter Reports { get; } = new();

    /// <summary>Writes a file under the data folder, folders included.</summary>
    public string Write(string relative, byte[] bytes)
    {
        var path = Path.Combine(Data, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Writes a text file under the data folder.</summary>
    public string Write(string relative, string text) => Write(relative, System.Text.Encoding.UTF8.GetBytes(text));

    public void Dispose()
    {
        Workspace.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
