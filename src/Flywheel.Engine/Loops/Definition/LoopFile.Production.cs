using Flywheel.Engine.Registry.Gates;

namespace Flywheel.Engine.Loops.Definition;

/// <summary>The keys that concern a model in production.</summary>
static partial class LoopFile
{
    static SliceOptions? Slices(MapBinder mine)
    {
        if (mine.MapOrTrue("slices") is not { } map) return null;
        var options = new SliceOptions(map.Integer("conditions", 1, 3) ?? 3, map.Number("q", 0.0001, 0.5) ?? 0.05, map.Choice("against", "reference"));
        map.End();
        return options;
    }

    static RetrainOptions? Retrain(MapBinder top, LoopBinding binding)
    {
        if (top.Map("retrain") is not { } map) return null;
        RetrainWhen? when = null;
        if (map.Find("when") is YamlMap)
        {
            var inner = map.Map("when")!;
            var cost = inner.Map("cost");
            RetrainingCosts costs = new();
            RetrainingRules rules = new();
            costs = costs with
            {
                PerLabel = cost?.Number("perLabel", 0, 1e9) ?? costs.PerLabel,
                PerError = cost?.Number("perError", 0, 1e9) ?? costs.PerError,
                PerTraining = cost?.Number("perTraining", 0, 1e9) ?? costs.PerTraining,
                Horizon = inner.Duration("horizon") ?? costs.Horizon,
            };
            rules = rules with
            {
                Cooldown = inner.Duration("cooldown") ?? rules.Cooldown,
                MinimumLabels = inner.Integer("minimumLabels", 0, 1_000_000) ?? rules.MinimumLabels,
                Review = inner.Duration("review") ?? rules.Review,
                Labelling = inner.Duration("labelling") ?? rules.Labelling,
            };
            when = new RetrainWhen(costs, rules, inner.Number("volumePerDay", 0, 1e9));
            Demand(binding, inner.Node, "retrain.when", () => _ = (costs.Validated(), rules.Validated()));
            cost?.End();
            inner.End();
        }
        else if (map.Choice("when", "always", "worthwhile") == "worthwhile") when = new RetrainWhen(new(), new(), null);
        var options = new RetrainOptions(map.Integer("epochs", 1, 1000), when, map.Choice("augmentation", TrainOptions.Augmentations));
        map.End();
        if (top.Find("label") is null) binding.Faults.Add("LoopMissingKey", "'retrain' needs 'label': without new labels there is nothing to learn.", map.Node, "Add 'label: …' or remove 'retrain'.", "label", "retrain");
        if (when is not null && top.Find("watch") is null)
            binding.Faults.Add("LoopMissingKey", "'retrain.when' weighs what was seen in production, but nothing watches it.", map.Find("when")!, "Add 'watch: { drift: true, accuracy: true }', or write 'when: always'.", "watch", "retrain.when");
        return options;
    }

    static PublishOptions? Publish(MapBinder top, LoopBinding binding, ProveOptions? prove)
    {
        if (top.Map("publish") is not { } map) return null;
        var alias = Name(map.Find("alias"), "publish.alias", binding) ?? "production";
        var gate = new List<string>();
        foreach (var (text, node) in map.Texts("gate") ?? [])
        {
            if (Demand(binding, node, "publish.gate", () => GateParser.Parse(text))) gate.Add(text);
        }
        var cannotTell = map.Enum<CannotTellPolicy>("cannotTell") ?? CannotTellPolicy.Wait;
        var on = prove is { On.Count: > 0 } ? prove.On[0] : null;
        if (map.Find("on") is { } onNode && binding.Text(onNode, "publish.on", out _) is { } wanted && prove is not null)
        {
            on = prove.On.FirstOrDefault(t => t.ToString() == wanted);
            if (on is null) Unknown(wanted, onNode, "publish.on", prove.On.Select(t => t.ToString()), "entry of 'prove.on'", binding.Faults);
        }
        map.End();
        return on is null ? null : new PublishOptions(alias, gate, cannotTell, on);
    }

    static WatchOptions? Watch(MapBinder top, LoopBinding binding)
    {
        if (top.MapOrTrue("watch") is not { } map) return null;
        DriftOptions? drift = null;
        if (map.Find("drift") is not YamlScalar { Text: "false" } && (map.MapOrTrue("drift") ?? new MapBinder(binding, new YamlMap(map.Node.Line, map.Node.Column), "watch.drift")) is { } driftMap)
        {
            var falseAlarms = driftMap.Text("falseAlarms") ?? "1 per 30d";
            var every = driftMap.Duration("every") ?? TimeSpan.FromDays(1);
            var groupBy = driftMap.Text("groupBy");
            FalseAlarmBudget? budget = null;
            Demand(binding, driftMap.Find("falseAlarms") ?? driftMap.Node, "watch.drift.falseAlarms", () => budget = FalseAlarmBudget.Parse(falseAlarms, every));
            if (budget is not null) drift = new DriftOptions(budget, groupBy);
            driftMap.End();
        }
        double? halfWidth = 0.02;
        if (map.Find("accuracy") is YamlScalar) halfWidth = map.Flag("accuracy") == false ? null : halfWidth;
        else if (map.Map("accuracy") is { } accuracy)
        {
            halfWidth = accuracy.Number("halfWidth", 0.001, 0.5) ?? halfWidth;
            accuracy.End();
        }
        var options = new WatchOptions(map.Duration("since"), drift, halfWidth);
        map.End();
        if (top.Find("production") is null) binding.Faults.Add("LoopMissingKey", "'watch' needs to know what to watch.", map.Node, "Add 'production: <dataset>'.", "production", "watch");
        return options;
    }

    /// <summary>Lets a value's own rules judge it; what they say becomes a fault of the file.</summary>
    static bool Demand(LoopBinding binding, YamlNode at, string field, Action check)
    {
        try
        {
            check();
            return true;
        }
        catch (FlywheelException e)
        {
            binding.Faults.Add("LoopInvalidValue", $"'{field}': {e.Message}", at, e.RecommendedAction, e.Target, field);
            return false;
        }
    }
}
