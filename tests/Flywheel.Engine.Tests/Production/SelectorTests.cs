using Flywheel.Engine.Production;

namespace Flywheel.Engine.Tests.Production;

public class SelectorTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static IReadOnlyList<SelectedImage> Select(TemporaryWorkspace at, Model? model, SelectionRequest request) => ImageSelector.Select(at.Workspace, model, request, at.Reports, Token);

    [Fact]
    public void Auto_takes_the_doubtful_ones_and_a_few_at_random_and_says_so()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace, sharpness: 3);
        // Stripes of different place, so that none is a near-duplicate of another.
        Shades.Catalogue(at, "field", Enumerable.Range(0, 200).Select(i => (at.Write($"{i}.png", Pictures.Png(i, 24 + i % 30, 24)), (string?)null, (Dictionary<string, string>?)null)));

        var chosen = Select(at, model, new SelectionRequest { Dataset = "field", Budget = 40 });

        Assert.Equal(40, chosen.Select(c => c.ImageId).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 40), chosen.Select(c => c.Rank));
        Assert.Equal(8, chosen.Count(c => c.Random));
        Assert.Contains("Chose 40 of 200 unlabelled images of 'field' by Auto, 8 of them at random.", at.Reports.Lines);
        Assert.Equal(chosen.Select(c => c.ImageId), Select(at, model, new SelectionRequest { Dataset = "field", Budget = 40 }).Select(c => c.ImageId));
        Assert.NotEqual(chosen.Select(c => c.ImageId), Select(at, model, new SelectionRequest { Dataset = "field", Budget = 40, Seed = 2 }).Select(c => c.ImageId));
    }

    [Fact]
    public void A_budget_beyond_the_pool_takes_all_and_warns()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "field", 12, labelled: false);

        Assert.Equal(12, Select(at, model, new SelectionRequest { Dataset = "field", Budget = 80, Strategy = SelectionStrategy.Margin }).Count);

        Assert.Equal("'field' has only 12 unlabelled images to choose from; all are chosen, 68 of the budget of 80 are left.", Assert.Single(at.Reports.Warnings));
    }

    [Fact]
    public void Labelled_excluded_and_set_aside_images_are_not_in_the_pool()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "field", 10, labelled: false);
        var images = at.Images("field");
        at.Workspace.Catalogue.Annotate([new AnnotationChange(images[0].Id, "open", AnnotationProvenance.Human, "ann")]);
        at.Workspace.Catalogue.AssignSplits("field", new Dictionary<string, DataSplit>
        {
            [images[1].Id] = DataSplit.Test,
            [images[2].Id] = DataSplit.Validation,
            [images[3].Id] = DataSplit.Train,
        }, null);

        var chosen = Select(at, model, new SelectionRequest { Dataset = "field", Budget = 10, Strategy = SelectionStrategy.Margin, Exclude = [images[4].Id] });
        var withLabelled = Select(at, model, new SelectionRequest { Dataset = "field", Budget = 10, Strategy = SelectionStrategy.Margin, IncludeLabelled = true });

        Assert.Equal(images.Where((_, i) => i is 3 or > 4).Select(i => i.Id).Order(), chosen.Select(c => c.ImageId).Order());
        Assert.Equal(images.Where((_, i) => i is 0 or > 2).Select(i => i.Id).Order(), withLabelled.Select(c => c.ImageId).Order());
    }

    [Fact]
    public void Failure_asks_the_given_truth()
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "field", 30, labelled: false);
        var wrong = at.Images("field").Where((_, i) => i % 10 == 4).ToDictionary(i => i.Id, i => i.Brightness > 0.5 ? "closed" : "open");

        var chosen = Select(at, model, new SelectionRequest { Dataset = "field", Budget = 5, Strategy = SelectionStrategy.Failure, Truth = id => wrong.GetValueOrDefault(id) });

        Assert.Equal(wrong.Keys.Order(), chosen.Take(3).Select(c => c.ImageId).Order());
        Assert.Equal(["known failure", "known failure", "known failure"], chosen.Take(3).Select(c => c.Reason));
        Assert.All(chosen.Skip(3), c => Assert.StartsWith("suspected", c.Reason));
    }

    [Theory]
    [InlineData(SelectionStrategy.Diverse)]
    [InlineData(SelectionStrategy.Typical)]
    [InlineData(SelectionStrategy.Random)]
    public void Every_strategy_chooses_as_many_different_images_as_asked(SelectionStrategy strategy)
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "field", 60, labelled: false);
        Assert.Equal(15, Select(at, model, new SelectionRequest { Dataset = "field", Budget = 15, Strategy = strategy }).Select(c => c.ImageId).Distinct().Count());
    }

    [Fact]
    public void Random_needs_no_model_and_every_other_strategy_says_it_does()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "field", 6, labelled: false);
        Assert.All(Select(at, null, new SelectionRequest { Dataset = "field", Budget = 3, Strategy = SelectionStrategy.Random }), c => Assert.True(c.Random));
        Assert.Equal("ModelRequired", Assert.Throws<FlywheelException>(() => Select(at, null, new SelectionRequest { Dataset = "field", Budget = 3 })).ErrorId);
        Assert.Equal("InvalidBudget", Assert.Throws<FlywheelException>(() => Select(at, null, new SelectionRequest { Dataset = "field", Budget = 0 })).ErrorId);
        Assert.Equal("DatasetNotFound", Assert.Throws<FlywheelException>(() => Select(at, null, new SelectionRequest { Dataset = "nowhere", Budget = 1, Strategy = SelectionStrategy.Random })).ErrorId);
    }
}
