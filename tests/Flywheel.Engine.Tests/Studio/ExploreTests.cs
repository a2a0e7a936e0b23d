using Flywheel.Engine.Production;
using Flywheel.Engine.Production.Slices;
using Flywheel.Engine.Studio.Explore;

namespace Flywheel.Engine.Tests.Studio;

public sealed class ExploreTests : IDisposable
{
    readonly TemporaryWorkspace _at = new();

    public void Dispose() => _at.Dispose();

    ICatalogue Store => _at.Workspace.Catalogue;

    IReadOnlyList<string> Found(ExploreFilter filter) => [.. ExploreService.All(_at.Workspace, filter, TestContext.Current.CancellationToken).Select(i => i.Id)];

    [Fact]
    public void Filters_are_written_as_text_and_mean_what_the_catalogue_says()
    {
        Shades.Dataset(_at, "eyes", 60);
        var model = TinyModel.Add(_at.Workspace);
        var images = _at.Images("eyes");
        _at.Predict(model, images.Take(30).Select(i => i.Path));
        var narrow = images.Select(i => i.Width).Order().ElementAt(20);
        Assert.Equal(images.Where(i => i.Width <= narrow).Select(i => i.Id), Found(new ExploreFilter { Properties = [$"width<={narrow}"] }));
        Assert.Equal(images.Where(i => i.Tags["subject"] is "s1" or "s10" or "s11").Select(i => i.Id), Found(new ExploreFilter { Dataset = "eyes", Tags = ["subject=s1*"] }));
        Assert.Equal(images.Take(30).Where(i => (i.Brightness > 0.5 ? "open" : "closed") != i.Label).Select(i => i.Id), Found(new ExploreFilter { Model = "tiny", Disagrees = true }));
        Assert.Equal(images.OrderByDescending(i => i.Brightness).ThenByDescending(i => images.IndexOf(i)).Select(i => i.Id), Found(new ExploreFilter { Order = "brightness", Descending = true }));
        Store.AddReport(new StoredReport("r1", SliceFinder.ReportKind, model.Id, DateTimeOffset.UtcNow, SliceJson(images[3].Id, images[5].Id)));
        var slice = Assert.Single(SliceChoice.Latest(_at.Workspace));
        Assert.Equal(("r1:1", "width ≤ 30 px", 2, "m"), (slice.Key, slice.Name, slice.Images, slice.ModelName));
        Assert.Equal([images[3].Id, images[5].Id], Found(new ExploreFilter { Slice = "r1:1" }));
        Assert.Equal([images[5].Id], Found(new ExploreFilter { Slice = "r1:1", Ids = [images[5].Id, images[6].Id] }));
        string Fault(ExploreFilter filter) => Assert.Throws<FlywheelException>(() => filter.ToBrowse(_at.Workspace)).ErrorId;
        Assert.Equal(["InvalidPropertyCondition", "InvalidTagCondition", "InvalidTagCondition", "DatasetNotFound", "ModelNotFound", "SliceNotFound", "InvalidOption"],
            [Fault(new() { Properties = ["width<"] }), Fault(new() { Tags = ["camera"] }), Fault(new() { Tags = ["a=1", "a=2"] }), Fault(new() { Dataset = "x" }), Fault(new() { Model = "x" }), Fault(new() { Slice = "r1:9" }), Fault(new() { Excluded = "perhaps" })]);
    }

    internal static string SliceJson(params string[] ids) => $$"""
        [{"rank":1,"conditions":[{"subject":"Property","name":"width","upTo":30}],"text":"Fails at width ≤ 30 px","support":40,"errors":10,"errorRate":{"name":"error rate","value":0.25,"low":0.14,"high":0.4,"n":40,"method":"Wilson"},
          "rateElsewhere":0.05,"lift":5,"p":0.001,"q":0.01,"confirmed":true,"known":true,"method":"Fisher","imageIds":[{{string.Join(',', ids.Select(i => $"\"{i}\""))}}],"modelId":"m"}]
        """;

    [Fact]
    public void An_image_tells_everything_that_happened_to_it_newest_first()
    {
        Shades.Dataset(_at, "eyes", 4);
        var model = TinyModel.Add(_at.Workspace);
        var image = _at.Images("eyes")[0];
        var prediction = Assert.Single(_at.Predict(model, [image.Path]));
        Store.AddFeedback([new Feedback { Id = Guid.CreateVersion7().ToString(), PredictionId = prediction.Id, Verdict = FeedbackVerdict.Wrong, Label = "open", Reason = "glare", Reporter = "cam", Time = DateTimeOffset.UtcNow }]);
        Store.AddSuggestions([new Suggestion { ImageId = image.Id, Reason = "label-errors", OldLabel = image.Label, NewLabel = "open", Score = 0.9, Text = "looks open" }]);
        Store.Decide([new SuggestionVerdict(Store.Suggestions(new SuggestionQuery()).Single().Id, SuggestionStatus.Edited, "ann") { Label = "half" }]);
        var boxes = Store.Annotate([AnnotationChange.OfBoxes(image.Id, [new LabelBox("1", "pupil", 1, 1, 3, 3)], AnnotationProvenance.Human, "bob", "queue q")]);
        Store.Annotate([AnnotationChange.OfExclusion(image.Id, "blurred", "ann")]);
        Store.Undo([boxes[0].Sequence], "bob");
        Store.AddQueue(new LabelQueue { Name = "q", Labels = ["open"] }, [new QueueItem { ImageId = image.Id }]);

        var history = ImageHistory.Of(_at.Workspace, image.ShortId);
        Assert.Equal(image.Id, history.Image.Id);
        Assert.Equal(["undo", "exclusion", "boxes"], history.Events.Take(3).Select(e => e.Kind));
        Assert.Equal(history.Events.OrderByDescending(e => e.Time).Select(e => e.Time), history.Events.Select(e => e.Time));
        string Text(string kind) => string.Join(" | ", history.Events.Where(e => e.Kind == kind).Select(e => $"{e.Text} [{e.Who}] {e.Detail}"));
        Assert.Equal($"Entry {boxes[0].Sequence} taken back: 1 box (1 pupil) → nothing said [bob] human, undo", Text("undo"));
        Assert.Contains("Label: closed → half [ann] reviewed, suggestion ", Text("label"), StringComparison.Ordinal);
        Assert.EndsWith($"Label: no label → closed [test] imported, {image.Path}", Text("label"), StringComparison.Ordinal);
        Assert.Equal("Boxes: nothing said → 1 box (1 pupil) [bob] human, queue q", Text("boxes"));
        Assert.StartsWith("Use: in its datasets → left out (blurred) [ann]", Text("exclusion"), StringComparison.Ordinal);
        Assert.StartsWith(FormattableString.Invariant($"Predicted closed with {prediction.Confidence:0.000} [tiny]"), Text("prediction"), StringComparison.Ordinal);
        Assert.Equal("Prediction closed reported wrong: it is open [cam] glare", Text("report"));
        Assert.Equal("Suggested by label-errors: closed → open (score 0.90) [] looks open", Text("suggestion"));
        Assert.Equal("Suggestion of label-errors edited to half [ann] ", Text("verdict"));
        Assert.Equal(["eyes"], history.Use.Datasets.Select(d => d.Key));
        Assert.Equal(["q"], history.Use.Queues.Select(q => q.Key));
        Assert.Equal("ImageNotFound", Assert.Throws<FlywheelException>(() => ImageHistory.Of(_at.Workspace, "0123456789ab")).ErrorId);
    }

    [Fact]
    public void A_selection_becomes_a_queue_or_is_labelled_or_left_out_and_all_that_can_be_taken_back()
    {
        Shades.Dataset(_at, "eyes", 20);
        var images = ExploreService.All(_at.Workspace, new ExploreFilter { Labels = ["open"] }, TestContext.Current.CancellationToken);
        var queue = ExploreService.MakeQueue(_at.Workspace, new QueueRequest("again", "ann"), images);
        Assert.Equal((images.Count, "ann"), (queue.Images, queue.Author));
        Assert.Equal(["closed", "open"], queue.Labels); // those of their dataset, not only those of the images
        Assert.Equal(images.Select(i => (i.Id, i.Label)), Store.QueueItems("again").Select(i => (i.ImageId, i.SentLabel)));
        string Fault(QueueRequest request, IReadOnlyList<FlywheelImage> of) => Assert.Throws<FlywheelException>(() => ExploreService.MakeQueue(_at.Workspace, request, of)).ErrorId;
        Assert.Equal(["QueueExists", "InvalidQueue", "InvalidQueue", "InvalidQueue", "InvalidQueue"],
            [Fault(new("again", "ann"), images), Fault(new(" ", "ann"), images), Fault(new("x", "ann"), []), Fault(new("x", "ann") { Votes = 0 }, images), Fault(new("x", "ann") { Part = AnnotationPart.Boxes }, images)]);

        var before = _at.Images("eyes").Select(i => (i.Id, i.Label)).ToList();
        List<string> ids = [.. images.Take(3).Select(i => i.Id)];
        var made = ExploreService.Label(_at.Workspace, ids, "closed", "ann");
        Assert.All(ids, id => Assert.Equal(("closed", AnnotationProvenance.Human), (Store.FindImage(id)!.Label, Store.FindImage(id)!.Provenance)));
        var left = ExploreService.Exclude(_at.Workspace, ids, "doubtful", "ann");
        Assert.Equal(17, Store.CountImages(new ImageBrowse()));
        Assert.Equal(ids.Order(StringComparer.Ordinal), Found(new ExploreFilter { Excluded = "only" }).Order(StringComparer.Ordinal));
        Store.Undo([.. made.Concat(left).Select(a => a.Sequence)], "ann");
        Assert.Equal(before, _at.Images("eyes").Select(i => (i.Id, i.Label)));
    }

    [Fact]
    public void The_map_is_of_what_was_scored_and_says_so()
    {
        Shades.Dataset(_at, "eyes", 50);
        var model = TinyModel.Add(_at.Workspace);
        var images = _at.Images("eyes");
        EmbeddingMap Map(int most = 1000, long seed = 1) => EmbeddingMap.Of(_at.Workspace, model, new ExploreFilter { Dataset = "eyes" }, seed, most, TestContext.Current.CancellationToken);
        var none = Map();
        Assert.Equal((0, 50, 50), (none.Points.Count, none.Images, none.Missing));
        Assert.Contains("Invoke-FlywheelPrediction -Model 'tiny'", none.Text, StringComparison.Ordinal);

        _at.Predict(model, images.Take(40).Select(i => i.Path));
        var map = Map();
        Assert.Equal((40, 50, 10, 16), (map.Points.Count, map.Images, map.Missing, map.Dimensions));
        Assert.Equal(images.Take(40).Select(i => (i.Id, i.Label)), map.Points.Select(p => (p.ImageId, p.Label)));
        // The embedding is the picture itself, nearly flat: brightness is the first direction, up to its sign.
        var first = map.Points.Zip(images).OrderBy(p => p.First.X).Select(p => p.Second.Brightness).ToList();
        Assert.Equal(first.Order(), first);
        Assert.True(map.Explained[0] > 0.95);
        Assert.All(map.Points.Zip(images), p => Assert.Equal(p.Second.Brightness > 0.5 ? "open" : "closed", p.First.Predicted));

        var drawn = Map(20, 3);
        Assert.Equal(drawn.Points, Map(20, 3).Points);
        Assert.InRange(drawn.Points.Count, 10, 20);
        Assert.Contains("drawn at random (seed 3)", drawn.Text, StringComparison.Ordinal);
    }
}
