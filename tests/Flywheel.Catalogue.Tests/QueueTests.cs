namespace Flywheel.Catalogue.Tests;

public sealed class QueueTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();
    static DateTimeOffset Later => DateTimeOffset.UtcNow.AddMinutes(5);

    public QueueTests() => _c.Add("d", [.. Enumerable.Range(0, 10).Select(i => _c.Record(i))]);

    public void Dispose() => _c.Dispose();

    LabelQueue Make(int votes = 1, string name = "night", int images = 10) => _c.Store.AddQueue(new LabelQueue { Name = name, Labels = ["open", "closed"], Votes = votes, Author = "ann" },
        [.. Enumerable.Range(0, images).Select(i => new QueueItem { ImageId = TemporaryCatalogue.Id(i) })]);

    static QueueAnswer Done(QueueItem item, string label, string who) => new(item.ImageId, QueueItemState.Done, new AnnotationChange(item.ImageId, label, AnnotationProvenance.Human, who));

    [Fact]
    public void Two_people_never_get_the_same_image_and_everybody_gets_their_own_again()
    {
        Make();
        var ann = _c.Store.Claim("night", "ann", 4, Later).Select(i => i.ImageId).ToList();
        var bob = _c.Store.Claim("night", "bob", 20, Later).Select(i => i.ImageId).ToList();
        Assert.Equal((4, 6), (ann.Count, bob.Count));
        Assert.Empty(ann.Intersect(bob));
        Assert.Equal(ann, _c.Store.Claim("night", "ann", 4, Later).Select(i => i.ImageId)); // a page that is loaded again
        Assert.Empty(_c.Store.Claim("night", "cleo", 4, Later));
        Assert.Equal(TemporaryCatalogue.Id(0), ann[0]);
    }

    [Fact]
    public void Threads_that_claim_at_once_share_nothing()
    {
        Make();
        var got = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 5, i => { foreach (var item in _c.Store.Claim("night", $"p{i}", 2, Later)) got.Add(item.ImageId); });
        Assert.Equal((10, 10), (got.Count, got.Distinct().Count()));
    }

    [Fact]
    public void What_is_on_a_screen_too_long_goes_to_somebody_else_and_does_not_come_back()
    {
        Make(images: 1);
        var item = Assert.Single(_c.Store.Claim("night", "ann", 1, DateTimeOffset.UtcNow.AddSeconds(-1)));
        Assert.Single(_c.Store.Claim("night", "bob", 1, Later));
        Assert.Empty(_c.Store.Claim("night", "ann", 1, Later));
        // A late answer is still an answer.
        Assert.NotNull(Assert.Single(_c.Store.Answer("night", "ann", [Done(item, "open", "ann")])));
        Assert.Equal(1, _c.Store.FindQueue("night")!.Done);
    }

    [Fact]
    public void Answers_label_and_are_counted()
    {
        Make();
        var items = _c.Store.Claim("night", "ann", 4, Later);
        var made = _c.Store.Answer("night", "ann", [Done(items[0], "open", "ann"), new QueueAnswer(items[1].ImageId, QueueItemState.Skipped), new QueueAnswer(items[2].ImageId, QueueItemState.Flagged, null, "two eyes"), new QueueAnswer(items[3].ImageId, QueueItemState.Done)]);
        Assert.Equal([true, false, false, false], made.Select(a => a is not null));
        Assert.Equal("open", _c.Store.FindImage(items[0].ImageId)!.Label);
        var queue = _c.Store.FindQueue("night")!;
        Assert.Equal((10, 2, 1, 7), (queue.Images, queue.Done, queue.Flagged, queue.Open));
        Assert.Equal([QueueItemState.Done, QueueItemState.Skipped, QueueItemState.Flagged, QueueItemState.Done, QueueItemState.Open], _c.Store.QueueItems("night").Take(5).Select(i => i.State));
        Assert.Equal("two eyes", _c.Store.QueueItems("night")[2].Note);
        // Passed on: somebody else gets it first, the same person only when asking for it.
        Assert.Equal(items[1].ImageId, _c.Store.Claim("night", "bob", 1, Later)[0].ImageId);
        Assert.DoesNotContain(_c.Store.Claim("night", "ann", 20, Later), i => i.ImageId == items[1].ImageId);
        _c.Store.Answer("night", "bob", [new QueueAnswer(items[1].ImageId, QueueItemState.Skipped)]);
        Assert.Contains(_c.Store.Claim("night", "ann", 20, Later, skipped: true), i => i.ImageId == items[1].ImageId);
    }

    [Fact]
    public void With_two_votes_each_image_goes_to_two_people()
    {
        Make(votes: 2);
        foreach (var who in new[] { "ann", "bob" })
            _c.Store.Answer("night", who, [.. _c.Store.Claim("night", who, 20, Later).Select(i => Done(i, "open", who))]);
        Assert.Empty(_c.Store.Claim("night", "cleo", 1, Later));
        Assert.Equal(10, _c.Store.FindQueue("night")!.Done);
        Assert.Equal(["ann", "bob"], _c.Store.Annotations(TemporaryCatalogue.Id(3)).Select(a => a.Author));
    }

    [Fact]
    public void Undo_gives_the_image_back_to_who_labelled_it()
    {
        Make();
        var item = _c.Store.Claim("night", "ann", 1, Later)[0];
        var entry = _c.Store.Answer("night", "ann", [Done(item, "open", "ann")])[0]!;
        _c.Store.Undo([entry.Sequence], "ann");
        Assert.Null(_c.Store.FindImage(item.ImageId)!.Label);
        Assert.Equal(item.ImageId, _c.Store.Claim("night", "ann", 1, Later)[0].ImageId);
        _c.Store.Answer("night", "ann", [new QueueAnswer(item.ImageId, QueueItemState.Skipped)]);
        _c.Store.Reopen("night", "ann", [item.ImageId], Later);
        Assert.Equal(item.ImageId, _c.Store.Claim("night", "ann", 1, Later)[0].ImageId);
    }

    [Fact]
    public void The_order_is_priority_then_place()
    {
        Make();
        _c.Store.SetPriorities("night", new Dictionary<string, double> { [TemporaryCatalogue.Id(7)] = 2, [TemporaryCatalogue.Id(5)] = 1 });
        Assert.Equal([7, 5, 0], _c.Store.Claim("night", "ann", 3, Later).Select(i => i.Position));
    }

    [Fact]
    public void Faults_say_which_and_leave_nothing_behind()
    {
        Make(images: 3);
        Assert.Equal("QueueExists", Assert.Throws<FlywheelException>(() => Make(name: "NIGHT")).ErrorId);
        Assert.Equal("QueueNotFound", Assert.Throws<FlywheelException>(() => _c.Store.Claim("day", "ann", 1, Later)).ErrorId);
        var id = TemporaryCatalogue.Id(5);
        Assert.Equal("ImageNotInQueue", Assert.Throws<FlywheelException>(() => _c.Store.Answer("night", "ann", [new QueueAnswer(id, QueueItemState.Done, new AnnotationChange(id, "open", AnnotationProvenance.Human, "ann"))])).ErrorId);
        Assert.Null(_c.Store.FindImage(id)!.Label);
        _c.Store.RemoveQueue("night");
        Assert.Empty(_c.Store.Queues());
    }
}
