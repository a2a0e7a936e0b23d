using System.Diagnostics;
using Flywheel.Tests;

namespace Flywheel.Module.Tests;

/// <summary>The Pester suite, where there is a pwsh to run it. FLYWHEEL_PWSH names one that is not on the path.</summary>
public class PesterTests
{
    [Fact]
    public async Task The_Pester_suite_passes_in_pwsh()
    {
        var pwsh = Environment.GetEnvironmentVariable("FLYWHEEL_PWSH") ?? OnPath(OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        Assert.SkipWhen(pwsh is null, "There is no pwsh on this machine.");
        var (code, output) = await Run(pwsh, "if (Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -ge 5 }) { 'here' }");
        Assert.Equal(0, code);
        Assert.SkipUnless(output.Contains("here", StringComparison.Ordinal), "Pester 5 is not installed in this machine's pwsh.");
        (code, output) = await Run(pwsh, "./build.ps1 -Task Pester");
        Assert.True(code == 0, output);
    }

    static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    static async Task<(int Code, string Output)> Run(string pwsh, string command)
    {
        using var process = Process.Start(new ProcessStartInfo(pwsh, ["-NoProfile", "-NonInteractive", "-Command", command])
        {
            WorkingDirectory = ShellProcess.RepositoryRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
