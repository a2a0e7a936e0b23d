using System.Runtime.InteropServices;
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
    public required float[][] Shifted { get; init; }
    public required int[] WindowTruth { get; init; }
    public required int[] WindowGroups { get; init; }
    public required float[] Window { get; init; }
    public required float[] Embeddings { get; init; }
    public required float[] WindowEmbeddings { get; init; }

    public static PerformanceScores Get(string file, Func<(Workspace, Model)> open)
    {
        if (File.Exists(file)) return Read(file);
        var (workspace, model) = open();
        using var _ = workspace;
        var labels = model.Labels.ToList();
        var reference = workspace.Catalogue.Images(new ImageQuery { Dataset = "lab", Split = DataSplit.Test }).Where(i => i.Label is not null).ToList();
        var window = workspace.Catalogue.Images(new ImageQuery { Dataset = "field" }).Where(i => i.Label is not null).ToList();
        reference = [.. new SeededRandom(1).Sample(reference.Count, 400).Order().Select(i => reference[i])];
        window = [.. new SeededRandom(2).Sample(window.Count, 1000).Order().Select(i => window[i])];
        var token = CancellationToken.None;
        using var scorer = new PerturbedScorer(model);
        using var session = new ScoringSession(workspace, model, NullReporter.Instance);
        float[] Embed(List<FlywheelImage> images) => [.. session.ScoreAll(images, false, "Embedding", NullReporter.Instance, token).SelectMany(x => x.Embedding)];
        var scores = new PerformanceScores
        {
            Classes = labels.Count,
            Truth = [.. reference.Select(i => labels.IndexOf(i.Label!))],
            Groups = Numbers(reference.Select(GroupOf)),
            Embeddings = Embed(reference),
            Shifted = scorer.Score(reference, [.. InputPerturbations.Shifts().Select(s => s.Change)], InputPerturbations.Views, NullReporter.Instance, token),
            WindowTruth = [.. window.Select(i => labels.IndexOf(i.Label!))],
            WindowGroups = Numbers(window.Select(GroupOf)),
            WindowEmbeddings = Embed(window),
            Window = scorer.Score(window, [InputPerturbations.None], InputPerturbations.Views, NullReporter.Instance, token)[0],
        };
        scores.Write(file);
        return scores;
    }

    static string GroupOf(FlywheelImage i) => i.Tags.TryGetValue("subject", out var s) ? s : i.Tags.TryGetValue("photo", out var p) ? p : i.Id;

    static int[] Numbers(IEnumerable<string> names)
    {
        var numbers = new Dictionary<string, int>();
        return [.. names.Select(n => numbers.TryGetValue(n, out var at) ? at : numbers[n] = numbers.Count)];
    }

    /// <summary>No shift: half of the reference's groups as reference, the other half as production.</summary>
    public PerformanceScores WithinReference(int seed)
    {
        var half = new SeededRandom(seed).Permutation(Groups.Max() + 1);
        int[] a = [.. Enumerable.Range(0, Truth.Length).Where(i => half[Groups[i]] % 2 == 0)], b = [.. Enumerable.Range(0, Truth.Length).Where(i => half[Groups[i]] % 2 == 1)];
        float[] Rows(float[] of, int[] rows)
        {
            var width = of.Length / Truth.Length;
            return [.. rows.SelectMany(r => new ArraySegment<float>(of, r * width, width))];
        }
        return new PerformanceScores
        {
            Classes = Classes,
            Truth = [.. a.Select(i => Truth[i])],
            Groups = [.. a.Select(i => Groups[i])],
            Embeddings = Rows(Embeddings, a),
            Shifted = [.. Shifted.Select(s => Rows(s, a))],
            WindowTruth = [.. b.Select(i => Truth[i])],
            WindowGroups = [.. b.Select(i => Groups[i])],
            WindowEmbeddings = Rows(Embeddings, b),
            Window = Rows(Shifted[0], b),
        };
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
        foreach (var row in (float[][])[.. Shifted, Window, Embeddings, WindowEmbeddings])
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
        float[] Floats()
        {
            var values = new float[r.ReadInt32()];
            r.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
        int[] truth = Ints(n), groups = Ints(n), windowTruth = Ints(m), windowGroups = Ints(m);
        return new PerformanceScores
        {
            Classes = k, Truth = truth, Groups = groups, WindowTruth = windowTruth, WindowGroups = windowGroups,
            Shifted = [.. Enumerable.Range(0, s).Select(_ => Floats())], Window = Floats(), Embeddings = Floats(), WindowEmbeddings = Floats(),
        };
    }
}
