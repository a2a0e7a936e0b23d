using Flywheel.Engine.Datasets;

namespace Flywheel.Engine.Tests.Datasets;

public sealed class SplitTests : IDisposable
{
    readonly TemporaryWorkspace _w = new();
    int _next;

    public void Dispose() => _w.Dispose();

    /// <summary>Adds images without files: a split looks at the catalogue only.</summary>
    void Add(string dataset, int count, string? label, string? subject = null, ulong? hash = null)
    {
        var random = new SeededRandom(_next);
        _w.Workspace.Catalogue.AddImages(dataset, [.. Enumerable.Range(_next, count).Select(i => new ImageRecord
        {
            Id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(i))),
            Path = Path.Combine(_w.Data, $"{i}.png"),
            Format = "png",
            Measurement = new ImageMeasurement(24, 24, 0.5, 0.2, 1, 1, 0, hash ?? random.NextUInt64()),
            Label = label,
            Tags = subject is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["subject"] = subject },
        })], "tester");
        _next += count;
    }

    Dataset Split(SplitRequest request) => DatasetSplitter.Split(_w.Workspace, request, _w.Reports, CancellationToken.None);

    List<FlywheelImage> Images(string dataset) => [.. _w.Workspace.Catalogue.Images(new ImageQuery { Dataset = dataset })];

    [Fact]
    public void Without_groups_every_label_has_the_wanted_shares()
    {
        Add("d", 1000, "open");
        Add("d", 200, "closed");
        var dataset = Split(new SplitRequest { Dataset = "d" });
        Assert.Equal((840, 120, 240), (dataset.SplitCounts[DataSplit.Train], dataset.SplitCounts[DataSplit.Validation], dataset.SplitCounts[DataSplit.Test]));
        var closed = Images("d").Where(i => i.Label == "closed").CountBy(i => i.Split).ToDictionary();
        Assert.Equal((140, 20, 40), (closed[DataSplit.Train], closed[DataSplit.Validation], closed[DataSplit.Test]));
        Assert.Empty(_w.Reports.Warnings);
    }

    [Fact]
    public void Groups_stay_together_and_strata_come_near_the_shares()
    {
        var random = new SeededRandom(1);
        for (var g = 0; g < 40; g++)
        {
            Add("d", random.Next(5, 40), "open", $"s{g}");
            Add("d", random.Next(5, 40), "closed", $"s{g}");
        }
        Split(new SplitRequest { Dataset = "d", GroupBy = "subject" });
        var images = Images("d");
        Assert.All(images.GroupBy(i => i.Tags["subject"]), g => Assert.Single(g.Select(i => i.Split).Distinct()));
        foreach (var label in images.GroupBy(i => i.Label))
        {
            Assert.InRange((double)label.Count(i => i.Split == DataSplit.Train) / label.Count(), 0.68, 0.72);
            Assert.InRange((double)label.Count(i => i.Split == DataSplit.Validation) / label.Count(), 0.08, 0.12);
            Assert.InRange((double)label.Count(i => i.Split == DataSplit.Test) / label.Count(), 0.18, 0.22);
        }
        Assert.Equal("subject", _w.Workspace.GetDataset("d").GroupBy);
    }

    [Fact]
    public void The_same_seed_gives_the_same_split_and_another_seed_another()
    {
        for (var g = 0; g < 12; g++) Add("a", 30, g % 2 == 0 ? "open" : "closed", $"s{g}");
        var ids = Images("a").Select(i => i.Id).ToList();
        _w.Workspace.Catalogue.AddMembers("b", [.. ids.AsEnumerable().Reverse()]);
        _w.Workspace.Catalogue.AddMembers("c", ids);
        var request = new SplitRequest { Dataset = "a", GroupBy = "subject", Seed = 5 };
        var a = Split(request);
        Assert.Equal(a.VersionId, Split(request with { Dataset = "b" }).VersionId);
        Assert.NotEqual(a.VersionId, Split(request with { Dataset = "c", Seed = 6 }).VersionId);
    }

    [Fact]
    public void A_split_is_sticky_and_new_images_follow_their_group()
    {
        for (var g = 0; g < 10; g++) Add("d", 40, "a", $"s{g}");
        Split(new SplitRequest { Dataset = "d", GroupBy = "subject" });
        var before = Images("d").ToDictionary(i => i.Id, i => i.Split);
        var splitOf = Images("d").GroupBy(i => i.Tags["subject"]).ToDictionary(g => g.Key, g => g.First().Split);
        for (var g = 0; g < 14; g++) Add("d", 10, "a", $"s{g}");
        Split(new SplitRequest { Dataset = "d" }); // remembers the tag
        var after = Images("d");
        Assert.All(after.Where(i => before.ContainsKey(i.Id)), i => Assert.Equal(before[i.Id], i.Split));
        Assert.All(after.Where(i => splitOf.ContainsKey(i.Tags["subject"])), i => Assert.Equal(splitOf[i.Tags["subject"]], i.Split));
        Assert.DoesNotContain(after, i => i.Split == DataSplit.None);
        Assert.Equal("GroupingDiffers", Assert.Throws<FlywheelException>(() => Split(new SplitRequest { Dataset = "d", GroupBy = "photo" })).ErrorId);
    }

    [Fact]
    public void Named_groups_go_where_they_are_told_and_nothing_else_goes_there()
    {
        for (var g = 0; g < 10; g++) Add("d", 50, "a", $"s{g}");
        Split(new SplitRequest { Dataset = "d", GroupBy = "subject", TestGroups = ["s3", "S7"] });
        Assert.Equal(["s3", "s7"], Images("d").Where(i => i.Split == DataSplit.Test).Select(i => i.Tags["subject"]).Distinct().Order());
        Assert.Equal(50, Images("d").Count(i => i.Split == DataSplit.Validation)); // 80 % left: train and validation share it 7 to 1
        Assert.Equal("GroupNotFound", Assert.Throws<FlywheelException>(() => Split(new SplitRequest { Dataset = "d", GroupBy = "subject", TestGroups = ["s99"] })).ErrorId);
        Assert.Equal("SplitIsSticky", Assert.Throws<FlywheelException>(() => Split(new SplitRequest { Dataset = "d", GroupBy = "subject", ValidationGroups = ["s3"] })).ErrorId);
    }

    [Fact]
    public void Labels_of_a_machine_never_enter_validation_or_test()
    {
        for (var g = 0; g < 10; g++) Add("d", 30, "a", $"s{g}");
        Split(new SplitRequest { Dataset = "d", GroupBy = "subject" });
        for (var g = 0; g < 20; g++) Add("d", 5, null, $"s{g}");
        var fresh = Images("d").Where(i => i.Label is null).Select(i => i.Id).ToList();
        _w.Workspace.Catalogue.Annotate([.. fresh.Select(id => new AnnotationChange(id, "a", AnnotationProvenance.Auto, "model"))]);
        Split(new SplitRequest { Dataset = "d" });
        var machine = Images("d").Where(i => i.Provenance == AnnotationProvenance.Auto).ToList();
        Assert.Equal(100, machine.Count);
        Assert.All(machine, i => Assert.True(i.Split is DataSplit.Train or DataSplit.None));
        Assert.Contains(machine, i => i.Split == DataSplit.Train);
        Assert.Contains(_w.Reports.Warnings, w => w.Contains("labelled by a machine", StringComparison.Ordinal));
    }

    [Fact]
    public void Unlabelled_images_get_a_split_only_when_asked()
    {
        Add("d", 100, "a");
        Add("d", 100, null);
        Assert.Equal(100, Split(new SplitRequest { Dataset = "d" }).SplitCounts[DataSplit.None]);
        Assert.False(Split(new SplitRequest { Dataset = "d", IncludeUnlabelled = true }).SplitCounts.ContainsKey(DataSplit.None));
    }

    [Fact]
    public void Images_without_the_tag_are_groups_of_their_own_and_are_counted()
    {
        for (var g = 0; g < 10; g++) Add("d", 30, "a", $"s{g}");
        Add("d", 7, "a");
        Split(new SplitRequest { Dataset = "d", GroupBy = "subject" });
        Assert.Contains(_w.Reports.Warnings, w => w.StartsWith("7 images have no tag 'subject'", StringComparison.Ordinal));
    }

    [Fact]
    public void Too_few_images_or_groups_are_told()
    {
        Add("d", 100, "a", "s1");
        Add("d", 100, "a", "s2");
        Add("d", 10, "b", "s3");
        Split(new SplitRequest { Dataset = "d", GroupBy = "subject" });
        Assert.Contains(_w.Reports.Warnings, w => w.Contains("no image labelled 'b'", StringComparison.Ordinal));
        Assert.Contains(_w.Reports.Warnings, w => w.Contains("only 1 group by 'subject'", StringComparison.Ordinal));
    }

    [Fact]
    public void Near_identical_images_across_splits_are_told_and_can_be_kept_together()
    {
        for (var p = 0; p < 60; p++)
        {
            var hash = new SeededRandom(1000 + p).NextUInt64();
            Add("loose", 1, "a", null, hash);
            Add("loose", 1, "a", null, hash ^ 0x8000_0000_0000_0001UL); // two bits off, in two of the three bands
        }
        _w.Workspace.Catalogue.AddMembers("tight", [.. Images("loose").Select(i => i.Id)]);
        Split(new SplitRequest { Dataset = "loose" });
        Assert.Contains(_w.Reports.Warnings, w => w.Contains("near-identical", StringComparison.Ordinal) && w.Contains(".png (", StringComparison.Ordinal));
        _w.Reports.Warnings.Clear();
        Split(new SplitRequest { Dataset = "tight", KeepDuplicatesTogether = true });
        Assert.DoesNotContain(_w.Reports.Warnings, w => w.Contains("near-identical", StringComparison.Ordinal));
        Assert.Equal(12, Images("tight").Count(i => i.Split == DataSplit.Validation));
    }

    [Theory]
    [InlineData("InvalidSplitShares")]
    [InlineData("NothingToSplit")]
    [InlineData("TagNotFound")]
    [InlineData("GroupsWithoutTag")]
    [InlineData("DatasetNotFound")]
    public void Requests_that_make_no_sense_change_nothing(string id)
    {
        Add("d", 10, id == "NothingToSplit" ? null : "a", "s1");
        var before = _w.Workspace.GetDataset("d").VersionId;
        var request = new SplitRequest { Dataset = id == "DatasetNotFound" ? "none" : "d" };
        request = id switch
        {
            "InvalidSplitShares" => request with { Train = 0.9 },
            "TagNotFound" => request with { GroupBy = "subjekt" },
            "GroupsWithoutTag" => request with { TestGroups = ["s1"] },
            _ => request,
        };
        var fault = Assert.Throws<FlywheelException>(() => Split(request));
        Assert.Equal(id, fault.ErrorId);
        if (id == "TagNotFound") Assert.Contains("Did you mean 'subject'?", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(before, _w.Workspace.GetDataset("d").VersionId);
    }

    [Fact]
    public void A_plan_tells_what_the_split_then_does_and_stores_nothing()
    {
        Add("d", 100, "a");
        var request = new SplitRequest { Dataset = "d" };
        var plan = DatasetSplitter.Plan(_w.Workspace, request, _w.Reports, CancellationToken.None);
        Assert.DoesNotContain(Images("d"), i => i.Split != DataSplit.None);
        var dataset = Split(request);
        Assert.Equal(plan.Images.Where(i => i.Value > 0), dataset.SplitCounts);
    }

    [Fact]
    public void Real_subjects_stay_apart()
    {
        var mrl = SharedData.Folder("mrl");
        DatasetImporter.Import(_w.Workspace, new ImportRequest { Path = mrl, NamePattern = @"^(?<subject>s\d+)_\d+_\d_\d_(?<label>\d)_" }, _w.Reports, CancellationToken.None);
        var dataset = Split(new SplitRequest { Dataset = "mrl", GroupBy = "subject", Seed = 7 });
        Assert.All(Images("mrl").GroupBy(i => i.Tags["subject"]), g => Assert.Single(g.Select(i => i.Split).Distinct()));
        Assert.InRange((double)dataset.SplitCounts[DataSplit.Train] / dataset.Images, 0.67, 0.73);
    }
}
