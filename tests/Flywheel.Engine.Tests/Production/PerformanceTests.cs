using Flywheel.Engine.Production;

namespace Flywheel.Engine.Tests.Production;

public class PerformanceTests
{
    const int Field = 200;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A labelled lab, and an unlabelled field the model has predicted; a tenth of each is not what the model says.</summary>
    static Model Begin(TemporaryWorkspace at)
    {
        var model = TinyModel.Add(at.Workspace);
        Shades.Dataset(at, "lab", 120);
        Shades.Dataset(at, "field", Field, labelled: false, mark: 5000);
        at.Predict(model, at.Images("field").Select(i => i.Path));
        return model;
    }

    /// <summary>The label of a field picture, as <see cref="Shades.Dataset"/> would give it.</summary>
    static string Truth(FlywheelImage image)
    {
        var i = int.Parse(Path.GetFileNameWithoutExtension(image.Name), System.Globalization.CultureInfo.InvariantCulture);
        return i % 2 == 1 ^ i % 10 == 9 ? "open" : "closed";
    }

    static void Label(TemporaryWorkspace at, IEnumerable<FlywheelImage> images) =>
        at.Workspace.Catalogue.Annotate([.. images.Select(i => new AnnotationChange(i.Id, Truth(i), AnnotationProvenance.Human, "ann"))]);

    static IReadOnlyList<SelectedImage> Draw(TemporaryWorkspace at, Model model, int budget, long seed = 1) =>
        ImageSelector.Select(at.Workspace, model, new SelectionRequest { Dataset = "field", Budget = budget, Strategy = SelectionStrategy.Audit, Seed = seed }, at.Reports, Token);

    static PerformanceEstimate Measure(TemporaryWorkspace at, Model model, PerformanceQuery? query = null) =>
        PerformanceService.Measure(at.Workspace, model, query ?? new PerformanceQuery { Dataset = "field", Reference = "lab" }, at.Reports, Token);

    [Fact]
    public void A_drawing_records_the_chance_of_every_image()
    {
        using var at = new TemporaryWorkspace();
        var model = Begin(at);

        var drawn = Draw(at, model, 60);
        var picks = at.Workspace.Catalogue.AuditPicks(model.Id);

        Assert.Equal(60, drawn.Select(d => d.ImageId).Distinct().Count());
        Assert.Equal(drawn.Select(d => d.ImageId).Order(), picks.Select(p => p.ImageId).Order());
        Assert.All(drawn, d => Assert.True(d.Random));
        // Every drawn image stands for so many that together they are the field.
        Assert.Equal(Field, picks.Sum(p => 1 / p.Probability), 1e-6);
        Assert.True(picks.Select(p => p.Stratum).Distinct().Count() > 1);
        Assert.All(picks.GroupBy(p => p.Stratum), s => Assert.Single(s.Select(p => p.Probability).Distinct()));
    }

    [Fact]
    public void The_same_seed_draws_the_same_and_a_second_drawing_others()
    {
        using var one = new TemporaryWorkspace();
        using var other = new TemporaryWorkspace();
        var (a, b) = (Begin(one), Begin(other));

        var first = Draw(one, a, 30).Select(d => d.ImageId).ToList();
        Assert.Equal(first, Draw(other, b, 30).Select(d => d.ImageId));
        Assert.NotEqual(first, Draw(one, a, 30).Select(d => d.ImageId));
        Assert.Equal(2, one.Workspace.Catalogue.AuditPicks(a.Id).Select(p => p.Task).Distinct().Count());
    }

    [Fact]
    public void Labels_drawn_at_random_are_the_answer_and_it_is_stored()
    {
        using var at = new TemporaryWorkspace();
        var model = Begin(at);
        Label(at, Draw(at, model, 60).Select(d => d.Image));

        var estimate = Measure(at, model);

        Assert.Equal("Audit", estimate.Method);
        Assert.Equal((true, 60, Field), (estimate.Known, estimate.Audited, estimate.N));
        Assert.True(estimate.Low < 0.9 && 0.9 < estimate.High, estimate.Summary);
        Assert.Equal(estimate.Value, estimate.Estimates.Single(e => e.Name == "audited labels").Value);
        Assert.Contains(estimate.Estimates, e => e.Name == "shift-calibrated confidence");
        var stored = Assert.Single(PerformanceService.History(at.Workspace, model));
        Assert.Equal((estimate.Value, estimate.Low, estimate.Summary), (stored.Value, stored.Low, stored.Summary));
    }

    [Fact]
    public void A_drawn_image_without_label_is_said_and_a_census_is_certain()
    {
        using var at = new TemporaryWorkspace();
        var model = Begin(at);
        var drawn = Draw(at, model, Field);
        Label(at, drawn.Skip(5).Select(d => d.Image));
        Assert.Contains(Measure(at, model).Warnings, w => w.StartsWith("5 of 200 drawn images have no label", StringComparison.Ordinal));

        Label(at, drawn.Select(d => d.Image));
        var census = Measure(at, model);
        Assert.Equal((0.9, 0.9, 0.9), (Math.Round(census.Value, 12), Math.Round(census.Low, 12), Math.Round(census.High, 12)));
    }

    [Fact]
    public void Labels_chosen_for_their_difficulty_do_not_count()
    {
        using var at = new TemporaryWorkspace();
        var model = Begin(at);
        Label(at, at.Images("field").Where((_, i) => i % 10 == 9));

        Assert.Equal(0, Measure(at, model).Audited);
    }

    [Fact]
    public void Without_labels_and_pictures_it_cannot_be_known_and_an_audit_is_suggested()
    {
        using var at = new TemporaryWorkspace();
        var model = Begin(at);
        foreach (var image in at.Images("field")) File.Delete(image.Path);

        var estimate = Measure(at, model);

        Assert.Equal((false, "Unknown"), (estimate.Known, estimate.Method));
        Assert.True(double.IsNaN(estimate.Value) && double.IsNaN(estimate.Low));
        Assert.Contains("cannot be known without labels: the pictures were not kept", estimate.Summary);
        Assert.Equal(estimate.SuggestedAudit, estimate.SuggestedStrata.Sum(s => s.Labels));
        Assert.InRange(estimate.SuggestedAudit, 61, Field); // sixty give about ± 7 points, two are asked for
    }

    [Fact]
    public void A_tag_to_group_by_that_no_image_has_is_told()
    {
        using var at = new TemporaryWorkspace();
        var model = Begin(at);
        Measure(at, model, new PerformanceQuery { Dataset = "field", Reference = "lab", GroupBy = "subject" });
        Assert.DoesNotContain(at.Reports.Warnings, w => w.Contains("has the tag", StringComparison.Ordinal));
        Measure(at, model, new PerformanceQuery { Dataset = "field", Reference = "lab", GroupBy = "subjct" });
        Assert.Contains("No image of field has the tag 'subjct', so none belong together by it. Did you mean 'subject'?", at.Reports.Warnings);
    }

    [Fact]
    public void Nothing_is_stored_when_nothing_should_be()
    {
        using var at = new TemporaryWorkspace();
        var model = Begin(at);
        Measure(at, model, new PerformanceQuery { Dataset = "field", Reference = "lab", Store = false });
        Assert.Empty(PerformanceService.History(at.Workspace, model));
    }

    [Theory]
    [InlineData(0, 0.95, "InvalidHalfWidth")]
    [InlineData(0.6, 0.95, "InvalidHalfWidth")]
    [InlineData(0.02, 1, "InvalidConfidence")]
    public void Settings_out_of_range_are_refused(double halfWidth, double confidence, string id)
    {
        using var at = new TemporaryWorkspace();
        var model = TinyModel.Add(at.Workspace);
        Assert.Equal(id, Assert.Throws<FlywheelException>(() => Measure(at, model, new PerformanceQuery { HalfWidth = halfWidth, Confidence = confidence })).ErrorId);
    }
}
