namespace Flywheel.Engine.Loops.Definition;

/// <summary>The keys that concern a model in production.</summary>
static partial class LoopFile
{
    static SliceOptions? Slices(MapBinder mine)
    {
        if (mine.MapOrTrue("slices") is not { } map) return null;
        var options = new SliceOptions(map.Integer("conditions", 1, 3) ?? 3, map.Number("q", 0.0001, 0.5) ?? 0.05);
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
            when = new RetrainWhen(inner.Duration("cooldown"), inner.Integer("minimumLabels", 0, 1_000_000), cost?.Number("perLabel", 0, 1e9), cost?.Number("perError", 0, 1e9),
                cost?.Number("perTraining", 0, 1e9), inner.Duration("horizon"), inner.Number("volume", 0, 1e9));
            cost?.End();
            inner.End();
        }
        else if (map.Choice("when", "always", "worthwhile") == "worthwhile") when = new RetrainWhen(null, null, null, null, null, null, null);
        var options = new RetrainOptions(map.Integer("epochs", 1, 1000), when);
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
            // The expression's own column counts from the start of its text.
            if (GateFault(text) is { } fault) binding.Faults.Add("LoopInvalidValue", $"The gate '{text}' is not an expression: {fault.Message}", node, fault.RecommendedAction ?? "Write for example 'accuracy >= champion - 0.005'.", text, "publish.gate");
            else gate.Add(text);
        }
        var cannotTell = map.Choice("cannotTell", "fail", "pass", "wait") ?? "fail";
        var on = prove?.On.FirstOrDefault();
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
            drift = new DriftOptions(driftMap.Text("falseAlarms") ?? "1 per 30d", driftMap.Duration("every") ?? TimeSpan.FromDays(1), driftMap.Text("groupBy"));
            if (BudgetFault(drift.FalseAlarms) is { } fault) binding.Invalid(driftMap.Find("falseAlarms")!, "watch.drift.falseAlarms", drift.FalseAlarms, fault);
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
}
