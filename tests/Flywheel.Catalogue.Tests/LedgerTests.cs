using CsCheck;

namespace Flywheel.Catalogue.Tests;

/// <summary>Boxes, exclusions, undo and votes: everything the ledger says beside single labels.</summary>
public sealed class LedgerTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();
    readonly string _id = TemporaryCatalogue.Id(1);

    public LedgerTests() => _c.Add("d", _c.Record(1, "open"), _c.Record(2), _c.Record(3, "closed"));

    public void Dispose() => _c.Dispose();

    static AnnotationChange Label(object image, string? label, string who = "ann", AnnotationProvenance provenance = AnnotationProvenance.Human) => new(TemporaryCatalogue.Id(image), label, provenance, who);

    static LabelBox Box(string id, double x = 1) => new(id, "cell", x, 2.5, 10, 20);

    [Fact]
    public void Boxes_are_unknown_then_none_then_some_and_leave_the_label_alone()
    {
        Assert.Null(_c.Store.FindImage(_id)!.Boxes);
        Assert.Single(_c.Store.Annotate([AnnotationChange.OfBoxes(_id, [], AnnotationProvenance.Human, "ann")]));
        Assert.Empty(_c.Store.FindImage(_id)!.Boxes!);
        var entry = Assert.Single(_c.Store.Annotate([AnnotationChange.OfBoxes(_id, [Box("b"), Box("a", 3)], AnnotationProvenance.Human, "ann")]));
        Assert.Equal((AnnotationPart.Boxes, 0, 2), (entry.Part, entry.OldBoxes!.Count, entry.NewBoxes!.Count));
        var image = _c.Store.FindImage(_id)!;
        Assert.Equal([Box("a", 3), Box("b")], image.Boxes!);
        Assert.Equal(("open", AnnotationProvenance.Imported, AnnotationProvenance.Human), (image.Label, image.Provenance, image.BoxesProvenance));
        Assert.Empty(_c.Store.Annotate([AnnotationChange.OfBoxes(_id, [Box("a", 3), Box("b")], AnnotationProvenance.Human, "ann")])); // the same in another order
        Assert.Equal([null, "open"], _c.Store.Annotations(_id).Where(a => a.Part == AnnotationPart.Label).SelectMany(a => new[] { a.OldLabel, a.NewLabel }));
    }

    [Theory]
    [InlineData("", "cell", 1, 1, "no id")]
    [InlineData("a", " ", 1, 1, "no label")]
    [InlineData("a", "cell", 0, 1, "no area")]
    [InlineData("a", "cell", 1, double.NaN, "no number")]
    public void A_box_that_is_none_is_refused_and_nothing_is_recorded(string id, string label, double width, double height, string says)
    {
        var fault = Assert.Throws<FlywheelException>(() => _c.Store.Annotate([Label(2, "open"), AnnotationChange.OfBoxes(_id, [new LabelBox(id, label, 0, 0, width, height)], AnnotationProvenance.Human, "ann")]));
        Assert.Equal("InvalidBox", fault.ErrorId);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Null(_c.Store.FindImage(TemporaryCatalogue.Id(2))!.Label);
    }

    [Fact]
    public void Boxes_and_exclusions_are_part_of_a_version_and_the_ids_of_versions_without_them_stay()
    {
        var before = _c.Store.Snapshot("d");
        _c.Store.Annotate([AnnotationChange.OfBoxes(_id, [Box("a")], AnnotationProvenance.Human, "ann")]);
        var boxed = _c.Store.Snapshot("d");
        Assert.NotEqual(before.Id, boxed.Id);
        Assert.Equal([Box("a")], LabelBoxes.Read(_c.Store.VersionEntries(boxed.Id)!.Single(e => e.ImageId == _id).Boxes)!);
        Assert.All(_c.Store.VersionEntries(before.Id)!, e => Assert.Null(e.Boxes));
        var set = _c.Store.FindDataset("d")!;
        Assert.Equal((3, 1, 1), (set.Images, set.Boxed, set.BoxCounts["cell"]));

        var entry = _c.Store.Annotate([AnnotationChange.OfExclusion(_id, "blurred", "ann")]).Single();
        Assert.Equal("blurred", _c.Store.FindImage(_id)!.Excluded);
        Assert.Equal(2, _c.Store.FindDataset("d")!.Images);
        Assert.DoesNotContain(_c.Store.Images(new ImageQuery { Dataset = "d" }), i => i.Id == _id);
        Assert.Contains(_c.Store.Images(new ImageQuery { Dataset = "d", IncludeExcluded = true }), i => i.Id == _id);
        Assert.Contains(_c.Store.Images(new ImageQuery { Ids = [_id] }), i => i.Id == _id);
        _c.Store.Undo([entry.Sequence], "ann");
        Assert.Equal(boxed.Id, _c.Store.FindDataset("d")!.VersionId);
    }

    [Fact]
    public void Undo_restores_value_and_kind_of_source_and_is_an_entry()
    {
        var first = _c.Store.Annotate([Label(1, "closed")]).Single();
        var second = _c.Store.Annotate([Label(1, null)]).Single();
        Assert.Equal("AnnotationChangedMeanwhile", Assert.Throws<FlywheelException>(() => _c.Store.Undo([first.Sequence], "bob")).ErrorId);
        var undo = Assert.Single(_c.Store.Undo([second.Sequence], "bob"));
        Assert.Equal((null, "closed", "bob", second.Sequence), (undo.OldLabel, undo.NewLabel, undo.Author, undo.Undoes));
        Assert.Equal(("closed", AnnotationProvenance.Human), (_c.Store.FindImage(_id)!.Label, _c.Store.FindImage(_id)!.Provenance));
        Assert.Equal("AnnotationAlreadyUndone", Assert.Throws<FlywheelException>(() => _c.Store.Undo([second.Sequence], "bob")).ErrorId);
        Assert.Equal("AnnotationIsUndo", Assert.Throws<FlywheelException>(() => _c.Store.Undo([undo.Sequence], "bob")).ErrorId);
        Assert.Equal("AnnotationNotFound", Assert.Throws<FlywheelException>(() => _c.Store.Undo([999], "bob")).ErrorId);
        _c.Store.Undo([first.Sequence], "bob");
        Assert.Equal(("open", AnnotationProvenance.Imported), (_c.Store.FindImage(_id)!.Label, _c.Store.FindImage(_id)!.Provenance));
        Assert.Equal(5, _c.Store.Annotations(_id).Count());
    }

    [Fact]
    public void Several_entries_are_taken_back_together_or_not_at_all()
    {
        var a = _c.Store.Annotate([Label(1, "closed"), Label(2, "open")]);
        _c.Store.Annotate([Label(2, "closed", "bob")]);
        Assert.Throws<FlywheelException>(() => _c.Store.Undo([.. a.Select(e => e.Sequence)], "ann"));
        Assert.Equal("closed", _c.Store.FindImage(_id)!.Label);
        var b = _c.Store.Annotate([Label(1, "half"), Label(1, "open")]);
        Assert.Equal(2, _c.Store.Undo([.. b.Select(e => e.Sequence)], "ann").Count);
        Assert.Equal("closed", _c.Store.FindImage(_id)!.Label);
    }

    [Fact]
    public void A_second_person_who_agrees_is_an_entry_and_once_only()
    {
        _c.Store.Annotate([Label(2, "open")]);
        Assert.Empty(_c.Store.Annotate([Label(2, "open")]));
        var vote = Assert.Single(_c.Store.Annotate([Label(2, "open", "bob")]));
        Assert.Equal(("open", "open"), (vote.OldLabel, vote.NewLabel));
        Assert.Empty(_c.Store.Annotate([Label(2, "open", "bob")]));
        Assert.Empty(_c.Store.Annotate([Label(2, "open")]));
        var version = _c.Store.FindDataset("d")!.VersionId;
        _c.Store.Undo([vote.Sequence], "bob");
        Assert.Equal(("open", version), (_c.Store.FindImage(TemporaryCatalogue.Id(2))!.Label, _c.Store.FindDataset("d")!.VersionId));
        Assert.Single(_c.Store.Annotate([Label(2, "open", "bob")])); // the vote was taken back, so it counts again
    }

    [Fact]
    public void A_conflict_at_import_is_remembered_once()
    {
        _c.Add("d", _c.Record(1, "closed", "/elsewhere/b.png"));
        _c.Add("other", _c.Record(1, "closed", "/elsewhere/b.png"), _c.Record(9, "open"));
        Assert.Equal(new LabelConflict(_id, "/elsewhere/b.png", "open", "closed"), Assert.Single(_c.Store.LabelConflicts("d")));
        Assert.Single(_c.Store.LabelConflicts());
        Assert.Empty(_c.Store.LabelConflicts("none"));
    }

    // ---- any sequence of labels, boxes, exclusions, reviews, imports and undos

    enum Act { Label, Withdraw, Boxes, Exclude, Import, Suggest, Accept, Reject, Edit, UndoVerdict, Undo }

    [Fact]
    public void Any_sequence_replays_to_the_state_the_catalogue_holds() =>
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 1000]).Array[1, 60].Sample(acts =>
        {
            using var c = new TemporaryCatalogue();
            c.Add("d", [.. Enumerable.Range(0, 4).Select(i => c.Record(i, i == 0 ? "x" : null))]);
            foreach (var (act, image, value, pick) in acts) Perform(c.Store, c, act, image, value, pick);
            var ledger = c.Store.Annotations().ToList();

            // 1. Replaying the ledger from nothing gives what the images hold.
            var state = new Dictionary<(string, AnnotationPart), (string? Value, AnnotationProvenance Provenance)>();
            foreach (var entry in ledger)
            {
                var key = (entry.ImageId, entry.Part);
                var (old, now) = entry.Part switch
                {
                    AnnotationPart.Boxes => (LabelBoxes.Write(entry.OldBoxes), LabelBoxes.Write(entry.NewBoxes)),
                    AnnotationPart.Exclusion => (entry.OldExclusion, entry.NewExclusion),
                    _ => (entry.OldLabel, entry.NewLabel),
                };
                Assert.Equal(state.GetValueOrDefault(key).Value, old); // each entry starts where the one before ended
                state[key] = (now, entry.Provenance);
            }
            var images = c.Store.Images(new ImageQuery { IncludeExcluded = true }).ToList();
            foreach (var image in images)
            {
                Assert.Equal(image.Label, state.GetValueOrDefault((image.Id, AnnotationPart.Label)).Value);
                Assert.Equal(LabelBoxes.Write(image.Boxes), state.GetValueOrDefault((image.Id, AnnotationPart.Boxes)).Value);
                Assert.Equal(image.Excluded, state.GetValueOrDefault((image.Id, AnnotationPart.Exclusion)).Value);
                if (image.Label is not null) Assert.Equal(image.Provenance, state[(image.Id, AnnotationPart.Label)].Provenance);
                if (image.Boxes is not null) Assert.Equal(image.BoxesProvenance, state[(image.Id, AnnotationPart.Boxes)].Provenance);
            }

            // 2. Leaving out what was undone, and the undos, gives the same.
            var undone = ledger.Select(a => a.Undoes).OfType<long>().ToHashSet();
            foreach (var part in ledger.GroupBy(a => (a.ImageId, a.Part)))
            {
                var last = part.LastOrDefault(a => a.Undoes is null && !undone.Contains(a.Sequence));
                Assert.Equal(state[part.Key].Value, last is null ? null : part.Key.Part switch { AnnotationPart.Boxes => LabelBoxes.Write(last.NewBoxes), AnnotationPart.Exclusion => last.NewExclusion, _ => last.NewLabel });
            }

            // 3. The dataset's counts are those of its images, and a reopened catalogue says the same of everything.
            var set = c.Store.FindDataset("d")!;
            Assert.Equal(images.Count(i => i.Excluded is null), set.Images);
            Assert.Equal(images.Count(i => i.Excluded is null && i.Label is not null), set.Labelled);
            var suggestions = c.Store.Suggestions(new SuggestionQuery()).Select(s => (s.Id, s.Status, s.DecidedBy, s.AnnotationSequence)).ToList();
            // A verdict in force stands on an entry in force.
            Assert.All(suggestions, s => Assert.True(s.AnnotationSequence is not { } n || !undone.Contains(n)));
            c.Reopen();
            Assert.Equal(set.VersionId, c.Store.FindDataset("d")!.VersionId);
            Assert.Equal(ledger.Select(a => (a.Sequence, a.Undoes, a.NewLabel)), c.Store.Annotations().Select(a => (a.Sequence, a.Undoes, a.NewLabel)));
            Assert.Equal(suggestions, c.Store.Suggestions(new SuggestionQuery()).Select(s => (s.Id, s.Status, s.DecidedBy, s.AnnotationSequence)));
        }, iter: 150, threads: 2);

    static void Perform(SqliteCatalogue store, TemporaryCatalogue c, Act act, int image, int value, int pick)
    {
        var id = TemporaryCatalogue.Id(image);
        string[] labels = ["x", "y", "z"];
        var who = pick % 2 == 0 ? "ann" : "bob";
        var suggestions = store.Suggestions(new SuggestionQuery()).ToList();
        var suggestion = suggestions.Count > 0 ? suggestions[pick % suggestions.Count] : null;
        var entries = store.Annotations().ToList();
        try
        {
            switch (act)
            {
                case Act.Label: store.Annotate([new AnnotationChange(id, labels[value], (AnnotationProvenance)(pick % 4), who)]); break;
                case Act.Withdraw: store.Annotate([new AnnotationChange(id, null, AnnotationProvenance.Human, who)]); break;
                case Act.Boxes: store.Annotate([AnnotationChange.OfBoxes(id, pick % 5 == 0 ? null : [.. Enumerable.Range(0, value).Select(b => Box($"b{b}", pick))], AnnotationProvenance.Human, who)]); break;
                case Act.Exclude: store.Annotate([AnnotationChange.OfExclusion(id, value == 0 ? null : labels[value], who)]); break;
                case Act.Import: store.AddImages("d", [c.Record(image, labels[value], $"/elsewhere/{pick}.png")], "import"); break;
                case Act.Suggest:
                    var now = store.FindImage(id)!;
                    store.AddSuggestions([pick % 3 == 0 ? new Suggestion { ImageId = id, Reason = "duplicates", Part = AnnotationPart.Exclusion, NewExclusion = "copy", Score = 0.5 }
                        : new Suggestion { ImageId = id, Reason = "label-errors", OldLabel = now.Label, NewLabel = labels[value], Score = 0.9 }]);
                    break;
                case Act.Accept when suggestion is not null: store.Decide([new SuggestionVerdict(suggestion.Id, SuggestionStatus.Accepted, who)]); break;
                case Act.Reject when suggestion is not null: store.Decide([new SuggestionVerdict(suggestion.Id, SuggestionStatus.Rejected, who)]); break;
                case Act.Edit when suggestion is not null: store.Decide([new SuggestionVerdict(suggestion.Id, SuggestionStatus.Edited, who) { Label = labels[value] }]); break;
                case Act.UndoVerdict when suggestion is not null: store.UndoVerdicts([suggestion.Id], who); break;
                case Act.Undo when entries.Count > 0: store.Undo([entries[pick % entries.Count].Sequence], who); break;
            }
        }
        catch (FlywheelException e) when (e.ErrorId is "SuggestionDecided" or "SuggestionStale" or "SuggestionOpen" or "InvalidVerdict" or "AnnotationIsUndo" or "AnnotationAlreadyUndone" or "AnnotationChangedMeanwhile")
        {
            // Refused, and nothing recorded: the checks at the end would see a trace.
        }
    }
}
