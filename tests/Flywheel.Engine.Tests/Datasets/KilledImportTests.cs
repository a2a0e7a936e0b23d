using System.Diagnostics;
using Flywheel.Engine.Datasets;

namespace Flywheel.Engine.Tests.Datasets;

public sealed class KilledImportTests : IDisposable
{
    readonly TemporaryWorkspace _w = new();

    public void Dispose() => _w.Dispose();

    [Fact]
    public void A_killed_import_loses_only_its_last_batch_and_the_next_one_completes_it()
    {
        for (var i = 0; i < 1500; i++) _w.Write($"a/{i:0000}.png", Pictures.Png(i, 8, 8));
        _w.Write("a/1100.png", []); // in the third batch: there the process stands still
        using (var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Flywheel.Engine.TestHost.dll"), "import", _w.Root, _w.Data]) { RedirectStandardOutput = true })!)
        {
            Assert.Equal("ImageEmpty", process.StandardOutput.ReadLine());
            process.Kill();
            process.WaitForExit();
        }

        var kept = _w.Workspace.Catalogue.Images(new ImageQuery { Dataset = "d" }).ToList();
        Assert.Equal(1024, kept.Count);
        Assert.Equal(1024, _w.Workspace.Catalogue.Annotations().Count());
        var stored = kept.ToDictionary(i => i.Path, i => i.Id);

        var result = DatasetImporter.Import(_w.Workspace, new ImportRequest { Path = _w.Data, Name = "d" }, _w.Reports, CancellationToken.None);
        Assert.Equal((475, 1024, 1), (result.Added, result.AlreadyPresent, result.Failed));
        var all = _w.Workspace.Catalogue.Images(new ImageQuery { Dataset = "d" }).ToDictionary(i => i.Path, i => i.Id);
        Assert.Equal(1499, all.Count);
        Assert.All(stored, s => Assert.Equal(s.Value, all[s.Key]));

        // The same as if nobody had killed anything.
        using var other = new TemporaryWorkspace();
        Assert.Equal(DatasetImporter.Import(other.Workspace, new ImportRequest { Path = _w.Data, Name = "d" }, other.Reports, CancellationToken.None).Dataset.VersionId, result.Dataset.VersionId);
    }

    [Fact]
    public async Task Two_processes_may_import_into_one_workspace_at_once()
    {
        for (var i = 0; i < 600; i++) _w.Write($"a/{i:0000}.png", Pictures.Png(i, 8, 8));
        for (var i = 0; i < 600; i++) _w.Write($"b/{i + 300:0000}.png", Pictures.Png(i + 300, 8, 8)); // half of them the same pictures
        var host = Path.Combine(AppContext.BaseDirectory, "Flywheel.Engine.TestHost.dll");
        var children = new[] { "a", "b" }.Select(label =>
        {
            // Each folder in one of its own, so that its files have a label.
            var root = Path.Combine(_w.Folder, "only-" + label);
            Directory.CreateDirectory(root);
            Directory.Move(Path.Combine(_w.Data, label), Path.Combine(root, "same"));
            return Process.Start(new ProcessStartInfo("dotnet", [host, "import", _w.Root, root]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }).ToList();
        foreach (var child in children)
        {
            using (child)
            {
                var error = await child.StandardError.ReadToEndAsync();
                await child.WaitForExitAsync();
                Assert.True(child.ExitCode == 0, error);
            }
        }
        Assert.Equal(900, _w.Workspace.GetDataset("d").Images);
        Assert.Equal(900, _w.Workspace.Catalogue.Annotations().Count());
    }
}
