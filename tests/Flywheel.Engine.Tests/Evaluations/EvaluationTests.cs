using Flywheel.Engine.Evaluations;

namespace Flywheel.Engine.Tests.Evaluations;

public class EvaluationTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static Evaluation Evaluate(TemporaryWorkspace at, Model model, string dataset, DataSplit split = DataSplit.Test) =>
        EvaluationService.Evaluate(at.Workspace, model, at.Workspace.GetDataset(dataset), split, at.Reports, Token);

    static ModelComparison Compare(TemporaryWorkspace at, Model a, Model b, string dataset, DataSplit split = DataSplit.Test) =>
        EvaluationService.Compare(at.Workspace, a, b, at.Workspace.GetDataset(dataset), split, at.Reports, Token);

    static void Split(TemporaryWorkspace at, string dataset, string? groupBy, Func<int, DataSplit> split) =>
        at.Workspace.Catalogue.AssignSplits(dataset, at.Images(dataset).Select((image, i) => (image, i)).ToDictionary(x => x.image.Id, x => split(x.i)), groupBy);

    [Fact]
    public void A_dataset_without_splits_is_judged_as_a_whole()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        var dataset = Shades.Dataset(at, "eyes", 100);

        var e = Evaluate(at, model, "eyes");

        Assert.Equal((100, DataSplit.None, 0), (e.N, e.Split, e.Excluded));
        Assert.Null(e.Groups);
        Assert.Equal(0.9, e.Accuracy.Value, 1e-12);
        Assert.Equal("Wilson", e.Accuracy.Method);
        Assert.Equal((model.Id, "eyes", dataset.VersionId), (e.ModelId, e.Dataset, e.DatasetVersion));
        // Fifty bright pictures, ten of them labelled closed.
        Assert.Equal([50, 10, 0, 40], e.Confusion.SelectMany(r => r));
        Assert.Equal(e.Metrics.Count, e.Metrics.Select(m => m.Name).Distinct().Count());
    }

    [Fact]
    public void The_tag_a_dataset_was_split_by_makes_the_groups()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 100);
        Split(at, "eyes", "subject", i => i < 50 ? DataSplit.Train : DataSplit.Test);

        var e = Evaluate(at, model, "eyes");

        Assert.Equal((50, 10, DataSplit.Test), (e.N, e.Groups, e.Split));
        Assert.Equal("GroupBootstrap", e.Accuracy.Method);
        Assert.True(e.Accuracy.Low < 0.9 && e.Accuracy.High > 0.9);
    }

    [Fact]
    public void Images_without_label_with_a_machines_or_an_unknown_one_are_left_out_and_counted()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 20);
        Shades.Catalogue(at, "eyes",
        [
            (Shades.Write(at, "none.png", 99, 300), null, null),
            (Shades.Write(at, "odd.png", 98, 301), "squint", null),
            (Shades.Write(at, "auto.png", 97, 302), null, null),
        ]);
        var auto = at.Images("eyes").Single(i => i.Name == "auto.png");
        at.Workspace.Catalogue.Annotate([new AnnotationChange(auto.Id, "open", AnnotationProvenance.Auto, model.Id)]);

        var e = Evaluate(at, model, "eyes");

        Assert.Equal((20, 3), (e.N, e.Excluded));
    }

    [Fact]
    public void Judging_on_what_the_model_learned_from_is_warned_of()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "eyes", 20);
        Split(at, "eyes", null, i => i < 12 ? DataSplit.Train : DataSplit.Test);
        var model = TinyModel.Add(at.Workspace, dataset: "eyes", datasetVersion: at.Workspace.Catalogue.Snapshot("eyes").Id);

        Evaluate(at, model, "eyes");
        Assert.Empty(at.Reports.Warnings);
        Evaluate(at, model, "eyes", DataSplit.None);
        Assert.Equal("'tiny' was trained on 12 of the 20 images it is judged on; its figures are flattered.", Assert.Single(at.Reports.Warnings));
    }

    [Fact]
    public void What_cannot_be_judged_is_an_error_with_its_reason()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "blank", 5, labelled: false, mark: 1000);
        Shades.Dataset(at, "eyes", 10);
        Split(at, "eyes", null, _ => DataSplit.Train);
        Shades.Catalogue(at, "odd", [(Shades.Write(at, "odd.png", 98, 301), "squint", null)]);

        Assert.Equal("NothingToEvaluate", Assert.Throws<FlywheelException>(() => Evaluate(at, model, "blank")).ErrorId);
        Assert.Equal(("SplitEmpty", (object)DataSplit.Test), Assert.Throws<FlywheelException>(() => Evaluate(at, model, "eyes")) is var e ? (e.ErrorId, e.Target!) : default);
        Assert.Contains("none of its labels is one of the model's", Assert.Throws<FlywheelException>(() => Evaluate(at, model, "odd")).Message);
    }

    [Fact]
    public void A_model_that_answers_the_other_way_round_is_worse_and_its_opposite_better()
    {
        using var at = new TemporaryWorkspace();
        Model right = TinyModel.Add(at.Workspace, "right"), wrong = TinyModel.Add(at.Workspace, "wrong", -10);
        Shades.Dataset(at, "eyes", 60);

        var worse = Compare(at, right, wrong, "eyes");
        var better = Compare(at, wrong, right, "eyes");

        Assert.Equal((ComparisonVerdict.Worse, ComparisonVerdict.Better), (worse.Verdict, better.Verdict));
        Assert.Equal((6, 54, 60), (worse.Gained, worse.Lost, worse.N));
        Assert.Equal(0.8, better.Difference.Value, 1e-12);
        Assert.Equal(Evaluate(at, right, "eyes").Accuracy, better.ChallengerAccuracy);
        Assert.StartsWith("'right' is better than 'wrong': accuracy +80.0 points (95 % interval +", better.Summary);
        Assert.EndsWith("on 60 images; 54 gained, 6 lost, McNemar p < 0.0001.", better.Summary);
    }

    [Fact]
    public void A_model_compared_with_itself_cannot_be_told_from_itself()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "eyes", 60);
        Split(at, "eyes", "subject", _ => DataSplit.Test);

        var same = Compare(at, model, model, "eyes");

        Assert.Equal((ComparisonVerdict.CannotTell, 12, 0, 0, 1.0), (same.Verdict, same.Groups, same.Gained, same.Lost, same.McNemarP));
    }
}
