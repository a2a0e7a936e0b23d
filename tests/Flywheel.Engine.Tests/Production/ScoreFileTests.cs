using Flywheel.Engine.Production;

namespace Flywheel.Engine.Tests.Production;

public class ScoreFileTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static IReadOnlyList<ScoredImage> Score(TemporaryWorkspace at, Model model, IReadOnlyList<FlywheelImage> images, bool flip = false)
    {
        using var session = new ScoringSession(at.Workspace, model, at.Reports);
        return session.ScoreAll(images, flip, "Scoring", at.Reports, Token);
    }

    static string[] Files(TemporaryWorkspace at, Model model) => Directory.GetFiles(Path.Combine(at.Workspace.EmbeddingsPath, model.Id));

    [Fact]
    public void What_was_scored_is_not_scored_again()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 100);
        var images = at.Images("eyes");
        var first = Score(at, model, images, flip: true);
        File.Delete(model.OnnxPath); // without the network, only the files can answer

        var second = Score(at, model, images, flip: true);
        var plain = Score(at, model, images);

        Assert.Equal(images.Select(i => i.Id), second.Select(s => s.Image.Id));
        foreach (var (a, b) in first.Zip(second))
        {
            Assert.Equal(a.Probabilities, b.Probabilities);
            Assert.Equal(a.FlipProbabilities, b.FlipProbabilities);
            Assert.Equal(a.Embedding, b.Embedding);
        }
        Assert.Equal(100, plain.Count);
    }

    [Fact]
    public void The_flip_average_is_the_softmax_of_the_mean_logits()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace, left: 0.9f);
        // Left bright, right dark: the model sees mostly bright, in the mirror mostly dark.
        var file = at.Write("a.png", Pictures.Png((x, _) => x < 12 ? (byte)200 : (byte)80));
        Shades.Catalogue(at, "eyes", [(file, null, null)]);

        var scored = Score(at, model, at.Images("eyes"), flip: true).Single();

        double Logit(double left, double right) => 10 * (0.9 * left + 0.1 * right - 0.5);
        var mean = (Logit(200 / 255.0, 80 / 255.0) + Logit(80 / 255.0, 200 / 255.0)) / 2;
        Assert.Equal(1 / (1 + Math.Exp(-2 * Logit(200 / 255.0, 80 / 255.0))), scored.Probabilities[1], 1e-4);
        Assert.Equal(1 / (1 + Math.Exp(-2 * mean)), scored.FlipProbabilities![1], 1e-4);
    }

    [Fact]
    public void Models_never_share_scores()
    {
        using var at = new TemporaryWorkspace();
        TinyModel.Add(at.Workspace);
        Model one = TinyModel.Add(at.Workspace, "one", 10), other = TinyModel.Add(at.Workspace, "other", -10);
        Shades.Dataset(at, "eyes", 10);

        var a = Score(at, one, at.Images("eyes"));
        var b = Score(at, other, at.Images("eyes"));

        Assert.All(a.Zip(b), x => Assert.NotEqual(x.First.Winner, x.Second.Winner));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(-1)]
    public void A_damaged_file_is_passed_over_and_its_images_scored_again(int keep)
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 20);
        var first = Score(at, model, at.Images("eyes"));
        var file = Files(at, model).Single();
        var bytes = File.ReadAllBytes(file);
        if (keep < 0) Array.Fill(bytes, (byte)7);
        File.WriteAllBytes(file, keep < 0 ? bytes : bytes[..keep]);

        var second = Score(at, model, at.Images("eyes"));

        Assert.Equal(first.Select(s => s.Probabilities[1]), second.Select(s => s.Probabilities[1]));
    }

    [Fact]
    public void Many_small_files_are_joined_and_lose_nothing()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 40);
        var images = at.Images("eyes");
        foreach (var image in images) Score(at, model, [image]);

        Assert.InRange(Files(at, model).Length, 1, 20);
        File.Delete(model.OnnxPath);
        Assert.Equal(images.Select(i => i.Id), Score(at, model, images).Select(s => s.Image.Id));
    }

    [Fact]
    public void Unreadable_images_leave_a_gap_among_known_and_new_ones()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 12);
        var images = at.Images("eyes");
        Score(at, model, [images[0], images[5], images[11]]);
        File.Delete(images[0].Path); // known already: no need of the file
        File.Delete(images[3].Path);

        var scored = Score(at, model, images);

        Assert.Equal(images.Where((_, i) => i != 3).Select(i => i.Id), scored.Select(s => s.Image.Id));
        Assert.Equal(images[3].Path, at.Reports.Faults.Single().Target);
    }
}
