using Flywheel.Engine.Endpoints;
using Flywheel.Server.Hosting;

namespace Flywheel.Server.Tests;

public class OptionsTests
{
    static readonly EndpointOptions s_unusual = new()
    {
        Workspace = Path.GetFullPath("/data/with blank/100% $HOME \"w\""), Alias = "eyes", Challenger = "next", Address = "::1", Port = 0, Dataset = "line 3", Keep = KeepPolicy.Parse("uncertain:0.85"), Retention = null,
        MaxQueue = 7, MaxBatch = 3, MaxWait = 0, MaxBytes = 4096, MaxPixels = 5000, MaxImages = 2, BodyTimeout = 9, Threads = 4, Detached = true,
    };

    [Fact]
    public void Options_survive_the_command_line()
    {
        Assert.Equal(s_unusual, EndpointOptions.Parse(s_unusual.ToArguments()));
        var plain = new EndpointOptions { Workspace = Path.GetFullPath("/w") };
        Assert.Equal(plain, EndpointOptions.Parse(plain.ToArguments()));
    }

    [Theory]
    [InlineData("UnknownOption", "--workspace", "/w", "--potr", "1")]
    [InlineData("InvalidOption", "--workspace", "/w", "--port", "65536")]
    [InlineData("InvalidOption", "--workspace", "/w", "--port")]
    [InlineData("InvalidOption", "--workspace", "/w", "--address", "example.com")]
    [InlineData("InvalidOption", "--workspace", "/w", "--retention", "-1.00:00:00")]
    [InlineData("InvalidKeepPolicy", "--workspace", "/w", "--keep", "some")]
    [InlineData("OptionMissing", "--port", "1")]
    public void What_is_wrong_with_a_command_line_is_told(string errorId, params string[] arguments) =>
        Assert.Equal(errorId, Assert.Throws<FlywheelException>(() => EndpointOptions.Parse(arguments)).ErrorId);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("192.168.1.7", false)]
    public void Loopback_is_told_from_the_rest(string address, bool loopback) => Assert.Equal(loopback, new EndpointOptions { Workspace = "/w", Address = address }.IsLoopback);

    [Fact]
    public void A_systemd_unit_quotes_what_systemd_would_expand_and_waits_for_the_drain()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "systemd runs on Linux.");
        var unit = ServiceText.SystemdUnit(s_unusual);
        Assert.Contains("Type=notify", unit);
        Assert.Contains("\"--workspace\" \"/data/with blank/100%% $$HOME \\\"w\\\"\"", unit);
        Assert.Contains("TimeoutStopSec=45", unit);
        Assert.DoesNotContain("--detached", unit);
    }

    [Fact]
    public void A_Windows_service_is_registered_with_the_whole_command()
    {
        var command = ServiceText.WindowsService(new EndpointOptions { Workspace = Path.GetFullPath("/w x") });
        Assert.StartsWith("sc.exe create flywheel-production start= delayed-auto binPath= \"\\\"", command);
        Assert.Contains("\\\"--alias\\\" \\\"production\\\"", command);
    }
}
