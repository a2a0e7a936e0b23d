namespace Flywheel.Catalogue.Tests;

public sealed class ImageTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();

    public void Dispose() => _c.Dispose();

    [Fact]
    public void What_goes_in_comes_out()
    {
        _c.Add("eyes", _c.Record(1, "open", null, ("subject", "s1"), ("größe", "wide \"x\"")));
        var image = Assert.Single(_c.Store.Images(new ImageQuery { Dataset = "eyes" }));
        Assert.Equal(TemporaryCatalogue.Id(1), image.Id);
        Assert.Equal(Path.Combine(_c.Root, "data", "1.png"), image.Path);
        Assert.Equal("open", image.Label);
        Assert.Equal(AnnotationProvenance.Imported, image.Provenance);
        Assert.Equal((24, 30, 1000L, "png"), (image.Width, image.Height, image.Bytes, image.Format));
        Assert.Equal((0.5, 0.1, 100d, 6d, 0d), (image.Brightness, image.Contrast, image.Sharpness, image.Entropy, image.Colorfulness));
        Assert.Equal(0xF0F0_F0F0_F0F0_F0F0UL, image.PerceptualHash);
        Assert.Equal("s1", image.Tags["subject"]);
        Assert.Equal("wide \"x\"", image.Tags["größe"]);
    }

    [Fact]
    public void Adding_the_same_files_again_adds_nothing()
    {
        var records = Enumerable.Range(0, 20).Select(i => _c.Record(i, "a")).ToArray();
        var first = _c.Store.AddImages("d", records, "x");
        var second = _c.Store.AddImages("d", records, "x");
        Assert.Equal((20, 0), (first.Added, first.Present));
        Assert.Equal((0, 20), (second.Added, second.Present));
        Assert.Equal(20, _c.Store.CountImages());
        Assert.Equal(20, _c.Store.Annotations().Count());
    }

    [Fact]
    public void Equal_bytes_under_two_paths_are_one_image_with_two_sources()
    {
        _c.Add("d", _c.Record(1, "a"), _c.Record(1, "a", Path.Combine(_c.Root, "data", "copy.png")));
        Assert.Equal(1, _c.Store.CountImages());
        var known = _c.Store.KnownFiles(Path.Combine(_c.Root, "data"));
        Assert.Equal(2, known.Count);
        Assert.All(known.Values, k => Assert.Equal(new KnownFile(TemporaryCatalogue.Id(1), 1000, 42), k));
    }

    [Fact]
    public void Equal_bytes_with_another_label_are_a_conflict_and_keep_the_first_label()
    {
        _c.Add("d", _c.Record(1, "open"));
        var result = _c.Store.AddImages("d", [_c.Record(1, "closed", "/elsewhere/b.png")], "x");
        Assert.Equal(new LabelConflict(TemporaryCatalogue.Id(1), "/elsewhere/b.png", "open", "closed"), Assert.Single(result.Conflicts));
        Assert.Equal("open", _c.Store.FindImage(TemporaryCatalogue.Id(1))!.Label);
    }

    [Fact]
    public void A_corrected_label_is_no_conflict_when_the_same_file_comes_again()
    {
        _c.Add("d", _c.Record(1, "open"));
        _c.Store.Annotate([new AnnotationChange(TemporaryCatalogue.Id(1), "closed", AnnotationProvenance.Human, "ann")]);
        Assert.Empty(_c.Store.AddImages("d", [_c.Record(1, "open")], "x").Conflicts);
        Assert.Equal("closed", _c.Store.FindImage(TemporaryCatalogue.Id(1))!.Label);
        Assert.Single(_c.Store.AddImages("d", [_c.Record(1, "squint")], "x").Conflicts);
    }

    [Fact]
    public void A_later_import_gives_the_missing_label_and_adds_tags()
    {
        _c.Add("d", _c.Record(1, null, null, ("a", "1"), ("b", "2")));
        var before = _c.Store.FindDataset("d")!;
        _c.Add("d", _c.Record(1, "open", null, ("b", "3"), ("c", "4")));
        var image = _c.Store.FindImage(TemporaryCatalogue.Id(1))!;
        Assert.Equal("open", image.Label);
        Assert.Equal("a=1 b=3 c=4", string.Join(' ', image.Tags.OrderBy(t => t.Key).Select(t => $"{t.Key}={t.Value}")));
        Assert.NotEqual(before.VersionId, _c.Store.FindDataset("d")!.VersionId);
    }

    [Fact]
    public void A_known_file_joins_another_dataset_without_being_measured_again()
    {
        _c.Add("a", _c.Record(1, "open"));
        var result = _c.Store.AddImages("b", [_c.Record(1, "open") with { Measurement = default }], "x");
        Assert.Equal(1, result.Added);
        Assert.Equal(24, Assert.Single(_c.Store.Images(new ImageQuery { Dataset = "b" })).Width);
    }

    [Fact]
    public void An_unmeasured_unknown_file_is_refused_and_nothing_of_its_batch_is_stored()
    {
        var fault = Assert.Throws<FlywheelException>(() => _c.Add("d", _c.Record(1), _c.Record(2) with { Measurement = default }));
        Assert.Equal("ImageNotMeasured", fault.ErrorId);
        Assert.Equal(0, _c.Store.CountImages());
        Assert.Empty(_c.Store.Datasets());
    }

    [Fact]
    public void A_file_whose_bytes_changed_belongs_to_its_new_image()
    {
        _c.Add("d", _c.Record("old", null, "/data/x.png"));
        _c.Add("d", _c.Record("new", null, "/data/x.png"));
        Assert.Equal(TemporaryCatalogue.Id("new"), _c.Store.KnownFiles("/data")["/data/x.png"].ImageId);
        Assert.Equal(TemporaryCatalogue.Id("new"), _c.Store.FindImage("/data/x.png")!.Id);
    }

    [Fact]
    public void Known_files_are_those_under_the_folder_and_not_of_its_namesakes()
    {
        _c.Add("d", _c.Record(1, null, "/data/a/1.png"), _c.Record(2, null, "/data/a/b/2.png"), _c.Record(3, null, "/data/ab/3.png"), _c.Record(4, null, "/data/a.png"));
        Assert.Equal(["/data/a/1.png", "/data/a/b/2.png"], _c.Store.KnownFiles("/data/a").Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Filters_are_joined_by_and()
    {
        _c.Add("d",
            _c.Record(1, "open", null, ("subject", "s0001")) with { Measurement = new ImageMeasurement(24, 24, .2, .1, 1, 1, 0, 0) },
            _c.Record(2, "open", null, ("subject", "s0002")) with { Measurement = new ImageMeasurement(80, 80, .9, .1, 1, 1, 0, 0) },
            _c.Record(3, "closed", null, ("subject", "s0001")) with { Measurement = new ImageMeasurement(24, 24, .2, .1, 1, 1, 0, 0) },
            _c.Record(4));
        Assert.Equal([1, 2], Found(new ImageQuery { Labels = ["open"] }));
        Assert.Equal([4], Found(new ImageQuery { Labelled = false }));
        Assert.Equal([1, 2, 3], Found(new ImageQuery { Labelled = true }));
        Assert.Equal([1, 3], Found(new ImageQuery { Tags = new Dictionary<string, string> { ["Subject"] = "S0001" } }));
        Assert.Equal([1, 2, 3], Found(new ImageQuery { Tags = new Dictionary<string, string> { ["subject"] = "s*" } }));
        Assert.Equal([2], Found(new ImageQuery { Properties = [PropertyCondition.Parse("width>=80"), PropertyCondition.Parse("brightness > 0.5")] }));
        Assert.Equal([1], Found(new ImageQuery { Labels = ["open"], Tags = new Dictionary<string, string> { ["subject"] = "s0001" }, Properties = [PropertyCondition.Parse("width<=30")] }));
        Assert.Equal([3], Found(new ImageQuery { Ids = [TemporaryCatalogue.Id(3), TemporaryCatalogue.Id(99)] }));
        Assert.Equal([1, 2], Found(new ImageQuery { First = 2 }));
        Assert.Equal([1], Found(new ImageQuery { First = 1, Tags = new Dictionary<string, string> { ["subject"] = "s*" } }));
        Assert.Equal("SplitNeedsDataset", Assert.Throws<FlywheelException>(() => Found(new ImageQuery { Split = DataSplit.Test })).ErrorId);

        int[] Found(ImageQuery query) => [.. _c.Store.Images(query).Select(i => int.Parse(Path.GetFileNameWithoutExtension(i.Path)))];
    }

    [Fact]
    public void Images_are_found_by_id_prefix_and_path()
    {
        _c.Add("d", _c.Record(1), _c.Record(2));
        var id = TemporaryCatalogue.Id(1);
        Assert.Equal(id, _c.Store.FindImage(id)!.Id);
        Assert.Equal(id, _c.Store.FindImage(id[..7])!.Id);
        Assert.Equal(id, _c.Store.FindImage(Path.Combine(_c.Root, "data", "1.png"))!.Id);
        Assert.Null(_c.Store.FindImage(id[..5]));
        Assert.Null(_c.Store.FindImage("no-such-image"));
    }

    [Fact]
    public void Owned_images_point_to_the_copy()
    {
        _c.Add("d", _c.Record(1, null, "/outside/1.png"));
        var owned = Path.Combine(_c.Root, ".flywheel", "images", "6b", "x.png");
        _c.Store.SetOwnedPaths(new Dictionary<string, string> { [TemporaryCatalogue.Id(1)] = owned });
        Assert.Equal(owned, _c.Store.FindImage(TemporaryCatalogue.Id(1))!.Path);
        Assert.True(_c.Store.KnownFiles("/outside").ContainsKey("/outside/1.png"));
    }

    [Fact]
    public void A_moved_workspace_still_finds_the_images_inside_it()
    {
        _c.Add("d", _c.Record(1));
        _c.Store.Dispose();
        var moved = _c.Root + "-moved";
        Directory.Move(_c.Root, moved);
        try
        {
            using var store = SqliteCatalogue.Open(Path.Combine(moved, "catalogue.db"), moved);
            Assert.Equal(Path.Combine(moved, "data", "1.png"), store.FindImage(TemporaryCatalogue.Id(1))!.Path);
        }
        finally
        {
            Directory.Move(moved, _c.Root);
        }
    }
}
