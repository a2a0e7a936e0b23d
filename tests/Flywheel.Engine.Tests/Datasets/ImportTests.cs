using Flywheel.Engine.Datasets;

namespace Flywheel.Engine.Tests.Datasets;

public sealed class ImportTests : IDisposable
{
    const string MrlPattern = @"^(?<subject>s\d{4})_\d+_(?<gender>\d)_(?<glasses>\d)_(?<label>\d)_(?<reflections>\d)_(?<lighting>\d)_(?<sensor>\d\d)\.png$";
    static readonly Dictionary<string, string> s_eyes = new() { ["0"] = "closed", ["1"] = "open" };

    readonly TemporaryWorkspace _w = new();

    public void Dispose() => _w.Dispose();

    ImportResult Import(ImportRequest request) => DatasetImporter.Import(_w.Workspace, request, _w.Reports, CancellationToken.None);

    List<FlywheelImage> Images(string dataset) => [.. _w.Workspace.Catalogue.Images(new ImageQuery { Dataset = dataset })];

    [Fact]
    public void Folders_are_labels_and_importing_again_adds_nothing()
    {
        for (var i = 0; i < 10; i++) _w.Write($"{(i % 2 == 0 ? "cat" : "dog")}/{i}.png", Pictures.Png(i));
        var first = Import(new ImportRequest { Path = _w.Data, Name = "pets" });
        Assert.Equal((10, 0, 0), (first.Added, first.AlreadyPresent, first.Failed));
        Assert.Equal(5, first.Dataset.LabelCounts["cat"]);
        var second = Import(new ImportRequest { Path = _w.Data, Name = "pets" });
        Assert.Equal((0, 10, 0), (second.Added, second.AlreadyPresent, second.Failed));
        Assert.Equal(first.Dataset.VersionId, second.Dataset.VersionId);
        Assert.Empty(_w.Reports.Faults);
    }

    [Fact]
    public void Bad_files_are_each_reported_and_the_rest_goes_in()
    {
        var good = Pictures.Png(1, 64, 64);
        _w.Write("a/good.png", good);
        _w.Write("a/empty.png", []);
        _w.Write("a/truncated.png", good[..(good.Length / 2)]);
        _w.Write("a/text.jpg", "this is no picture");
        _w.Write("a/bomb.png", Pictures.Bomb());
        _w.Write("a/misnamed.jpg", Pictures.Png(2));
        File.CreateSymbolicLink(Path.Combine(_w.Data, "a", "gone.png"), Path.Combine(_w.Data, "nowhere.png"));
        var result = Import(new ImportRequest { Path = _w.Data, Name = "d" });
        Assert.Equal((2, 5), (result.Added, result.Failed));
        Assert.Equal(
            ["bomb.png ImageTooLarge", "empty.png ImageEmpty", "gone.png ImageUnreadable", "misnamed.jpg ImageMisnamed", "text.jpg ImageFormatUnknown", "truncated.png ImageCorrupt"],
            _w.Reports.Faults.Select(f => $"{Path.GetFileName((string)f.Target!)} {f.ErrorId}").Order(StringComparer.Ordinal));
        Assert.All(_w.Reports.Faults, f => Assert.Contains((string)f.Target!, f.Message, StringComparison.Ordinal));
        Assert.Equal(["good.png", "misnamed.jpg"], Images("d").Select(i => i.Name));
    }

    [Fact]
    public void When_no_file_can_be_taken_the_import_fails_and_makes_no_dataset()
    {
        _w.Write("a/empty.png", []);
        Assert.Equal("NoImageImported", Assert.Throws<FlywheelException>(() => Import(new ImportRequest { Path = _w.Data, Name = "d" })).ErrorId);
        Assert.Empty(_w.Workspace.Catalogue.Datasets());
    }

    [Fact]
    public void Real_eyes_go_in_by_their_names_and_a_second_import_reads_nothing()
    {
        var mrl = SharedData.Folder("mrl");
        var request = new ImportRequest { Path = mrl, NamePattern = MrlPattern, LabelMap = s_eyes };
        var result = Import(request);
        Assert.Empty(_w.Reports.Faults);
        Assert.Equal("mrl", result.Dataset.Name);
        Assert.Equal(Directory.GetFiles(mrl, "*.png").Length, result.Added + result.AlreadyPresent);
        Assert.Equal(["closed", "open"], result.Dataset.Labels);
        var image = _w.Workspace.Catalogue.FindImage(Path.Combine(mrl, "s0001_00026_0_0_0_0_0_01.png"))!;
        Assert.Equal(("closed", "s0001", "01"), (image.Label, image.Tags["subject"], image.Tags["sensor"]));
        Assert.InRange(image.Width, 52, 299);
        Assert.False(image.Tags.ContainsKey("label"));
        var plan = DatasetImporter.Plan(_w.Workspace, request, _w.Reports, CancellationToken.None);
        Assert.Equal((plan.Files, 0L), (plan.Known, plan.Bytes));
        Assert.Equal(0, Import(request).Added);
    }

    [Fact]
    public void Real_patches_take_labels_from_folders_and_tags_from_names()
    {
        var cew = SharedData.Folder("cew");
        var result = Import(new ImportRequest
        {
            Path = cew,
            NamePattern = @"^(?<photo>.+?\.jpg_face_\d+|.+?)_(?<side>[LR])\.jpg$",
            LabelMap = new Dictionary<string, string> { ["closedLeftEyes"] = "closed", ["closedRightEyes"] = "closed", ["openLeftEyes"] = "open", ["openRightEyes"] = "open" },
        });
        Assert.Empty(_w.Reports.FaultIds.Except(["LabelConflict"]));
        Assert.Equal(["closed", "open"], result.Dataset.Labels);
        Assert.All(Images("cew"), i => Assert.Contains(i.Tags["side"], new[] { "L", "R" }));
    }

    [Fact]
    public void Real_label_errors_show_as_conflicts_when_the_bytes_are_equal()
    {
        var folder = SharedData.Folder("mrl-conflicts");
        var result = Import(new ImportRequest { Path = folder, NamePattern = MrlPattern, LabelMap = s_eyes });
        Assert.Equal(result.Conflicts.Count, _w.Reports.FaultIds.Count(id => id == "LabelConflict"));
        Assert.Equal(12, result.Added + result.AlreadyPresent);
    }

    [Fact]
    public void Equal_bytes_with_two_labels_are_reported_with_both_files()
    {
        _w.Write("a/1.png", Pictures.Png(1));
        _w.Write("b/2.png", Pictures.Png(1));
        var result = Import(new ImportRequest { Path = _w.Data, Name = "d" });
        Assert.Equal((1, 1), (result.Added, result.AlreadyPresent));
        var fault = Assert.Single(_w.Reports.Faults);
        Assert.Equal("LabelConflict", fault.ErrorId);
        Assert.Contains(Path.Combine("a", "1.png"), fault.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("b", "2.png"), fault.Message, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(Images("d")).Label);
    }

    [Fact]
    public void A_limit_takes_that_many_per_label_by_seed_and_fills_up_where_files_fail()
    {
        for (var i = 0; i < 30; i++) _w.Write($"a/{i:00}.png", i % 3 == 0 ? [] : Pictures.Png(i));
        for (var i = 0; i < 4; i++) _w.Write($"b/{i:00}.png", Pictures.Png(100 + i));
        var request = new ImportRequest { Path = _w.Data, Name = "d", Limit = 10, Seed = 3 };
        var result = Import(request);
        Assert.Equal((10, 4), (result.Dataset.LabelCounts["a"], result.Dataset.LabelCounts["b"]));
        Assert.Equal(0, Import(request).Added);

        using var other = new TemporaryWorkspace();
        var again = DatasetImporter.Import(other.Workspace, request with { Threads = 1 }, other.Reports, CancellationToken.None);
        Assert.Equal(result.Dataset.VersionId, again.Dataset.VersionId);
        var differently = DatasetImporter.Import(other.Workspace, request with { Name = "e", Seed = 4 }, other.Reports, CancellationToken.None);
        Assert.NotEqual(result.Dataset.VersionId, differently.Dataset.VersionId);
    }

    [Fact]
    public void Threads_change_neither_the_order_nor_the_content()
    {
        for (var i = 0; i < 700; i++) _w.Write($"a/{i:000}.png", Pictures.Png(i, 8, 8));
        Import(new ImportRequest { Path = _w.Data, Name = "d", Threads = 4 });
        Assert.Equal(Directory.GetFiles(_w.Data, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal), Images("d").Select(i => i.Path));
    }

    [Fact]
    public void Copied_images_outlive_their_source()
    {
        var source = _w.Write("a/1.png", Pictures.Png(1));
        var bytes = File.ReadAllBytes(source);
        Import(new ImportRequest { Path = _w.Data, Name = "d", Copy = true });
        File.Delete(source);
        var image = Assert.Single(Images("d"));
        Assert.Equal(Path.Combine(_w.Workspace.ImagesPath, image.Id[..2], image.Id + ".png"), image.Path);
        Assert.Equal(bytes, File.ReadAllBytes(image.Path));
        Assert.Single(Directory.GetFiles(_w.Workspace.ImagesPath, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Images_referred_to_become_owned_when_imported_again_with_copy()
    {
        _w.Write("a/1.png", Pictures.Png(1));
        Import(new ImportRequest { Path = _w.Data, Name = "d" });
        var result = Import(new ImportRequest { Path = _w.Data, Name = "d", Copy = true });
        Assert.Equal(0, result.Added);
        Assert.StartsWith(_w.Workspace.ImagesPath, Assert.Single(Images("d")).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unlabelled_import_hides_every_trace_of_the_labels()
    {
        _w.Write("open/s1_1.png", Pictures.Png(1));
        Import(new ImportRequest { Path = _w.Data, Name = "pool", Unlabeled = true, NamePattern = @"(?<subject>s\d)_(?<label>\d)" });
        var image = Assert.Single(Images("pool"));
        Assert.Null(image.Label);
        Assert.Equal(["subject"], image.Tags.Keys);
    }

    [Fact]
    public void Files_named_one_by_one_are_one_import()
    {
        string[] files = [_w.Write("in/a/1.png", Pictures.Png(1)), _w.Write("in/b/2.png", Pictures.Png(2)), _w.Write("in/b/notes.txt", "x"), Path.Combine(_w.Data, "in", "b", "gone.png")];
        _w.Write("in/b/3.png", Pictures.Png(3)); // not named
        Assert.Equal(Path.Combine(_w.Data, "in"), ImportRequest.CommonFolder(files));
        var result = Import(new ImportRequest { Path = ImportRequest.CommonFolder(files), Files = files, Name = "d" });
        Assert.Equal((2, 2), (result.Added, result.Failed));
        Assert.Equal(["a", "b"], Images("d").Select(i => i.Label));
        Assert.Equal(["SourceIsNoImage", "SourceNotFound"], _w.Reports.FaultIds.Order());
        Assert.Single(_w.Workspace.Catalogue.Versions("d"));
    }

    [Fact]
    public void A_replaced_file_is_a_new_image_and_is_told()
    {
        var path = _w.Write("a/1.png", Pictures.Png(1));
        Import(new ImportRequest { Path = _w.Data, Name = "d" });
        File.WriteAllBytes(path, Pictures.Png(2));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(1, Import(new ImportRequest { Path = _w.Data, Name = "d" }).Added);
        Assert.Contains("1 files have other bytes", Assert.Single(_w.Reports.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_import_keeps_whole_batches_and_the_next_one_completes_it()
    {
        for (var i = 0; i < 1200; i++) _w.Write($"a/{i:0000}.png", Pictures.Png(i, 8, 8));
        _w.Write("a/0007.png", []);
        using var stop = new CancellationTokenSource();
        var reporter = new StoppingReporter(stop);
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetImporter.Import(_w.Workspace, new ImportRequest { Path = _w.Data, Name = "d" }, reporter, stop.Token));
        Assert.Equal(511, Images("d").Count); // the batch at which the fault was reported, without the faulty file
        Import(new ImportRequest { Path = _w.Data, Name = "d" });
        Assert.Equal(1199, Images("d").Count);
    }

    /// <summary>Stops the work at the first fault.</summary>
    sealed class StoppingReporter(CancellationTokenSource stop) : IReporter
    {
        public void Progress(ProgressInfo progress) { }
        public void Warning(string message) { }
        public void Information(string message) { }
        public void Verbose(string message) { }
        public void Fault(FlywheelException fault) => stop.Cancel();
    }

    [Theory]
    [InlineData("NothingToImport")]
    [InlineData("InvalidLimit")]
    [InlineData("InvalidDatasetName")]
    [InlineData("SourceNotFound")]
    public void Requests_that_make_no_sense_change_nothing(string id)
    {
        if (id != "NothingToImport") _w.Write("a/1.png", Pictures.Png(1));
        var request = new ImportRequest { Path = _w.Data, Name = "d" };
        request = id switch
        {
            "InvalidLimit" => request with { Limit = 0 },
            "InvalidDatasetName" => request with { Name = "a/b" },
            "SourceNotFound" => request with { Path = Path.Combine(_w.Data, "none") },
            _ => request,
        };
        Assert.Equal(id, Assert.Throws<FlywheelException>(() => Import(request)).ErrorId);
        Assert.Empty(_w.Workspace.Catalogue.Datasets());
    }
}
