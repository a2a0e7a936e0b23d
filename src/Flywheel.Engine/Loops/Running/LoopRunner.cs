using System.Globalization;
using System.Text.Json;

namespace Flywheel.Engine.Loops.Running;

/// <summary>Runs stages in order, skips those whose inputs have not changed, and writes the journal. Knows nothing of what stages do.</summary>
sealed class LoopRunner(IReadOnlyList<ILoopStage> stages, TimeProvider time)
{
    /// <summary>What a run would do. Nothing is written.</summary>
    public IReadOnlyList<PlannedStage> Plan(LoopContext context, bool force)
    {
        var plan = new List<PlannedStage>();
        var running = new HashSet<string>(StringComparer.Ordinal);
        foreach (var stage in stages)
        {
            var (run, why) = Decide(stage, context, force, running, out _);
            if (run) running.Add(stage.Name);
            TimeSpan? estimate = context.State.Find(stage.Name) is { Seconds: > 0 } last ? TimeSpan.FromSeconds(last.Seconds) : stage.Estimate;
            plan.Add(new PlannedStage(plan.Count + 1, stage.Name, run, why, stage.What, run ? stage.ImagesToLabel : 0, run ? estimate : TimeSpan.Zero));
        }
        return plan;
    }

    /// <summary>Runs to the end, to a stage that ends the turn, to a wait, or to a fault.</summary>
    /// <returns>The status; a failing stage's exception and cancellation pass through after the journal has them.</returns>
    public LoopStatus Run(LoopContext context, LoopJournal journal, StageReporter reporter, IReporter outer, string title, bool force)
    {
        var plan = Plan(context, force);
        var expected = plan.Select(p => p.Estimate?.TotalSeconds ?? 1).ToArray();
        var status = LoopStatus.Done;
        for (var i = 0; i < stages.Count; i++)
        {
            var stage = stages[i];
            context.Token.ThrowIfCancellationRequested();
            reporter.Stage = stage.Name;
            Meter(outer, title, i, expected, null, 0);
            // What an earlier stage made anew may equal what it made before; only now the inputs are known, so decide again.
            var (run, why) = Decide(stage, context, force, null, out var inputs);
            var number = string.Create(CultureInfo.InvariantCulture, $"[{i + 1}/{stages.Count}]");
            if (!run)
            {
                var kept = context.State.Find(stage.Name)!;
                journal.Write("stage-skipped", ("stage", stage.Name), ("why", why), ("summary", kept.Summary), ("madeBy", kept.RunId));
                context.Results.Add(new StageResult(stage.Name, StageStatus.Skipped, TimeSpan.Zero, kept.Summary, why));
                outer.Information($"{number} {stage.Name}: {why}: {kept.Summary}");
                continue;
            }

            journal.Write("stage-start", ("stage", stage.Name), ("why", why), ("inputs", inputs));
            var start = time.GetTimestamp();
            using var progress = new Timekeeper(p => Meter(outer, title, i, expected, p, time.GetElapsedTime(start).TotalSeconds));
            StageOutcome outcome;
            try
            {
                Current = progress;
                outcome = stage.Run(context);
                context.Token.ThrowIfCancellationRequested(); // an interrupted training hands back its best so far, which is no finished stage
            }
            catch (Exception e)
            {
                var cancelled = e is OperationCanceledException && context.Token.IsCancellationRequested;
                var seconds = time.GetElapsedTime(start);
                context.Results.Add(new StageResult(stage.Name, cancelled ? StageStatus.Cancelled : StageStatus.Failed, seconds, cancelled ? "stopped by the user" : e.Message, why));
                if (!cancelled)
                    journal.Write("stage-failed", ("stage", stage.Name), ("errorId", (e as FlywheelException)?.ErrorId ?? e.GetType().Name), ("message", e.Message),
                        ("location", (e as FlywheelException)?.Location?.ToString()), ("action", (e as FlywheelException)?.RecommendedAction), ("seconds", seconds.TotalSeconds));
                throw;
            }
            finally
            {
                Current = null;
            }
            var took = time.GetElapsedTime(start);
            if (outcome.Status is StageStatus.Done)
            {
                context.State.Save(stage.Name, new StageRecord
                {
                    Fingerprint = LoopState.Fingerprint(inputs),
                    Inputs = inputs,
                    Output = outcome.Output is null ? null : JsonSerializer.SerializeToElement(outcome.Output, outcome.Output.GetType(), LoopJson.Options),
                    Summary = outcome.Summary,
                    Seconds = took.TotalSeconds,
                    RunId = context.RunId,
                    Finished = time.GetUtcNow(),
                });
            }
            else if (outcome.Output is not null) context.NotKept[stage.Name] = outcome.Output;
            journal.Write(outcome.Status switch { StageStatus.Waiting => "stage-waiting", StageStatus.GateFailed => "gate-failed", _ => "stage-done" },
                ("stage", stage.Name), ("seconds", took.TotalSeconds), ("summary", outcome.Summary), ("metrics", outcome.Metrics.Count > 0 ? outcome.Metrics : null), ("output", outcome.Output));
            context.Results.Add(new StageResult(stage.Name, outcome.Status, took, outcome.Summary, why));
            outer.Information(string.Create(CultureInfo.InvariantCulture, $"{number} {stage.Name}: {outcome.Summary} ({took.TotalSeconds:0.0} s)"));
            if (outcome.Status == StageStatus.Waiting)
            {
                status = LoopStatus.WaitingForPeople;
                if (!outcome.GoesOn) break;
            }
            if (outcome.Status == StageStatus.GateFailed) status = LoopStatus.GateFailed;
            if (outcome.EndsTurn) break;
        }
        outer.Progress(new ProgressInfo(title, "done", 1, 1, TimeSpan.Zero, true, StageReporter.LoopActivity));
        return status;
    }

    Timekeeper? Current { get; set; }

    /// <summary>Hears the progress of the stage under way, so that the loop's own estimate follows it.</summary>
    public void Hear(ProgressInfo progress) => Current?.Hear(progress);

    static (bool Run, string Why) Decide(ILoopStage stage, LoopContext context, bool force, HashSet<string>? planned, out IReadOnlyDictionary<string, string> inputs)
    {
        inputs = new Dictionary<string, string>();
        var last = context.State.Find(stage.Name);
        if (planned is not null)
        {
            // In a plan the outputs of a stage that would run are not known yet, and neither are the inputs of those that read them.
            if (stage.Needs.FirstOrDefault(planned.Contains) is { } first) return (true, last is null ? "it has not run yet" : $"'{first}' runs before it");
            if (last is null && !stage.AlwaysRuns) return (true, "it has not run yet");
        }
        if (stage.AlwaysRuns) return (true, "it belongs to every run");
        inputs = stage.Inputs(context);
        if (force) return (true, "all stages were asked for");
        if (last is null) return (true, "it has not run yet");
        if (LoopState.Fingerprint(inputs) != last.Fingerprint)
        {
            var now = inputs;
            var changed = now.Where(p => last.Inputs.GetValueOrDefault(p.Key) != p.Value).Select(p => p.Key)
                .Concat(last.Inputs.Keys.Where(k => !now.ContainsKey(k))).Order(StringComparer.Ordinal).ToArray();
            return (true, $"changed: {string.Join(", ", changed)}");
        }
        return stage.OutputsExist(context) ? (false, "unchanged") : (true, "what it made is gone");
    }

    void Meter(IReporter outer, string title, int index, double[] expected, ProgressInfo? inner, double elapsed)
    {
        var share = inner is { Total: > 0 } known ? Math.Clamp((double)known.Done / known.Total.Value, 0, 1) : 0;
        var here = inner?.Remaining?.TotalSeconds ?? Math.Max(0, expected[index] - elapsed);
        var later = 0.0;
        for (var i = index + 1; i < expected.Length; i++) later += expected[i];
        var before = share * expected[index];
        for (var i = 0; i < index; i++) before += expected[i];
        outer.Progress(new ProgressInfo(title, string.Create(CultureInfo.InvariantCulture, $"stage {index + 1} of {stages.Count}: {stages[index].Name}"),
            (long)(before * 1000), (long)(expected.Sum() * 1000) + 1, TimeSpan.FromSeconds(here + later), false, StageReporter.LoopActivity));
    }

    sealed class Timekeeper(Action<ProgressInfo> report) : IDisposable
    {
        long _last = Environment.TickCount64;
        volatile bool _ended;

        public void Hear(ProgressInfo progress)
        {
            if (_ended || Environment.TickCount64 - Interlocked.Read(ref _last) < 500) return;
            Interlocked.Exchange(ref _last, Environment.TickCount64);
            report(progress);
        }

        public void Dispose() => _ended = true;
    }
}
