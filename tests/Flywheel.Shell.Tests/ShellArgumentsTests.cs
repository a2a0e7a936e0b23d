namespace Flywheel.Shell.Tests;

public class ShellArgumentsTests
{
    static ShellArguments Parse(params string[] args) => ShellArguments.Parse(args, inputIsRedirected: false);

    [Fact]
    public void No_argument_is_a_prompt_on_a_terminal_and_a_script_on_standard_input_otherwise()
    {
        Assert.Equal(ShellMode.Interactive, Parse().Mode);
        var piped = ShellArguments.Parse([], inputIsRedirected: true);
        Assert.Equal(ShellMode.StandardInput, piped.Mode);
        Assert.True(piped.NonInteractive);
    }

    [Fact]
    public void A_script_keeps_its_arguments_as_they_are()
    {
        var parsed = Parse("-NonInteractive", "job.ps1", "-Name", "a b", "-Help");
        Assert.Equal(ShellMode.Script, parsed.Mode);
        Assert.Equal("job.ps1", parsed.Text);
        Assert.Equal(["-Name", "a b", "-Help"], parsed.Rest);
        Assert.True(parsed.NonInteractive);
    }

    [Theory]
    [InlineData("-Command")]
    [InlineData("-c")]
    [InlineData("--command")]
    public void A_command_takes_the_rest_of_the_line(string option)
    {
        var parsed = Parse(option, "Get-FlywheelDataset", "-Name", "x");
        Assert.Equal(ShellMode.Command, parsed.Mode);
        Assert.Equal("Get-FlywheelDataset -Name x", parsed.Text);
    }

    [Fact]
    public void A_loop_takes_variables_workspace_and_switches()
    {
        var parsed = Parse("eyes.flywheel.yaml", "-Variable", "MRL=/data/a=b", "SEED=7", "-Variable", "X=", "-Workspace", "w", "-WhatIf", "-Verbose");
        Assert.Equal(ShellMode.Loop, parsed.Mode);
        Assert.Equal("/data/a=b", parsed.Variables["MRL"]);
        Assert.Equal("7", parsed.Variables["SEED"]);
        Assert.Equal("", parsed.Variables["X"]);
        Assert.Equal("w", parsed.Workspace);
        Assert.True(parsed.WhatIf);
        Assert.True(parsed.Verbose);
    }

    [Theory]
    [InlineData("loop.yaml", "-Variable")]
    [InlineData("loop.yaml", "-Variable", "NOVALUE")]
    [InlineData("loop.yaml", "-Nonsense")]
    [InlineData("loop.yaml", "-Workspace")]
    [InlineData("picture.png")]
    [InlineData("-Nonsense")]
    [InlineData("-Command")]
    public void A_mistake_is_told_by_its_word(params string[] line)
    {
        var parsed = Parse(line);
        Assert.Equal(ShellMode.Mistake, parsed.Mode);
        Assert.Contains(line[^1].StartsWith("loop", StringComparison.Ordinal) ? line[0] : line[^1], parsed.Text);
    }
}
