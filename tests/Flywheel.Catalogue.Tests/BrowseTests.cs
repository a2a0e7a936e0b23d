namespace Flywheel.Catalogue.Tests;

public sealed class BrowseTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();

    public void Dispose() => _c.Dispose();

    /// <summary>Forty images, widths and brightness with many ties; every third without a label, predictions of two models.</summary>
    void Fill()
    {
        _c.Add("d", [.. Enumerable.Range(0, 40).Select(i => _c.Record(i, i % 3 == 0 ? null : i % 2 == 0 ? "open" : "closed", null, ("camera", $"c{i % 4}")) with
        {
            Measurement = new ImageMeasurement(20 + i % 5, 30, i % 7 / 10.0, 0.1, 100, 6, 0, 1),
        })]);
        _c.Store.AddPredictions([.. Enumerable.Range(0, 30).SelectMany(i => new[] { Predict(i, "a", i % 2 == 0 ? "open" : "closed", 0.5 + i / 100.0, 1), Predict(i, "a", "open", 0.6 + i % 3 / 10.0, 2), Predict(i, "b", "closed", 0.9, 3) })]);
        _c.Store.AddPredictions([Predict(0, "a", "closed", 0.99, 9) with { Source = PredictionSource.Shadow }]);
    }

    static Prediction Predict(int image, string model, string label, double confidence, int at) => new()
    {
        Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddDays(at)).ToString(),
        ImageId = TemporaryCatalogue.Id(image),
        Path = "",
        ModelId = model,
        Label = label,
        Confidence = confidence,
        Scores = new Dictionary<string, double> { [label] = confidence },
        Time = DateTimeOffset.UnixEpoch.AddDays(at),
    };

    List<BrowsedImage> All(ImageBrowse query)
    {
        var all = new List<BrowsedImage>();
        string? after = null;
        do
        {
            var page = _c.Store.Browse(query with { After = after });
            Assert.InRange(page.Images.Count, after is null ? 0 : 1, query.Size);
            all.AddRange(page.Images);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    public static TheoryData<string, bool, int> Orders() => [.. from order in ImageBrowse.Orders from down in new[] { false, true } from size in new[] { 1, 7, 40, 100 } select (order, down, size)];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Pages_together_are_every_image_once_in_the_order_asked_for(string order, bool down, int size)
    {
        Fill();
        foreach (var dataset in new[] { null, "d" })
        {
            var all = All(new ImageBrowse { Order = order, Descending = down, Size = size, ModelId = "a", Filter = new ImageQuery { Dataset = dataset } });
            Assert.Equal(40, all.Select(i => i.Image.Id).Distinct().Count());
            Assert.Equal(40, all.Count);
            double Key(BrowsedImage i, int at) => order switch { ImageBrowse.ByArrival => Enumerable.Range(0, 40).First(n => TemporaryCatalogue.Id(n) == i.Image.Id), ImageBrowse.ByConfidence => i.Confidence ?? -1, _ => SliceCondition.PropertyOf(i.Image, order)!.Value };
            var keys = all.Select(Key).ToList();
            Assert.Equal(down ? keys.OrderDescending() : keys.Order(), keys);
        }
    }

    [Fact]
    public void The_newest_prediction_of_the_model_is_shown_and_asked_about_shadows_never()
    {
        Fill();
        var first = _c.Store.Browse(new ImageBrowse { ModelId = "a", Size = 1 }).Images[0];
        Assert.Equal(("open", 0.6, "a"), (first.Predicted, first.Confidence!.Value, first.ModelId));
        Assert.Equal("b", _c.Store.Browse(new ImageBrowse { Size = 1 }).Images[0].ModelId);
        var asked = new ImageBrowse { ModelId = "a", Predicted = ["open"], Disagrees = true, Size = 3 };
        var wrong = All(asked);
        // Of the thirty predicted open, those labelled closed: odd, not divisible by three.
        Assert.Equal(Enumerable.Range(0, 30).Where(i => i % 2 == 1 && i % 3 != 0).Select(i => TemporaryCatalogue.Id(i)), wrong.Select(w => w.Image.Id));
        Assert.Equal(wrong.Count, _c.Store.CountImages(asked));
        Assert.Equal(0, _c.Store.CountImages(asked with { ModelId = "none" }));
        Assert.Equal(40, _c.Store.CountImages(new ImageBrowse()));
    }

    [Fact]
    public void Conditions_are_joined_and_counted()
    {
        Fill();
        var query = new ImageBrowse { Size = 2, Filter = new ImageQuery { Dataset = "d", Labels = ["open"], Tags = new Dictionary<string, string> { ["camera"] = "C?" }, Properties = [PropertyCondition.Parse("width<=22")] } };
        var expected = Enumerable.Range(0, 40).Where(i => i % 3 != 0 && i % 2 == 0 && i % 5 <= 2).Select(i => TemporaryCatalogue.Id(i)).ToList();
        Assert.Equal(expected, All(query).Select(i => i.Image.Id));
        Assert.Equal(expected.Count, _c.Store.CountImages(query));
        _c.Store.Annotate([AnnotationChange.OfExclusion(expected[0], "blurred", "ann"), new AnnotationChange(expected[1], "open", AnnotationProvenance.Human, "ann")]);
        Assert.Equal(expected.Count - 1, _c.Store.CountImages(query));
        Assert.Equal([expected[0]], All(query with { OnlyExcluded = true }).Select(i => i.Image.Id));
        Assert.Equal([expected[1]], All(query with { Provenances = [AnnotationProvenance.Human] }).Select(i => i.Image.Id));
        _c.Store.AssignSplits("d", new Dictionary<string, DataSplit> { [expected[1]] = DataSplit.Test }, null);
        Assert.Equal(1, _c.Store.CountImages(query with { Filter = query.Filter with { Split = DataSplit.Test } }));
    }

    [Fact]
    public void What_cannot_be_asked_is_refused()
    {
        Assert.Equal("InvalidOrder", Assert.Throws<FlywheelException>(() => _c.Store.Browse(new ImageBrowse { Order = "n; DROP TABLE image" })).ErrorId);
        Assert.Equal("InvalidPage", Assert.Throws<FlywheelException>(() => _c.Store.Browse(new ImageBrowse { After = "x" })).ErrorId);
        Assert.Equal("InvalidPage", Assert.Throws<FlywheelException>(() => _c.Store.Browse(new ImageBrowse { Size = 0 })).ErrorId);
        Assert.Equal("SplitNeedsDataset", Assert.Throws<FlywheelException>(() => _c.Store.CountImages(new ImageBrowse { Filter = new ImageQuery { Split = DataSplit.Test } })).ErrorId);
        Assert.Equal("ImageNotFound", Assert.Throws<FlywheelException>(() => _c.Store.UseOf(TemporaryCatalogue.Id(1))).ErrorId);
    }

    [Fact]
    public void An_image_knows_its_files_datasets_and_queues()
    {
        _c.Add("d", _c.Record(1, "open"));
        _c.Add("e", _c.Record(1, "open", Path.Combine(_c.Root, "other", "copy.png")));
        _c.Store.AssignSplits("e", new Dictionary<string, DataSplit> { [TemporaryCatalogue.Id(1)] = DataSplit.Train }, null);
        _c.Store.AddQueue(new LabelQueue { Name = "q", Labels = ["open"] }, [new QueueItem { ImageId = TemporaryCatalogue.Id(1) }]);
        _c.Store.Answer("q", "ann", [new QueueAnswer(TemporaryCatalogue.Id(1), QueueItemState.Flagged, null, "glare")]);
        var use = _c.Store.UseOf(TemporaryCatalogue.Id(1));
        Assert.Equal(2, use.Sources.Count);
        Assert.Equal([new("d", DataSplit.None), new("e", DataSplit.Train)], use.Datasets);
        var (queue, item) = Assert.Single(use.Queues);
        Assert.Equal(("q", QueueItemState.Flagged, "ann", "glare"), (queue, item.State, item.By, item.Note));
    }

    [Fact]
    public void Suggestions_come_in_pages_and_are_counted_by_reason_and_state()
    {
        _c.Add("d", [.. Enumerable.Range(0, 9).Select(i => _c.Record(i, "open"))]);
        _c.Add("e", _c.Record("else", "open"));
        Suggestion Make(object image, string reason, double score) => new() { ImageId = TemporaryCatalogue.Id(image), Reason = reason, OldLabel = "open", NewLabel = "closed", Score = score };
        _c.Store.AddSuggestions([.. Enumerable.Range(0, 9).Select(i => Make(i, i < 6 ? "r" : "s", i % 3 / 4.0)), Make("else", "r", 1)]);
        var all = _c.Store.Suggestions(new SuggestionQuery()).Select(s => s.Id).ToList();
        var paged = new List<string>();
        while (_c.Store.Suggestions(new SuggestionQuery { After = paged.LastOrDefault(), First = 2 }).Select(s => s.Id).ToList() is { Count: > 0 } page) paged.AddRange(page);
        Assert.Equal(all, paged);
        _c.Store.Decide([new SuggestionVerdict(all[0], SuggestionStatus.Rejected, "ann")]);
        _c.Store.Annotate([new AnnotationChange(TemporaryCatalogue.Id(8), "half", AnnotationProvenance.Human, "bob")]);
        Assert.Equal([new("r", SuggestionStatus.Open, 6), new("r", SuggestionStatus.Rejected, 1), new("s", SuggestionStatus.Open, 2), new("s", SuggestionStatus.Stale, 1)], _c.Store.CountSuggestions());
        Assert.Equal([new("r", SuggestionStatus.Open, 6), new("s", SuggestionStatus.Open, 2), new("s", SuggestionStatus.Stale, 1)], _c.Store.CountSuggestions("d"));
        Assert.Empty(_c.Store.Suggestions(new SuggestionQuery { Until = DateTimeOffset.UtcNow.AddMinutes(-1) }));
    }
}
