using Flywheel.Engine.Datasets;
using Flywheel.Engine.Quality;

namespace Flywheel.Engine.Tests.Quality;

/// <summary>Checks of the real eyes.</summary>
public class RealDatasetCheckTests
{
    const string Names = @"s(?<subject>\d{4})_\d+_(?<gender>\d)_(?<glasses>\d)_(?<label>\d)_(?<reflections>\d)_(?<lighting>\d)_(?<sensor>\d\d)";

    static readonly Dictionary<string, string> s_labels = new() { ["0"] = "closed", ["1"] = "open" };

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static TemporaryWorkspace Import(string folder, string? names, Dictionary<string, string> labels)
    {
        var path = SharedData.Folder(folder);
        var at = new TemporaryWorkspace();
        DatasetImporter.Import(at.Workspace, new ImportRequest { Path = path, Name = "eyes", NamePattern = names, LabelMap = labels }, at.Reports, Token);
        return at;
    }

    static DatasetReport Check(TemporaryWorkspace at, params string[] detectors) =>
        DatasetChecker.Check(at.Workspace, new DatasetCheckRequest { Dataset = "eyes", Detectors = detectors }, at.Reports, Token);

    [Fact]
    public void All_six_conflicting_pairs_are_found()
    {
        using var at = Import("mrl-conflicts", Names, s_labels);
        var conflicts = Assert.Single(Check(at, "conflicts").Detectors);
        Assert.Equal((6, 6, DetectorStatus.Fail), (conflicts.Flagged, conflicts.N, conflicts.Status));
        Assert.All(conflicts.Findings, f => Assert.True(f.Label is not null && f.SuggestedLabel is not null && f.Label != f.SuggestedLabel));
    }

    [Fact]
    public void Frames_of_one_video_are_copies_and_leak_unless_split_by_subject()
    {
        using var at = Import("mrl", Names, s_labels);
        DatasetSplitter.Split(at.Workspace, new SplitRequest { Dataset = "eyes", GroupBy = "subject" }, at.Reports, Token);
        var grouped = Check(at, "duplicates", "leakage", "image-quality");
        var copies = grouped.Detectors[1];
        Assert.Equal("duplicates", copies.Name);
        Assert.InRange(copies.Flagged, 600, 1100); // looked at: same person, same moment
        Assert.Equal(DetectorStatus.Pass, grouped.Detectors[0].Status);
        // An infrared camera's pictures are dim and flat, and few of them are a problem.
        Assert.All(grouped.Detectors.Skip(2), d => Assert.True(d.Share!.Value < 0.01, d.ToString()));
        var row = at.Images("eyes").ToDictionary(i => i.Id);
        Assert.All(copies.Findings, f => Assert.Equal(row[f.ImageId].Tags["subject"], row[f.RelatedImageId!].Tags["subject"]));

        at.Workspace.Catalogue.AddMembers("mixed", [.. row.Keys]);
        DatasetSplitter.Split(at.Workspace, new SplitRequest { Dataset = "mixed" }, at.Reports, Token);
        var mixed = DatasetChecker.Check(at.Workspace, new DatasetCheckRequest { Dataset = "mixed", Detectors = ["leakage"] }, at.Reports, Token);
        Assert.True(mixed.Failed);
        Assert.True(Assert.Single(mixed.Detectors).Flagged > 200);
    }

    [Fact]
    public void Few_of_the_small_visible_eyes_are_a_problem()
    {
        using var at = Import("cew", null, new() { ["closedLeftEyes"] = "closed", ["closedRightEyes"] = "closed", ["openLeftEyes"] = "open", ["openRightEyes"] = "open" });
        var report = Check(at, "image-quality", "outliers", "duplicates");
        Assert.All(report.Detectors, d => Assert.True(d.Share!.Value < 0.01, d.ToString()));
    }
}
