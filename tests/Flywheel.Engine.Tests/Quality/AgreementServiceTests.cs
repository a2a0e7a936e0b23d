using Flywheel.Engine.Quality;

namespace Flywheel.Engine.Tests.Quality;

public class AgreementServiceTests
{
    static AgreementResult Measure(TemporaryWorkspace at) => AgreementService.Measure(at.Workspace, new AgreementRequest { Dataset = "eyes" }, at.Reports, TestContext.Current.CancellationToken);

    static AnnotationChange Says(string who, FlywheelImage image, string? label, AnnotationProvenance kind = AnnotationProvenance.Human) => new(image.Id, label, kind, who);

    /// <summary>Sixty images of known truth; ann and bob are careful and label all, carol labels the first forty and errs in every third.</summary>
    static List<FlywheelImage> Label(TemporaryWorkspace at)
    {
        Shades.Dataset(at, "eyes", 60, labelled: false);
        var images = at.Images("eyes");
        for (var i = 0; i < images.Count; i++)
        {
            var (truth, other) = i % 2 == 0 ? ("closed", "open") : ("open", "closed");
            at.Workspace.Catalogue.Annotate([Says("ann", images[i], i % 20 == 7 ? other : truth)]);
            at.Workspace.Catalogue.Annotate([Says("bob", images[i], i % 20 == 12 ? other : truth)]);
            if (i < 40) at.Workspace.Catalogue.Annotate([Says("carol", images[i], i % 3 == 0 ? other : truth, AnnotationProvenance.Reviewed)]);
        }
        return images;
    }

    [Fact]
    public void Careful_and_careless_people_are_told_apart()
    {
        using var at = new TemporaryWorkspace();
        var images = Label(at);
        var (report, consensus) = Measure(at);

        Assert.Equal((60, 60, 160), (report.Images, report.Shared, report.Votes));
        Assert.Equal(["ann", "bob", "carol"], report.Annotators.Select(a => a.Annotator));
        Assert.Equal([60, 60, 40], report.Annotators.Select(a => a.Votes));
        Assert.InRange(report.Annotators[0].Accuracy, 0.85, 1);
        Assert.InRange(report.Annotators[2].Accuracy, 0.5, 0.78);
        Assert.All(report.Annotators, a =>
        {
            Assert.InRange(a.Agreement.Value, a.Agreement.Low, a.Agreement.High);
            Assert.Equal(a.Votes, a.Agreement.N);
            Assert.Equal(["closed", "open"], a.Recall.Keys.Order(StringComparer.Ordinal));
        });
        Assert.True(report.Annotators[2].Agreement.High < report.Annotators[0].Agreement.Value);
        Assert.InRange(report.Alpha.Value, 0.3, 0.8);
        Assert.InRange(report.Alpha.Value, report.Alpha.Low, report.Alpha.High);
        Assert.Equal([("ann", "bob", 60), ("ann", "carol", 40), ("bob", "carol", 40)], report.Pairs.Select(p => (p.A, p.B, p.N)));

        // Carol came last, so that her errors are the labels; the two others together outvote her.
        Assert.Equal(60, consensus.Count);
        Assert.Equal(consensus, consensus.OrderBy(c => c.Probability));
        var number = images.Select((image, i) => (image.Id, i)).ToDictionary(x => x.Id, x => x.i);
        foreach (var c in consensus.Where(c => number[c.Image.Id] is var i && i < 40 && i % 20 != 7 && i % 20 != 12))
            Assert.Equal(number[c.Image.Id] % 2 == 0 ? "closed" : "open", c.Label);
        var suggestions = AgreementService.Suggestions(new AgreementResult(report, consensus));
        Assert.Equal(report.Disputed, suggestions.Count);
        Assert.InRange(suggestions.Count, 10, 18);
        Assert.Contains("ann and bob say", suggestions[^1].Text);
        Assert.All(suggestions, s => Assert.Equal("consensus", s.Reason));
        Assert.Equal(suggestions.Count, at.Workspace.Catalogue.AddSuggestions(suggestions));
    }

    [Fact]
    public void What_was_taken_back_withdrawn_imported_or_said_by_a_machine_is_no_opinion_and_the_newest_counts()
    {
        using var at = new TemporaryWorkspace();
        Shades.Dataset(at, "eyes", 6);
        var images = at.Images("eyes");
        Assert.Equal("NoVotes", Assert.Throws<FlywheelException>(() => Measure(at)).ErrorId);
        at.Workspace.Catalogue.Annotate([Says("m1", images[0], images[0].Label == "open" ? "closed" : "open", AnnotationProvenance.Auto)]);
        Assert.Equal("NoVotes", Assert.Throws<FlywheelException>(() => Measure(at)).ErrorId);

        at.Workspace.Catalogue.Annotate([Says("ann", images[1], "winking")]);
        at.Workspace.Catalogue.Annotate([Says("ann", images[1], "open")]);
        var taken = at.Workspace.Catalogue.Annotate([Says("bob", images[1], "closed")]);
        at.Workspace.Catalogue.Undo([taken[0].Sequence], "bob");
        at.Workspace.Catalogue.Annotate([Says("ann", images[2], "open")]);
        at.Workspace.Catalogue.Annotate([Says("ann", images[2], null)]);
        var (report, consensus) = Measure(at);
        var only = Assert.Single(consensus);
        Assert.Equal((images[1].Id, "open", 1), (only.Image.Id, only.Label, only.Votes.Count));
        Assert.True(only.Unanimous && only.IsCurrent);
        Assert.Equal(0, report.Shared);
        Assert.True(double.IsNaN(report.Alpha.Value));
        Assert.Contains(at.Reports.Warnings, w => w.Contains("two people", StringComparison.Ordinal));
        Assert.Empty(AgreementService.Suggestions(new AgreementResult(report, consensus)));
    }
}
