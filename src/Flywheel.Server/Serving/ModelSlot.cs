using Flywheel.Engine.Workspaces;
using Flywheel.Server.Observing;

namespace Flywheel.Server.Serving;

/// <summary>
/// The place of the version in service. It looks at the alias five times a second, loads what it points to beside the one that answers,
/// and changes them in one step. A version that is damaged or does not run is refused, and the one before goes on.
/// </summary>
sealed partial class ModelSlot : BackgroundService
{
    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan s_again = TimeSpan.FromSeconds(5);

    readonly Workspace _workspace;
    readonly int _threads;
    readonly Metrics _metrics;
    readonly ILogger _logger;
    readonly TimeProvider _time;
    readonly Lock _change = new();
    ServedModel? _current;
    ModelAlias? _refused;
    DateTimeOffset _tried;

    public ModelSlot(Workspace workspace, string alias, int threads, Metrics metrics, ILogger<ModelSlot> logger, TimeProvider time)
    {
        _workspace = workspace;
        Alias = alias;
        _threads = threads;
        _metrics = metrics;
        _logger = logger;
        _time = time;
    }

    /// <summary>The alias it follows.</summary>
    public string Alias { get; }

    /// <summary>Why the version the alias points to is not in service, or null.</summary>
    public FlywheelException? Refusal { get; private set; }

    /// <summary>The alias of the version in service, and its model; null while there is none.</summary>
    public (ModelAlias Alias, Model Model)? Current => Volatile.Read(ref _current) is { } model ? (model.Alias, model.Model) : null;

    /// <summary>The version in service, not to be disposed before it is released; null while there is none.</summary>
    public ServedModel? Lease()
    {
        while (Volatile.Read(ref _current) is { } model)
            if (model.TryLease()) return model;
        return null;
    }

    /// <summary>Brings into service what the alias points to now.</summary>
    public void Look()
    {
        lock (_change)
        {
            ModelAlias? alias;
            try
            {
                alias = _workspace.Catalogue.FindAlias(Alias);
            }
            catch (FlywheelException e)
            {
                Unreadable(Alias, e);
                return;
            }
            if (alias is null)
            {
                if (Refusal?.ErrorId == "AliasNotFound") return;
                Refusal = new FlywheelException("AliasNotFound", FaultCategory.NotFound, $"There is no alias '{Alias}'.", Alias, $"Publish a model: Publish-FlywheelModel -Alias {Alias}");
                Gone(Alias);
                return;
            }
            if (alias.Version == _current?.Alias.Version)
            {
                // Also: back where it was before a version was refused.
                (Refusal, _refused) = (null, null);
                return;
            }
            if (alias == _refused && _time.GetUtcNow() - _tried < s_again) return;
            _tried = _time.GetUtcNow();
            try
            {
                var loaded = ServedModel.Load(_workspace.Catalogue, alias, _threads);
                var before = Interlocked.Exchange(ref _current, loaded);
                before?.Release();
                (Refusal, _refused) = (null, null);
                _metrics.Loads.Add(Alias, "loaded");
                InService(Alias, alias.Version, loaded.Model.Name, loaded.Model.Id);
            }
#pragma warning disable CA1031 // whatever a damaged version does, the one in service goes on
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (alias != _refused)
                {
                    _metrics.Loads.Add(Alias, "refused");
                    Refuse(Alias, alias.Version, _current is null ? "nothing" : $"version {_current.Alias.Version}", e.Message);
                }
                Refusal = e as FlywheelException ?? new FlywheelException("ModelFileInvalid", FaultCategory.InvalidData, e.Message, alias.Version, inner: e);
                _refused = alias;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_look, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    public override void Dispose()
    {
        Interlocked.Exchange(ref _current, null)?.Release();
        base.Dispose();
    }

    [LoggerMessage(1, LogLevel.Information, "{Alias}: version {Version} is in service ({Model}, {ModelId})")]
    partial void InService(string alias, int version, string model, string modelId);

    [LoggerMessage(2, LogLevel.Error, "{Alias}: version {Version} was refused, {Stays} stays in service: {Reason}")]
    partial void Refuse(string alias, int version, string stays, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Alias}: there is no such alias")]
    partial void Gone(string alias);

    [LoggerMessage(4, LogLevel.Warning, "{Alias}: the alias cannot be read now")]
    partial void Unreadable(string alias, Exception exception);
}
