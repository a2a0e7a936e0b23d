using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Production;

namespace Flywheel.Server.Tests;

public sealed class KeepTests : IDisposable
{
    readonly ServerProcess _server = new();

    public void Dispose() => _server.Dispose();

    // Sure of the bright one, unsure of the grey one.
    static readonly byte[] s_sure = Pictures.Png((_, _) => 250), s_unsure = Pictures.Png((_, _) => 130);

    async Task<FlywheelImage> SendAsync(byte[] image) => _server.Workspace.Catalogue.FindImage((await _server.AnswerAsync(image)).GetProperty("imageId").GetString()!)!;

    [Fact]
    public async Task None_keeps_no_picture_but_all_that_was_measured_and_what_the_model_made_of_it()
    {
        await _server.StartAsync("--keep", "none");
        var image = await SendAsync(s_sure);
        Assert.Equal("", image.Path);
        Assert.Equal(250 / 255.0, image.Brightness, 1e-9);
        Assert.False(Directory.Exists(Path.Combine(_server.Workspace.ImagesPath, "endpoint")));

        var model = _server.Workspace.Catalogue.FindModel(_server.First.ModelId)!;
        using (var whileItRuns = new ScoringSession(_server.Workspace, model, NullReporter.Instance))
        {
            var known = whileItRuns.Known(image);
            Assert.NotNull(known);
            Assert.Equal(TinyModel.Open(250), known.Probabilities[1], 1e-5);
            Assert.Equal(16, known.Embedding.Length);
        }
        _server.Kill();
        using var afterItWasKilled = new ScoringSession(_server.Workspace, model, NullReporter.Instance);
        Assert.NotNull(afterItWasKilled.Known(image));
    }

    [Fact]
    public async Task Uncertain_keeps_what_the_model_is_not_sure_of()
    {
        await _server.StartAsync("--keep", "uncertain:0.9");
        Assert.Equal("", (await SendAsync(s_sure)).Path);
        var kept = await SendAsync(s_unsure);
        Assert.Equal(s_unsure, await File.ReadAllBytesAsync(kept.Path));
        Assert.Equal(kept.Path, Assert.Single(_server.Workspace.Catalogue.Predictions(new PredictionQuery { MaxConfidence = 0.9 })).Path);
    }

    [Fact]
    public async Task After_the_retention_time_the_picture_goes_and_its_measurements_stay()
    {
        await _server.StartAsync("--keep", "all", "--retention", "00:00:02");
        var labelled = await SendAsync(s_unsure);
        _server.Workspace.Catalogue.Annotate([new AnnotationChange(labelled.Id, "open", AnnotationProvenance.Human, "test", null)]);
        var image = await SendAsync(s_sure);
        Assert.True(File.Exists(image.Path));
        await ServerProcess.Until(() => Task.FromResult(!File.Exists(image.Path)), "the picture is deleted");
        Assert.Equal("", _server.Workspace.Catalogue.FindImage(image.Id)!.Path);
        Assert.Equal(image.Brightness, _server.Workspace.Catalogue.FindImage(image.Id)!.Brightness);
        Assert.Contains(_server.Workspace.Catalogue.Predictions(new PredictionQuery()), p => p.ImageId == image.Id && p.Path.Length == 0);
        Assert.True(File.Exists(labelled.Path)); // data to learn from by now
    }

    [Theory]
    [InlineData("all", 1)]
    [InlineData("none", 0)]
    [InlineData("sampled:0.25", 0.25)]
    public void A_policy_keeps_its_share_of_ids_and_always_the_same_ones(string text, double share)
    {
        var random = new SeededRandom(1);
        string[] ids = [.. Enumerable.Range(0, 4000).Select(_ => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(random.NextDouble()))))];
        var kept = ids.Count(KeepPolicy.Parse(text).KeepsAlways);
        Assert.InRange(kept / 4000.0, share - 0.03, share + 0.03); // four standard errors of a quarter
        Assert.Equal(kept, ids.Count(KeepPolicy.Parse(text).KeepsAlways));
    }

    [Theory]
    [InlineData("some")]
    [InlineData("sampled")]
    [InlineData("sampled:0")]
    [InlineData("sampled:1.5")]
    [InlineData("uncertain:x")]
    [InlineData("all:1")]
    [InlineData("")]
    public void What_is_no_policy_is_refused(string text) => Assert.Equal("InvalidKeepPolicy", Assert.Throws<FlywheelException>(() => KeepPolicy.Parse(text)).ErrorId);
}
