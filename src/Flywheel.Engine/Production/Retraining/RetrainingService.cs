using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Decisions;

namespace Flywheel.Engine.Production.Retraining;

/// <summary>Asks whether to retrain, keeps the answer, and later says how it turned out.</summary>
public static class RetrainingService
{
    /// <summary>Kind of the stored reports.</summary>
    public const string ReportKind = "decision";

    /// <summary>The alias asked about when no model is named.</summary>
    public const string DefaultAlias = "production";

    static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a way that a rule forbids costs infinity
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Decides from what the workspace knows.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model in production.</param>
    /// <param name="request">Costs, rules and the rest.</param>
    /// <param name="reporter">Hears what is not known, and which cmdlet finds it out.</param>
    /// <param name="token">Obeyed between steps.</param>
    /// <exception cref="FlywheelException"><c>ProductionVolumeUnknown</c>; <c>CostOutOfRange</c>, <c>HorizonOutOfRange</c>, <c>RuleOutOfRange</c>.</exception>
    public static RetrainingDecision Decide(Workspace workspace, Model model, RetrainingRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        request.Costs.Validated();
        request.Rules.Validated();
        if (request.VolumePerDay is { } given && (!double.IsFinite(given) || given < 0))
            throw new FlywheelException("VolumeOutOfRange", FaultCategory.InvalidArgument, $"{given} production images per day.", given, "Give zero or more.");
        var now = request.Clock.GetUtcNow();
        var line = new ModelLine(workspace, model);
        var evidence = Evidence.Gather(workspace, line, request, now, token) with { PastGains = PastGains(workspace, line) };
        foreach (var missing in evidence.Missing) reporter.Warning(missing);
        token.ThrowIfCancellationRequested();
        var decision = RetrainingAdvisor.Decide(evidence, request.Costs, request.Rules, request.Seed) with
        {
            Id = Guid.CreateVersion7(now).ToString(),
            ModelId = model.Id,
            ModelName = model.Name,
            Time = now,
        };
        if (request.Store) workspace.Catalogue.AddReport(new StoredReport(decision.Id, ReportKind, model.Id, now, JsonSerializer.Serialize(decision, s_json)));
        return decision with { Workspace = workspace.Root };
    }

    /// <summary>Past decisions, oldest first, each with how it turned out as far as that was measured.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">Only about this model; null for all.</param>
    /// <param name="since">Only those made since then.</param>
    public static IReadOnlyList<RetrainingDecision> Decisions(Workspace workspace, Model? model = null, DateTimeOffset? since = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        // A decision's outcome depends on the next one: read all, then choose.
        var all = Stored(workspace);
        return [.. all.Where(d => (model is null || d.ModelId == model.Id) && (since is null || d.Time >= since))
            .Select(d => d with { Workspace = workspace.Root, Outcome = workspace.Catalogue.FindModel(d.ModelId) is { } about ? Outcome(workspace, new ModelLine(workspace, about), d, all) : null })];
    }

    /// <summary>The model in production, else the newest.</summary>
    /// <exception cref="FlywheelException"><c>NoModel</c>.</exception>
    public static Model DefaultModel(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (workspace.Catalogue.FindAlias(DefaultAlias) is { } alias) return workspace.GetModel(alias.ModelId);
        return workspace.Catalogue.Models() is { Count: > 0 } models ? models[^1]
            : throw new FlywheelException("NoModel", FaultCategory.InvalidOperation, $"The workspace '{workspace.Root}' has no model.", workspace.Root, "Train one with Invoke-FlywheelTraining.");
    }

    static List<RetrainingDecision> Stored(Workspace workspace) =>
        [.. workspace.Catalogue.Reports(ReportKind).Select(r => JsonSerializer.Deserialize<RetrainingDecision>(r.Json, s_json)!)];

    static List<PastGain> PastGains(Workspace workspace, ModelLine line)
    {
        var all = Stored(workspace);
        return [.. all.Where(d => line.Contains(d.ModelId)).Select(d => (d, o: Outcome(workspace, line.Of(d.ModelId), d, all))).Where(x => x.o is { } o && !double.IsNaN(o.Benefit))
            .Select(x => new PastGain(x.d.Id, x.d.Gain, x.o!.Gain))];
    }

    // The last decision before a training is judged by what the new model does in production; the others by how the old one went on.
    static RetrainingOutcome? Outcome(Workspace workspace, ModelLine line, RetrainingDecision decision, List<RetrainingDecision> all)
    {
        if (decision.Evidence.Accuracy is not { } before) return null;
        var next = all.Where(d => d.ModelId == decision.ModelId && d.Time > decision.Time).Select(d => (DateTimeOffset?)d.Time).Min();
        var successor = line.After(decision.Time);
        if (successor is not null && !(next < successor.Created))
        {
            var after = Measurement.Of(workspace, successor).FirstOrDefault(m => m.Accuracy is not null);
            return after is null ? null : DecisionReview.AfterTraining(decision, successor.Id, "performance", before, after.Accuracy!);
        }
        var end = decision.Time + decision.Costs.Horizon;
        var later = Measurement.Of(workspace, line.Model).LastOrDefault(m => m.Accuracy is not null && m.Time > decision.Time && m.Time <= end && !(successor?.Created < m.Time));
        return later is null ? null : DecisionReview.WhileWaiting(decision, decision.ModelId, "performance", before, later.Accuracy!, later.Time - decision.Time);
    }
}
