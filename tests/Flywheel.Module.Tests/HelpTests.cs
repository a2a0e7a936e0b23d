using System.Xml.Linq;
using Flywheel.Tests;

namespace Flywheel.Module.Tests;

public class HelpTests
{
    static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    static readonly XDocument s_help = XDocument.Load(Path.Combine(ShellProcess.RepositoryRoot, "module", "bin", "en-US", "Flywheel.PowerShell.dll-Help.xml"));

    static XElement Of(string cmdlet) => Assert.Single(s_help.Root!.Elements(s_command + "command"), c => c.Element(s_command + "details")!.Element(s_command + "name")!.Value == cmdlet);

    public static TheoryData<string> Names => [.. Cmdlets.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_cmdlet_has_a_synopsis_and_an_example_that_says_what_it_does(string cmdlet)
    {
        var help = Of(cmdlet);
        Assert.NotEqual("", help.Element(s_command + "details")!.Element(s_maml + "description")!.Value);
        Assert.NotEmpty(help.Descendants(s_command + "example"));
        Assert.All(help.Descendants(s_command + "example"), example =>
        {
            Assert.NotEqual("", example.Element(s_dev + "code")!.Value);
            Assert.NotEqual("", example.Element(s_dev + "remarks")!.Value);
        });
        Assert.Contains(help.Descendants(s_command + "example"), example => example.Element(s_dev + "code")!.Value.Contains(cmdlet, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_parameter_is_described(string cmdlet)
    {
        var described = Of(cmdlet).Element(s_command + "parameters")!.Elements().ToDictionary(p => p.Element(s_maml + "name")!.Value, p => p.Element(s_maml + "description")!.Value);
        Assert.All(Cmdlets.Parameters(Cmdlets.All.Single(c => c.Name == cmdlet).Type), parameter =>
        {
            Assert.True(described.TryGetValue(parameter.Name, out var text), $"-{parameter.Name} is not in the help");
            Assert.False(string.IsNullOrWhiteSpace(text), $"-{parameter.Name} is not described");
        });
    }

    [Fact]
    public async Task The_shell_finds_it()
    {
        var examples = await ShellProcess.CommandAsync("Get-Help New-FlywheelWorkspace -Examples");
        Assert.Contains("New-FlywheelWorkspace ./eyes", examples.Output);
        var full = await ShellProcess.CommandAsync("Get-Help New-FlywheelWorkspace -Full");
        Assert.Contains("New-FlywheelWorkspace [[-Path] <String>] [-Workspace <String>] [-WhatIf] [-Confirm]", full.Output);
        Assert.Contains("It is made if it does not exist.", full.Output);
    }
}
