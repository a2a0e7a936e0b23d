using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Studio;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging.Samples;

namespace Flywheel.Tests;

/// <summary>A workspace with drawn eyes and the staged studio for it in a process of its own, on a free port.</summary>
sealed class StudioProcess : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly StringBuilder _errors = new();

    /// <param name="images">Eyes in the dataset <c>eyes</c>, none of them labelled; their truth is in <see cref="Truth"/>.</param>
    /// <param name="write">Writes other files to import instead.</param>
    public StudioProcess(int images = 40, Action<string>? write = null)
    {
        Workspace = Workspace.Create(Path.Combine(_folder.Path, "workspace"));
        var pictures = Path.Combine(_folder.Path, "eyes");
        Directory.CreateDirectory(pictures);
        for (var i = 0; i < images && write is null; i++)
        {
            var eye = SampleEyes.Draw(11, 5, i, 12, EyeDomain.Lab);
            var png = SampleEyes.ToPng(eye.Image);
            File.WriteAllBytes(Path.Combine(pictures, string.Create(CultureInfo.InvariantCulture, $"eye-{i:000}.png")), png);
            Truth[Convert.ToHexStringLower(SHA256.HashData(png))] = eye.Conditions.Label;
        }
        write?.Invoke(pictures);
        DatasetImporter.Import(Workspace, new ImportRequest { Path = pictures, Name = "eyes", Unlabeled = true }, NullReporter.Instance, CancellationToken.None);
    }

    public Workspace Workspace { get; private set; }

    /// <summary>What is true of the drawn eyes, by image id.</summary>
    public Dictionary<string, string> Truth { get; } = new(StringComparer.Ordinal);

    public Process Process { get; private set; } = null!;

    public Uri Url { get; private set; } = null!;

    /// <summary>A folder that goes away with the studio.</summary>
    public string Folder => _folder.Path;

    static string Dll => Path.Combine(ShellProcess.RepositoryRoot, "module", "bin", "server", "Flywheel.Server.dll");

    public IReadOnlyList<FlywheelImage> Images => [.. Workspace.Catalogue.Images(new ImageQuery { Dataset = "eyes" })];

    public LabelQueue AddQueue(string name = "night", AnnotationPart part = AnnotationPart.Label, int votes = 1, IReadOnlyList<string>? labels = null, int? first = null) =>
        Workspace.Catalogue.AddQueue(new LabelQueue { Name = name, Part = part, Labels = labels ?? ["closed", "open"], Votes = votes, Dataset = "eyes", Author = "test" }, [.. Images.Take(first ?? int.MaxValue).Select(i => new QueueItem { ImageId = i.Id })]);

    /// <summary>Stores predictions of the drawn eyes that are right about that often, as a model would have made them.</summary>
    public void AddPredictions(double right = 0.85)
    {
        var random = new SeededRandom(3);
        Workspace.Catalogue.AddPredictions([.. Images.Select(image =>
        {
            var truth = Truth[image.Id];
            var isRight = random.NextDouble() < right;
            var confidence = isRight ? random.NextDouble(0.7, 0.99) : random.NextDouble(0.51, 0.8);
            var label = isRight ? truth : truth == "open" ? "closed" : "open";
            return new Prediction
            {
                Id = Guid.CreateVersion7().ToString(), ImageId = image.Id, Path = image.Path, ModelId = "0011223344556677", Label = label, Confidence = confidence, Margin = 2 * confidence - 1, Entropy = 1 - confidence,
                Scores = new Dictionary<string, double> { [label] = confidence, [label == "open" ? "closed" : "open"] = 1 - confidence }, Time = DateTimeOffset.UtcNow,
            };
        })]);
    }

    /// <summary>The address of a page for a person.</summary>
    public string Page(string page, string? who = "ann", params (string Name, string Value)[] query)
    {
        var all = query.Concat(who is null ? [] : [("who", who)]).Select(q => $"{q.Item1}={Uri.EscapeDataString(q.Item2)}");
        return $"{Url}studio/{page}{(page.Contains('?', StringComparison.Ordinal) ? "" : "?")}{string.Join('&', all)}";
    }

    /// <summary>Starts the process without waiting.</summary>
    public Process Launch(int port = 0, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", [Dll, "--studio", "--workspace", Workspace.Root, "--port", port.ToString(CultureInfo.InvariantCulture), .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process = Process.Start(start)!;
        Process.OutputDataReceived += (_, _) => { };
        Process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors) _errors.AppendLine(e.Data);
        };
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
        return Process;
    }

    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <summary>Starts the process and waits until it listens.</summary>
    public async Task<StudioProcess> StartAsync(int port = 0, params string[] options)
    {
        Launch(port, options);
        while (StudioFiles.Find(Workspace, Process.Id) is null)
        {
            if (Process.HasExited) throw new InvalidOperationException($"The studio ended with {Process.ExitCode}: {Errors}");
            await Task.Delay(20);
        }
        Url = new Uri(StudioFiles.Find(Workspace, Process.Id)!.Url);
        return this;
    }

    /// <summary>Ends it as a power failure would.</summary>
    public void Kill()
    {
        Process.Kill();
        Process.WaitForExit();
        Process.Dispose();
        Process = null!;
    }

    public void Dispose()
    {
        if (Process is not null) Kill();
        Workspace.Dispose();
        _folder.Dispose();
    }
}
