namespace Flywheel.Catalogue.Tests;

public sealed class SuggestionTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();
    readonly string _id = TemporaryCatalogue.Id(1);

    public SuggestionTests() => _c.Add("d", _c.Record(1, "open"), _c.Record(2, "closed"));

    public void Dispose() => _c.Dispose();

    Suggestion Relabel(double score = 0.9) => new() { ImageId = _id, Reason = "label-errors", OldLabel = "open", NewLabel = "closed", Score = score, Text = "looks closed", Dataset = "d" };

    [Fact]
    public void The_same_proposal_is_one_and_a_rejected_one_does_not_come_back()
    {
        Assert.Equal(1, _c.Store.AddSuggestions([Relabel(), Relabel(0.5)]));
        var suggestion = Assert.Single(_c.Store.Suggestions(new SuggestionQuery { Dataset = "d" }));
        Assert.Equal((SuggestionStatus.Open, 0.9, "looks closed"), (suggestion.Status, suggestion.Score, suggestion.Text));
        Assert.Equal(SuggestionStatus.Rejected, Assert.Single(_c.Store.Decide([new SuggestionVerdict(suggestion.Id, SuggestionStatus.Rejected, "ann")])).Status);
        Assert.Equal(0, _c.Store.AddSuggestions([Relabel()]));
        Assert.Empty(_c.Store.Suggestions(new SuggestionQuery { Status = [SuggestionStatus.Open] }));
        Assert.Equal("open", _c.Store.FindImage(_id)!.Label);
    }

    [Fact]
    public void An_accepted_one_is_a_reviewed_label_and_can_be_taken_back_by_either_road()
    {
        _c.Store.AddSuggestions([Relabel()]);
        var id = Relabel().Id;
        foreach (var road in new[] { "verdict", "ledger" })
        {
            var accepted = Assert.Single(_c.Store.Decide([new SuggestionVerdict(id, SuggestionStatus.Accepted, "ann")]));
            Assert.Equal((SuggestionStatus.Accepted, "ann"), (accepted.Status, accepted.DecidedBy));
            Assert.Equal(("closed", AnnotationProvenance.Reviewed), (_c.Store.FindImage(_id)!.Label, _c.Store.FindImage(_id)!.Provenance));
            Assert.Contains(id, _c.Store.Annotations(_id).Last().Source, StringComparison.Ordinal);
            Assert.Equal("SuggestionDecided", Assert.Throws<FlywheelException>(() => _c.Store.Decide([new SuggestionVerdict(id, SuggestionStatus.Rejected, "bob")])).ErrorId);
            if (road == "verdict") _c.Store.UndoVerdicts([id], "bob");
            else _c.Store.Undo([accepted.AnnotationSequence!.Value], "bob");
            Assert.Equal(("open", AnnotationProvenance.Imported), (_c.Store.FindImage(_id)!.Label, _c.Store.FindImage(_id)!.Provenance));
            Assert.Equal(SuggestionStatus.Open, Assert.Single(_c.Store.Suggestions(new SuggestionQuery { Ids = [id] })).Status);
        }
        Assert.Equal("SuggestionOpen", Assert.Throws<FlywheelException>(() => _c.Store.UndoVerdicts([id], "bob")).ErrorId);
    }

    [Fact]
    public void An_edited_one_remembers_what_it_became()
    {
        _c.Store.AddSuggestions([Relabel()]);
        var edited = Assert.Single(_c.Store.Decide([new SuggestionVerdict(Relabel().Id, SuggestionStatus.Edited, "ann") { Label = "half" }]));
        Assert.Equal((SuggestionStatus.Edited, "half", "half"), (edited.Status, edited.EditedValue, _c.Store.FindImage(_id)!.Label));
    }

    [Fact]
    public void One_that_would_change_what_is_no_more_is_stale_and_can_only_be_rejected()
    {
        _c.Store.AddSuggestions([Relabel()]);
        _c.Store.Annotate([new AnnotationChange(_id, "half", AnnotationProvenance.Human, "bob")]);
        Assert.Equal(SuggestionStatus.Stale, Assert.Single(_c.Store.Suggestions(new SuggestionQuery())).Status);
        Assert.Equal("SuggestionStale", Assert.Throws<FlywheelException>(() => _c.Store.Decide([new SuggestionVerdict(Relabel().Id, SuggestionStatus.Accepted, "ann")])).ErrorId);
        Assert.Equal("half", _c.Store.FindImage(_id)!.Label);
        _c.Store.Decide([new SuggestionVerdict(Relabel().Id, SuggestionStatus.Rejected, "ann")]);
    }

    [Fact]
    public void A_list_of_verdicts_counts_wholly_or_not_at_all()
    {
        _c.Store.AddSuggestions([Relabel(), new Suggestion { ImageId = TemporaryCatalogue.Id(2), Reason = "duplicates", Part = AnnotationPart.Exclusion, NewExclusion = "copy of another", Score = 0.4 }]);
        Assert.Throws<FlywheelException>(() => _c.Store.Decide([new SuggestionVerdict(Relabel().Id, SuggestionStatus.Accepted, "ann"), new SuggestionVerdict("0000000000000000", SuggestionStatus.Accepted, "ann")]));
        Assert.Equal("open", _c.Store.FindImage(_id)!.Label);
        var all = _c.Store.Suggestions(new SuggestionQuery()).ToList();
        Assert.Equal(["label-errors", "duplicates"], all.Select(s => s.Reason)); // best score first
        Assert.Single(_c.Store.Suggestions(new SuggestionQuery { MinScore = 0.5 }));
        Assert.Single(_c.Store.Suggestions(new SuggestionQuery { Reasons = ["duplicates"] }));
        _c.Store.Decide([.. all.Select(s => new SuggestionVerdict(s.Id, SuggestionStatus.Accepted, "ann"))]);
        Assert.Equal("copy of another", _c.Store.FindImage(TemporaryCatalogue.Id(2))!.Excluded);
        Assert.Equal(1, _c.Store.FindDataset("d")!.Images);
        _c.Store.UndoVerdicts([.. all.Select(s => s.Id)], "ann");
        Assert.Equal(2, _c.Store.FindDataset("d")!.Images);
    }
}
