using System.Management.Automation;
using Flywheel.Engine.Endpoints;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Starts a process that answers predictions over HTTP with the version an alias points to, and waits until it answers.</para>
/// <para>It follows the alias: what is published or restored is in service within a second, without a request lost. Every answer is in the
/// catalogue before it is given. It goes on when the shell ends; Stop-FlywheelEndpoint stops it. It listens on this machine only, unless
/// -Address says otherwise, which demands a key (New-FlywheelEndpointKey). <c>/openapi.json</c> describes what it takes.</para>
/// </summary>
/// <example>
///   <code>Start-FlywheelEndpoint</code>
///   <para>Serves the alias production on port 7373 of this machine.</para>
/// </example>
/// <example>
///   <code>$endpoint = Start-FlywheelEndpoint -Port 0 -Keep uncertain:0.8 -Retention 7d -Challenger challenger</code>
///   <para>On a free port; keeps for a week the images it is less than 80 % sure of, and scores the challenger beside, unseen.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Start, "FlywheelEndpoint", SupportsShouldProcess = true)]
[OutputType(typeof(FlywheelEndpoint))]
public sealed class StartFlywheelEndpointCommand : FlywheelCommand
{
    /// <summary>The alias whose version answers.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AliasNameCompleter))]
    public string Alias { get; set; } = "production";

    /// <summary>The port to listen on; 0 for a free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int Port { get; set; } = 7373;

    /// <summary>The IP address to listen on. Any but this machine's own demands a key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Which images are kept as files: all, none, sampled:0.1 (a tenth, at random), uncertain:0.8 (answers below that confidence).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Keep { get; set; } = "all";

    /// <summary>How long kept images stay: a time span, or 7d, 12h, or forever. Images that were labelled meanwhile stay in any case.</summary>
    [Parameter]
    [ValidateNotNull]
    public RetentionReference Retention { get; set; } = new(TimeSpan.FromDays(30));

    /// <summary>An alias whose version is scored in shadow: recorded, never answered.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AliasNameCompleter))]
    public string? Challenger { get; set; }

    /// <summary>The dataset that images join.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "inbox";

    /// <summary>Most images in work at once; further requests are answered with 429 and told when to come back.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int MaxQueue { get; set; } = 256;

    /// <summary>Most images in one run of the network.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int MaxBatch { get; set; } = 32;

    /// <summary>Largest image, bytes.</summary>
    [Parameter]
    [ValidateRange(1024, 256 << 20)]
    public int MaxBytes { get; set; } = 10 << 20;

    /// <summary>Most pixels of an image.</summary>
    [Parameter]
    [ValidateRange(1024, 200_000_000)]
    public int MaxPixels { get; set; } = 16_000_000;

    /// <summary>Threads one run of the network may use; more help large networks only.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int Threads { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess($"{Address}, port {Port}", $"Serve the alias '{Alias}'")) return;
        RunInWorkspace((workspace, sink, token) => sink.Write(EndpointService.Start(workspace, new EndpointOptions
        {
            Workspace = workspace.Root,
            Alias = Alias,
            Challenger = Challenger,
            Address = Address,
            Port = Port,
            Dataset = Dataset,
            Keep = KeepPolicy.Parse(Keep),
            Retention = Retention.Span,
            MaxQueue = MaxQueue,
            MaxBatch = MaxBatch,
            MaxBytes = MaxBytes,
            MaxPixels = MaxPixels,
            Threads = Threads,
        }, token)));
    }
}
