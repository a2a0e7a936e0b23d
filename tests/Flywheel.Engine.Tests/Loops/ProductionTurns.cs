using Flywheel.Engine.Loops;
using Flywheel.Engine.Production;
using Flywheel.Engine.Samples;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;

namespace Flywheel.Engine.Tests.Loops;

/// <summary>
/// A loop around a model in production, turned until it has retrained twice: small, but nothing is pretended. What production meets comes in
/// as it does from an endpoint, and people label in a folder.
/// </summary>
public sealed class ProductionTurns : IDisposable
{
    public const int Budget = 24;

    const string Yaml = """
        flywheel: 1
        name: small
        labels: [closed, open]
        workspace: ./work
        seed: 5
        data:
          lab: { sample: lab, images: 240, groupBy: subject, split: { train: 0.6, validation: 0.15, test: 0.25 } }
          inbox: { recorded: true }
          field-test: { sample: field-test, images: 160, groupBy: subject }
        train: { dataset: lab, preset: fast, epochs: 3, threads: 1 }
        publish: { alias: production, gate: ['accuracy >= 0.2'], on: field-test }
        production: inbox
        watch: { drift: true, accuracy: { halfWidth: 0.05 } }
        mine: { failures: 12, budget: 24, slices: { conditions: 2 } }
        label: { folder: ./to-label }
        retrain: { epochs: 1, when: { cooldown: 0.001s, minimumLabels: 0, volumePerDay: 100000, cost: { perLabel: 0.01, perError: 1, perTraining: 0 } } }
        prove: { on: [field-test, lab.test] }
        """;

    const string Gate = "accuracy >= 0.2";

    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-turns-").FullName;
    readonly string[] _pictures;
    readonly Dictionary<string, string> _truth = [];

    public ProductionTurns()
    {
        var drawn = SampleDatasetWriter.Write(Path.Combine(_folder, "drawn"), new SampleRequest { Lab = 20, Field = 200, FieldTest = 20, Seed = 6 }, Reports, default);
        var rows = File.ReadLines(drawn.FieldTruth).Skip(1).Select(l => l.Split(',')).ToArray();
        _pictures = [.. rows.Select(r => Path.Combine(drawn.Path, r[0]))];
        for (var i = 0; i < rows.Length; i++) _truth[ImageInspector.Inspect(_pictures[i]).Id[..12]] = rows[i][1];

        Never = Run(Gate, "accuracy >= 0.9999");
        First = Run();
        Record(_pictures[..120]);
        Asked = Run();
        Label();
        Refused = Run(Gate, "accuracy >= 0.9999");
        RefusedPage = File.ReadAllText(Refused.ReportPath!);
        Undecided = Run(Gate, "accuracy[light=night] >= 0.9");
        Published = Run();
        Page = File.ReadAllText(Published.ReportPath!);
        Idle = Run("perError: 1,", "perError: 0,");
        Record(_pictures[120..]);
        AskedAgain = Run();
        Label();
        Second = Run();
    }

    internal RecordingReporter Reports { get; } = new();

    /// <summary>The gate asks of the first model what no model has.</summary>
    public LoopResult Never { get; }

    /// <summary>The first model is out; nobody has asked it anything.</summary>
    public LoopResult First { get; }

    /// <summary>A hundred and twenty answers later: people are asked to label.</summary>
    public LoopResult Asked { get; }

    /// <summary>They have; the gate asks of the retrained model what no model has.</summary>
    public LoopResult Refused { get; }

    /// <summary>The report of <see cref="Refused"/>.</summary>
    public string RefusedPage { get; }

    /// <summary>The gate asks about night, of which there is no picture.</summary>
    public LoopResult Undecided { get; }

    public LoopResult Published { get; }

    /// <summary>The report of <see cref="Published"/>.</summary>
    public string Page { get; }

    /// <summary>Errors cost nothing, so that no training pays.</summary>
    public LoopResult Idle { get; }

    /// <summary>After eighty more answers.</summary>
    public LoopResult AskedAgain { get; }

    public LoopResult Second { get; }

    public Workspace Open() => Workspace.Open(Path.Combine(_folder, "work"));

    public void Dispose() => Directory.Delete(_folder, true);

    LoopResult Run(string change = Gate, string to = Gate)
    {
        var file = Path.Combine(_folder, "small.flywheel.yaml");
        File.WriteAllText(file, Yaml.Replace(change, to));
        return LoopService.Run(new LoopRequest { Path = file }, Reports, default);
    }

    void Record(string[] pictures)
    {
        using var workspace = Open();
        using var service = new PredictionService(workspace, workspace.GetModel("production"), reporter: Reports);
        foreach (var _ in service.PredictFiles(pictures, Reports, default)) { }
        service.Complete(Reports);
    }

    void Label()
    {
        var manifest = Path.Combine(_folder, "to-label", "manifest.csv");
        var rows = File.ReadAllLines(manifest);
        File.WriteAllLines(manifest, [rows[0], .. rows[1..].Select(r => $"{r.TrimEnd(',')},{_truth[Path.GetFileNameWithoutExtension(r.TrimEnd(',')).Split('-')[1]]}")]);
    }
}
