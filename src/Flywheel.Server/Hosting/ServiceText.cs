using Flywheel.Engine.Endpoints;

namespace Flywheel.Server.Hosting;

/// <summary>What the operating system's service manager is told.</summary>
static class ServiceText
{
    static string[] Command(EndpointOptions options)
    {
        var self = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Flywheel.Server.exe" : "Flywheel.Server");
        string[] start = File.Exists(self) ? [self] : [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "Flywheel.Server.dll")];
        return [.. start, .. (options with { Detached = false }).ToArguments()];
    }

    public static string SystemdUnit(EndpointOptions options) => $"""
        # /etc/systemd/system/flywheel-{options.Alias}.service
        [Unit]
        Description=Flywheel endpoint, alias {options.Alias}
        After=network.target

        [Service]
        Type=notify
        ExecStart={string.Join(' ', Command(options).Select(Systemd))}
        WorkingDirectory={options.Workspace.Replace("%", "%%", StringComparison.Ordinal)}
        Restart=on-failure
        KillSignal=SIGTERM
        TimeoutStopSec=45
        # The account that owns the workspace:
        # User=flywheel
        NoNewPrivileges=true
        ProtectSystem=strict
        ReadWritePaths={Systemd(options.Workspace)}
        PrivateTmp=true

        [Install]
        WantedBy=multi-user.target

        """;

    public static string WindowsService(EndpointOptions options) =>
        $"sc.exe create flywheel-{options.Alias} start= delayed-auto binPath= \"{string.Join(' ', Command(options).Select(a => $"\\\"{a}\\\""))}\"{Environment.NewLine}";

    // systemd.service(5): a quoted word with backslash escapes; % begins a specifier and $ a variable.
    static string Systemd(string word) =>
        $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal)}\"";
}
