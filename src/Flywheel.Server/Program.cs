using System.Runtime.InteropServices;
using System.Text.Json;
using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Studio;
using Flywheel.Server.Hosting;
using Flywheel.Server.Studio;

namespace Flywheel.Server;

static partial class Program
{
    /// <summary>0 when stopped, 1 when it could not start; the reason then stands on standard error as one line of JSON.</summary>
    static async Task<int> Main(string[] args)
    {
        try
        {
            if (args is [] or ["--help"] or ["-h"])
            {
                Console.WriteLine("Usage: Flywheel.Server --workspace <folder> [--alias production] [--address 127.0.0.1] [--port 7373] [--challenger <alias>]\n"
                    + "  [--keep all|none|sampled:0.1|uncertain:0.8] [--retention 30.00:00:00|forever] [--dataset inbox] [--threads 1]\n"
                    + "  [--max-queue 256] [--max-batch 32] [--max-wait 2] [--max-bytes 10485760] [--max-pixels 16000000] [--max-images 32] [--body-timeout 30]\n"
                    + "       Flywheel.Server --studio --workspace <folder> [--address 127.0.0.1] [--port 7374]\n"
                    + "Before the former, --print-unit writes a systemd unit and --print-service the command that registers a Windows service.");
                return args.Length == 0 ? 1 : 0;
            }
            if (args[0] is "--print-unit" or "--print-service")
            {
                var described = EndpointOptions.Parse(args[1..]);
                Console.Write(args[0] == "--print-unit" ? ServiceText.SystemdUnit(described) : ServiceText.WindowsService(described));
                return 0;
            }
            if (args[0] == "--studio")
            {
                var studio = StudioOptions.Parse(args[1..]);
                if (studio.Detached && !OperatingSystem.IsWindows()) _ = StartSession();
                await StudioHost.RunAsync(studio);
                return 0;
            }
            var options = EndpointOptions.Parse(args);
            if (options.Detached && !OperatingSystem.IsWindows()) _ = StartSession(); // away from the terminal that started it
            await EndpointHost.RunAsync(options);
            return 0;
        }
        catch (FlywheelException fault)
        {
            await Console.Error.WriteLineAsync(JsonSerializer.Serialize(new { fault.ErrorId, Category = fault.Category.ToString(), fault.Message, Target = fault.Target?.ToString(), fault.RecommendedAction }));
            return 1;
        }
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int StartSession();
}
