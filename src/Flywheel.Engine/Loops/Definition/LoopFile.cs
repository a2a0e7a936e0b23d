using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Flywheel.Engine.Loops.Definition;

/// <summary>Reads and checks a loop file as a whole; nothing runs while any fault stands.</summary>
static partial class LoopFile
{
    const int MaxBytes = 1 << 20;

    /// <summary>Controls that are trainings of another kind; every other control is a selection strategy.</summary>
    public const string PlainControl = "plain";

    /// <summary>Prefix of a strategy's control that learns from labels alone, going on from the start model: the usual practice.</summary>
    public const string LabelsOnlyControl = "labels-";

    /// <summary>The definition, or null with every fault in reading order.</summary>
    /// <param name="file">The file.</param>
    /// <param name="variables">Values for <c>${NAME}</c>; they win over the environment.</param>
    /// <param name="currentFolder">Where the user stands.</param>
    /// <param name="environment">Looks up an environment variable; the process's own when null.</param>
    public static (LoopDefinition? Definition, IReadOnlyList<FlywheelException> Faults) Read(
        string file, IReadOnlyDictionary<string, string>? variables = null, string? currentFolder = null, Func<string, string?>? environment = null)
    {
        file = Path.GetFullPath(file);
        var faults = new FaultList(file);
        string text;
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
                return (null, [new FlywheelException("LoopFileNotFound", FaultCategory.NotFound, $"There is no loop file '{file}'.", file, "Check the path.")]);
            if (info.Length > MaxBytes)
                return (null, [new FlywheelException("LoopFileTooLarge", FaultCategory.LimitsExceeded, $"The loop file '{file}' has {info.Length:N0} bytes; at most {MaxBytes:N0} are read.", file, "A loop is a page of text; is this the right file?")]);
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF');
        }
        catch (ArgumentException e)
        {
            return (null, [new FlywheelException("LoopSyntax", FaultCategory.InvalidData, $"The loop file '{file}' is not UTF-8 text.", file, "Save it as UTF-8.", new SourceLocation(file), e)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, [new FlywheelException("LoopFileUnreadable", FaultCategory.ReadError, $"The loop file '{file}' cannot be read: {e.Message}", file, "Check that it may be read.", inner: e)]);
        }

        if (YamlReader.Read(text, faults) is not { } root) return (null, faults.Faults);
        if (root is not YamlMap map)
        {
            faults.Add("LoopSyntax", $"A loop is a mapping of keys to values, not {root.Kind}.", root, "Begin with 'flywheel: 1'.");
            return (null, faults.Faults);
        }
        var folder = Path.GetDirectoryName(file)!;
        var binding = new LoopBinding(faults, new VariableSet(variables ?? ImmutableDictionary<string, string>.Empty, environment ?? Environment.GetEnvironmentVariable), folder, currentFolder ?? folder);
        var definition = Bind(file, folder, new MapBinder(binding, map, ""), binding);
        return faults.Count == 0 ? (definition, []) : (null, faults.Faults);
    }

    static LoopDefinition? Bind(string file, string folder, MapBinder top, LoopBinding binding)
    {
        var faults = binding.Faults;
        if (top.Require("flywheel") is { } version && binding.Text(version, "flywheel", out _) is { } number && number != "1")
            binding.Invalid(version, "flywheel", number, "1, the version of this format");
        var name = Name(top.Require("name"), "name", binding);
        top.Choice("task", "classification");
        var labelNodes = top.Texts("labels");
        var labels = labelNodes?.Select(l => l.Text).ToArray() ?? [];
        if (labelNodes is not null)
        {
            foreach (var twice in labelNodes.GroupBy(l => l.Text).Where(g => g.Count() > 1))
                faults.Add("LoopInvalidValue", $"The label '{twice.Key}' is listed twice.", twice.Last().Node, "List each label once.", twice.Key, "labels");
            if (labels.Length == 1) faults.Add("LoopInvalidValue", "'labels' names only one label.", labelNodes[0].Node, "A classifier needs at least two.", labels[0], "labels");
        }
        var workspace = top.FilePath("workspace");
        var seed = top.Integer("seed", 0, int.MaxValue) ?? 1;

        var sources = new List<DataSource>();
        var places = new Dictionary<string, YamlNode>(StringComparer.Ordinal); // where each dataset is defined
        if (top.Map("data", required: true) is { } data)
        {
            foreach (var (key, value) in data.All())
            {
                var id = Name(key, "data", binding);
                if (binding.Map(value, data.Of(key.Text)) is not { } entry || id is null) continue;
                if (Source(id, entry, binding, labels) is not { } source) continue;
                sources.Add(source);
                Define(id, key, places, faults);
                foreach (var part in source.Divide?.Parts ?? []) Define(part.Name, entry.Find("divide")!, places, faults);
            }
            data.End();
            if (data.Node.Entries.Count == 0) faults.Add("LoopMissingKey", "'data' names no dataset.", data.Node, "Add at least one: 'mine: { path: ./folder }'.", "data", "data");
        }

        foreach (var twice in sources.Where(s => s.Sample is not null).GroupBy(s => s.Sample).Where(g => g.Count() > 1))
            faults.Add("LoopInvalidValue", $"The sample '{twice.Key}' is drawn for two datasets.", places[twice.Last().Name], "Draw each sample set once.", twice.Key, "data");

        string? Dataset(MapBinder map, string key, bool required)
        {
            var node = required ? map.Require(key) : map.Find(key);
            return node is null ? null : Reference(node, map.Of(key), binding, places);
        }

        var startNode = top.Find("label") is YamlMap { Entries: var labelEntries } ? labelEntries.FirstOrDefault(e => e.Key.Text == "start").Value : null;
        var train = Train(top, sources, binding, Dataset, startNode is not null);
        var production = Dataset(top, "production", false);
        var productionNode = production is null ? null : top.Find("production");

        AdaptOptions? adapt = null;
        if (top.Find("adapt") is { } adaptNode)
        {
            if (adaptNode is YamlMap)
            {
                var options = binding.Map(adaptNode, "adapt")!;
                adapt = new AdaptOptions(options.Integer("epochs", 1, 1000), options.Choice("augmentation", TrainOptions.Augmentations));
                options.End();
            }
            else if (top.Flag("adapt") == true) adapt = new AdaptOptions(null);
            if (adapt is not null && production is null && top.Find("production") is null)
                faults.Add("LoopMissingKey", "'adapt' needs to know what to adapt to.", adaptNode, "Add 'production: <dataset>'.", "production", "adapt");
        }

        MineOptions? mine = null;
        if (top.Map("mine") is { } mineMap)
        {
            mine = new MineOptions(mineMap.Integer("failures", 1, 1000) ?? 48, mineMap.Integer("budget", 1, 1_000_000) ?? 80, mineMap.Enum<SelectionStrategy>("strategy") ?? SelectionStrategy.Auto, Slices(mineMap));
            mineMap.End();
            if (top.Find("production") is null) faults.Add("LoopMissingKey", "'mine' needs to know where failures are looked for.", mineMap.Node, "Add 'production: <dataset>'.", "production", "mine");
        }

        var label = Label(top, binding, sources, train, mine is not null);
        foreach (var source in sources.Where(s => s is { Split: not null, Unlabeled: true } && !(label?.Start is not null && s.Name == train?.Dataset)))
            faults.Add("LoopInvalidValue", $"data.{source.Name} is unlabelled and needs no split.", places[source.Name], "Remove 'split' or 'unlabeled'.", source.Name, $"data.{source.Name}.split");

        var retrain = Retrain(top, binding) ?? new RetrainOptions();

        string[] controlNames = [PlainControl, .. Enum.GetNames<SelectionStrategy>().Where(s => s != nameof(SelectionStrategy.Audit)).SelectMany(s => new[] { s.ToLowerInvariant(), LabelsOnlyControl + s.ToLowerInvariant() })];
        var controls = new List<string>();
        foreach (var (text, node) in top.Texts("controls") ?? [])
        {
            if (binding.Choice(node, "controls", controlNames) is not { } control) continue;
            if (controls.Contains(control)) faults.Add("LoopInvalidValue", $"The control '{control}' is listed twice.", node, "List each once.", text, "controls");
            else controls.Add(control);
            if (control != PlainControl && label is { Replay: null })
                faults.Add("LoopInvalidValue", $"The control '{control}' needs labels of its own, which only 'label: {{ replay: … }}' has.", node, "Remove it, or replay labels.", text, "controls");
            else if (control != PlainControl && label is null)
                faults.Add("LoopMissingKey", $"The control '{control}' chooses images to label, but there is no 'label'.", node, "Add 'label: { replay: … }' or remove the control.", "label", "controls");
            else if (control.StartsWith(LabelsOnlyControl, StringComparison.Ordinal) && adapt is null)
                faults.Add("LoopInvalidValue", $"The control '{control}' leaves adaptation out, but the loop does not adapt.", node, $"Use '{control[LabelsOnlyControl.Length..]}', or add 'adapt: true'.", text, "controls");
            else if (control != PlainControl && mine?.Strategy.ToString().Equals(control, StringComparison.OrdinalIgnoreCase) == true)
                faults.Add("LoopInvalidValue", $"The control '{control}' is what 'mine.strategy' does already.", node, "Remove it.", text, "controls");
        }

        var prove = Prove(top, binding, places, sources, train, production, startNode is not null);
        var publish = Publish(top, binding, prove);
        if (publish is not null && publish.Alias == name)
            faults.Add("LoopInvalidValue", $"'{name}' is the name of the loop, which its models get, and of the alias they are published under: it would not be clear which is meant.", top.Find("name")!, "Give the loop or the alias another name.", name, "name");
        var watch = Watch(top, binding);
        var report = top.FilePath("report") ?? Path.Combine(folder, "report");
        top.End();

        if (production is not null && sources.First(s => s.Name == production || s.Divide?.Parts.Any(p => p.Name == production) == true) is { Limit: not null } limited)
            faults.Add("LoopInvalidValue", $"data.{limited.Name} limits images per label, but its labels are withheld because '{production}' is met in production.", productionNode!, "Remove the limit.", production, "production");
        if (production is not null && train is not null && production == train.Dataset)
            faults.Add("LoopInvalidValue", $"'{production}' is trained on and met as production at once.", productionNode!, "Name another dataset.", production, "production");

        return faults.Count > 0 ? null : new LoopDefinition
        {
            File = file,
            Name = name!,
            Labels = labels,
            Workspace = workspace,
            Seed = seed,
            Data = sources,
            Train = train!,
            Production = production,
            Adapt = adapt,
            Mine = mine,
            Label = label,
            Retrain = retrain,
            Publish = publish,
            Watch = watch,
            Controls = controls,
            Prove = prove!,
            Report = report,
        };
    }

    static TrainOptions? Train(MapBinder top, List<DataSource> sources, LoopBinding binding, Func<MapBinder, string, bool, string?> dataset, bool startsUnlabelled)
    {
        if (top.Map("train", required: true) is not { } map) return null;
        var from = dataset(map, "dataset", true);
        var options = new TrainOptions
        {
            Dataset = from ?? "",
            Preset = map.Enum<TrainingPreset>("preset") ?? TrainingPreset.Balanced,
            Augmentation = map.Choice("augmentation", TrainOptions.Augmentations) ?? "robust",
            Epochs = map.Integer("epochs", 1, 10_000),
            Threads = map.Integer("threads", 1, 1024),
            PerLabel = map.Integer("perLabel", 1, 10_000_000),
        };
        map.End();
        if (from is not null)
        {
            var source = sources.First(s => s.Name == from || s.Divide?.Parts.Any(p => p.Name == from) == true);
            if (source.Unlabeled && !startsUnlabelled)
                binding.Faults.Add("LoopInvalidValue", $"'{from}' is unlabelled, so nothing can be learned from it.", map.Node, "Name a labelled dataset, or have it labelled: 'label: { start: 120, … }'.", from, "train.dataset");
            else if (source.Split is null || source.Name != from)
                binding.Faults.Add("LoopMissingKey", $"'{from}' has no 'split', so there is no training part.", map.Node, $"Add 'split: {{ train: 0.7, validation: 0.1, test: 0.2 }}' to data.{from}.", "split", "train.dataset");
        }
        return options;
    }

    static ProveOptions? Prove(MapBinder top, LoopBinding binding, Dictionary<string, YamlNode> places, List<DataSource> sources, TrainOptions? train, string? production, bool startsUnlabelled)
    {
        if (top.Map("prove", required: true) is not { } map) return null;
        var targets = new List<ProveTarget>();
        foreach (var (text, node) in map.Texts("on", required: true) ?? [])
        {
            var dot = text.LastIndexOf('.');
            var set = dot < 0 ? text : text[..dot];
            var split = DataSplit.None;
            if (dot >= 0)
            {
                string[] splits = ["train", "validation", "test"];
                var part = text[(dot + 1)..];
                if (!splits.Contains(part))
                {
                    Unknown(part, node, "prove.on", splits, "split", binding.Faults);
                    continue;
                }
                split = Enum.Parse<DataSplit>(part, true);
            }
            if (!places.ContainsKey(set))
            {
                Unknown(set, node, "prove.on", places.Keys, "dataset", binding.Faults);
                continue;
            }
            var source = sources.First(s => s.Name == set || s.Divide?.Parts.Any(p => p.Name == set) == true);
            if (set == production || (source.Name == set && source.Divide?.Parts.Any(p => p.Name == production) == true))
                binding.Faults.Add("LoopInvalidValue", $"'{set}' holds the images production learns from, so it cannot prove anything.", node, "Judge on a hold-out nobody trains on: divide the source.", text, "prove.on");
            else if (source.Unlabeled && !(startsUnlabelled && set == train?.Dataset))
                binding.Faults.Add("LoopInvalidValue", $"'{set}' is unlabelled, so nothing can be judged on it.", node, "Name a labelled dataset.", text, "prove.on");
            else if (split != DataSplit.None && (source.Split is null || source.Name != set))
                binding.Faults.Add("LoopInvalidValue", $"'{set}' has no split.", node, $"Write '{set}' alone, or add a split to the data source.", text, "prove.on");
            else if (set == train?.Dataset && split is DataSplit.None or DataSplit.Train)
                binding.Faults.Add("LoopInvalidValue", $"'{text}' is trained on, so it cannot prove anything.", node, $"Write '{set}.test'.", text, "prove.on");
            else if (targets.Any(t => t.Dataset == set && t.Split == split))
                binding.Faults.Add("LoopInvalidValue", $"'{text}' is listed twice.", node, "List each once.", text, "prove.on");
            else targets.Add(new ProveTarget(set, split));
        }
        var require = map.Choice("require", "nothing", "better");
        if (map.Find("on") is YamlList { Items.Count: 0 } empty)
            binding.Faults.Add("LoopMissingKey", "'prove.on' names no dataset.", empty, "Name a labelled hold-out.", "on", "prove.on");
        if (require == "better" && top.Find("adapt") is null && top.Find("label") is null)
            binding.Faults.Add("LoopInvalidValue", "'prove.require: better' compares the last model with the first, but without 'adapt' or 'label' there is only one.", map.Find("require")!, "Add 'adapt: true' or 'label: …', or remove 'require'.", "better", "prove.require");
        map.End();
        return new ProveOptions(targets, require == "better");
    }

    static DataSource? Source(string id, MapBinder map, LoopBinding binding, string[] labels)
    {
        var faults = binding.Faults;
        var pathNode = map.Find("path");
        var path = map.FilePath("path");
        var sample = map.Choice("sample", "lab", "field", "field-test");
        var sampleImages = map.Integer("images", 20, 1_000_000);
        var recorded = map.Flag("recorded") ?? false;
        if ((pathNode is null ? 0 : 1) + (map.Find("sample") is null ? 0 : 1) + (recorded ? 1 : 0) != 1)
            faults.Add("LoopMissingKey", $"'data.{id}' needs exactly one of 'path', 'sample' and 'recorded'.", map.Node, "Write 'path: ./folder', 'sample: lab' to draw a sample set, or 'recorded: true' for what an endpoint recorded.", "path", $"data.{id}");
        foreach (var foreign in recorded ? new[] { "namePattern", "labelMap", "limit", "divide", "unlabeled" } : [])
            if (map.Find(foreign) is { } there)
                faults.Add("LoopInvalidValue", $"'data.{id}' is recorded as it comes; '{foreign}' has no part in it.", there, $"Remove '{foreign}'.", foreign, $"data.{id}.{foreign}");
        if (path is not null && !Directory.Exists(path) && !File.Exists(path))
            faults.Add("LoopPathNotFound", $"The path '{path}' of data.{id} does not exist.", pathNode!, "Check it; relative paths count from the loop file's folder, or from the current folder when a variable leads them.", path, $"data.{id}.path");
        else if (path is not null && !Directory.Exists(path) && !path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            faults.Add("LoopInvalidValue", $"The path '{path}' of data.{id} is neither a folder nor a CSV manifest.", pathNode!, "Name a folder of images, or a manifest that ends in .csv.", path, $"data.{id}.path");
        if (sampleImages is not null && map.Find("sample") is null)
            faults.Add("LoopInvalidValue", "'images' is how many samples to draw; this source draws none.", map.Find("images")!, "Remove it, or use 'limit'.", sampleImages, $"data.{id}.images");

        var pattern = map.Text("namePattern");
        var patternGroups = Pattern(pattern, map.Find("namePattern"), id, faults);
        if (pattern is not null && path is not null && File.Exists(path))
            faults.Add("LoopInvalidValue", $"'data.{id}' has both a manifest and a name pattern.", map.Find("namePattern")!, "Keep the one that tells the labels.", pattern, $"data.{id}.namePattern");
        if (map.Find("sample") is not null && pattern is not null)
            faults.Add("LoopInvalidValue", $"'data.{id}' draws samples, whose labels and tags are known.", map.Find("namePattern")!, "Remove the name pattern.", id, $"data.{id}");

        var labelMap = new Dictionary<string, string>(StringComparer.Ordinal);
        if (map.Map("labelMap") is { } renames)
        {
            foreach (var (key, value) in renames.All())
            {
                if (binding.Text(value, renames.Of(key.Text), out _) is not { } to) continue;
                labelMap[key.Text] = to;
                if (labels.Length > 0 && !labels.Contains(to)) Unknown(to, value, renames.Of(key.Text), labels, "label", faults);
            }
            renames.End();
        }
        int? images = null;
        if (map.Map("limit") is { } limit)
        {
            images = limit.Integer("perLabel", 1, 10_000_000);
            if (images is null) limit.Require("perLabel");
            limit.End();
        }
        var unlabeled = (map.Flag("unlabeled") ?? false) || recorded;
        var groupBy = GroupBy(map, patternGroups, faults);
        SplitOptions? split = null;
        if (map.Map("split") is { } splitMap)
        {
            var train = splitMap.Number("train", 0, 1);
            var validation = splitMap.Number("validation", 0, 1);
            var test = splitMap.Number("test", 0, 1);
            split = new SplitOptions(splitMap.Flag("stratify") ?? !unlabeled, train ?? 0.7, validation ?? 0.1, test ?? 0.2);
            if ((train ?? validation ?? test) is not null && (train, validation, test) is not ({ }, { }, { }))
            {
                // Two of the three determine the third; one alone does not.
                split = (train, validation, test) switch
                {
                    ({ } a, { } b, null) => split with { Test = Math.Round(1 - a - b, 9) },
                    ({ } a, null, { } c) => split with { Validation = Math.Round(1 - a - c, 9) },
                    (null, { } b, { } c) => split with { Train = Math.Round(1 - b - c, 9) },
                    _ => split,
                };
            }
            var sum = split.Train + split.Validation + split.Test;
            if (Math.Abs(sum - 1) > 1e-6 || split.Train <= 0 || split.Validation < 0 || split.Test < 0)
                faults.Add("LoopInvalidValue", string.Create(CultureInfo.InvariantCulture, $"The split of data.{id} adds up to {sum:0.###} (train {split.Train:0.###}, validation {split.Validation:0.###}, test {split.Test:0.###})."), splitMap.Node, "train, validation and test must add up to 1, and train must be more than 0.", sum, $"data.{id}.split");
            splitMap.End();
        }
        DivideOptions? divide = null;
        if (map.Map("divide") is { } divideMap)
        {
            var parts = new List<DividePart>();
            foreach (var (key, value) in divideMap.All())
            {
                var part = Name(key, divideMap.Of(""), binding);
                if (binding.Text(value, divideMap.Of(key.Text), out _) is not { } size || part is null) continue;
                if (size == "rest") parts.Add(new DividePart(part, null));
                else if (int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0) parts.Add(new DividePart(part, n));
                else binding.Invalid(value, divideMap.Of(key.Text), size, "a number of images, or 'rest'");
            }
            divideMap.End();
            if (parts.Count(p => p.Images is null) > 1)
                faults.Add("LoopInvalidValue", "Only one part can take the rest.", divideMap.Node, "Give the others a number of images.", "rest", $"data.{id}.divide");
            else if (divideMap.Node.Entries.Count == 0)
                faults.Add("LoopMissingKey", "'divide' names no part.", divideMap.Node, "Write 'divide: { pool: 1000, holdout: rest }'.", "divide", $"data.{id}.divide");
            if (split is not null)
                faults.Add("LoopInvalidValue", $"data.{id} has both 'split' and 'divide'.", divideMap.Node, "Split what is trained on, divide what is met in production.", id, $"data.{id}.divide");
            divide = new DivideOptions(parts);
        }
        map.End();
        return new DataSource
        {
            Name = id,
            Path = path,
            Sample = sample,
            Recorded = recorded,
            SampleImages = sampleImages ?? 1000,
            NamePattern = pattern,
            LabelMap = labelMap,
            Limit = images,
            Unlabeled = unlabeled,
            GroupBy = groupBy,
            Split = split,
            Divide = divide,
        };
    }

    static string? GroupBy(MapBinder map, IReadOnlyList<string>? groups, FaultList faults)
    {
        if (map.Text("groupBy") is not { } groupBy) return null;
        if (groups is not null && !groups.Contains(groupBy))
            Unknown(groupBy, map.Find("groupBy")!, map.Of("groupBy"), groups.Where(g => g != "label"), "group of the name pattern", faults);
        return groupBy;
    }

    /// <summary>The named groups of a pattern; null without a pattern or with a broken one.</summary>
    static string[]? Pattern(string? pattern, YamlNode? node, string id, FaultList faults)
    {
        if (pattern is null) return null;
        try
        {
            var groups = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)).GetGroupNames().Where(g => !char.IsAsciiDigit(g[0])).ToArray();
            if (groups.Length > 0) return groups;
            faults.Add("LoopInvalidValue", $"The name pattern of data.{id} has no named group.", node!, "Name the parts that matter: (?<label>…), (?<subject>…).", pattern, $"data.{id}.namePattern");
        }
        catch (RegexParseException e)
        {
            // Only in a single-line scalar without escapes does the offset equal a column; naming it in words is always right.
            faults.Add("LoopInvalidValue", $"The name pattern of data.{id} is not a regular expression: {e.Message}", node!, $"Look at character {e.Offset} of the pattern.", pattern, $"data.{id}.namePattern");
        }
        return null;
    }

    static string? Name(YamlNode? node, string field, LoopBinding binding)
    {
        if (node is null || binding.Text(node, field, out _) is not { } text) return null;
        if (NameShape().IsMatch(text)) return text;
        binding.Invalid(node, field, text, "a name of letters, digits, '-' and '_' (at most 60)");
        return null;
    }

    static void Define(string name, YamlNode at, Dictionary<string, YamlNode> places, FaultList faults)
    {
        if (places.TryAdd(name, at)) return;
        faults.Add("LoopDuplicateKey", $"A dataset named '{name}' is defined a second time; the first is on line {places[name].Line}.", at, "Give it another name.", name);
    }

    static string? Reference(YamlNode node, string field, LoopBinding binding, Dictionary<string, YamlNode> places)
    {
        if (binding.Text(node, field, out _) is not { } text) return null;
        if (places.ContainsKey(text)) return text;
        Unknown(text, node, field, places.Keys, "dataset", binding.Faults);
        return null;
    }

    static void Unknown(string text, YamlNode node, string field, IEnumerable<string> valid, string kind, FaultList faults)
    {
        var all = valid.ToArray();
        var near = NearestName.Of(text, all);
        faults.Add("LoopInvalidValue", $"'{field}' names the {kind} '{text}', which does not exist.{(near is null ? "" : $" Did you mean '{near}'?")}", node,
            all.Length == 0 ? "There is none." : $"Valid: {string.Join(", ", all)}.", text, field);
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$")]
    private static partial Regex NameShape();
}
