namespace Flywheel.Engine.Loops.Definition;

static partial class LoopFile
{
    static LabelOptions? Label(MapBinder top, LoopBinding binding, List<DataSource> sources, TrainOptions? train, bool mines)
    {
        if (top.Map("label") is not { } map) return null;
        var faults = binding.Faults;
        var replay = map.Find("replay");
        var folder = map.FilePath("folder");
        var studio = map.Find("studio") is { } queue ? Name(queue, "label.studio", binding) : null;
        var start = Start(map, binding);
        map.End();
        if ((replay is null ? 0 : 1) + (map.Find("folder") is null ? 0 : 1) + (map.Find("studio") is null ? 0 : 1) != 1)
            faults.Add("LoopInvalidValue", "'label' needs exactly one of 'replay', 'folder' and 'studio'.", map.Node, "Write 'replay: <data source>' to replay known truth, 'folder: ./to-label' or 'studio: <queue>' to let people label.", "label", "label");
        string? from = null;
        if (replay is not null && binding.Text(replay, "label.replay", out _) is { } text)
        {
            from = sources.FirstOrDefault(s => s.Name == text)?.Name;
            if (from is null) Unknown(text, replay, "label.replay", sources.Select(s => s.Name), "data source", faults);
            else if (sources.First(s => s.Name == text).Unlabeled)
                faults.Add("LoopInvalidValue", $"'{text}' is unlabelled, so its truth cannot be replayed.", replay, "Name a source with labels, or write 'folder: …'.", text, "label.replay");
        }
        if (start is not null && replay is not null && sources.FirstOrDefault(s => s.Name == train?.Dataset) is { Unlabeled: true } unlabelled)
            faults.Add("LoopInvalidValue", $"'{unlabelled.Name}' is unlabelled, so its first labels cannot be replayed.", replay, "Let people label: 'folder: …' or 'studio: …'.", unlabelled.Name, "label.replay");
        if (!mines && start is null) faults.Add("LoopMissingKey", "'label' needs 'mine', which says how many production images to label, or 'start', which says how many to begin with.", map.Node, "Add 'mine: { budget: 80 }'.", "mine", "label");
        return new LabelOptions(from, folder, studio, start);
    }

    static StartLabels? Start(MapBinder map, LoopBinding binding)
    {
        var images = map.Integer("start", 10, 1_000_000);
        AutoLabels? auto = null;
        int? most = null;
        if (map.MapOrTrue("auto") is { } autoMap)
        {
            auto = new AutoLabels(autoMap.Number("precision", 0.5, 0.999) ?? 0.98, autoMap.Number("confidence", 0.5, 0.999) ?? 0.95);
            most = autoMap.Integer("most", 10, 1_000_000);
            autoMap.End();
            if (map.Find("start") is null)
                binding.Faults.Add("LoopMissingKey", "'label.auto' labels what people have not: it needs labels to begin with.", autoMap.Node, "Add 'start: 120', the images of the training data that people label first.", "start", "label.auto");
            else if (most < images)
                binding.Faults.Add("LoopInvalidValue", $"'label.auto.most' is {most}, less than the {images} labels it starts with.", autoMap.Find("most")!, "Give the most labels people shall be asked for.", most, "label.auto.most");
        }
        return images is { } n ? new StartLabels(n, most ?? n, auto) : null;
    }
}
