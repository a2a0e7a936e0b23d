using System.Globalization;
using System.Net;

namespace Flywheel.Engine.Studio;

/// <summary>How a studio serves. It travels to the process as its command line, after <c>--studio</c>.</summary>
public sealed record StudioOptions
{
    /// <summary>The workspace's folder, absolute.</summary>
    public required string Workspace { get; init; }

    /// <summary>Where to listen: an IP address; loopback by default, any other demands a key.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Port; 0 for a free one.</summary>
    public int Port { get; init; } = 7374;

    /// <summary>True for a process that outlives the shell that started it and logs to files only.</summary>
    public bool Detached { get; init; }

    /// <summary>True if only this machine can reach the address.</summary>
    public bool IsLoopback => IPAddress.TryParse(Address, out var address) && IPAddress.IsLoopback(address);

    /// <summary>The command line that <see cref="Parse"/> reads back, without the leading <c>--studio</c>.</summary>
    public IReadOnlyList<string> ToArguments() =>
        ["--workspace", Workspace, "--address", Address, "--port", Port.ToString(CultureInfo.InvariantCulture), .. Detached ? (string[])["--detached"] : []];

    /// <summary>Reads a command line: <c>--name value</c> pairs, and <c>--detached</c>.</summary>
    /// <exception cref="FlywheelException"><c>UnknownOption</c>, <c>InvalidOption</c>, <c>OptionMissing</c>.</exception>
    public static StudioOptions Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var options = new StudioOptions { Workspace = "" };
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--detached")
            {
                options = options with { Detached = true };
                continue;
            }
            var name = arguments[i];
            if (name is not ("--workspace" or "--address" or "--port"))
                throw new FlywheelException("UnknownOption", FaultCategory.InvalidArgument, $"There is no option '{name}'.", name, "Options: --workspace, --address, --port, --detached.");
            if (++i == arguments.Count) throw Invalid(name, "nothing", "followed by a value");
            options = name switch
            {
                "--workspace" => options with { Workspace = Path.GetFullPath(arguments[i]) },
                "--address" => options with { Address = arguments[i] },
                _ => options with { Port = int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port : throw Invalid(name, arguments[i], "a whole number from 0 to 65535") },
            };
        }
        if (options.Workspace.Length == 0) throw new FlywheelException("OptionMissing", FaultCategory.InvalidArgument, "The workspace is not named.", "--workspace", "Give --workspace and the workspace's folder.");
        options.CheckAddress();
        return options;
    }

    /// <summary>Checks that the address is one.</summary>
    /// <exception cref="FlywheelException"><c>InvalidOption</c>.</exception>
    public void CheckAddress()
    {
        if (!IPAddress.TryParse(Address, out _)) throw Invalid("--address", Address, "an IP address, such as 127.0.0.1, 0.0.0.0 or ::1");
    }

    static FlywheelException Invalid(string name, string value, string allowed) =>
        new("InvalidOption", FaultCategory.InvalidArgument, $"The option {name} is '{value}'; it must be {allowed}.", value, $"Give {name} {allowed}.");
}
