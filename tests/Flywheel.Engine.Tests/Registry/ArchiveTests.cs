using System.IO.Compression;
using System.Security.Cryptography;
using Flywheel.Engine.Registry;

namespace Flywheel.Engine.Tests.Registry;

public sealed class ArchiveTests : IDisposable
{
    readonly TemporaryWorkspace _w = new();
    readonly TemporaryWorkspace _other = new();

    public void Dispose()
    {
        _w.Dispose();
        _other.Dispose();
    }

    string Zip(string name) => Path.Combine(_w.Folder, name);

    string Export(TemporaryWorkspace at, string model, string name)
    {
        ModelArchive.Export(at.Workspace.GetModel(model), Zip(name), force: true);
        return Zip(name);
    }

    [Fact]
    public void A_round_trip_is_bit_identical_and_predicts_the_same()
    {
        TinyModel.Add(_w.Workspace);
        RegistryService.Publish(_w.Workspace, RegistryService.Judge(_w.Workspace, new PublishRequest { Model = "tiny" }, _w.Reports, default), _w.Reports, default);
        var first = Export(_w, "production", "a.zip");
        var again = Export(_w, "production", "b.zip");
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(again));

        var model = ModelArchive.Import(_other.Workspace, first);
        Assert.Equal(("tiny", _w.Workspace.GetModel("tiny").Id), (model.Name, model.Id));
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(Export(_other, "tiny", "c.zip")));
        var picture = Shades.Write(_other, "a.png", 190);
        Assert.Equal(TinyModel.Open(190), _other.Predict(_other.Workspace.GetModel("tiny"), [picture])[0].Scores["open"], 1e-5);
        // Published there, it gets a card of that place, and still the same network.
        RegistryService.Publish(_other.Workspace, RegistryService.Judge(_other.Workspace, new PublishRequest { Model = "tiny" }, _other.Reports, default), _other.Reports, default);
        Assert.Equal(model.Id, RegistryService.Resolve(_other.Workspace, "production").Model.Id);

        using var zip = ZipFile.OpenRead(first);
        Assert.Equal(["SHA256SUMS", "card.json", "card.md", "model.json", "model.onnx"], zip.Entries.Select(e => e.FullName));
        Assert.All(zip.Entries, e => Assert.Equal(new DateTime(1980, 1, 1), e.LastWriteTime.DateTime));
        Assert.Equal("FileExists", Assert.Throws<FlywheelException>(() => ModelArchive.Export(model, first)).ErrorId);
        Assert.Equal("renamed", ModelArchive.Import(_other.Workspace, first, "renamed").Name);
    }

    [Fact]
    public void A_published_model_goes_out_with_its_card_whatever_it_is_called_by()
    {
        TinyModel.Add(_w.Workspace);
        RegistryService.Publish(_w.Workspace, RegistryService.Judge(_w.Workspace, new PublishRequest { Model = "tiny" }, _w.Reports, default), _w.Reports, default);
        string[] sums = [.. ((string[])["production", "v1", "tiny", _w.Workspace.GetModel("tiny").Id]).Select(key => ModelArchive.Export(_w.Workspace, key, Zip("a.zip"), force: true)).Select(e => $"{e.Files} {e.Sha256}")];
        Assert.Equal("5", Assert.Single(sums.Distinct()).Split(' ')[0]);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("production")]
    [InlineData("../x")]
    [InlineData("")]
    public void A_name_that_would_call_something_else_is_refused(string name)
    {
        TinyModel.Add(_w.Workspace);
        TinyModel.Add(_other.Workspace, "other", 8);
        RegistryService.Publish(_other.Workspace, RegistryService.Judge(_other.Workspace, new PublishRequest { Model = "other" }, _other.Reports, default), _other.Reports, default);
        var fault = Assert.Throws<FlywheelException>(() => ModelArchive.Import(_other.Workspace, Export(_w, "tiny", "a.zip"), name));
        Assert.Equal(("InvalidModelName", name), (fault.ErrorId, fault.Target));
        Assert.Equal(["other"], _other.Workspace.Catalogue.Models().Select(m => m.Name));
    }

    /// <summary>Rewrites the zip of a sound model.</summary>
    string Rewritten(Action<ZipArchive> change)
    {
        if (_w.Workspace.Catalogue.FindModel("tiny") is null) TinyModel.Add(_w.Workspace);
        var path = Export(_w, "tiny", "t.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Update)) change(zip);
        return path;
    }

    static void Put(ZipArchive zip, string name, byte[] content)
    {
        zip.GetEntry(name)?.Delete();
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(content);
    }

    static byte[] Get(ZipArchive zip, string name)
    {
        using var stream = zip.GetEntry(name)!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    static void Seal(ZipArchive zip) => Put(zip, "SHA256SUMS", System.Text.Encoding.UTF8.GetBytes(string.Concat(zip.Entries.Select(e => e.FullName).Where(n => n != "SHA256SUMS").Order(StringComparer.Ordinal)
        .Select(n => $"{Convert.ToHexStringLower(SHA256.HashData(Get(zip, n)))}  {n}\n"))));

    FlywheelException Refused(Action<ZipArchive> change)
    {
        var path = Rewritten(change);
        var fault = Assert.Throws<FlywheelException>(() => ModelArchive.Import(_other.Workspace, path));
        Assert.Empty(_other.Workspace.Catalogue.Models());
        Assert.Equal(path, fault.Target);
        return fault;
    }

    [Theory]
    [InlineData("../evil.txt")]
    [InlineData("/etc/evil")]
    [InlineData("sub/evil.txt")]
    [InlineData("..\\evil.txt")]
    [InlineData("C:evil.txt")]
    public void A_name_that_leaves_the_folder_is_refused(string name)
    {
        var fault = Refused(zip => Put(zip, name, [1, 2, 3]));
        Assert.Equal(("ModelArchiveTampered", FaultCategory.SecurityError), (fault.ErrorId, fault.Category));
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_changed_is_noticed()
    {
        foreach (var name in new[] { "model.onnx", "model.json" })
        {
            var fault = Refused(zip =>
            {
                var bytes = Get(zip, name);
                bytes[20] ^= 1;
                Put(zip, name, bytes);
            });
            Assert.Equal("ModelArchiveTampered", fault.ErrorId);
            Assert.Contains($"'{name}'", fault.Message, StringComparison.Ordinal);
        }
        Assert.Contains("'extra.txt': it has no checksum", Refused(zip => Put(zip, "extra.txt", [1])).Message, StringComparison.Ordinal);
        Assert.Equal("ModelArchiveInvalid", Refused(zip => zip.GetEntry("model.onnx")!.Delete()).ErrorId);
        Assert.Equal("ModelArchiveInvalid", Refused(zip => zip.GetEntry("SHA256SUMS")!.Delete()).ErrorId);
        Assert.Equal("ModelArchiveInvalid", Refused(zip => Enumerable.Range(0, 40).ToList().ForEach(i => Put(zip, $"f{i}", [1]))).ErrorId);
        // Whoever makes new checksums too must have made another model: its description is checked against the network.
        Assert.Equal("ModelArchiveTampered", Refused(zip =>
        {
            Put(zip, "model.json", System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(Get(zip, "model.json")).Replace("\"closed\"", "\"shut\"", StringComparison.Ordinal)));
            Seal(zip);
        }).ErrorId);
        Assert.Equal("ModelArchiveTampered", Refused(zip =>
        {
            TinyModel.Add(_w.Workspace, "other", 3);
            Put(zip, "model.onnx", File.ReadAllBytes(_w.Workspace.GetModel("other").OnnxPath));
            Seal(zip);
        }).ErrorId);
        Assert.Equal("ModelArchiveInvalid", Refused(zip =>
        {
            Put(zip, "model.json", "{}"u8.ToArray());
            Seal(zip);
        }).ErrorId);
        File.WriteAllBytes(Zip("none.zip"), [1, 2, 3]);
        Assert.Equal("ModelArchiveInvalid", Assert.Throws<FlywheelException>(() => ModelArchive.Import(_other.Workspace, Zip("none.zip"))).ErrorId);
        Assert.Equal("FileNotFound", Assert.Throws<FlywheelException>(() => ModelArchive.Import(_other.Workspace, Zip("absent.zip"))).ErrorId);
    }

    [Fact]
    public void A_zip_cut_off_anywhere_is_refused()
    {
        var bytes = File.ReadAllBytes(Rewritten(_ => { }));
        for (var length = 0; length < bytes.Length; length += 97)
        {
            File.WriteAllBytes(Zip("cut.zip"), bytes[..length]);
            var fault = Assert.Throws<FlywheelException>(() => ModelArchive.Import(_other.Workspace, Zip("cut.zip")));
            Assert.True(fault.ErrorId is "ModelArchiveInvalid" or "ModelArchiveTampered", fault.Message);
        }
    }
}
