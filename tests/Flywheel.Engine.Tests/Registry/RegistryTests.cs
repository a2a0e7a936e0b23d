using System.Diagnostics;
using System.Text.Json;
using Flywheel.Engine.Production;
using Flywheel.Engine.Registry;
using Flywheel.Engine.Training;

namespace Flywheel.Engine.Tests.Registry;

public sealed class RegistryTests : IDisposable
{
    readonly TemporaryWorkspace _w = new();

    public void Dispose() => _w.Dispose();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    Judgement Judge(string model, PublishRequest? request = null) => RegistryService.Judge(_w.Workspace, (request ?? new PublishRequest { Model = model }) with { Model = model }, _w.Reports, Token);

    PublishResult Publish(string model, PublishRequest? request = null) => RegistryService.Publish(_w.Workspace, Judge(model, request), _w.Reports, Token);

    (string Name, int Version)[] Aliases => [.. _w.Workspace.Catalogue.Aliases().Select(a => (a.Name, a.Version))];

    static string Fault(Action action) => Assert.Throws<FlywheelException>(action).ErrorId;

    void Three()
    {
        TinyModel.Add(_w.Workspace, "one");
        TinyModel.Add(_w.Workspace, "two", 8);
        TinyModel.Add(_w.Workspace, "three", 6);
    }

    [Fact]
    public void A_publication_makes_a_version_moves_the_alias_and_remembers_the_one_before()
    {
        Three();
        Shades.Dataset(_w, "eyes", 60);
        var first = Publish("one", new() { Model = "", Gate = ["accuracy >= 0.5"], Dataset = "eyes", Split = DataSplit.None, Reason = "the first", Author = "ann" });
        Assert.Equal((true, 1, null), (first.Published, first.Version, first.Replaced));
        Assert.Equal([("production", 1)], Aliases);
        var second = Publish("two", new() { Model = "", Author = "bob" });
        Assert.Equal((true, 2, 1), (second.Published, second.Version, second.Replaced));
        Assert.Equal([("previous", 1), ("production", 2)], Aliases);

        var history = _w.Workspace.Catalogue.AliasMoves("production");
        Assert.Equal([("ann", "the first", true), ("bob", "", false)], history.Select(m => (m.Author, m.Reason, m.Gate is not null)));
        var gate = JsonDocument.Parse(history[0].Gate!).RootElement;
        Assert.Equal(("Pass", "accuracy >= 0.5"), (gate.GetProperty("verdict").GetString(), gate.GetProperty("checks")[0].GetProperty("expression").GetString()));

        var version = _w.Workspace.Catalogue.ModelVersions()[0];
        Assert.Equal(["SHA256SUMS", "card.json", "card.md", "model.json", "model.onnx"], Directory.GetFiles(version.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var card = JsonSerializer.Deserialize<ModelCard>(File.ReadAllText(Path.Combine(version.Path, "card.json")), RegistryJson.Options)!;
        Assert.Equal(("production", "ann", "the first", 60), (card.Alias, card.Author, card.Reason, card.Evaluation!.N));
        Assert.Equal(Environment.ProcessorCount, card.Machine.Processors);
        Assert.Contains("Microsoft.ML.OnnxRuntime", card.Machine.Packages.Keys);
        Assert.DoesNotContain(_w.Folder, File.ReadAllText(Path.Combine(version.Path, "card.json")) + File.ReadAllText(Path.Combine(version.Path, "model.json")), StringComparison.Ordinal);
        var text = File.ReadAllText(Path.Combine(version.Path, "card.md"));
        Assert.Contains("| accuracy | 0.9000 |", text, StringComparison.Ordinal);
        Assert.Contains("`accuracy >= 0.5`", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_gate_publishes_nothing_and_is_kept_and_force_overrides_it_with_a_reason()
    {
        Three();
        Shades.Dataset(_w, "eyes", 60);
        var strict = new PublishRequest { Model = "", Gate = ["accuracy >= 0.999"], Dataset = "eyes", Split = DataSplit.None };
        var refused = Publish("one", strict);
        Assert.Equal((false, null, GateVerdict.Fail), (refused.Published, refused.Version, refused.Gate.Verdict));
        Assert.Empty(Aliases);
        Assert.Empty(_w.Workspace.Catalogue.ModelVersions());
        Assert.Single(_w.Workspace.Catalogue.Reports("gate", refused.Model.Id));
        Assert.False(Publish("one", strict with { Gate = ["accuracy >= 0.88"] }).Published); // cannot tell, and waits
        Assert.True(Publish("one", strict with { Gate = ["accuracy >= 0.88"], CannotTell = CannotTellPolicy.Pass }).Published);

        Assert.Equal("ReasonMissing", Fault(() => Judge("two", strict with { Force = true })));
        var forced = Publish("two", strict with { Force = true, Reason = "the camera was changed" });
        Assert.True(forced is { Published: true, Forced: true });
        var move = _w.Workspace.Catalogue.AliasMoves("production")[^1];
        Assert.Equal((true, "the camera was changed"), (move.Forced, move.Reason));
        Assert.False(Publish("three", strict with { Gate = [], Force = true, Reason = "none needed" }).Forced); // nothing was overridden
    }

    [Fact]
    public void A_judgement_changes_nothing()
    {
        Three();
        Shades.Dataset(_w, "eyes", 60);
        Publish("one");
        var before = Snapshot();
        Judge("two", new() { Model = "", Gate = ["accuracy >= champion - 0.1", "latency.p50 <= 1s"], Dataset = "eyes", Split = DataSplit.None });
        Assert.Equal(before, Snapshot());

        string Snapshot() => string.Join('\n', Aliases.Select(a => a.ToString()).Concat(_w.Workspace.Catalogue.ModelVersions().Select(v => v.ToString())).Concat(_w.Workspace.Catalogue.AliasMoves().Select(m => m.ToString()))
            .Append(_w.Workspace.Catalogue.Reports("gate").Count.ToString()).Concat(Directory.GetFileSystemEntries(_w.Workspace.RegistryPath, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void The_same_model_is_one_version_under_every_alias()
    {
        Three();
        Assert.Equal(1, Publish("one", new() { Model = "", Alias = "challenger" }).Version);
        Assert.Equal(1, Publish("one").Version);
        var again = Publish("one");
        Assert.Equal((true, 1), (again.Published, again.Version));
        Assert.Equal(2, _w.Workspace.Catalogue.AliasMoves().Count); // the third call moved nothing
        Publish("two", new() { Model = "", Alias = "challenger" });
        Assert.Equal([("challenger", 2), ("production", 1)], Aliases); // only production moves previous
        Assert.Equal(["challenger"], _w.Workspace.GetModel("two").Aliases);
    }

    [Fact]
    public void An_alias_goes_back_in_one_call_and_forward_again()
    {
        Three();
        Assert.Equal("AliasNotFound", Fault(() => RegistryService.Restore(_w.Workspace, "production")));
        Publish("one");
        Assert.Equal("NothingToRestore", Fault(() => RegistryService.Restore(_w.Workspace, "production")));
        Publish("two");
        Publish("three");
        var back = RegistryService.Restore(_w.Workspace, "production", reason: "false alarms", author: "eve");
        Assert.Equal((3, 2, AliasMoveKind.Restore), (back.From!.Value, back.To!.Value, back.Kind));
        Assert.Equal([("previous", 3), ("production", 2)], Aliases);
        RegistryService.Restore(_w.Workspace, "production");
        Assert.Equal([("previous", 2), ("production", 3)], Aliases);
        RegistryService.Restore(_w.Workspace, "production", 1);
        Assert.Equal([("previous", 3), ("production", 1)], Aliases);
        Assert.Equal("ModelVersionNotFound", Fault(() => RegistryService.Restore(_w.Workspace, "production", 9)));
        Assert.Equal("false alarms", _w.Workspace.Catalogue.AliasMoves("production")[3].Reason);
    }

    [Fact]
    public void Published_models_are_called_by_alias_version_or_both()
    {
        Three();
        Publish("one");
        Publish("two");
        string Name(string key) => _w.Workspace.GetModel(key).Name;
        Assert.Equal(["two", "one", "one", "two", "one", "one"], new[] { "production", "previous", "v1", "V2", "production@1", "one@1" }.Select(Name));
        Assert.Equal("two", Name("production@v2"));
        Assert.Equal("ModelVersionNotFound", Fault(() => Name("two@1")));
        Assert.Equal("ModelVersionNotFound", Fault(() => Name("production@7")));
        Assert.Equal("ModelNotFound", Fault(() => Name("v7")));
        Assert.StartsWith(_w.Workspace.RegistryPath, _w.Workspace.GetModel("production").Path, StringComparison.Ordinal);
        Assert.StartsWith(_w.Workspace.ModelsPath, _w.Workspace.GetModel("two").Path, StringComparison.Ordinal);
        Assert.Equal((2, "production"), (_w.Workspace.GetModel("two").Version, _w.Workspace.GetModel("two").Aliases.Single()));
        Assert.Equal([1, 2, null], RegistryService.Models(_w.Workspace).Select(m => m.Version));
        foreach (var bad in new[] { "v3", "1st", "a b", "../x", "one", new string('a', 65) }) Assert.Equal("InvalidAliasName", Fault(() => Judge("three", new() { Model = "", Alias = bad })));
        Assert.Equal("AliasIsKept", Fault(() => Judge("three", new() { Model = "", Alias = "Previous" })));
    }

    [Fact]
    public void What_an_alias_points_to_is_not_removed_and_the_rest_goes_with_its_files()
    {
        Three();
        Publish("one");
        Publish("two");
        var model = _w.Workspace.GetModel("one");
        var fault = Assert.Throws<FlywheelException>(() => RegistryService.RemoveModel(_w.Workspace, "one"));
        Assert.Equal("ModelVersionInUse", fault.ErrorId);
        Assert.Contains("previous points to it", fault.Message, StringComparison.Ordinal);
        Assert.Equal("ModelVersionInUse", Fault(() => RegistryService.RemoveModel(_w.Workspace, "production")));
        Assert.True(Directory.Exists(model.Path));

        RegistryService.RemoveAlias(_w.Workspace, "previous", "not needed");
        RegistryService.RemoveModel(_w.Workspace, "v1");
        Assert.False(Directory.Exists(model.Path));
        Assert.Equal(["two", "three"], _w.Workspace.Catalogue.Models().Select(m => m.Name));
        Assert.Equal([2], _w.Workspace.Catalogue.ModelVersions().Select(v => v.Number));
        Assert.Equal(3, Publish("three").Version); // a number is never given twice
        Assert.Equal(AliasMoveKind.Remove, _w.Workspace.Catalogue.AliasMoves("previous")[1].Kind);
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("card.json")]
    [InlineData("SHA256SUMS")]
    public void A_changed_file_of_a_version_is_refused_wherever_it_is_loaded(string name)
    {
        Three();
        Publish("one");
        Publish("two");
        var file = Path.Combine(_w.Workspace.Catalogue.ModelVersions()[0].Path, name);
        var bytes = File.ReadAllBytes(file);
        bytes[10] ^= 1;
        File.WriteAllBytes(file, bytes);

        foreach (var use in (Action[])[() => RegistryService.Resolve(_w.Workspace, "previous"), () => RegistryService.Restore(_w.Workspace, "production"), () => Judge("v1"), () => ModelArchive.Export(_w.Workspace.GetModel("v1"), Path.Combine(_w.Folder, "x.zip"))])
        {
            var fault = Assert.Throws<FlywheelException>(use);
            Assert.Equal(("ModelChecksumMismatch", FaultCategory.SecurityError), (fault.ErrorId, fault.Category));
            if (name != "SHA256SUMS") Assert.Equal(file, fault.Target);
        }
        Assert.Equal([("previous", 1), ("production", 2)], Aliases);
        if (name != "model.onnx") return;
        // A prediction loads the network alone.
        var picture = Shades.Write(_w, "a.png", 200);
        Assert.Equal("ModelChecksumMismatch", Fault(() => _w.Predict(_w.Workspace.GetModel("previous"), [picture])));
        Assert.Single(_w.Predict(_w.Workspace.GetModel("production"), [picture]));
    }

    [Fact]
    public void A_damaged_version_can_be_replaced_unless_a_demand_compares_with_it()
    {
        Three();
        Publish("one");
        File.AppendAllText(Path.Combine(_w.Workspace.Catalogue.ModelVersions()[0].Path, "model.onnx"), "x");
        Assert.Equal("ModelChecksumMismatch", Fault(() => Judge("two", new() { Model = "", Gate = ["size <= champion"] })));
        Assert.Equal([("production", 1)], Aliases);
        var replaced = Publish("two", new() { Model = "", Gate = ["size <= 1MB"] });
        Assert.Equal((true, 2, 1), (replaced.Published, replaced.Version, replaced.Replaced));
        Assert.Contains(_w.Reports.Warnings, w => w.StartsWith("What 'production' points to could not be served any more. Version 1 of 'one' is damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void The_history_of_an_alias_outlives_it_and_one_that_never_was_is_an_error()
    {
        Three();
        Assert.Empty(RegistryService.History(_w.Workspace));
        Publish("one", new() { Model = "", Alias = "trial" });
        RegistryService.RemoveAlias(_w.Workspace, "trial");
        Assert.Equal([AliasMoveKind.Publish, AliasMoveKind.Remove], RegistryService.History(_w.Workspace, "trial").Select(m => m.Kind));
        Assert.Equal("AliasNotFound", Fault(() => RegistryService.History(_w.Workspace, "tiral")));
    }

    [Fact]
    public void New_checksums_do_not_help_a_forger_and_a_missing_file_is_named()
    {
        Three();
        Publish("one");
        var folder = _w.Workspace.Catalogue.ModelVersions()[0].Path;
        var other = _w.Workspace.GetModel("two");
        File.Copy(other.OnnxPath, Path.Combine(folder, "model.onnx"), overwrite: true);
        var sums = Path.Combine(folder, "SHA256SUMS");
        var sum = File.ReadLines(Path.Combine(other.Path, "SHA256SUMS")).Single(l => l.EndsWith("model.onnx", StringComparison.Ordinal));
        File.WriteAllLines(sums, File.ReadAllLines(sums).Select(l => l.EndsWith("model.onnx", StringComparison.Ordinal) ? sum : l));
        Assert.Equal("ModelChecksumMismatch", Fault(() => RegistryService.Resolve(_w.Workspace, "production")));
        File.WriteAllLines(sums, File.ReadAllLines(sums).Where(l => !l.EndsWith("model.onnx", StringComparison.Ordinal)));
        Assert.Equal("ModelChecksumMismatch", Fault(() => RegistryService.Resolve(_w.Workspace, "production")));
        File.Delete(Path.Combine(folder, "card.md"));
        File.WriteAllLines(sums, Directory.GetFiles(folder).Where(f => f != sums).Select(f => $"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}  {Path.GetFileName(f)}").Append(new string('0', 64) + "  card.md"));
        var fault = Assert.Throws<FlywheelException>(() => RegistryService.Resolve(_w.Workspace, "production"));
        Assert.Equal(("ModelFileMissing", Path.Combine(folder, "card.md")), (fault.ErrorId, fault.Target));
    }

    [Fact]
    public void Whoever_judged_against_another_champion_is_refused_and_leaves_nothing()
    {
        Three();
        Publish("one");
        var late = Judge("two");
        Publish("three");
        Assert.Equal("AliasMovedMeanwhile", Fault(() => RegistryService.Publish(_w.Workspace, late, _w.Reports, Token)));
        Assert.Equal([("previous", 1), ("production", 2)], Aliases);
        Assert.Equal(2, _w.Workspace.Catalogue.ModelVersions().Count);
        Assert.Equal(2, Directory.GetDirectories(_w.Workspace.RegistryPath).Length);
    }

    Process Host(string model, string step) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Flywheel.Engine.TestHost.dll"), "publish", _w.Root, model, step]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;

    [Fact]
    public async Task Of_two_processes_that_publish_at_once_one_wins_and_one_is_told()
    {
        Three();
        Publish("one");
        using var a = Host("two", "");
        using var b = Host("three", "");
        Assert.Equal("judged", await a.StandardOutput.ReadLineAsync(Token));
        Assert.Equal("judged", await b.StandardOutput.ReadLineAsync(Token));
        await a.StandardInput.WriteLineAsync("go");
        await b.StandardInput.WriteLineAsync("go");
        string?[] outcomes = [await a.StandardOutput.ReadLineAsync(Token), await b.StandardOutput.ReadLineAsync(Token)];
        await Task.WhenAll(a.WaitForExitAsync(Token), b.WaitForExitAsync(Token));
        Assert.Single(outcomes, "AliasMovedMeanwhile");
        Assert.Single(outcomes, o => o is "2" or "3");
        Assert.Equal(2, _w.Workspace.Catalogue.ModelVersions().Count);
        Assert.Equal(_w.Workspace.Catalogue.ModelVersions().Select(v => v.ModelId).Order(), Directory.GetDirectories(_w.Workspace.RegistryPath).Select(f => Path.GetFileName(f)!).Order());
        RegistryService.Resolve(_w.Workspace, "production");
        RegistryService.Resolve(_w.Workspace, "previous");
    }

    [Theory]
    [InlineData("The version's folder is written", 1, 1)]
    [InlineData("The version is recorded", 2, 1)]
    [InlineData("The alias is moved", 2, 2)]
    public void A_publisher_killed_between_steps_leaves_a_sound_registry(string step, int versions, int production)
    {
        Three();
        Publish("one");
        using (var process = Host("two", step))
        {
            Assert.Equal("judged", process.StandardOutput.ReadLine());
            process.StandardInput.WriteLine("go");
            Assert.StartsWith(step, process.StandardOutput.ReadLine(), StringComparison.Ordinal);
            process.Kill();
            process.WaitForExit();
        }
        Assert.Equal(versions, _w.Workspace.Catalogue.ModelVersions().Count);
        Assert.Equal(production, _w.Workspace.Catalogue.FindAlias("production")!.Version);
        foreach (var version in _w.Workspace.Catalogue.ModelVersions()) RegistryService.Resolve(_w.Workspace, $"v{version.Number}");

        // The next publication takes up, or clears away, what was left.
        Publish("three");
        Assert.Equal(_w.Workspace.Catalogue.ModelVersions().Select(v => v.ModelId).Order(), Directory.GetDirectories(_w.Workspace.RegistryPath).Select(f => Path.GetFileName(f)!).Order());
        Assert.True(Publish("two").Published);
        Assert.Equal("two", RegistryService.Resolve(_w.Workspace, "production").Model.Name);
    }
}
