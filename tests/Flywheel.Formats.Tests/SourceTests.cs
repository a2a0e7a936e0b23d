using System.Text;
using Flywheel.Formats.Sources;

namespace Flywheel.Formats.Tests;

/// <summary>A folder for sources, with what was reported while they were read. Files need no image inside: sources read none.</summary>
public abstract class SourceTests : IDisposable
{
    private protected string Root { get; } = Directory.CreateTempSubdirectory("flywheel-formats-").FullName;

    private protected Recorder Reports { get; } = new();

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected string Write(string relative, string text = "x")
    {
        var path = Path.Combine(Root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }

    private protected IReadOnlyList<SourceCandidate> Read(SourceOptions options) => SourceReader.Read(options, Reports, CancellationToken.None).Candidates;

    private protected FlywheelException Refused(SourceOptions options) => Assert.Throws<FlywheelException>(() => Read(options));

    private protected sealed class Recorder : IReporter
    {
        public List<FlywheelException> Faults { get; } = [];
        public List<string> Warnings { get; } = [];
        public void Progress(ProgressInfo progress) { }
        public void Warning(string message) => Warnings.Add(message);
        public void Information(string message) { }
        public void Verbose(string message) { }
        public void Fault(FlywheelException fault) => Faults.Add(fault);
    }
}
