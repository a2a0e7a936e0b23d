using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;

namespace Flywheel.Benchmarks;

/// <summary>One model's scores of its own test split, under every shift, and of a window of production: kept in a file, since estimators are tried on them many times.</summary>
sealed class PerformanceScores
{
    public required int Classes { get; init; }
    public required int[] Truth { get; init; }
    public required int[] Groups { get; init; }
    public required string[] Tags { get; init; }
    public required float[][] Shifted { get; init; }
    public required int[] WindowTruth { get; init; }
    public required int[] WindowGroups { get; init; }
    public required string[] WindowTags { get; init; }
    public required float[] Window { get; init; }

    public static PerformanceScores Get(string file, string workspaceFolder, string modelName, Func<FlywheelImage, bool> inReference, Func<FlywheelImage, bool> inWindow, string referenceDataset = "lab", string windowDataset = "field")
    {
        if (File.Exists(file)) return Read(file);
        using var workspace = Workspace.Open(workspaceFolder);
        var model = workspace.GetModel(modelName);
        var labels = model.Labels.ToList();
        var reference = workspace.Catalogue.Images(new ImageQuery { Dataset = referenceDataset, Split = DataSplit.Test }).Where(i => i.Label is not null && inReference(i)).ToList();
        var window = workspace.Catalogue.Images(new ImageQuery { Dataset = windowDataset }).Where(i => i.Label is not null && inWindow(i)).ToList();
        var token = CancellationToken.None;
        reference = [.. new SeededRandom(1).Sample(reference.Count, 500).Order().Select(i => reference[i])];
        window = [.. new SeededRandom(2).Sample(window.Count, 1500).Order().Select(i => window[i])];
        using var scorer = new PerturbedScorer(model);
        var scores = new PerformanceScores
        {
            Classes = labels.Count,
            Truth = [.. reference.Select(i => labels.IndexOf(i.Label!))],
            Groups = Numbers(reference.Select(GroupOf)),
            Tags = [.. reference.Select(TagsOf)],
            Shifted = scorer.Score(reference, [.. InputPerturbations.Shifts().Select(s => s.Change)], InputPerturbations.Views, NullReporter.Instance, token),
            WindowTruth = [.. window.Select(i => labels.IndexOf(i.Label!))],
            WindowGroups = Numbers(window.Select(GroupOf)),
            WindowTags = [.. window.Select(TagsOf)],
            Window = scorer.Score(window, [InputPerturbation_None], InputPerturbations.Views, NullReporter.Instance, token)[0],
        };
        scores.Write(file);
        return scores;
    }

    static InputPerturbation InputPerturbation_None => InputPerturbations.None;

    static string GroupOf(FlywheelImage i) => i.Tags.TryGetValue("subject", out var s) ? s : i.Tags.TryGetValue("photo", out var p) ? p : i.Id;

    static string TagsOf(FlywheelImage i) => string.Join(';', i.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}"));

    static int[] Numbers(IEnumerable<string> names)
    {
        var numbers = new Dictionary<string, int>();
        return [.. names.Select(n => numbers.TryGetValue(n, out var at) ? at : numbers[n] = numbers.Count)];
    }

    void Write(string file)
    {
        using var w = new BinaryWriter(File.Create(file + ".tmp"));
        w.Write(Classes);
        w.Write(Truth.Length);
        w.Write(WindowTruth.Length);
        w.Write(Shifted.Length);
        foreach (var values in (int[][])[Truth, Groups, WindowTruth, WindowGroups])
            foreach (var v in values) w.Write(v);
        foreach (var t in Tags) w.Write(t);
        foreach (var t in WindowTags) w.Write(t);
        foreach (var row in (float[][])[.. Shifted, Window])
        {
            w.Write(row.Length);
            foreach (var v in row) w.Write(v);
        }
        w.Dispose();
        File.Move(file + ".tmp", file, true);
    }

    static PerformanceScores Read(string file)
    {
        using var r = new BinaryReader(new BufferedStream(File.OpenRead(file), 1 << 16));
        int k = r.ReadInt32(), n = r.ReadInt32(), m = r.ReadInt32(), s = r.ReadInt32();
        int[] Ints(int count) => [.. Enumerable.Range(0, count).Select(_ => r.ReadInt32())];
        string[] Strings(int count) => [.. Enumerable.Range(0, count).Select(_ => r.ReadString())];
        float[] Floats()
        {
            var values = new float[r.ReadInt32()];
            r.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
        int[] truth = Ints(n), groups = Ints(n), windowTruth = Ints(m), windowGroups = Ints(m);
        string[] tags = Strings(n), windowTags = Strings(m);
        return new PerformanceScores
        {
            Classes = k, Truth = truth, Groups = groups, WindowTruth = windowTruth, WindowGroups = windowGroups, Tags = tags, WindowTags = windowTags,
            Shifted = [.. Enumerable.Range(0, s).Select(_ => Floats())], Window = Floats(),
        };
    }
}
