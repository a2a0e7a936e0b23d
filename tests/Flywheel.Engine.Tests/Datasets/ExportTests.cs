using Flywheel.Engine.Datasets;

namespace Flywheel.Engine.Tests.Datasets;

public sealed class ExportTests : IDisposable
{
    readonly TemporaryWorkspace _w = new();

    public void Dispose() => _w.Dispose();

    string Target => Path.Combine(_w.Folder, "export");

    void Import(Func<ImportRequest, ImportRequest>? with = null)
    {
        var request = new ImportRequest { Path = _w.Data, Name = "d" };
        DatasetImporter.Import(_w.Workspace, with?.Invoke(request) ?? request, _w.Reports, CancellationToken.None);
    }

    ExportResult Export(Func<ExportRequest, ExportRequest>? with = null)
    {
        var request = new ExportRequest { Dataset = "d", Path = Target };
        return DatasetExporter.Export(_w.Workspace, with?.Invoke(request) ?? request, _w.Reports, CancellationToken.None);
    }

    string[] Files() => [.. Directory.GetFiles(Target, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Target, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Fact]
    public void An_export_reads_back_as_the_same_images_labels_and_tags()
    {
        _w.Write("a/s1_x.png", Pictures.Png(1));
        _w.Write("b/s2_x.png", Pictures.Png(2));
        Import(r => r with { NamePattern = @"^(?<subject>s\d)" });
        var result = Export();
        Assert.Equal((2, 0), (result.Images, result.Failed));
        Assert.Equal(["a/s1_x.png", "b/s2_x.png", "manifest.csv"], Files());
        using var other = new TemporaryWorkspace();
        var again = DatasetImporter.Import(other.Workspace, new ImportRequest { Path = result.Manifest, Name = "d" }, other.Reports, CancellationToken.None);
        Assert.Equal(_w.Workspace.GetDataset("d").VersionId, again.Dataset.VersionId);
        Assert.Equal(["s1", "s2"], other.Workspace.Catalogue.Images(new ImageQuery { Dataset = "d" }).Select(i => i.Tags["subject"]));
    }

    [Fact]
    public void Labels_cannot_leave_the_folder_and_never_share_one()
    {
        _w.Write("m/1.png", Pictures.Png(1));
        _w.Write("m/2.png", Pictures.Png(2));
        _w.Write("m/3.png", Pictures.Png(3));
        _w.Write("list.csv", "path,label\nm/1.png,../../up\nm/2.png,..?..?up\nm/3.png,../../UP\n");
        Import(r => r with { Path = Path.Combine(_w.Data, "list.csv") });
        Export();
        Assert.Equal(["_.._UP-3/3.png", "_.._up-2/2.png", "_.._up/1.png", "manifest.csv"], Files());
    }

    [Fact]
    public void Equal_names_do_not_overwrite_each_other()
    {
        _w.Write("x/a/1.png", Pictures.Png(1));
        _w.Write("y/a/1.PNG", Pictures.Png(2));
        Import();
        Export();
        Assert.Equal(3, Files().Length);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(Target, "a")).Select(f => f.ToUpperInvariant()).Distinct().Count());
    }

    [Fact]
    public void Changed_and_missing_files_are_reported_and_left_out()
    {
        _w.Write("a/1.png", Pictures.Png(1));
        var changed = _w.Write("a/2.png", Pictures.Png(2));
        var gone = _w.Write("a/3.png", Pictures.Png(3));
        Import();
        File.WriteAllBytes(changed, Pictures.Png(9));
        File.Delete(gone);
        var result = Export();
        Assert.Equal((1, 2), (result.Images, result.Failed));
        Assert.Equal([(changed, "ImageChanged"), (gone, "ImageUnreadable")], _w.Reports.Faults.Select(f => ((string)f.Target!, f.ErrorId)));
    }

    [Fact]
    public void A_folder_in_use_is_replaced_only_by_force_and_wholly()
    {
        _w.Write("a/1.png", Pictures.Png(1));
        Import();
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "mine.txt"), "x");
        Assert.Equal("ExportTargetExists", Assert.Throws<FlywheelException>(() => Export()).ErrorId);
        Assert.Equal(["mine.txt"], Files());
        Export(r => r with { Force = true, BySplit = true });
        Assert.Equal(["manifest.csv", "none/a/1.png"], Files());
        Assert.Equal("ExportTargetExists", Assert.Throws<FlywheelException>(() => Export(r => r with { Path = _w.Folder, Force = true })).ErrorId); // holds the workspace
        Assert.True(File.Exists(Path.Combine(_w.Data, "a", "1.png")));
    }

    [Fact]
    public void A_stopped_export_leaves_nothing()
    {
        _w.Write("a/1.png", Pictures.Png(1));
        Import();
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetExporter.Export(_w.Workspace, new ExportRequest { Dataset = "d", Path = Target }, _w.Reports, new CancellationToken(true)));
        Assert.Equal(["data", "workspace"], Directory.GetFileSystemEntries(_w.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Nothing_to_export_is_an_error()
    {
        _w.Write("a/1.png", Pictures.Png(1));
        Import();
        Assert.Equal("NothingToExport", Assert.Throws<FlywheelException>(() => Export(r => r with { Labels = ["b"] })).ErrorId);
        Assert.Equal("DatasetNotFound", Assert.Throws<FlywheelException>(() => Export(r => r with { Dataset = "e" })).ErrorId);
    }
}
