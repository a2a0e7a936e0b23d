using Flywheel.Tests;

namespace Flywheel.Module.Tests;

public class StagingTests
{
    static readonly string s_bin = Path.Combine(ShellProcess.RepositoryRoot, "module", "bin");

    static string[] Files => [.. Directory.GetFiles(s_bin, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(s_bin, f).Replace('\\', '/')).Where(f => !f.StartsWith(".staged", StringComparison.Ordinal))];

    [Fact]
    public void Beside_the_cmdlets_lie_only_their_help_Core_the_engine_and_the_server() =>
        Assert.All(Files.Where(f => !f.StartsWith("engine/", StringComparison.Ordinal) && !f.StartsWith("server/", StringComparison.Ordinal)),
            file => Assert.Contains(file, (string[])["Flywheel.PowerShell.dll", "Flywheel.PowerShell.pdb", "Flywheel.Core.dll", "Flywheel.Core.pdb", "en-US/Flywheel.PowerShell.dll-Help.xml"]));

    [Fact]
    public void The_engine_comes_whole_with_its_dependency_file_and_without_a_second_Core()
    {
        Assert.Contains("engine/Flywheel.Engine.dll", Files);
        Assert.Contains("engine/Flywheel.Engine.deps.json", Files);
        Assert.DoesNotContain("engine/Flywheel.Core.dll", Files);
        Assert.DoesNotContain("engine/System.Management.Automation.dll", Files);
        foreach (var package in (string[])["TorchSharp", "Microsoft.ML.OnnxRuntime", "SkiaSharp", "Microsoft.Data.Sqlite", "YamlDotNet", "Google.Protobuf"])
            Assert.Contains($"engine/{package}.dll", Files);
    }

    [Fact]
    public void The_server_brings_only_itself_and_takes_the_rest_from_the_module()
    {
        var server = Files.Where(f => f.StartsWith("server/", StringComparison.Ordinal)).Select(f => f["server/".Length..]).ToArray();
        foreach (var file in (string[])["Flywheel.Server.dll", "Flywheel.Server.deps.json", "Flywheel.Server.runtimeconfig.json"]) Assert.Contains(file, server);
        Assert.DoesNotContain(server, f => f.StartsWith("Flywheel.", StringComparison.Ordinal) && !f.StartsWith("Flywheel.Server.", StringComparison.Ordinal));
        Assert.DoesNotContain(server, f => f.Contains("onnx", StringComparison.OrdinalIgnoreCase) || f.Contains("sqlite", StringComparison.OrdinalIgnoreCase) || f.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Native_files_are_those_of_one_runtime_without_the_parts_of_libtorch_nobody_loads()
    {
        var native = Files.Where(f => f.Contains("/native/", StringComparison.Ordinal)).ToArray();
        Assert.Single(native.Select(f => f.Split('/')[2]).Distinct(), rid => rid.Contains('-', StringComparison.Ordinal));
        foreach (var library in (string[])["torch_cpu", "LibTorchSharp", "onnxruntime", "SkiaSharp", "e_sqlite3"])
            Assert.Contains(native, f => Path.GetFileNameWithoutExtension(f) is var name && (name == library || name == "lib" + library));
        Assert.DoesNotContain(native, f => f.Contains("torch_python", StringComparison.Ordinal) || f.EndsWith(".dbg", StringComparison.Ordinal));
    }
}
