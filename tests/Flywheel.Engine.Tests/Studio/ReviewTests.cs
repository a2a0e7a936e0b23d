using Flywheel.Engine.Studio.Review;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Tests.Studio;

public sealed class ReviewTests : IDisposable
{
    readonly TemporaryWorkspace _at = new();
    readonly List<FlywheelImage> _images;

    public ReviewTests()
    {
        Shades.Dataset(_at, "eyes", 200);
        _images = _at.Images("eyes");
    }

    public void Dispose() => _at.Dispose();

    ICatalogue Store => _at.Workspace.Catalogue;

    static string Other(string? label) => label == "open" ? "closed" : "open";

    static Suggestion Relabel(FlywheelImage image, double score, string reason = "label-errors") => new() { ImageId = image.Id, Reason = reason, OldLabel = image.Label, NewLabel = Other(image.Label), Score = score, Dataset = "eyes" };

    /// <summary>Suggestions about every image: scores fall from 1.</summary>
    void Suggest(string reason = "label-errors", int count = 200) => Store.AddSuggestions([.. _images.Take(count).Select((image, i) => Relabel(image, 1 - i / 250.0, reason))]);

    static SuggestionVerdict Accept(string id) => new(id, SuggestionStatus.Accepted, "ann");
    static SuggestionVerdict Reject(string id) => new(id, SuggestionStatus.Rejected, "ann");

    Dictionary<string, string?> Labels() => _at.Images("eyes").ToDictionary(i => i.Id, i => i.Label);

    [Fact]
    public void A_list_has_the_pictures_the_best_first_and_says_what_is_stale()
    {
        Store.AddSuggestions([Relabel(_images[0], 0.7), Relabel(_images[1], 0.9), new Suggestion { ImageId = _images[2].Id, RelatedImageId = _images[3].Id, Reason = "duplicates", Part = AnnotationPart.Exclusion, NewExclusion = "copy", Score = 0.8 }]);
        var all = ReviewService.List(_at.Workspace, new ReviewFilter());
        Assert.Equal([0.9, 0.8, 0.7], all.Select(i => i.Suggestion.Score));
        Assert.Equal((_images[2].Id, _images[3].Id), (all[1].Image.Id, all[1].Related!.Id));
        Assert.Equal([all[1].Suggestion.Id], ReviewService.List(_at.Workspace, new ReviewFilter { Reasons = ["duplicates"] }).Select(i => i.Suggestion.Id));
        Store.Annotate([new AnnotationChange(_images[1].Id, "half", AnnotationProvenance.Human, "bob")]);
        Assert.Equal(2, ReviewService.Count(_at.Workspace, new ReviewFilter()));
        Assert.Equal(1, ReviewService.Count(_at.Workspace, new ReviewFilter { MinScore = 0.75 }));
        var stale = Assert.Single(ReviewService.List(_at.Workspace, new ReviewFilter { Status = [SuggestionStatus.Stale] }));
        Assert.Equal(("half", SuggestionStatus.Stale), (stale.Image.Label, stale.Suggestion.Status));
    }

    [Fact]
    public void Acceptance_is_of_those_looked_at_one_by_one()
    {
        Suggest(count: 60);
        var ids = ReviewService.List(_at.Workspace, new ReviewFilter { Size = 200 }).Select(i => i.Suggestion.Id).ToList();
        ReviewService.Decide(_at.Workspace, [.. ids.TakeLast(5).Select(Accept), .. ids.SkipLast(5).TakeLast(2).Select(Reject), new SuggestionVerdict(ids[50], SuggestionStatus.Edited, "ann") { Label = "half" }]);
        var audit = AuditService.Start(_at.Workspace, new AuditRequest { MinScore = 0.83, Author = "ann" });
        ReviewService.Decide(_at.Workspace, [.. audit.Sample.Select(Accept)]);
        audit = AuditService.AcceptRest(_at.Workspace, audit.Id, "ann");
        Assert.Equal((43, 20, 23, 0), (audit.Population, audit.Sample.Count, audit.BulkAccepted, audit.Remaining));
        var row = Assert.Single(ReviewService.Statistics(_at.Workspace));
        Assert.Equal(("label-errors", 9, 25, 2, 1, 23), (row.Reason, row.Open, row.Accepted, row.Rejected, row.Edited, row.Bulk));
        Assert.Equal((25 / 28.0, 28), (row.Acceptance.Value, row.Acceptance.N));
        Assert.Equal(Intervals.Wilson(25, 28), (row.Acceptance.Low, row.Acceptance.High));
        Assert.Equal(row with { }, Assert.Single(ReviewService.Statistics(_at.Workspace, "eyes")));
    }

    [Fact]
    public void Nothing_is_accepted_in_bulk_before_the_whole_sample_is_decided()
    {
        Suggest();
        var before = Labels();
        var audit = AuditService.Start(_at.Workspace, new AuditRequest { MinScore = 0.5, Author = "ann", Seed = 4 });
        Assert.Equal((AuditState.InReview, 20, 126, 106), (audit.State, audit.Sample.Count, audit.Population, audit.Remaining));
        ReviewService.Decide(_at.Workspace, [.. audit.Sample.Take(19).Select(Accept)]);
        Assert.Equal("AuditNotPassed", Assert.Throws<FlywheelException>(() => AuditService.AcceptRest(_at.Workspace, audit.Id, "ann")).ErrorId);
        Assert.Equal(19, Labels().Count(l => before[l.Key] != l.Value));
        ReviewService.Decide(_at.Workspace, [Reject(audit.Sample[19])]);
        audit = AuditService.Find(_at.Workspace, audit.Id);
        // 19 of 20 meet a share of 0.95 and show no more than 78.4 %: said in full.
        Assert.Equal((AuditState.Passed, 0.95), (audit.State, audit.Acceptance.Value));
        Assert.Equal(ClopperPearson.Lower(19, 20, AuditRequest.Confidence), audit.Acceptance.Low);
        Assert.Contains("95.0 %", audit.Text, StringComparison.Ordinal);
        Assert.Contains("at least 78.4 %", audit.Text, StringComparison.Ordinal);
        audit = AuditService.AcceptRest(_at.Workspace, audit.Id, "ann");
        Assert.Equal((106, 0), (audit.BulkAccepted, audit.Remaining));
        Assert.Equal(125, Labels().Count(l => before[l.Key] != l.Value));
        // Below the threshold, and the one rejected, nothing has changed.
        Assert.All(ReviewService.List(_at.Workspace, new ReviewFilter { Size = 500 }), i => Assert.True(i.Suggestion.Score < 0.5));

        Assert.Equal("NothingToAccept", Assert.Throws<FlywheelException>(() => AuditService.AcceptRest(_at.Workspace, audit.Id, "ann")).ErrorId);
        audit = AuditService.UndoRest(_at.Workspace, audit.Id, "bob");
        Assert.Equal((0, 106), (audit.BulkAccepted, audit.Remaining));
        Assert.Equal(19, Labels().Count(l => before[l.Key] != l.Value));
        Assert.Equal("NothingAccepted", Assert.Throws<FlywheelException>(() => AuditService.UndoRest(_at.Workspace, audit.Id, "bob")).ErrorId);
        Assert.Equal(106, AuditService.AcceptRest(_at.Workspace, audit.Id, "ann").BulkAccepted);
    }

    [Fact]
    public void A_share_or_a_bound_that_is_missed_refuses()
    {
        Suggest();
        var audit = AuditService.Start(_at.Workspace, new AuditRequest { MinScore = 0.5, Author = "ann" });
        ReviewService.Decide(_at.Workspace, [.. audit.Sample.Take(18).Select(Accept), .. audit.Sample.Skip(18).Select(Reject)]);
        audit = AuditService.Find(_at.Workspace, audit.Id);
        Assert.Equal(AuditState.Failed, audit.State);
        Assert.Contains("the share asked for is 95.0 %", audit.Text, StringComparison.Ordinal);
        Assert.Equal("AuditNotPassed", Assert.Throws<FlywheelException>(() => AuditService.AcceptRest(_at.Workspace, audit.Id, "ann")).ErrorId);

        var bounded = AuditService.Start(_at.Workspace, new AuditRequest { MinScore = 0.5, Author = "ann", Target = 0.9, Bound = 0.9 });
        Assert.Equal((29, 1), (bounded.Sample.Count, bounded.Earlier)); // 0.9^29 < 0.05
        ReviewService.Decide(_at.Workspace, [Reject(bounded.Sample[0]), .. bounded.Sample.Skip(1).Select(Accept)]);
        bounded = AuditService.Find(_at.Workspace, bounded.Id);
        Assert.Equal(AuditState.Failed, bounded.State); // 28 of 29 is 96.6 %, but at least 84.7 % only
        Assert.Contains("the bound asked for is 90.0 %", bounded.Text, StringComparison.Ordinal);
        ReviewService.Undo(_at.Workspace, [bounded.Sample[0]], "ann");
        Assert.Equal(AuditState.InReview, AuditService.Find(_at.Workspace, bounded.Id).State);
        ReviewService.Decide(_at.Workspace, [Accept(bounded.Sample[0])]);
        Assert.Equal(AuditState.Passed, AuditService.Find(_at.Workspace, bounded.Id).State);
        Assert.Equal([bounded.Id, audit.Id], AuditService.All(_at.Workspace).Select(a => a.Id));
    }

    [Fact]
    public void The_same_seed_draws_the_same_sample_and_another_seed_another()
    {
        Suggest();
        var samples = new[] { 1, 1, 2 }.Select(seed => AuditService.Start(_at.Workspace, new AuditRequest { MinScore = 0.5, Author = "ann", Seed = seed }).Sample).ToList();
        Assert.Equal(samples[0], samples[1]);
        Assert.NotEqual(samples[0].Order(StringComparer.Ordinal), samples[2].Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_changes_meanwhile_counts_against_and_is_left_alone()
    {
        Suggest(count: 40);
        Suggest("consensus", 3); // about the same images: one of each image is enough
        var audit = AuditService.Start(_at.Workspace, new AuditRequest { MinScore = 0, Author = "ann" });
        Assert.Equal(40, audit.Population);
        var drawn = ReviewService.List(_at.Workspace, new ReviewFilter { Ids = audit.Sample, Size = 100 });
        Assert.Equal(audit.Sample, drawn.Select(d => d.Suggestion.Id)); // to be looked at in the order drawn
        Store.Annotate([new AnnotationChange(drawn[0].Image.Id, "half", AnnotationProvenance.Human, "bob")]);
        ReviewService.Decide(_at.Workspace, [.. audit.Sample.Skip(1).Select(Accept)]);
        audit = AuditService.Find(_at.Workspace, audit.Id);
        Assert.Equal((AuditState.Passed, 1, 19, 20), (audit.State, audit.Stale, audit.Accepted, audit.Reviewed));
        audit = AuditService.AcceptRest(_at.Workspace, audit.Id, "ann");
        Assert.Equal("half", Labels()[drawn[0].Image.Id]);

        // One of the bulk is labelled anew: the whole cannot be taken back any more, and is not taken back in part.
        var one = ReviewService.List(_at.Workspace, new ReviewFilter { Status = [SuggestionStatus.Accepted], Size = 100 }).First(i => !audit.Sample.Contains(i.Suggestion.Id));
        Store.Annotate([new AnnotationChange(one.Image.Id, "half", AnnotationProvenance.Human, "bob")]);
        var before = Labels();
        Assert.Equal("AnnotationChangedMeanwhile", Assert.Throws<FlywheelException>(() => AuditService.UndoRest(_at.Workspace, audit.Id, "ann")).ErrorId);
        Assert.Equal(before, Labels());
    }

    [Fact]
    public void Another_proposal_about_an_image_a_reviewer_refused_is_not_accepted_in_bulk()
    {
        Suggest(count: 30);
        Store.AddSuggestions([.. _images.Take(30).Select(i => Relabel(i, 0.01, "consensus") with { NewLabel = "half" })]);
        var audit = AuditService.Start(_at.Workspace, new AuditRequest { MinScore = 0, Author = "ann", Target = 0.5 });
        ReviewService.Decide(_at.Workspace, [.. audit.Sample.Take(5).Select(Reject), .. audit.Sample.Skip(5).Select(Accept)]);
        AuditService.AcceptRest(_at.Workspace, audit.Id, "ann");
        Assert.DoesNotContain("half", Labels().Values);
    }

    [Fact]
    public void What_cannot_be_judged_is_refused()
    {
        Suggest(count: 3);
        string Fault(AuditRequest request) => Assert.Throws<FlywheelException>(() => AuditService.Start(_at.Workspace, request)).ErrorId;
        var good = new AuditRequest { MinScore = 0.5, Author = "ann" };
        Assert.Equal(["InvalidAudit", "InvalidAudit", "InvalidAudit", "InvalidAudit", "InvalidAudit", "NothingToAudit", "NothingToAudit"],
            [Fault(good with { MinScore = double.NaN }), Fault(good with { Target = 1.1 }), Fault(good with { Bound = 1 }), Fault(good with { Author = " " }), Fault(good with { Bound = 0.95, Sample = 58 }), Fault(good with { MinScore = 1, Reasons = ["x"] }), Fault(good with { Dataset = "none" })]);
        Assert.Equal("AuditNotFound", Assert.Throws<FlywheelException>(() => AuditService.AcceptRest(_at.Workspace, "x", "ann")).ErrorId);
        // Fewer than the sample: all are looked at, and nothing is left.
        var audit = AuditService.Start(_at.Workspace, good);
        Assert.Equal((3, 0), (audit.Sample.Count, audit.Remaining));
    }

    [Fact]
    public void The_last_verdict_of_a_person_is_known_after_a_restart()
    {
        Suggest(count: 30);
        var ids = ReviewService.List(_at.Workspace, new ReviewFilter()).Select(i => i.Suggestion.Id).ToList();
        Assert.Null(ReviewService.LastOf(_at.Workspace, "ann"));
        ReviewService.Decide(_at.Workspace, [Accept(ids[3])]);
        ReviewService.Decide(_at.Workspace, [Reject(ids[1])]);
        ReviewService.Decide(_at.Workspace, [new SuggestionVerdict(ids[2], SuggestionStatus.Accepted, "bob")]);
        Assert.Equal(ids[1], ReviewService.LastOf(_at.Workspace, "ann")!.Id);
        Assert.Equal(SuggestionStatus.Open, Assert.Single(ReviewService.Undo(_at.Workspace, [ids[1]], "ann")).Suggestion.Status);
        Assert.Equal(ids[3], ReviewService.LastOf(_at.Workspace, "ann")!.Id);
    }
}
