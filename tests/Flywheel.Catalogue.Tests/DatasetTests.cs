using System.Security.Cryptography;
using System.Text;

namespace Flywheel.Catalogue.Tests;

public sealed class DatasetTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();

    public void Dispose() => _c.Dispose();

    [Fact]
    public void The_version_id_is_the_hash_of_the_sorted_rows()
    {
        _c.Add("d", _c.Record(1, "open"), _c.Record(2), _c.Record(3, "zu"));
        _c.Store.AssignSplits("d", new Dictionary<string, DataSplit> { [TemporaryCatalogue.Id(1)] = DataSplit.Train, [TemporaryCatalogue.Id(3)] = DataSplit.Test }, "subject");
        var rows = new[] { (1, "open", "Train"), (2, "", "None"), (3, "zu", "Test") }.Select(r => $"{TemporaryCatalogue.Id(r.Item1)}\t{r.Item2}\t{r.Item3}\n").Order(StringComparer.Ordinal);
        var expected = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(rows))));
        var dataset = _c.Store.FindDataset("D")!;
        Assert.Equal(expected, dataset.VersionId);
        Assert.Equal("d", dataset.Name);
        Assert.Equal("subject", dataset.GroupBy);
        Assert.Equal((3, 2), (dataset.Images, dataset.Labelled));
        Assert.Equal(["open", "zu"], dataset.Labels);
        Assert.Equal((1, 1, 1), (dataset.SplitCounts[DataSplit.Train], dataset.SplitCounts[DataSplit.Test], dataset.SplitCounts[DataSplit.None]));
        Assert.Equal(_c.Root, dataset.Workspace);
    }

    [Fact]
    public void Equal_content_has_equal_ids_whatever_the_order_and_the_name()
    {
        var records = Enumerable.Range(0, 300).Select(i => _c.Record(i, i % 2 == 0 ? "a" : "b")).ToArray();
        using var other = new TemporaryCatalogue();
        _c.Add("one", records);
        other.Add("two", [.. records.Reverse()]);
        Assert.Equal(_c.Store.FindDataset("one")!.VersionId, other.Store.FindDataset("two")!.VersionId);
        Assert.Equal(_c.Store.Snapshot("one").Id, other.Store.Snapshot("two").Id);
    }

    [Fact]
    public void A_remembered_summary_is_the_one_made_anew()
    {
        _c.Add("d", _c.Record(1, "a"));
        var first = _c.Store.FindDataset("d")!;
        _c.Reopen();
        var again = _c.Store.FindDataset("d")!;
        Assert.Equal(first.VersionId, again.VersionId);
        Assert.Equal(1, again.LabelCounts["a"]);
        _c.Add("d", _c.Record(2, "a"));
        Assert.Equal(2, _c.Store.FindDataset("d")!.LabelCounts["a"]);
    }

    [Fact]
    public void Versions_stay_as_they_were()
    {
        _c.Add("d", _c.Record(1, "a"), _c.Record(2, "größer"));
        var first = _c.Store.Snapshot("d");
        Assert.Equal(first, _c.Store.Snapshot("d"));
        _c.Store.Annotate([new AnnotationChange(TemporaryCatalogue.Id(1), "b", AnnotationProvenance.Human, "x")]);
        _c.Add("d", _c.Record(3));
        var second = _c.Store.Snapshot("d");
        Assert.Equal([first.Id, second.Id], _c.Store.Versions("d").Select(v => v.Id));
        Assert.Equal(second.Id, _c.Store.FindDataset("d")!.VersionId);
        var rows = _c.Store.VersionEntries(first.Id[..12])!;
        Assert.Equal(rows.OrderBy(r => r.ImageId, StringComparer.Ordinal), rows);
        Assert.Equal(["a", "größer"], rows.Select(r => r.Label!).Order(StringComparer.Ordinal));
        Assert.Equal(3, _c.Store.VersionEntries(second.Id)!.Count);
        Assert.Null(_c.Store.VersionEntries("ffffffffffff"));
    }

    [Fact]
    public void An_image_never_moves_between_splits()
    {
        _c.Add("d", _c.Record(1), _c.Record(2));
        string one = TemporaryCatalogue.Id(1), two = TemporaryCatalogue.Id(2);
        _c.Store.AssignSplits("d", new Dictionary<string, DataSplit> { [one] = DataSplit.Train }, null);
        var fault = Assert.Throws<FlywheelException>(() => _c.Store.AssignSplits("d", new Dictionary<string, DataSplit> { [two] = DataSplit.Train, [one] = DataSplit.Test }, "x"));
        Assert.Equal("SplitIsSticky", fault.ErrorId);
        Assert.Equal(one, fault.Target);
        // Nothing of the refused call happened.
        Assert.Equal([DataSplit.Train, DataSplit.None], _c.Store.Images(new ImageQuery { Dataset = "d" }).Select(i => i.Split));
        Assert.Null(_c.Store.FindDataset("d")!.GroupBy);
        _c.Store.AssignSplits("d", new Dictionary<string, DataSplit> { [one] = DataSplit.Train, [two] = DataSplit.Validation }, null);
        Assert.Single(_c.Store.Images(new ImageQuery { Dataset = "d", Split = DataSplit.Validation }));
    }

    [Fact]
    public void Members_join_with_a_split_and_keep_the_one_they_have()
    {
        _c.Add("all", _c.Record(1), _c.Record(2), _c.Record(3));
        Assert.Equal(2, _c.Store.AddMembers("some", [TemporaryCatalogue.Id(1), TemporaryCatalogue.Id(2)], DataSplit.Test));
        Assert.Equal(1, _c.Store.AddMembers("some", [TemporaryCatalogue.Id(1), TemporaryCatalogue.Id(3)], DataSplit.Train));
        Assert.Equal([DataSplit.Test, DataSplit.Test, DataSplit.Train], _c.Store.Images(new ImageQuery { Dataset = "some" }).Select(i => i.Split));
        Assert.Equal("ImageNotFound", Assert.Throws<FlywheelException>(() => _c.Store.AddMembers("some", [TemporaryCatalogue.Id(9)])).ErrorId);
        Assert.Equal("DatasetNotFound", Assert.Throws<FlywheelException>(() => _c.Store.Snapshot("none")).ErrorId);
        Assert.Equal("ImageNotInDataset", Assert.Throws<FlywheelException>(() => _c.Store.AssignSplits("all", new Dictionary<string, DataSplit> { [NotIn()] = DataSplit.Train }, null)).ErrorId);

        string NotIn()
        {
            _c.Add("else", _c.Record(77));
            return TemporaryCatalogue.Id(77);
        }
    }
}
