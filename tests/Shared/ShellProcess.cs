using System.Diagnostics;
using System.Text;

namespace Flywheel.Tests;

/// <summary>Runs the built shell, with the staged module in it, as a process of its own.</summary>
static class ShellProcess
{
    public sealed record Outcome(int ExitCode, string Output, string Error)
    {
        /// <summary>Standard output as lines, line ends and blank lines gone.</summary>
        public string[] Lines => [.. Output.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
    }

    public static string RepositoryRoot { get; } = FindRoot();

    public static string Manifest => Path.Combine(RepositoryRoot, "Flywheel.psd1");

    /// <summary>The shell built in this configuration.</summary>
    static string Executable => Path.Combine(RepositoryRoot, "artifacts", "bin", "Flywheel.Shell", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), OperatingSystem.IsWindows() ? "flywheel.exe" : "flywheel");

    public static Process Start(IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Executable, arguments)
        {
            WorkingDirectory = folder ?? RepositoryRoot,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<Outcome> RunAsync(IEnumerable<string> arguments, string? input = null, string? folder = null)
    {
        using var process = Start(arguments, folder);
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public static Task<Outcome> CommandAsync(string command, string? folder = null) => RunAsync(["-Command", command], folder: folder);

    /// <param name="process">The process.</param>
    /// <param name="minutes">After which it is killed.</param>
    public static async Task<Outcome> EndAsync(Process process, int minutes = 3)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The shell did not end. It wrote: {await output} {await error}");
        }
        return new Outcome(process.ExitCode, await output, await error);
    }

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Flywheel.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException("The tests run inside the repository.");
    }
}
