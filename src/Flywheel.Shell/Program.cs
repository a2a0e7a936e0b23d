using System.Reflection;
using System.Runtime.InteropServices;
using Flywheel.Shell;
using Flywheel.Shell.Editing;
using Flywheel.Shell.Hosting;

const int Ok = 0, Error = 1, Interrupted = 130, Terminated = 143;

var arguments = ShellArguments.Parse(args, Console.IsInputRedirected);
var streams = ConsoleStreams.OfProcess();
switch (arguments.Mode)
{
    case ShellMode.Help:
        streams.WriteOutput(ShellArguments.Usage + Environment.NewLine);
        return Ok;
    case ShellMode.Version:
        streams.WriteOutput($"flywheel {Assembly.GetExecutingAssembly().GetName().Version!.ToString(3)}{Environment.NewLine}");
        return Ok;
    case ShellMode.Mistake:
        streams.WriteError($"flywheel: {arguments.Text}{Environment.NewLine}{Environment.NewLine}{ShellArguments.Usage}{Environment.NewLine}");
        return Error;
    case ShellMode.Script or ShellMode.Loop when !File.Exists(arguments.Text):
        streams.WriteError($"flywheel: there is no file '{arguments.Text}'.{Environment.NewLine}");
        return Error;
}

var ui = new ShellInterface(streams, new ProgressDisplay(streams, TimeProvider.System), !arguments.NonInteractive);
var host = new ShellHost(ui);
using var session = new ShellSession(host, ui);

// The first Ctrl+C or SIGTERM stops the pipeline, the second ends the process.
var signal = 0;
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    if (signal == 0) signal = Interrupted;
    if (!session.Stop()) Leave(Interrupted);
};
using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    signal = Terminated;
    if (!session.Stop()) Leave(Terminated);
});

if (!session.Import(ModuleLocator.Find(AppContext.BaseDirectory))) return signal != 0 ? signal : Error;

var runner = new ShellRunner(session);
if (arguments.Mode == ShellMode.Interactive)
{
    if (!streams.OutputIsTerminal)
    {
        streams.WriteError($"flywheel: a prompt needs a terminal.{Environment.NewLine}");
        return Error;
    }
    // At the prompt Ctrl+C is a key; while a command runs it is a signal, and what it stopped does not end the shell.
    return new Prompt(session, streams, () => signal = 0).Run();
}
var code = arguments.Mode switch
{
    ShellMode.Script => runner.RunScript(arguments.Text, arguments.Rest),
    ShellMode.Loop => runner.RunLoop(arguments),
    ShellMode.Command => runner.RunCommand(arguments.Text),
    _ => runner.RunCommand(Console.In.ReadToEnd()),
};
// Threads a script has left behind (a runspace pool it did not close) do not keep the process alive.
Leave(signal != 0 ? signal : code);
return code;

void Leave(int exitCode)
{
    streams.Erase();
    Environment.Exit(exitCode);
}
