using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Loops.Stages;
using Flywheel.Engine.Registry;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Loops;

/// <summary>Runs loops and tells of earlier runs.</summary>
public static class LoopService
{
    /// <summary>File in a run's folder with its <see cref="LoopResult"/>.</summary>
    const string ResultFile = "result.json";

    /// <summary>
    /// Turns the wheel once: every stage in order, those whose inputs have not changed skipped. Killed at any moment, the next run
    /// goes on from the last stage that was done.
    /// </summary>
    /// <param name="request">Which loop.</param>
    /// <param name="reporter">Gets progress, a line for every stage, and every fault of the file.</param>
    /// <param name="token">Stops the run; the journal says so and the state stays consistent.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <exception cref="FlywheelException"><c>LoopInvalid</c>: the file has faults, each of which was reported; nothing ran.
    /// <c>LoopFileNotFound</c>. <c>InvalidModelName</c>: the loop's name cannot be a model's. <c>WorkspaceBusy</c>: another run holds the workspace. Whatever a stage raises.</exception>
    public static LoopResult Run(LoopRequest request, IReporter reporter, CancellationToken token, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        time ??= TimeProvider.System;
        var loop = Read(request, reporter);
        var started = time.GetUtcNow();
        var clock = time.GetTimestamp();
        using var workspace = Workspaces.Workspace.Create(RootOf(loop, request));
        RegistryNames.DemandModel(workspace, loop.Name); // the last model gets it, after all the work
        var runId = string.Create(CultureInfo.InvariantCulture, $"{started.UtcDateTime:yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2))}");
        using var held = LoopLock.Take(workspace.StatePath, runId, time);
        var folder = Path.Combine(workspace.RunsPath, runId);
        using var journal = new LoopJournal(folder, time);
        journal.Write("start", ("run", runId), ("loop", loop.Name), ("definition", loop.File), ("definitionHash", LoopState.Hash(File.ReadAllText(loop.File))), ("process", Environment.ProcessId), ("workspace", workspace.Root));

        var stages = LoopStages.Of(loop);
        var runner = new LoopRunner(stages, time);
        var inner = new StageReporter(reporter, journal, runner.Hear);
        var context = new LoopContext(workspace, LoopState.Load(LoopState.PathOf(workspace.StatePath, loop.Name), reporter), runId, folder, inner, token);
        try
        {
            var status = runner.Run(context, journal, inner, reporter, $"Loop {loop.Name}", request.Force);
            var result = Result(loop, context, status, started, time.GetElapsedTime(clock));
            AtomicFile.Write(Path.Combine(folder, ResultFile), JsonSerializer.Serialize(result, LoopJson.Readable));
            journal.Write("end", ("status", status), ("exitCode", result.ExitCode), ("message", result.Message), ("report", result.ReportPath), ("seconds", result.Duration.TotalSeconds));
            return result;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            journal.Write("cancelled", ("status", LoopStatus.Cancelled), ("message", "stopped by the user; the next run goes on from here"), ("seconds", time.GetElapsedTime(clock).TotalSeconds));
            throw;
        }
        catch (Exception e)
        {
            journal.Write("end", ("status", LoopStatus.Failed), ("exitCode", 1), ("message", e.Message), ("seconds", time.GetElapsedTime(clock).TotalSeconds));
            throw;
        }
    }

    /// <summary>What <see cref="Run"/> would do. Writes nothing and makes no workspace.</summary>
    /// <exception cref="FlywheelException">As <see cref="Run"/>, but never <c>WorkspaceBusy</c>.</exception>
    public static IReadOnlyList<PlannedStage> Plan(LoopRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var loop = Read(request, reporter);
        var root = RootOf(loop, request);
        var runner = new LoopRunner(LoopStages.Of(loop), TimeProvider.System);
        if (!Workspaces.Workspace.Exists(root)) return runner.Plan(new LoopContext(null, LoopState.Empty(), "plan", "", reporter, token), request.Force);
        using var workspace = Workspaces.Workspace.Open(root);
        RegistryNames.DemandModel(workspace, loop.Name);
        return runner.Plan(new LoopContext(workspace, LoopState.Load(LoopState.PathOf(workspace.StatePath, loop.Name), reporter), "plan", "", reporter, token), request.Force);
    }

    /// <summary>The runs of a workspace, newest first.</summary>
    public static IEnumerable<LoopRun> Runs(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (!Directory.Exists(workspace.RunsPath)) yield break;
        var held = LoopLock.HeldBy(workspace.StatePath);
        foreach (var folder in Directory.GetDirectories(workspace.RunsPath).OrderByDescending(f => f, StringComparer.Ordinal))
            if (LoopJournal.Read(folder) is { Count: > 0 } events) yield return FromJournal(workspace, folder, events, held == Path.GetFileName(folder));
    }

    /// <summary>What a run wrote when it came to its end; null if it has not, or if the file cannot be read.</summary>
    /// <param name="run">The run.</param>
    /// <param name="fault">Hears of a file that cannot be read.</param>
    public static LoopResult? FindResult(LoopRun run, Action<string>? fault = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        var file = Path.Combine(run.Path, ResultFile);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<LoopResult>(File.ReadAllText(file), LoopJson.Readable) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            fault?.Invoke($"'{file}' cannot be read and is left out: {e.Message}");
            return null;
        }
    }

    static LoopDefinition Read(LoopRequest request, IReporter reporter)
    {
        var (loop, faults) = LoopFile.Read(request.Path, request.Variables, request.CurrentFolder);
        if (loop is not null) return loop;
        if (faults is [{ Location: null } only]) throw only; // the file itself is the trouble
        foreach (var fault in faults) reporter.Fault(fault);
        throw new FlywheelException("LoopInvalid", FaultCategory.InvalidData, string.Create(CultureInfo.InvariantCulture, $"The loop '{request.Path}' has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}; nothing ran. The first: {faults[0].Message}"), request.Path,
            faults[0].RecommendedAction, faults[0].Location);
    }

    static string RootOf(LoopDefinition loop, LoopRequest request)
    {
        var folder = Path.GetDirectoryName(loop.File)!;
        return request.Workspace ?? loop.Workspace ?? Workspaces.Workspace.Find(folder) ?? folder;
    }

    static LoopResult Result(LoopDefinition loop, LoopContext context, LoopStatus status, DateTimeOffset started, TimeSpan duration)
    {
        var proved = context.Results.Exists(r => r.Name == StageNames.Prove && r.Status is StageStatus.Done or StageStatus.Skipped);
        var arms = proved ? context.Output<ProveOutput>(StageNames.Prove).Arms : [];
        var start = arms.FirstOrDefault(a => a.Key == "start");
        var last = arms.Count > 0 ? arms[^1] : null;
        var turned = last is not null && last != start;
        return new LoopResult
        {
            RunId = context.RunId,
            Name = loop.Name,
            Definition = loop.File,
            Workspace = context.Workspace.Root,
            Status = status,
            Message = status == LoopStatus.WaitingForPeople ? context.Results.First(r => r.Status == StageStatus.Waiting).Summary
                : status == LoopStatus.GateFailed ? context.Results.First(r => r.Status == StageStatus.GateFailed).Summary
                : (context.Results.Find(r => r.Name == StageNames.Prove) ?? context.Results[^1]).Summary, // a turn that ended early says why
            Stages = [.. context.Results],
            Arms = arms,
            Before = turned ? start!.Evaluations[0] : null,
            After = last?.Evaluations[0],
            Comparison = turned ? last!.AgainstStart : null,
            ReportPath = context.Results.Exists(r => r.Name == StageNames.Report && r.Status is StageStatus.Done or StageStatus.Skipped) ? context.Output<ReportOutput>(StageNames.Report).Path : null,
            Started = started,
            Duration = duration,
        };
    }

    static LoopRun FromJournal(Workspace workspace, string folder, IReadOnlyList<JsonElement> events, bool alive)
    {
        static string Text(JsonElement e, string key) => e.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        static TimeSpan Seconds(JsonElement e) => e.TryGetProperty("seconds", out var value) && value.TryGetDouble(out var s) ? TimeSpan.FromSeconds(s) : TimeSpan.Zero;
        var stages = new List<StageResult>();
        var open = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var e in events)
        {
            var name = Text(e, "stage");
            switch (Text(e, "event"))
            {
                case "stage-start": open[name] = Text(e, "why"); break;
                case "stage-skipped": stages.Add(new StageResult(name, StageStatus.Skipped, TimeSpan.Zero, Text(e, "summary"), Text(e, "why"))); break;
                case "stage-done": Close(StageStatus.Done, Text(e, "summary")); break;
                case "stage-waiting": Close(StageStatus.Waiting, Text(e, "summary")); break;
                case "gate-failed": Close(StageStatus.GateFailed, Text(e, "summary")); break;
                case "stage-failed": Close(StageStatus.Failed, Text(e, "message")); break;
            }

            void Close(StageStatus status, string summary)
            {
                open.Remove(name, out var why);
                stages.Add(new StageResult(name, status, Seconds(e), summary, why ?? ""));
            }
        }
        var first = events[0];
        var last = events[^1];
        var ended = Text(last, "event") is "end" or "cancelled";
        var started = first.GetProperty("time").GetDateTimeOffset();
        var until = last.GetProperty("time").GetDateTimeOffset();
        foreach (var (name, why) in open)
            stages.Add(new StageResult(name, alive && !ended ? StageStatus.Running : StageStatus.Cancelled, TimeSpan.Zero, alive && !ended ? "under way" : ended ? "stopped" : "cut off", why));
        return new LoopRun
        {
            Id = Path.GetFileName(folder),
            Name = Text(first, "loop"),
            Definition = Text(first, "definition"),
            Status = ended && Enum.TryParse<LoopStatus>(Text(last, "status"), true, out var status) ? status : alive ? LoopStatus.Running : LoopStatus.Interrupted,
            Message = ended ? Text(last, "message") : "",
            Stages = stages,
            Started = started,
            Ended = ended ? until : null,
            Duration = until - started,
            ReportPath = Text(last, "report") is { Length: > 0 } report ? report : null,
            Path = folder,
            Workspace = workspace.Root,
        };
    }
}
