using Flywheel.Engine.Loops.Definition;

namespace Flywheel.Engine.Tests.Loops;

/// <summary>What a user sees when a loop file is right, and when it is not.</summary>
public sealed class LoopFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-loop-").FullName;

    public LoopFileTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "lab"));
        Directory.CreateDirectory(Path.Combine(_folder, "field"));
    }

    public void Dispose() => Directory.Delete(_folder, true);

    const string Complete = """
        flywheel: 1
        name: eyes
        task: classification
        labels: [closed, open]
        workspace: ./work
        seed: ${SEED:-7}
        data:
          lab:
            path: ${LAB}
            namePattern: 's(?<subject>\d+)_(?<label>\d)'
            labelMap: { '0': closed, '1': open }
            limit: { perLabel: 1000 }
            groupBy: subject
            split: { train: 0.7, validation: 0.1, test: 0.2 }
          field:
            path: field
            namePattern: '(?<label>open|closed)/(?<photo>.+)_[LR]'
            groupBy: photo
            divide: { pool: 1000, holdout: rest }
        train: { dataset: lab, preset: fast, augmentation: flip, epochs: 3, threads: 2, perLabel: 500 }
        production: pool
        adapt: true
        mine: { failures: 20, budget: 40, strategy: margin }
        label: { replay: field }
        retrain: { epochs: 5 }
        controls: [plain, random, failure]
        prove: { on: [holdout, lab.test], require: better }
        report: ./out
        """;

    (LoopDefinition? Definition, IReadOnlyList<FlywheelException> Faults) Read(string yaml, Dictionary<string, string>? variables = null, string? current = null)
    {
        var file = Path.Combine(_folder, "a.flywheel.yaml");
        File.WriteAllText(file, yaml);
        return LoopFile.Read(file, variables ?? new() { ["LAB"] = Path.Combine(_folder, "lab") }, current, _ => null);
    }

    FlywheelException OneFault(string yaml, string id, int line, int column)
    {
        var (definition, faults) = Read(yaml);
        Assert.Null(definition);
        var fault = Assert.Single(faults);
        Assert.Equal(id, fault.ErrorId);
        Assert.Equal((line, column), (fault.Location!.Line, fault.Location.Column));
        Assert.StartsWith($"{Path.Combine(_folder, "a.flywheel.yaml")}({line},{column}): ", fault.Message);
        Assert.NotNull(fault.RecommendedAction);
        return fault;
    }

    [Fact]
    public void A_complete_file_is_read_with_every_value()
    {
        var (loop, faults) = Read(Complete);
        Assert.Empty(faults);
        Assert.Equal("eyes", loop!.Name);
        Assert.Equal(["closed", "open"], loop.Labels);
        Assert.Equal(7, loop.Seed);
        Assert.Equal(Path.Combine(_folder, "work"), loop.Workspace);
        Assert.Equal(Path.Combine(_folder, "out"), loop.Report);
        var lab = loop.Data[0];
        Assert.Equal((Path.Combine(_folder, "lab"), 1000, "open"), (lab.Path, lab.Limit, lab.LabelMap["1"]));
        Assert.Equal(new SplitOptions(true, 0.7, 0.1, 0.2), lab.Split);
        Assert.Equal(("subject", "photo"), (lab.GroupBy, loop.Data[1].GroupBy));
        Assert.Equal([new DividePart("pool", 1000), new DividePart("holdout", null)], loop.Data[1].Divide!.Parts);
        Assert.Equal(new TrainOptions { Dataset = "lab", Preset = TrainingPreset.Fast, Augmentation = "flip", Epochs = 3, Threads = 2, PerLabel = 500 }, loop.Train);
        Assert.Equal(("pool", "field"), (loop.Production, loop.Label!.Replay));
        Assert.Equal(new AdaptOptions(null), loop.Adapt);
        Assert.Equal(new MineOptions(20, 40, SelectionStrategy.Margin), loop.Mine);
        Assert.Equal(5, loop.Retrain.Epochs);
        Assert.Equal(["plain", "random", "failure"], loop.Controls);
        Assert.Equal([new ProveTarget("holdout", DataSplit.None), new ProveTarget("lab", DataSplit.Test)], loop.Prove.On);
        Assert.True(loop.Prove.RequireBetter);
    }

    [Fact]
    public void An_unknown_key_names_its_place_and_the_nearest_valid_name()
    {
        var fault = OneFault(Complete.Replace("train: { dataset: lab, preset", "train: { dataset: lab, prest"), "LoopUnknownKey", 20, 24);
        Assert.Contains("Unknown key 'prest' in 'train'. Did you mean 'preset'?", fault.Message);
        Assert.Contains("augmentation, dataset, epochs, perLabel, preset, threads", fault.RecommendedAction);
        Assert.Equal("prest", fault.Target);
    }

    [Theory]
    [InlineData("audit: [leakage]")]
    [InlineData("serve: true")]
    public void A_key_that_is_not_supported_is_refused_and_the_valid_ones_are_listed(string line)
    {
        var fault = OneFault(Complete + "\n" + line, "LoopUnknownKey", 29, 1);
        Assert.Contains("adapt, controls, data, flywheel, label, labels, mine, name, production, prove, publish, report, retrain, seed, task, train, watch, workspace", fault.RecommendedAction);
    }

    const string Served = """
        flywheel: 1
        name: eyes
        labels: [closed, open]
        data:
          lab: { path: lab, split: { train: 0.7, validation: 0.1, test: 0.2 } }
          inbox: { recorded: true }
        train: { dataset: lab }
        publish:
          gate: ['accuracy >= champion - 0.005', 'recall[closed] >= 0.95 or unclear']
          cannotTell: fail
        production: inbox
        watch: { since: 30d, drift: { falseAlarms: 2 per 7d, every: 12h, groupBy: camera }, accuracy: { halfWidth: 0.03 } }
        mine: { budget: 40, slices: { conditions: 2, q: 0.1, against: reference } }
        label: { folder: ./to-label }
        retrain: { augmentation: flip, when: { cooldown: 2d, minimumLabels: 30, horizon: 60d, volumePerDay: 500, cost: { perLabel: 0.2, perError: 1, perTraining: 5 } } }
        prove: { on: lab.test }
        """;

    [Fact]
    public void A_loop_may_not_have_the_name_of_its_alias() =>
        Assert.Equal("production", OneFault(Served.Replace("name: eyes", "name: production"), "LoopInvalidValue", 2, 7).Target);

    [Fact]
    public void The_keys_of_production_are_read_with_every_value()
    {
        var (loop, faults) = Read(Served);
        Assert.Empty(faults);
        Assert.True(loop!.Data[1].Recorded);
        Assert.Equal(("production", CannotTellPolicy.Fail, "lab.test"), (loop.Publish!.Alias, loop.Publish.CannotTell, loop.Publish.On.ToString()));
        Assert.Equal(2, loop.Publish.Gate.Count);
        Assert.Equal((TimeSpan.FromDays(30), 0.03), (loop.Watch!.Since, loop.Watch.HalfWidth));
        Assert.Equal((new FalseAlarmBudget(2, TimeSpan.FromDays(7), TimeSpan.FromHours(12)), "camera"), (loop.Watch.Drift!.Budget, loop.Watch.Drift.GroupBy));
        Assert.Equal(new SliceOptions(2, 0.1, "reference"), loop.Mine!.Slices);
        Assert.Equal("flip", loop.Retrain.Augmentation);
        var when = loop.Retrain.When!;
        Assert.Equal((0.2, 1.0, 5.0, TimeSpan.FromDays(60)), (when.Costs.PerLabel, when.Costs.PerError, when.Costs.PerTraining, when.Costs.Horizon));
        Assert.Equal((TimeSpan.FromDays(2), 30, 500.0), (when.Rules.Cooldown, when.Rules.MinimumLabels, when.VolumePerDay));
    }

    [Theory]
    [InlineData("accuracy >= champion - 0.005", "acuracy >= champion", 9, "accuracy")]
    [InlineData("cannotTell: fail", "cannotTell: fial", 10, "fail")]
    [InlineData("2 per 7d", "sometimes", 12, "1 per 30d")]
    [InlineData("since: 30d", "since: long", 12, "30d")]
    [InlineData("against: reference", "against: refrence", 13, "reference")]
    [InlineData("augmentation: flip", "augmentation: flop", 15, "flip")]
    [InlineData("recorded: true", "recorded: true, unlabeled: true", 6, "unlabeled")]
    [InlineData("watch: { since: 30d, drift: { falseAlarms: 2 per 7d, every: 12h, groupBy: camera }, accuracy: { halfWidth: 0.03 } }", "", 15, "watch")]
    public void What_is_wrong_about_production_is_told_with_its_line(string right, string wrong, int line, string hint)
    {
        var (loop, faults) = Read(Served.Replace(right, wrong));
        Assert.Null(loop);
        var fault = Assert.Single(faults);
        Assert.Equal(line, fault.Location!.Line);
        Assert.Contains(hint, fault.Message + fault.RecommendedAction);
    }

    [Fact]
    public void Every_fault_of_a_file_is_reported_at_once_in_reading_order()
    {
        var (_, faults) = Read(Complete.Replace("name: eyes", "nmae: eyes").Replace("seed: ${SEED:-7}", "seed: ${SEDE}").Replace("epochs: 3", "epochs: many").Replace("require: better", "require: beter"));
        Assert.Equal(["LoopMissingKey", "LoopUnknownKey", "LoopVariableUndefined", "LoopInvalidValue", "LoopInvalidValue"], faults.Select(f => f.ErrorId));
        Assert.Equal([1, 2, 6, 20, 27], faults.Select(f => f.Location!.Line!.Value));
        Assert.Contains("Did you mean 'name'?", faults[0].Message + faults[1].Message);
        Assert.Contains("Did you mean 'better'?", faults[4].Message);
    }

    [Fact]
    public void A_missing_key_says_which_and_where() =>
        Assert.Equal("dataset", OneFault(Complete.Replace("dataset: lab, preset", "preset"), "LoopMissingKey", 20, 8).Target);

    [Fact]
    public void A_duplicate_key_names_the_line_of_the_first() =>
        Assert.Contains("the first is on line 2", OneFault(Complete.Replace("task: classification", "name: again"), "LoopDuplicateKey", 3, 1).Message);

    [Fact]
    public void A_variable_without_value_is_listed_with_how_to_give_it()
    {
        var (_, faults) = Read(Complete.Replace("path: field", "path: ${CEW}"), new() { ["CWE"] = "x" });
        Assert.Equal(["LAB", "CEW"], faults.Select(f => f.Target));
        Assert.All(faults, f => Assert.Equal("LoopVariableUndefined", f.ErrorId));
        Assert.Contains("Did you mean 'CWE'?", faults[1].Message);
        Assert.Contains("-Variable @{ CEW = '...' }", faults[1].RecommendedAction);
    }

    [Fact]
    public void A_given_variable_wins_over_the_environment()
    {
        var file = Path.Combine(_folder, "b.yaml");
        File.WriteAllText(file, Complete);
        var lab = Path.Combine(_folder, "lab");
        var (loop, _) = LoopFile.Read(file, new Dictionary<string, string> { ["SEED"] = "11", ["LAB"] = lab }, null, n => n == "SEED" ? "12" : null);
        Assert.Equal(11, loop!.Seed);
        (loop, _) = LoopFile.Read(file, new Dictionary<string, string> { ["LAB"] = lab }, null, n => n == "SEED" ? "12" : null);
        Assert.Equal(12, loop!.Seed);
    }

    [Fact]
    public void A_variable_cannot_change_the_structure_of_the_file()
    {
        var (_, faults) = Read(Complete, new() { ["LAB"] = Path.Combine(_folder, "lab"), ["SEED"] = "7\nname: other" });
        var fault = Assert.Single(faults);
        Assert.Equal("LoopInvalidValue", fault.ErrorId);
        Assert.Contains("a whole number", fault.Message);
    }

    [Fact]
    public void A_relative_path_counts_from_the_file_and_from_the_current_folder_when_a_variable_leads_it()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "elsewhere", "mine"));
        var (loop, faults) = Read(Complete, new() { ["LAB"] = "mine" }, Path.Combine(_folder, "elsewhere"));
        Assert.Empty(faults);
        Assert.Equal(Path.Combine(_folder, "elsewhere", "mine"), loop!.Data[0].Path);
        Assert.Equal(Path.Combine(_folder, "field"), loop.Data[1].Path);
    }

    [Theory]
    [InlineData("seed: ${SEED:-7}", "seed: -1", 6, 7)]
    [InlineData("budget: 40", "budget: 0", 23, 31)]
    [InlineData("adapt: true", "adapt: sometimes", 22, 8)]
    [InlineData("train: 0.7", "train: 70", 14, 21)]
    [InlineData("labels: [closed, open]", "labels: [open]", 4, 10)]
    public void A_value_out_of_its_range_is_refused(string good, string bad, int line, int column)
    {
        var (_, faults) = Read(Complete.Replace(good, bad));
        var fault = faults.First(f => (f.Location!.Line, f.Location.Column) == (line, column));
        Assert.Equal("LoopInvalidValue", fault.ErrorId);
    }

    [Fact]
    public void A_value_of_the_wrong_kind_is_refused() =>
        Assert.Contains("wants a single value, not a list", OneFault(Complete.Replace("task: classification", "task: [classification]"), "LoopInvalidValue", 3, 7).Message);

    [Fact]
    public void A_split_that_does_not_add_up_says_to_what() =>
        Assert.Contains("adds up to 1.2", OneFault(Complete.Replace("test: 0.2", "test: 0.4"), "LoopInvalidValue", 14, 12).Message);

    [Fact]
    public void A_split_may_leave_out_one_of_its_three_parts()
    {
        var (loop, faults) = Read(Complete.Replace("train: 0.7, validation: 0.1, test: 0.2", "train: 0.6, test: 0.3"));
        Assert.Empty(faults);
        Assert.Equal(0.1, loop!.Data[0].Split!.Validation, 9);
    }

    [Fact]
    public void A_folder_that_does_not_exist_stops_the_run_before_it_starts() =>
        Assert.Equal(FaultCategory.NotFound, OneFault(Complete.Replace("path: field", "path: feild"), "LoopPathNotFound", 16, 11).Category);

    [Theory]
    [InlineData(@"(?<label>\d", "is not a regular expression")]
    [InlineData(@"\d+", "has no named group")]
    public void A_name_pattern_is_checked_before_anything_runs(string pattern, string message) =>
        Assert.Contains(message, OneFault(Complete.Replace(@"s(?<subject>\d+)_(?<label>\d)", pattern).Replace("    groupBy: subject\n", "\n"), "LoopInvalidValue", 10, 18).Message);

    [Fact]
    public void Grouping_by_a_tag_the_pattern_does_not_have_names_the_nearest() =>
        Assert.Contains("Did you mean 'subject'?", OneFault(Complete.Replace("groupBy: subject", "groupBy: subjetc"), "LoopInvalidValue", 13, 14).Message);

    [Fact]
    public void A_dataset_that_is_not_defined_is_refused_with_the_nearest_name() =>
        Assert.Contains("Did you mean 'holdout'?", OneFault(Complete.Replace("on: [holdout,", "on: [holdotu,"), "LoopInvalidValue", 27, 15).Message);

    [Fact]
    public void A_label_that_is_not_listed_is_refused() =>
        Assert.Contains("Did you mean 'closed'?", OneFault(Complete.Replace("'0': closed", "'0': close"), "LoopInvalidValue", 11, 22).Message);

    [Theory]
    [InlineData("pool")]
    [InlineData("lab")]
    [InlineData("lab.train")]
    [InlineData("field")]
    public void Nothing_is_proved_on_images_a_model_learns_from(string set) =>
        Assert.Contains("cannot prove anything", OneFault(Complete.Replace("on: [holdout,", $"on: [{set},"), "LoopInvalidValue", 27, 15).Message);

    [Fact]
    public void A_labels_only_control_needs_an_adaptation_to_leave_out()
    {
        var yaml = Complete.Replace("controls: [plain, random, failure]", "controls: [plain, labels-random, failure]");
        var (definition, faults) = Read(yaml);
        Assert.Empty(faults);
        Assert.Equal(["plain", "labels-random", "failure"], definition!.Controls);
        Assert.Contains("does not adapt", OneFault(yaml.Replace("adapt: true\n", ""), "LoopInvalidValue", 25, 19).Message);
    }

    [Fact]
    public void A_requirement_that_nothing_could_meet_is_refused()
    {
        var alone = string.Join('\n', Complete.Split('\n').Where(l => !l.StartsWith("adapt") && !l.StartsWith("label:") && !l.StartsWith("retrain") && !l.StartsWith("controls")));
        Assert.Contains("there is only one", OneFault(alone, "LoopInvalidValue", 23, 44).Message);
    }

    [Fact]
    public void A_tab_in_the_indentation_is_named_as_such()
    {
        var (_, faults) = Read("flywheel: 1\nname: a\ndata:\n\tlab: { path: lab }\n");
        var fault = Assert.Single(faults);
        Assert.Equal(("LoopSyntax", 4, 1), (fault.ErrorId, fault.Location!.Line!.Value, fault.Location.Column!.Value));
        Assert.Contains("tab", fault.Message);
    }

    [Theory]
    [InlineData("label: { replay: field, studio: eyes }", "exactly one of 'replay', 'folder' and 'studio'")]
    [InlineData("label: { studio: 'two words' }", "a name of letters")]
    [InlineData("label: { studio: eyes, start: 3 }", "a whole number from 10")]
    [InlineData("label: { studio: eyes, auto: true }", "'label.auto' labels what people have not")]
    [InlineData("label: { studio: eyes, start: 120, auto: { most: 60 } }", "less than the 120 labels it starts with")]
    [InlineData("label: { studio: eyes, start: 120, auto: { precision: 1.2 } }", "a number from 0.5 to 0.999")]
    public void A_fault_in_how_labels_come_is_told(string label, string says)
    {
        var (definition, faults) = Read(Complete.Replace("label: { replay: field }", label));
        Assert.Null(definition);
        Assert.Contains(faults, f => f.Message.Contains(says, StringComparison.Ordinal) && f.Location is { Line: > 0 });
    }

    [Fact]
    public void A_loop_may_begin_with_images_that_have_no_label()
    {
        var (definition, faults) = Read("""
            flywheel: 1
            name: a
            labels: [closed, open]
            data:
              lab: { path: ., unlabeled: true, split: { train: 0.7, validation: 0.1, test: 0.2 } }
            train: { dataset: lab }
            label: { studio: eyes, start: 120, auto: { precision: 0.95, most: 600 } }
            prove: { on: lab.test }
            """);
        Assert.Empty(faults);
        Assert.Equal(new LabelOptions(null, null, "eyes", new StartLabels(120, 600, new AutoLabels(0.95, 0.95))), definition!.Label);
        Assert.True(definition.IsBlind(definition.Data[0]));
    }

    [Theory]
    [InlineData("flywheel: 1\nname: [a, b\n")]
    [InlineData("flywheel: 1\n  name: a\n")]
    [InlineData("flywheel: \"1\n")]
    [InlineData("- 1\n- 2\n")]
    [InlineData("")]
    [InlineData("a: *nothing\n")]
    [InlineData("a: &x { b: *x }\n")]
    [InlineData("flywheel: 1\n---\nflywheel: 1\n")]
    public void Text_that_is_no_loop_is_a_syntax_fault_with_a_line(string yaml)
    {
        var (definition, faults) = Read(yaml);
        Assert.Null(definition);
        Assert.Contains(faults, f => f.ErrorId == "LoopSyntax" && f.Location!.Line >= 1);
    }

    [Fact]
    public void Aliases_that_multiply_are_stopped()
    {
        var bomb = "a0: &a0 [x, x]\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n"));
        var (_, faults) = Read(bomb);
        Assert.Contains("more than 64 aliases", Assert.Single(faults).Message);
    }

    [Fact]
    public void Deep_nesting_is_stopped()
    {
        var (_, faults) = Read("a: " + new string('[', 5000) + new string(']', 5000));
        Assert.Equal("LoopSyntax", Assert.Single(faults).ErrorId);
    }

    [Fact]
    public void A_file_of_more_than_a_megabyte_is_not_read()
    {
        var (_, faults) = Read("# " + new string('x', 1 << 20));
        Assert.Equal("LoopFileTooLarge", Assert.Single(faults).ErrorId);
    }

    [Fact]
    public void A_file_that_is_not_text_is_refused()
    {
        var file = Path.Combine(_folder, "c.yaml");
        File.WriteAllBytes(file, [0xff, 0xfe, 0x00, 0xd8, 0x80]);
        Assert.Equal("LoopSyntax", Assert.Single(LoopFile.Read(file).Faults).ErrorId);
    }

    [Fact]
    public void A_file_that_does_not_exist_is_named()
    {
        var file = Path.Combine(_folder, "none.yaml");
        var fault = Assert.Single(LoopFile.Read(file).Faults);
        Assert.Equal(("LoopFileNotFound", (object)file), (fault.ErrorId, fault.Target));
    }

    [Theory]
    [InlineData("prest", "preset", 1)]
    [InlineData("epcohs", "epochs", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_counts_edits_and_swaps(string a, string b, int distance) => Assert.Equal(distance, NearestName.Distance(a, b));
}
