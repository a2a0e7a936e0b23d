using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Workspaces;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Access;

/// <summary>The workspace's keys, read again within a second of a change.</summary>
sealed partial class KeyRing : BackgroundService
{
    readonly Workspace _workspace;
    readonly ILogger<KeyRing> _logger;
    readonly TimeProvider _time;
    volatile EndpointKeys _keys;
    volatile bool _demanded;
    DateTime _written;

    public KeyRing(Workspace workspace, ILogger<KeyRing> logger, TimeProvider time)
    {
        _workspace = workspace;
        _logger = logger;
        _time = time;
        _written = Written();
        _keys = EndpointKeys.Load(workspace);
        _demanded = !_keys.IsEmpty;
    }

    /// <summary>True where a key is demanded: from the first key on, also when the last one was taken away.</summary>
    public bool IsDemanded => _demanded;

    /// <summary>The id of the key the request shows, if it allows the role; null where none is demanded. Answers with a problem otherwise.</summary>
    public async ValueTask<(bool Allowed, string? KeyId)> AdmitAsync(HttpContext context, EndpointRole? role)
    {
        if (!_demanded)
        {
            if (role == EndpointRole.Admin)
            {
                await Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "KeyNeeded", "This needs a key with the role admin.", "Make one with New-FlywheelEndpointKey -Role Admin.");
                return (false, null);
            }
            return (true, null);
        }
        var sent = context.Request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;
        var key = sent is null ? null : _keys.Check(sent, _time.GetUtcNow());
        if (key is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, "KeyNeeded", sent is null ? "This endpoint asks for a key." : "The key is not known, or has expired.", "Send a key of this workspace as 'Authorization: Bearer <key>'.");
            return (false, null);
        }
        if (role is { } needed && !key.Roles.Contains(needed) && !key.Roles.Contains(EndpointRole.Admin))
        {
            await Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "RoleNeeded", $"The key {key.Id} does not allow this.", $"Use a key with the role {needed.ToString().ToLowerInvariant()}.");
            return (false, null);
        }
        return (true, key.Id);
    }

    /// <summary>The key that was sent, or null if it opens nothing.</summary>
    public EndpointKey? Check(string key) => _keys.Check(key, _time.GetUtcNow());

    /// <summary>The key of that id, or null if there is none or it has expired.</summary>
    public EndpointKey? Find(string id) => _keys.All.FirstOrDefault(k => k.Id == id && !(k.Expires <= _time.GetUtcNow()));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var written = Written();
                if (written == _written) continue;
                _keys = EndpointKeys.Load(_workspace);
                _demanded |= !_keys.IsEmpty;
                _written = written;
            }
            catch (FlywheelException e)
            {
                Unreadable(e); // the keys that were read before go on
            }
        }
    }

    DateTime Written() => File.GetLastWriteTimeUtc(EndpointFiles.KeysOf(_workspace));

    [LoggerMessage(1, LogLevel.Error, "The keys cannot be read again; those read before stay in force")]
    partial void Unreadable(Exception exception);
}
