using System.Globalization;
using System.Net;
using Flywheel.Engine.Production;

namespace Flywheel.Engine.Endpoints;

/// <summary>How an endpoint serves. It travels to the process as its command line.</summary>
public sealed record EndpointOptions
{
    /// <summary>The workspace's folder, absolute.</summary>
    public required string Workspace { get; init; }

    /// <summary>The alias whose version answers.</summary>
    public string Alias { get; init; } = "production";

    /// <summary>The alias whose version is scored in shadow, or null.</summary>
    public string? Challenger { get; init; }

    /// <summary>Where to listen: an IP address; loopback by default, any other demands a key.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Port; 0 for a free one.</summary>
    public int Port { get; init; } = 7373;

    /// <summary>The dataset that images join.</summary>
    public string Dataset { get; init; } = PredictionOptions.Inbox;

    /// <summary>Which images are kept.</summary>
    public KeepPolicy Keep { get; init; } = KeepPolicy.All;

    /// <summary>How long kept images stay; null for ever.</summary>
    public TimeSpan? Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Most images in work at once; further requests are told to come back (429).</summary>
    public int MaxQueue { get; init; } = 256;

    /// <summary>Most images in one run of the network.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>Longest time an image waits for others to share its run, milliseconds.</summary>
    public int MaxWait { get; init; } = 2;

    /// <summary>Largest image, bytes.</summary>
    public int MaxBytes { get; init; } = 10 << 20;

    /// <summary>Most pixels of an image (width × height), compared before it is decoded.</summary>
    public int MaxPixels { get; init; } = 16_000_000;

    /// <summary>Most images in one request.</summary>
    public int MaxImages { get; init; } = 32;

    /// <summary>Longest time a request may take to send its body, seconds.</summary>
    public int BodyTimeout { get; init; } = 30;

    /// <summary>Threads one run of the network may use.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>True for a process that outlives the shell that started it and logs to files only.</summary>
    public bool Detached { get; init; }

    /// <summary>Largest request body, bytes: the images, and room for what multipart puts around them.</summary>
    public long MaxRequestBytes => Math.Min((long)MaxBytes * MaxImages, Math.Max(MaxBytes, 64L << 20)) + (1 << 20);

    /// <summary>True if only this machine can reach the address.</summary>
    public bool IsLoopback => IPAddress.TryParse(Address, out var address) && IPAddress.IsLoopback(address);

    static readonly (string Name, Func<EndpointOptions, string?> Get, Func<EndpointOptions, string, EndpointOptions> Set)[] s_options =
    [
        ("workspace", o => o.Workspace, (o, v) => o with { Workspace = Path.GetFullPath(v) }),
        ("alias", o => o.Alias, (o, v) => o with { Alias = v }),
        ("challenger", o => o.Challenger, (o, v) => o with { Challenger = v }),
        ("address", o => o.Address, (o, v) => o with { Address = v }),
        ("port", o => Text(o.Port), (o, v) => o with { Port = Number("port", v, 0, 65535) }),
        ("dataset", o => o.Dataset, (o, v) => o with { Dataset = v }),
        ("keep", o => o.Keep.Text, (o, v) => o with { Keep = KeepPolicy.Parse(v) }),
        ("retention", o => o.Retention is { } time ? time.ToString("c", CultureInfo.InvariantCulture) : "forever", (o, v) => o with { Retention = v == "forever" ? null : Span(v) }),
        ("max-queue", o => Text(o.MaxQueue), (o, v) => o with { MaxQueue = Number("max-queue", v, 1, 100_000) }),
        ("max-batch", o => Text(o.MaxBatch), (o, v) => o with { MaxBatch = Number("max-batch", v, 1, 1024) }),
        ("max-wait", o => Text(o.MaxWait), (o, v) => o with { MaxWait = Number("max-wait", v, 0, 1000) }),
        ("max-bytes", o => Text(o.MaxBytes), (o, v) => o with { MaxBytes = Number("max-bytes", v, 1024, 256 << 20) }),
        ("max-pixels", o => Text(o.MaxPixels), (o, v) => o with { MaxPixels = Number("max-pixels", v, 1024, 200_000_000) }),
        ("max-images", o => Text(o.MaxImages), (o, v) => o with { MaxImages = Number("max-images", v, 1, 1024) }),
        ("body-timeout", o => Text(o.BodyTimeout), (o, v) => o with { BodyTimeout = Number("body-timeout", v, 1, 3600) }),
        ("threads", o => Text(o.Threads), (o, v) => o with { Threads = Number("threads", v, 1, 256) }),
    ];

    /// <summary>The command line that <see cref="Parse"/> reads back.</summary>
    public IReadOnlyList<string> ToArguments() =>
        [.. s_options.Select(o => (o.Name, Value: o.Get(this))).Where(o => o.Value is not null).SelectMany(o => (string[])["--" + o.Name, o.Value!]), .. Detached ? (string[])["--detached"] : []];

    /// <summary>Reads a command line: <c>--name value</c> pairs, and <c>--detached</c>.</summary>
    /// <exception cref="FlywheelException"><c>UnknownOption</c>, <c>InvalidOption</c>, <c>OptionMissing</c>, <c>InvalidKeepPolicy</c>.</exception>
    public static EndpointOptions Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var options = new EndpointOptions { Workspace = "" };
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i][2..] : "";
            if (name == "detached")
            {
                options = options with { Detached = true };
                continue;
            }
            var set = s_options.FirstOrDefault(o => o.Name == name).Set ?? throw new FlywheelException("UnknownOption", FaultCategory.InvalidArgument,
                $"There is no option '{arguments[i]}'.", arguments[i], NearestName.Of(name, s_options.Select(o => o.Name)) is { } near ? $"Did you mean --{near}?" : $"Options: {string.Join(", ", s_options.Select(o => "--" + o.Name))}, --detached.");
            if (++i == arguments.Count) throw Invalid(name, "nothing", "a value");
            options = set(options, arguments[i]);
        }
        if (options.Workspace.Length == 0) throw new FlywheelException("OptionMissing", FaultCategory.InvalidArgument, "The workspace is not named.", "--workspace", "Give --workspace and the workspace's folder.");
        options.CheckAddress();
        return options;
    }

    /// <summary>Checks that the address is one.</summary>
    /// <exception cref="FlywheelException"><c>InvalidOption</c>.</exception>
    public void CheckAddress()
    {
        if (!IPAddress.TryParse(Address, out _)) throw Invalid("address", Address, "an IP address, such as 127.0.0.1, 0.0.0.0 or ::1");
    }

    static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Invalid(name, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));

    static TimeSpan Span(string value) =>
        TimeSpan.TryParseExact(value, "c", CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero ? span : throw Invalid("retention", value, "a time such as 30.00:00:00 (days.hours:minutes:seconds), or forever");

    static FlywheelException Invalid(string name, string value, string allowed) =>
        new("InvalidOption", FaultCategory.InvalidArgument, $"The option --{name} is '{value}'; it must be {allowed}.", value, $"Give --{name} {allowed}.");
}
