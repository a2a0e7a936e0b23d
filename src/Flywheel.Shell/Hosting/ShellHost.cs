using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace Flywheel.Shell.Hosting;

/// <summary>The engine's view of this program.</summary>
sealed class ShellHost(ShellInterface ui) : PSHost
{
    public override string Name => "Flywheel";

    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => ui;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <summary>The code of an `exit n`, or null as long as nobody said exit.</summary>
    public int? ExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This shell has no nested prompts.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This shell has no nested prompts.");

    public override void NotifyBeginApplication() => ui.Streams.Erase();

    public override void NotifyEndApplication() { }
}
