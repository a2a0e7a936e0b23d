namespace Flywheel.Catalogue.Tests;

public sealed class FeedbackTests : IDisposable
{
    static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    readonly TemporaryCatalogue _c = new();

    public void Dispose() => _c.Dispose();

    static Prediction Served(int n, string label = "open", double confidence = 0.75, PredictionSource source = PredictionSource.Endpoint, params (string Key, string Value)[] tags) => new()
    {
        Id = $"0000000{n}-0000-7000-8000-000000000000",
        ImageId = TemporaryCatalogue.Id(n),
        Path = "",
        ModelId = "m",
        Label = label,
        Confidence = confidence,
        Scores = new Dictionary<string, double> { [label] = confidence },
        Time = s_start.AddMinutes(n),
        Source = source,
        Tags = tags.ToDictionary(t => t.Key, t => t.Value),
    };

    static Feedback Report(int n, int prediction, FeedbackVerdict verdict, string? reason = null) => new()
    {
        Id = $"f{n}",
        PredictionId = Served(prediction).Id,
        Verdict = verdict,
        Label = verdict == FeedbackVerdict.Wrong ? "closed" : null,
        Reason = reason,
        Reporter = "ann",
        Time = s_start.AddHours(n),
    };

    List<int> Listed(PredictionQuery query) => [.. _c.Store.Predictions(query).Select(p => p.Id[7] - '0')];

    [Fact]
    public void A_picture_that_was_not_kept_has_properties_and_no_path_until_one_comes()
    {
        _c.Store.AddPredictions([Served(1)], "inbox", [_c.Record(1, path: "") with { Path = "" }, _c.Record(2, path: "") with { Path = "" }], "endpoint");
        var image = _c.Store.FindImage(TemporaryCatalogue.Id(1))!;
        Assert.Equal(("", 24), (image.Path, image.Width));
        Assert.Equal("", Assert.Single(_c.Store.Predictions(new PredictionQuery { Dataset = "inbox" })).Path);
        Assert.Equal(2, _c.Store.FindDataset("inbox")!.Images);
        var kept = _c.Record(1);
        _c.Add("inbox", kept);
        Assert.Equal(kept.Path, _c.Store.FindImage(TemporaryCatalogue.Id(1))!.Path);
    }

    [Fact]
    public void Predictions_and_images_go_in_together_or_not_at_all()
    {
        var unmeasured = _c.Record(7) with { Measurement = default };
        Assert.Equal("ImageNotMeasured", Assert.Throws<FlywheelException>(() => _c.Store.AddPredictions([Served(1)], "inbox", [_c.Record(1), unmeasured], "endpoint")).ErrorId);
        Assert.Empty(_c.Store.Predictions(new PredictionQuery()));
        Assert.Null(_c.Store.FindImage(TemporaryCatalogue.Id(1)));
    }

    [Fact]
    public void The_newest_report_counts_until_somebody_labels_the_image()
    {
        _c.Store.AddPredictions([Served(1)], "inbox", [_c.Record(1)], "endpoint");
        _c.Store.AddFeedback([Report(1, 1, FeedbackVerdict.Wrong, "half open"), Report(1, 1, FeedbackVerdict.Right)]); // the second has an id that is there already
        var wrong = Assert.Single(_c.Store.Predictions(new PredictionQuery()));
        Assert.False(wrong.Correct);
        Assert.Equal(("half open", "closed", "ann"), (wrong.Feedback!.Reason, wrong.Feedback.Label, wrong.Feedback.Reporter));
        Assert.Null(wrong.Truth);
        _c.Store.AddFeedback([Report(2, 1, FeedbackVerdict.Right)]);
        Assert.True(_c.Store.FindPrediction("00000001")!.Correct);
        _c.Store.Annotate([new AnnotationChange(TemporaryCatalogue.Id(1), "closed", AnnotationProvenance.Human, "bob")]);
        Assert.False(Assert.Single(_c.Store.Predictions(new PredictionQuery { Correct = false })).Correct);
        Assert.Equal(2, _c.Store.Feedback(new FeedbackQuery { ModelId = "m" }).Count());
    }

    [Fact]
    public void A_report_on_nothing_is_refused_and_takes_the_others_with_it()
    {
        _c.Store.AddPredictions([Served(1)]);
        var fault = Assert.Throws<FlywheelException>(() => _c.Store.AddFeedback([Report(1, 1, FeedbackVerdict.Right), Report(2, 9, FeedbackVerdict.Right)]));
        Assert.Equal("PredictionNotFound", fault.ErrorId);
        Assert.Empty(_c.Store.Feedback(new FeedbackQuery()));
    }

    [Fact]
    public void Predictions_are_found_by_what_is_known_of_them()
    {
        _c.Store.AddPredictions([Served(1, tags: ("camera", "Tor 1")), Served(2, "closed", 0.6), Served(3, source: PredictionSource.Shadow), Served(4, confidence: 0.99)]);
        _c.Add("d", _c.Record(2, "open", null, ("camera", "tor 2")));
        _c.Store.AddFeedback([Report(1, 1, FeedbackVerdict.Wrong, "Straßen-Blendung"), Report(2, 4, FeedbackVerdict.Right)]);
        Assert.Equal([1, 2, 4], Listed(new PredictionQuery()));
        Assert.Equal([3], Listed(new PredictionQuery { Sources = [PredictionSource.Shadow] }));
        Assert.Equal([4, 2, 1], Listed(new PredictionQuery { NewestFirst = true }));
        Assert.Equal([4], Listed(new PredictionQuery { NewestFirst = true, First = 1 }));
        Assert.Equal([1, 2], Listed(new PredictionQuery { Tags = new Dictionary<string, string> { ["camera"] = "TOR*" } }));
        Assert.Equal([2], Listed(new PredictionQuery { Properties = [PropertyCondition.Parse("width<=30")] }));
        Assert.Equal([2], Listed(new PredictionQuery { Labels = ["closed"] }));
        Assert.Equal([1, 2], Listed(new PredictionQuery { Correct = false }));
        Assert.Equal([1], Listed(new PredictionQuery { Reason = "strassen".Replace("ss", "ß", StringComparison.Ordinal) }));
        Assert.Equal([2], Listed(new PredictionQuery { HasFeedback = false }));
        Assert.Equal([4], Listed(new PredictionQuery { MinConfidence = 0.9 }));
        Assert.Equal([2, 1], Listed(new PredictionQuery { MaxConfidence = 0.75, NewestFirst = true }));
        Assert.Equal([1], Listed(new PredictionQuery { Until = s_start.AddMinutes(2) }));
        Assert.Equal([4], Listed(new PredictionQuery { Ids = [Served(4).Id] }));
        Assert.Null(_c.Store.FindPrediction("00000009"));
        Assert.Equal("AmbiguousPredictionId", Assert.Throws<FlywheelException>(() =>
        {
            _c.Store.AddPredictions([Served(1) with { Id = "00000001-1000-7000-8000-000000000000" }]);
            _c.Store.FindPrediction("00000001");
        }).ErrorId);
    }

    [Fact]
    public void Audit_picks_and_results_come_back_as_they_were()
    {
        var pick = new AuditPick { ImageId = TemporaryCatalogue.Id(1), ModelId = "m", Stratum = "unsure", Probability = 0.25, Task = "t", Time = s_start };
        _c.Store.AddAuditPicks([pick, pick with { Probability = 0.5 }, pick with { ModelId = "other" }]);
        Assert.Equal([pick], _c.Store.AuditPicks("m"));
        Assert.Equal(2, _c.Store.AuditPicks().Count);
        var report = new StoredReport("r1", "drift", "m", s_start, "{\"verdict\":\"none\"}");
        _c.Store.AddReport(report);
        _c.Store.AddReport(report with { Id = "r2", Kind = "decision", ModelId = null });
        Assert.Equal([report], _c.Store.Reports("drift"));
        Assert.Empty(_c.Store.Reports("drift", "other"));
        Assert.Empty(_c.Store.Reports("drift", "m", s_start.AddSeconds(1)));
    }
}
