using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using Flywheel.Tests;

namespace Flywheel.Module.Tests;

/// <summary>The staged module in a session of its own process.</summary>
public sealed class SessionTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static string Manifest => $"'{ShellProcess.Manifest.Replace("'", "''", StringComparison.Ordinal)}'";

    Task<ShellProcess.Outcome> Script(string text) => ShellProcess.RunAsync([_folder.Write("session.ps1", text)], folder: _folder.Path);

    // Contexts and versions in which an assembly is loaded.
    const string Where = """
        function Where-Loaded([string] $name) {
            foreach ($context in [Runtime.Loader.AssemblyLoadContext]::All) {
                foreach ($assembly in $context.Assemblies) { if ($assembly.GetName().Name -eq $name) { "$name $($context.Name) $($assembly.GetName().Version)" } }
            }
        }

        """;

    [Fact]
    public async Task The_import_is_silent_and_loads_nothing_heavy()
    {
        var run = await Script("""
            (Get-Module Flywheel).Name
            foreach ($assembly in [AppDomain]::CurrentDomain.GetAssemblies()) { $name = $assembly.GetName().Name; if ($name -like 'Flywheel.*') { $name } }
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["Flywheel", "Flywheel.Core", "Flywheel.PowerShell"], run.Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Third_parties_never_load_into_the_session_itself()
    {
        var run = await Script("""
            [void] (New-FlywheelWorkspace ./w)
            foreach ($context in [Runtime.Loader.AssemblyLoadContext]::All) {
                foreach ($assembly in $context.Assemblies) { if ($assembly.Location -like '*bin*engine*') { "$($context.Name):$($assembly.GetName().Name)" } }
            }
            """);
        Assert.Equal("", run.Error);
        Assert.Contains("Flywheel:Flywheel.Engine", run.Lines);
        Assert.Contains("Flywheel:Microsoft.Data.Sqlite", run.Lines);
        Assert.All(run.Lines, line => Assert.StartsWith("Flywheel:", line));
    }

    [Theory]
    [InlineData("YamlDotNet")]
    [InlineData("Google.Protobuf")]
    [InlineData("Microsoft.Data.Sqlite")]
    public async Task Another_version_of_a_package_already_in_the_session_does_no_harm(string package)
    {
        var impostor = Path.Combine(_folder.Path, package + ".dll");
        var builder = new PersistedAssemblyBuilder(new AssemblyName(package) { Version = new Version(1, 0, 0, 0) }, typeof(object).Assembly);
        builder.DefineDynamicModule(package).DefineType(package + ".Impostor", TypeAttributes.Public).CreateType();
        builder.Save(impostor);

        var run = await Script(Where + $$"""
            Remove-Module Flywheel
            [void] [Runtime.Loader.AssemblyLoadContext]::Default.LoadFromAssemblyPath('{{impostor}}')
            Import-Module {{Manifest}}
            (New-FlywheelWorkspace ./w).Images
            foreach ($context in [Runtime.Loader.AssemblyLoadContext]::All) { if ($context.Name -eq 'Flywheel') { [void] $context.LoadFromAssemblyName([Reflection.AssemblyName] '{{package}}') } }
            Where-Loaded {{package}}
            """);
        Assert.Equal("", run.Error);
        Assert.Equal("0", run.Lines[0]);
        Assert.Equal(3, run.Lines.Length);
        Assert.Contains($"{package} Default 1.0.0.0", run.Lines);
        Assert.Contains(run.Lines, line => line.StartsWith($"{package} Flywheel ", StringComparison.Ordinal) && !line.EndsWith(" 1.0.0.0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Importing_again_by_force_or_after_removal_works_and_gives_the_same_types()
    {
        var run = await Script($$"""
            $first = New-FlywheelWorkspace ./w
            Import-Module {{Manifest}}
            Import-Module {{Manifest}} -Force
            (Get-FlywheelWorkspace -Workspace ./w).GetType() -eq $first.GetType()
            Remove-Module Flywheel
            Import-Module {{Manifest}}
            (Get-FlywheelWorkspace -Workspace ./w).GetType() -eq $first.GetType()
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["True", "True"], run.Lines);
    }

    [Fact]
    public async Task Runspaces_at_once_import_and_use_it()
    {
        var run = await Script($$"""
            [void] (New-FlywheelWorkspace ./w)
            $state = [initialsessionstate]::CreateDefault2()
            $pool = [runspacefactory]::CreateRunspacePool(1, 6, $state, $Host)
            $pool.Open()
            $jobs = foreach ($i in 1..12) {
                $shell = [powershell]::Create()
                $shell.RunspacePool = $pool
                [void] $shell.AddScript("Import-Module {{Manifest}} -Force; (Get-FlywheelWorkspace -Workspace '$((Get-Location).Path)/w').Images")
                @{ Shell = $shell; Result = $shell.BeginInvoke() }
            }
            foreach ($job in $jobs) { $job.Shell.EndInvoke($job.Result); if ($job.Shell.HadErrors) { $job.Shell.Streams.Error | ForEach-Object { "$_" } } }
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(Enumerable.Repeat("0", 12), run.Lines);
    }

    [Fact]
    public async Task Types_a_user_holds_resolve_by_name()
    {
        var run = await Script("[Flywheel.WorkspaceInfo].Assembly.GetName().Name; (New-FlywheelWorkspace ./w) -is [Flywheel.WorkspaceInfo]; [Flywheel.PropertyCondition]::Parse('width<=30').Value");
        Assert.Equal(["Flywheel.Core", "True", "30"], run.Lines);
    }

    [Fact]
    public async Task Commands_and_parameters_complete()
    {
        var run = await Script("""
            (TabExpansion2 'New-FlywheelWork' 16).CompletionMatches.CompletionText
            (TabExpansion2 'New-FlywheelWorkspace -Pa' 25).CompletionMatches.CompletionText
            """);
        Assert.Equal(["New-FlywheelWorkspace", "-Path"], run.Lines);
    }

    [Fact]
    public async Task An_error_in_the_session_keeps_id_category_target_and_next_step()
    {
        var run = await Script("""
            try { Get-FlywheelWorkspace -Workspace ./none } catch { }
            $e = $Error[0]
            $e.FullyQualifiedErrorId.Split(',')[0]; $e.CategoryInfo.Category; $e.TargetObject; $e.ErrorDetails.RecommendedAction; $e.Exception.GetType().FullName
            """);
        Assert.Equal(["WorkspaceNotFound", "ObjectNotFound", Path.Combine(_folder.Path, "none"), $"Make one with: New-FlywheelWorkspace '{Path.Combine(_folder.Path, "none")}'", "Flywheel.FlywheelException"], run.Lines);
    }

    [Fact]
    public async Task WhatIf_says_what_and_does_nothing()
    {
        var run = await Script("New-FlywheelWorkspace ./w -WhatIf");
        Assert.Contains("What if", run.Output);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "w")));
    }

    [Fact]
    public async Task The_manifest_tests_well()
    {
        var run = await Script($"(Test-ModuleManifest {Manifest}).ExportedCmdlets.Count");
        Assert.Equal("", run.Error);
        Assert.Equal(Cmdlets.All.Count.ToString(CultureInfo.InvariantCulture), Assert.Single(run.Lines));
    }
}
