using System.Collections.Concurrent;
using Flywheel.Engine.Studio;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Server.Studio;

/// <summary>Lets the assistant learn in the background, a moment after answers to a queue came in.</summary>
sealed partial class StudioLearning(Workspace workspace, IStudioAssistant assistant, ILogger<StudioLearning> logger, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1);

    /// <summary>Somebody who labels without a pause is not waited for longer than this.</summary>
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, (DateTimeOffset First, DateTimeOffset Last)> _waiting = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Answers to this queue came in.</summary>
    public void Answered(string queue)
    {
        var now = time.GetUtcNow();
        _waiting.AddOrUpdate(queue, _ => (now, now), (_, w) => (w.First, now));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetUtcNow();
            foreach (var (name, (first, last)) in _waiting)
            {
                if (now - last < s_quiet && now - first < s_longest) continue;
                _waiting.TryRemove(name, out _);
                try
                {
                    if (workspace.Catalogue.FindQueue(name) is { } queue) assistant.Learned(queue, stoppingToken);
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
#pragma warning disable CA1031 // whatever goes wrong in it, people go on labelling without it
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Failed(e, name);
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The assistant could not learn from the queue {Queue}")]
    partial void Failed(Exception exception, string queue);
}
