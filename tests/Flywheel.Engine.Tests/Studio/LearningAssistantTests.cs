using Flywheel.Engine.Labelling;
using Flywheel.Engine.Studio;
using Flywheel.Tests;

namespace Flywheel.Engine.Tests.Studio;

public sealed class LearningAssistantTests : IDisposable
{
    readonly TemporaryWorkspace _at = new();
    readonly LearningAssistant _assistant;

    public LearningAssistantTests()
    {
        Shades.Catalogue(_at, "inbox", Enumerable.Range(0, 120).Select(i => (Shades.Write(_at, $"inbox/{i:0000}.png", (byte)(10 + i * 2), i), (string?)null, (Dictionary<string, string>?)null)));
        TinyModel.Add(_at.Workspace);
        _assistant = new LearningAssistant(_at.Workspace);
    }

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _at.Dispose();

    static string Truth(FlywheelImage image) => image.Brightness > 0.5 ? "open" : "closed";

    LabelQueue Queue(int votes = 1, string author = "ann") => _at.Workspace.Catalogue.AddQueue(new LabelQueue { Name = "night", Labels = ["closed", "open"], Dataset = "inbox", Votes = votes, Author = author },
        [.. _at.Images("inbox").OrderBy(i => i.Brightness).Select(i => new QueueItem { ImageId = i.Id })]);

    void Label(int count)
    {
        var all = _at.Images("inbox").Where(i => i.Label is null).OrderBy(i => i.Id, StringComparer.Ordinal).Take(count);
        foreach (var image in all)
            _at.Workspace.Catalogue.Answer("night", "ann", [new QueueAnswer(image.Id, QueueItemState.Done, new AnnotationChange(image.Id, Truth(image), AnnotationProvenance.Human, "ann"))]);
    }

    [Fact]
    public void It_proposes_from_what_people_said_orders_the_rest_and_says_how_good_it_is()
    {
        var queue = Queue();
        _assistant.Learned(queue, Token);
        Assert.Empty(_assistant.Proposals(queue, [.. _at.Images("inbox").Select(i => i.Id)])); // nothing is known yet
        Assert.Null(_assistant.State(queue).Accuracy);

        Label(60);
        _assistant.Learned(queue, Token);
        var open = _at.Images("inbox").Where(i => i.Label is null).ToDictionary(i => i.Id, StringComparer.Ordinal);
        var proposals = _assistant.Proposals(queue, [.. open.Keys]);
        Assert.Equal(60, proposals.Count);
        Assert.InRange(proposals.Average(p => p.Value.Label == Truth(open[p.Key]) ? 1.0 : 0), 0.9, 1);
        var state = _assistant.State(queue);
        Assert.Equal((60, 60), (state.LearnedFrom, state.Accuracy!.N));
        Assert.NotEmpty(state.Curve);
        // The next image is the first of its order, and no longer the darkest.
        var next = _at.Workspace.Catalogue.Claim("night", "bob", 60, DateTimeOffset.UtcNow.AddMinutes(1)).Select(i => i.Position).ToList();
        Assert.NotEqual(next.Order(), next);
    }

    [Theory]
    [InlineData(2, "ann")]
    [InlineData(1, AutoLabelService.Author)]
    public void A_queue_people_answer_blind_keeps_its_order(int votes, string author)
    {
        var queue = Queue(votes, author);
        Assert.True(LearningAssistant.IsBlind(queue));
        Label(60);
        _assistant.Learned(queue, Token);
        var next = _at.Workspace.Catalogue.Claim("night", "bob", 60, DateTimeOffset.UtcNow.AddMinutes(1)).Select(i => i.Position).ToList();
        Assert.Equal(next.Order(), next);
    }
}
