using Flywheel.Engine.Production;

namespace Flywheel.Engine.Tests.Production;

public class FailureTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static IReadOnlyList<Failure> Find(TemporaryWorkspace at, Model model, FailureQuery query) => FailureFinder.Find(at.Workspace, model, query, at.Reports, Token);

    /// <summary>Twenty labelled pictures, two of them against the model, and ten unlabelled ones from certain to doubtful.</summary>
    static Model Prepare(TemporaryWorkspace at)
    {
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 20);
        Shades.Catalogue(at, "eyes", Enumerable.Range(0, 10).Select(i => (Shades.Write(at, $"field/{i}.png", (byte)(250 - 13 * i), i), (string?)null, (Dictionary<string, string>?)null)));
        return model;
    }

    [Fact]
    public void Known_failures_come_first_then_suspected_ones_by_score()
    {
        using var at = new TemporaryWorkspace();
        var failures = Find(at, Prepare(at), new FailureQuery { Dataset = "eyes" });

        Assert.Equal(Enumerable.Range(1, failures.Count), failures.Select(f => f.Rank));
        var known = failures.TakeWhile(f => f.Known).ToList();
        Assert.Equal(2, known.Count);
        Assert.All(known, f =>
        {
            Assert.NotEqual(f.Truth, f.Predicted);
            Assert.Equal(1, f.Score);
            Assert.Equal($"is {f.Truth}, predicted {f.Predicted} with {f.Confidence:0.00}", f.Reason);
        });
        Assert.Equal(known.Select(f => f.Confidence).OrderDescending(), known.Select(f => f.Confidence));
        var suspected = failures.Skip(2).ToList();
        Assert.NotEmpty(suspected);
        Assert.All(suspected, f => Assert.True(!f.Known && f.Truth is null && f.Score >= 0.2));
        Assert.Equal(suspected.Select(f => f.Score).OrderDescending(), suspected.Select(f => f.Score));
        // Luma 133 is the picture nearest to the middle.
        Assert.Equal("9.png", suspected[0].Name);
        Assert.StartsWith("margin ", suspected[0].Reason);
    }

    [Fact]
    public void The_dataset_is_predicted_once()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Find(at, model, new FailureQuery { Dataset = "eyes" });
        Find(at, model, new FailureQuery { Dataset = "eyes" });
        Assert.Equal(30, at.Workspace.Catalogue.Predictions(new PredictionQuery { LatestPerImage = false }).Count());
    }

    [Fact]
    public void A_label_given_later_turns_a_suspicion_into_knowledge()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        var doubtful = Find(at, model, new FailureQuery { Dataset = "eyes", Known = false })[0];
        at.Workspace.Catalogue.Annotate([new AnnotationChange(doubtful.Image.Id, doubtful.Predicted == "open" ? "closed" : "open", AnnotationProvenance.Human, "ann")]);

        var failures = Find(at, model, new FailureQuery { Dataset = "eyes", Suspected = false });

        Assert.Contains(failures, f => f.Image.Id == doubtful.Image.Id && f.Known);
    }

    [Fact]
    public void A_label_the_model_does_not_know_is_a_failure_that_says_so()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Shades.Catalogue(at, "eyes", [(Shades.Write(at, "odd.png", 199, 77), "squint", null)]);
        Assert.Contains(Find(at, model, new FailureQuery { Dataset = "eyes" }), f => f.Known && f.Reason.StartsWith("is squint, which the model does not know"));
    }

    [Fact]
    public void Limits_and_thresholds_hold()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Assert.Equal(3, Find(at, model, new FailureQuery { Dataset = "eyes", First = 3 }).Count);
        Assert.All(Find(at, model, new FailureQuery { Dataset = "eyes", Known = false, MinScore = 0.35 }), f => Assert.True(f.Score >= 0.35));
        Assert.Empty(Find(at, model, new FailureQuery { Since = DateTimeOffset.UtcNow.AddHours(1), Dataset = "eyes" }));
    }

    [Fact]
    public void Failures_that_look_alike_share_a_group_and_are_drawn_together()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        // Wrong in two looks: bright with a dark right quarter, and bright with a dark top.
        var random = new SeededRandom(5);
        Shades.Catalogue(at, "eyes", Enumerable.Range(0, 24).Select(i => (at.Write($"{i}.png", Pictures.Png((x, y) =>
            (byte)((i % 2 == 0 ? x < 18 : y > 5) ? random.Next(215, 250) : random.Next(10, 40)))), (string?)"closed", (Dictionary<string, string>?)null)));
        var sheet = Path.Combine(at.Folder, "sheets", "failures.png");

        var failures = Find(at, model, new FailureQuery { Dataset = "eyes", ContactSheet = sheet });

        Assert.Equal(24, failures.Count);
        Assert.Equal([1, 2], failures.Select(f => f.Group).Distinct().Order());
        Assert.All(failures.GroupBy(f => f.Group), g => Assert.Single(g.Select(f => int.Parse(Path.GetFileNameWithoutExtension(f.Name)) % 2).Distinct()));
        using var drawn = Imaging.ImageDecoder.DecodeFile(sheet);
        Assert.InRange(drawn.Width, 300, 2000);
    }

    [Fact]
    public void An_image_unlike_any_of_training_is_suspect_though_the_model_is_sure()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "lab", 100);
        var model = TinyModel.Add(at.Workspace, dataset: "lab", datasetVersion: at.Workspace.Catalogue.Snapshot("lab").Id);
        // Training is flat; this has a checkerboard around a bright middle.
        Shades.Catalogue(at, "field", [(at.Write("odd.png", Pictures.Png((x, y) => (x / 6 + y / 6) % 2 == 0 ? (byte)255 : (byte)150)), null, null),
            (Shades.Write(at, "usual.png", 210, 31), null, null)]);

        var failures = Find(at, model, new FailureQuery { Dataset = "field", MinScore = 0 });

        Assert.Equal("odd.png", failures[0].Name);
        Assert.Contains("farther from training than any of it", failures[0].Reason);
        Assert.DoesNotContain("training", failures[1].Reason);
    }

    [Fact]
    public void Without_predictions_and_dataset_there_is_nothing_to_look_at()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Assert.Equal("NoPredictions", Assert.Throws<FlywheelException>(() => Find(at, model, new FailureQuery())).ErrorId);
    }

    static Feedback Report(Prediction p, FeedbackVerdict verdict, string? label = null, string? reason = null) =>
        new() { Id = Guid.CreateVersion7().ToString(), PredictionId = p.Id, ImageId = p.ImageId, Verdict = verdict, Label = label, Reason = reason, Reporter = "ann", Time = DateTimeOffset.UtcNow };

    [Fact]
    public void What_users_report_is_known_and_quoted_and_the_truth_overrules_it()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        Find(at, model, new FailureQuery { Dataset = "eyes" });
        var open = at.Workspace.Catalogue.Predictions(new PredictionQuery { Judged = false }).OrderBy(p => p.Confidence).ToList();
        var labelled = at.Workspace.Catalogue.Predictions(new PredictionQuery { Correct = true }).First();
        at.Workspace.Catalogue.AddFeedback([
            Report(open[^1], FeedbackVerdict.Wrong, "closed", "glare on the lens"), Report(open[^2], FeedbackVerdict.Wrong), Report(open[0], FeedbackVerdict.Right), Report(labelled, FeedbackVerdict.Wrong)]);

        var failures = Find(at, model, new FailureQuery { MinScore = 0 });

        var reported = failures.Where(f => f.Known && f.Truth is null).ToList();
        Assert.Equal(2, reported.Count);
        Assert.StartsWith("reported wrong by ann, who says closed: \u201Cglare on the lens\u201D; predicted open with ", reported.Single(f => f.Prediction.Id == open[^1].Id).Reason);
        Assert.StartsWith("reported wrong by ann; predicted open with ", reported.Single(f => f.Prediction.Id == open[^2].Id).Reason);
        Assert.Equal(4, failures.Count(f => f.Known)); // two by their labels
        Assert.DoesNotContain(failures, f => f.Prediction.Id == open[0].Id || f.Prediction.Id == labelled.Id);
    }

    [Fact]
    public void A_challenger_that_disagrees_makes_an_answer_suspect()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        var challenger = TinyModel.Add(at.Workspace, "opposite", -10);

        var alone = Find(at, model, new FailureQuery { Dataset = "eyes", Known = false, MinScore = 0 });
        var together = Find(at, model, new FailureQuery { Dataset = "eyes", Known = false, MinScore = 0, Challenger = challenger });

        Assert.Equal(alone.Count, together.Count);
        Assert.All(together, f =>
        {
            var before = alone.Single(a => a.ImageId == f.ImageId);
            Assert.Equal(2 * before.Score / 3 + (1 - before.Score) / 3, f.Score, 4); // the opposite model doubts what this one believes
            Assert.StartsWith("opposite says closed with ", f.Reason);
        });
        Assert.Equal("ChallengerIsModel", Assert.Throws<FlywheelException>(() => Find(at, model, new FailureQuery { Challenger = model })).ErrorId);
    }

    [Fact]
    public void Shadow_predictions_count_without_being_asked_for()
    {
        using var at = new TemporaryWorkspace();
        var model = Prepare(at);
        var image = at.Images("eyes").First(i => i.Name == "0.png" && i.Label is null);
        Find(at, model, new FailureQuery { Dataset = "eyes" });
        var shadow = TinyModel.Add(at.Workspace, "shadow", -10);
        at.Workspace.Catalogue.AddPredictions([new Prediction
        {
            Id = Guid.CreateVersion7().ToString(), ImageId = image.Id, Path = image.Path, ModelId = shadow.Id, Label = "closed", Confidence = 0.9, Scores = new Dictionary<string, double> { ["closed"] = 0.9, ["open"] = 0.1 },
            Source = PredictionSource.Shadow, Time = DateTimeOffset.UtcNow,
        }]);
        Assert.Contains("shadow says closed", Find(at, model, new FailureQuery { Known = false, MinScore = 0 }).Single(f => f.ImageId == image.Id).Reason);
    }

    [Fact]
    public void An_answer_that_hangs_on_details_is_suspect()
    {
        using var at = new TemporaryWorkspace();
        // Only the left half counts: mirrored, this picture means the opposite.
        var model = TinyModel.Add(at.Workspace, left: 1);
        Shades.Catalogue(at, "eyes", [(at.Write("half.png", Pictures.Png((x, _) => x < 12 ? (byte)245 : (byte)10)), null, null), (Shades.Write(at, "whole.png", 245), null, null)]);

        var failures = Find(at, model, new FailureQuery { Dataset = "eyes", MinScore = 0 });

        Assert.Equal(["half.png", "whole.png"], failures.Select(f => f.Name));
        Assert.True(failures[0].Confidence > 0.99 && failures[0].Score > 0.19, $"{failures[0].Confidence} {failures[0].Score}");
        Assert.Contains("when the picture is varied", failures[0].Reason);
        Assert.Equal(1 - failures[1].Confidence, failures[1].Score, 4);
        // What was varied once is kept.
        foreach (var file in Directory.GetFiles(at.Data, "*.png")) File.Delete(file);
        Assert.Equal(failures.Select(f => f.Score), Find(at, model, new FailureQuery { MinScore = 0 }).Select(f => f.Score));
    }
}
