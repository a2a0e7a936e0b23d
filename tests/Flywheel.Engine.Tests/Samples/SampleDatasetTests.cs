using System.Security.Cryptography;
using Flywheel.Engine.Samples;

namespace Flywheel.Engine.Tests.Samples;

public sealed class SampleDatasetTests : IDisposable
{
    static readonly SampleRequest s_small = new() { Lab = 24, Field = 14, FieldTest = 10, Subjects = 4, Seed = 3 };

    readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("flywheel-samples-").FullName, "eyes");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, true);

    SampleDataset Write(SampleRequest request, CancellationToken token = default) => SampleDatasetWriter.Write(_folder, request, NullReporter.Instance, token);

    string[] Digests() => [.. Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(f => Path.GetRelativePath(_folder, f) + " " + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f))))];

    static Dictionary<string, string>[] Rows(string csv)
    {
        var lines = File.ReadAllLines(csv);
        var names = lines[0].Split(',');
        return [.. lines.Skip(1).Select(l => names.Zip(l.Split(',')).ToDictionary(p => p.First, p => p.Second))];
    }

    [Fact]
    public void Every_picture_is_in_its_manifest_and_lab_lies_by_label()
    {
        var dataset = Write(s_small);

        var lab = Rows(dataset.LabManifest);
        Assert.Equal(24, lab.Length);
        Assert.All(lab, r => Assert.StartsWith($"lab/{r["label"]}/", r["path"], StringComparison.Ordinal));
        foreach (var (manifest, n) in new[] { (dataset.LabManifest, 24), (dataset.FieldManifest, 14), (dataset.FieldTruth, 14), (dataset.FieldTestManifest, 10) })
        {
            var rows = Rows(manifest);
            Assert.Equal(n, rows.Select(r => r["path"]).Distinct().Count());
            Assert.All(rows, r => Assert.True(File.Exists(Path.Combine(_folder, r["path"])), r["path"]));
        }
        Assert.Equal(48, Directory.GetFiles(_folder, "*.png", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void The_field_manifest_keeps_the_truth_to_itself()
    {
        var dataset = Write(s_small);

        Assert.DoesNotContain("label", Rows(dataset.FieldManifest)[0].Keys);
        Assert.DoesNotContain("opening", Rows(dataset.FieldManifest)[0].Keys);
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(_folder, "field")), f => f.Contains("open", StringComparison.Ordinal) || f.Contains("closed", StringComparison.Ordinal));
        Assert.Equal(Rows(dataset.FieldManifest).Select(r => r["path"]), Rows(dataset.FieldTruth).Select(r => r["path"]));
        Assert.All(Rows(dataset.FieldTruth), r => Assert.Contains(r["label"], new[] { "open", "closed" }));
    }

    [Fact]
    public void No_subject_is_in_two_sets()
    {
        var dataset = Write(s_small);

        var sets = new[] { dataset.LabManifest, dataset.FieldManifest, dataset.FieldTestManifest }.Select(m => Rows(m).Select(r => r["subject"]).ToHashSet()).ToArray();
        Assert.All(sets, s => Assert.Equal(4, s.Count));
        Assert.Equal(12, sets.SelectMany(s => s).Distinct().Count());
    }

    [Fact]
    public void The_same_seed_gives_the_same_files_and_another_one_does_not()
    {
        Write(s_small);
        var first = Digests();

        Write(s_small with { Force = true });
        Assert.Equal(first, Digests());

        Write(s_small with { Force = true, Seed = 4 });
        Assert.NotEqual(first, Digests());
    }

    [Fact]
    public void A_folder_in_use_is_refused_and_left_as_it_was()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "mine.txt"), "x");

        Assert.Equal("SampleFolderNotEmpty", Assert.Throws<FlywheelException>(() => Write(s_small)).ErrorId);
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Force_spares_other_files_and_refuses_to_replace_what_it_did_not_draw()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "lab"));
        File.WriteAllText(Path.Combine(_folder, "lab", "precious.png"), "x");
        Assert.Equal("SampleFolderForeign", Assert.Throws<FlywheelException>(() => Write(s_small with { Force = true })).ErrorId);
        Assert.True(File.Exists(Path.Combine(_folder, "lab", "precious.png")));

        Directory.Move(Path.Combine(_folder, "lab"), Path.Combine(_folder, "other"));
        Write(s_small with { Force = true });
        Write(s_small with { Force = true, Lab = 6 });
        Assert.True(File.Exists(Path.Combine(_folder, "other", "precious.png")));
        Assert.Equal(6, Directory.GetFiles(Path.Combine(_folder, "lab"), "*.png", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Cancelling_leaves_nothing_behind()
    {
        using var stop = new CancellationTokenSource();
        var reporter = new Stopper(stop);

        Assert.Throws<OperationCanceledException>(() => SampleDatasetWriter.Write(_folder, s_small with { Lab = 100_000 }, reporter, stop.Token));
        Assert.False(Directory.Exists(_folder));
    }

    [Theory]
    [InlineData(-1, 4), InlineData(1_000_001, 4), InlineData(5, 0)]
    public void Counts_out_of_range_are_refused(int lab, int subjects)
    {
        var fault = Assert.Throws<FlywheelException>(() => Write(new SampleRequest { Lab = lab, Subjects = subjects }));

        Assert.Equal(("SampleRequestInvalid", FaultCategory.InvalidArgument), (fault.ErrorId, fault.Category));
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_says_so()
    {
        File.WriteAllText(_folder, "a file stands where the folder should be");

        Assert.Equal("SampleFolderNotWritable", Assert.Throws<FlywheelException>(() => Write(s_small)).ErrorId);
        File.Delete(_folder);
    }

    sealed class Stopper(CancellationTokenSource stop) : IReporter
    {
        public void Progress(ProgressInfo progress) => stop.Cancel();

        public void Warning(string message) { }

        public void Information(string message) { }

        public void Verbose(string message) { }

        public void Fault(FlywheelException fault) { }
    }
}
