using Flywheel.Engine.Datasets;

namespace Flywheel.Engine.Tests.Datasets;

public sealed class AnnotationTests : IDisposable
{
    readonly TemporaryWorkspace _w = new();

    public void Dispose() => _w.Dispose();

    TruthSource Truth(Func<TruthRequest, TruthRequest>? with = null)
    {
        var request = new TruthRequest { Path = Path.Combine(_w.Data, "truth") };
        return TruthSource.Open(with?.Invoke(request) ?? request, _w.Reports, CancellationToken.None);
    }

    List<FlywheelImage> Pool()
    {
        DatasetImporter.Import(_w.Workspace, new ImportRequest { Path = Path.Combine(_w.Data, "pool"), Name = "pool", Unlabeled = true }, _w.Reports, CancellationToken.None);
        return [.. _w.Workspace.Catalogue.Images(new ImageQuery { Dataset = "pool" })];
    }

    [Fact]
    public void The_truth_is_found_by_the_bytes_of_an_image_whatever_its_name()
    {
        _w.Write("truth/open/a.png", Pictures.Png(1));
        _w.Write("truth/closed/b.png", Pictures.Png(2));
        _w.Write("pool/b.png", Pictures.Png(1));
        _w.Write("pool/x.png", Pictures.Png(2));
        _w.Write("pool/y.png", Pictures.Png(3));
        var images = Pool();
        var made = Annotator.Replay(_w.Workspace, Truth(), images, _w.Reports, author: "replay");
        Assert.Equal(["open", "closed"], made.Select(a => a.NewLabel));
        Assert.All(made, a => Assert.Equal((AnnotationProvenance.Human, "replay", Path.Combine(_w.Data, "truth")), (a.Provenance, a.Author, a.Source)));
        Assert.Equal(["TruthUnknown"], _w.Reports.FaultIds);
        Assert.Equal(["open", "closed", null], _w.Workspace.Catalogue.Images(new ImageQuery { Dataset = "pool" }).Select(i => i.Label));
    }

    [Fact]
    public void Names_speak_only_when_asked_and_only_when_they_are_clear()
    {
        _w.Write("truth/open/a.png", Pictures.Png(1));
        _w.Write("truth/open/c.png", Pictures.Png(2));
        _w.Write("truth/closed/c.png", Pictures.Png(3));
        _w.Write("pool/a.png", Pictures.Png(11));
        _w.Write("pool/c.png", Pictures.Png(12));
        var images = Pool();
        Assert.Equal([null, null], images.Select(Truth().LabelOf));
        Assert.Equal(["open", null], images.Select(Truth(t => t with { MatchNames = true }).LabelOf));
    }

    [Fact]
    public void A_truth_that_contradicts_itself_says_nothing()
    {
        _w.Write("truth/open/a.png", Pictures.Png(1));
        _w.Write("truth/closed/b.png", Pictures.Png(1));
        _w.Write("pool/x.png", Pictures.Png(1));
        Assert.Null(Truth().LabelOf(Pool()[0]));
        Assert.Equal(["TruthContradicts"], _w.Reports.FaultIds);
    }

    [Fact]
    public void An_image_imported_from_the_truth_itself_is_found_by_its_place_with_the_labels_mapped()
    {
        _w.Write("pool/closedLeftEyes/1.png", Pictures.Png(1));
        var truth = Truth(t => t with { Path = Path.Combine(_w.Data, "pool"), LabelMap = new Dictionary<string, string> { ["closedLeftEyes"] = "closed" } });
        Assert.Equal("closed", truth.LabelOf(Assert.Single(Pool())));
        Assert.Equal((1, "closed"), (truth.Count, Assert.Single(truth.Labels)));
    }

    [Fact]
    public void Images_are_labelled_by_id_prefix_or_path_and_all_or_none()
    {
        var path = _w.Write("pool/1.png", Pictures.Png(1));
        _w.Write("pool/2.png", Pictures.Png(2));
        var images = Pool();
        Assert.Equal(2, Annotator.Set(_w.Workspace, [path, images[1].Id[..8]], "open", author: "ann").Count);
        Assert.Equal("ImageNotFound", Assert.Throws<FlywheelException>(() => Annotator.Set(_w.Workspace, [path, "ffffffffff"], "closed")).ErrorId);
        Assert.All(_w.Workspace.Catalogue.Images(new ImageQuery { Dataset = "pool" }), i => Assert.Equal("open", i.Label));
        Assert.Single(Annotator.Set(_w.Workspace, [path], null));
        Assert.Null(_w.Workspace.Catalogue.FindImage(path)!.Label);
    }

    [Fact]
    public void Versions_tell_what_changed()
    {
        for (var i = 0; i < 4; i++) _w.Write($"pool/{i}.png", Pictures.Png(i));
        var images = Pool();
        var before = _w.Workspace.GetDataset("pool");
        Annotator.Set(_w.Workspace, [images[0].Id], "open");
        _w.Workspace.Catalogue.AssignSplits("pool", new Dictionary<string, DataSplit> { [images[1].Id] = DataSplit.Test }, null);
        _w.Write("pool/9.png", Pictures.Png(9));
        Pool();
        var difference = DatasetDiff.Compare(_w.Workspace, before.ToString(), "pool");
        Assert.Equal((before.VersionId, _w.Workspace.GetDataset("pool").VersionId), (difference.From, difference.To));
        Assert.Single(difference.Added);
        Assert.Empty(difference.Removed);
        Assert.Equal((images[0].Id, null, "open"), Assert.Single(difference.Relabelled));
        Assert.Equal((images[1].Id, DataSplit.None, DataSplit.Test), Assert.Single(difference.Resplit));
        Assert.Single(DatasetDiff.Compare(_w.Workspace, "pool", before.Version).Removed);
        Assert.Equal("VersionNotFound", Assert.Throws<FlywheelException>(() => DatasetDiff.Compare(_w.Workspace, "pool", "0123456789")).ErrorId);
    }
}
