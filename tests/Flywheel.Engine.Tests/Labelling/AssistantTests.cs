using Flywheel.Engine.Labelling;
using Flywheel.Tests;

namespace Flywheel.Engine.Tests.Labelling;

public sealed class AssistantTests : IDisposable
{
    readonly TemporaryWorkspace _at = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _at.Dispose();

    static string Truth(FlywheelImage image) => image.Brightness > 0.5 ? "open" : "closed";

    LabelAssistant Open(bool model = true)
    {
        Shades.Catalogue(_at, "inbox", Enumerable.Range(0, 200).Select(i => (Shades.Write(_at, $"inbox/{i:0000}.png", (byte)(10 + i * 235 / 200), i), (string?)null, (Dictionary<string, string>?)null)));
        if (model) TinyModel.Add(_at.Workspace);
        return LabelAssistant.Open(_at.Workspace, new LabelAssistantRequest { Dataset = "inbox", Model = model ? "tiny" : null, Precision = 0.9 }, _at.Reports, Token);
    }

    void Label(int count, long seed = 1)
    {
        var all = _at.Images("inbox").Where(i => i.Label is null).OrderBy(i => i.Id, StringComparer.Ordinal).ToList();
        _at.Workspace.Catalogue.Annotate([.. new SeededRandom(seed).Sample(all.Count, count).Select(i => new AnnotationChange(all[i].Id, Truth(all[i]), AnnotationProvenance.Human, "somebody"))]);
    }

    [Fact]
    public void Before_there_are_labels_it_proposes_nothing_and_orders_typical_ones_first()
    {
        var state = Open().Learn(Token);
        Assert.Empty(state.Proposals);
        Assert.Equal(SelectionStrategy.Typical, state.Strategy);
        Assert.Equal(200, state.Order.Distinct().Count());
        Assert.Null(state.LabelsUntilAutomatic);
        Assert.True(double.IsNaN(state.Accuracy.Value));
    }

    [Fact]
    public void It_learns_proposes_and_knows_how_well()
    {
        var assistant = Open();
        Label(80);
        var state = assistant.Learn(Token);
        Assert.Equal((80, 120), (state.Labels, state.Unlabelled));
        var images = _at.Images("inbox").ToDictionary(i => i.Id, StringComparer.Ordinal);
        var truly = state.Proposals.Average(p => p.Label == Truth(images[p.ImageId]) ? 1.0 : 0);
        Assert.InRange(truly, 0.93, 1);
        Assert.InRange(truly, state.Accuracy.Low - 0.02, 1);
        Assert.Equal(80, state.Accuracy.N);
        Assert.Equal([20, 40, 80], state.Curve.Select(p => p.Labels));
        Assert.Equal(state.Order, state.Proposals.Select(p => p.ImageId));
        Assert.All(state.Proposals, p => Assert.InRange(p.Confidence, 0.5, 1));
        Assert.NotNull(state.LabelsUntilAutomatic);
        Assert.Contains("held out", state.StrategyReason, StringComparison.Ordinal);
        Assert.Equal(state.Order, assistant.Learn(Token).Order);
    }

    [Fact]
    public void Every_second_image_of_its_order_is_the_next_of_the_datasets_random_order()
    {
        var assistant = Open();
        Label(60);
        var order = assistant.Learn(Token).Order;
        var open = _at.Images("inbox").Where(i => i.Label is null).ToDictionary(i => i.Id, StringComparer.Ordinal);
        var random = open.Keys.OrderBy(RandomDraw.Key).ToList();
        Assert.Equal(random[0], order[0]);
        // The first forty hold at least the first twenty of the random order, and the others doubt more than the average.
        Assert.All(random.Take(20), id => Assert.Contains(id, order.Take(40)));
        Assert.Equal(open.Count, order.Count);
    }

    [Fact]
    public void Without_a_model_it_looks_at_edges()
    {
        for (var i = 0; i < 120; i++)
        {
            var (mark, lies) = (i, i % 2 == 0);
            _at.Write($"bars/{i:000}.png", Pictures.Png((x, y) => (byte)((lies ? y : x) * 3 % 24 < 9 + mark % 5 ? 200 + mark % 40 : 30 + mark % 50), 32, 32));
        }
        Flywheel.Engine.Datasets.DatasetImporter.Import(_at.Workspace, new Flywheel.Engine.Datasets.ImportRequest { Path = Path.Combine(_at.Data, "bars"), Name = "inbox", Unlabeled = true }, _at.Reports, Token);
        string Bars(string id) => int.Parse(Path.GetFileNameWithoutExtension(_at.Workspace.Catalogue.FindImage(id)!.Path), System.Globalization.CultureInfo.InvariantCulture) % 2 == 0 ? "lying" : "standing";
        var assistant = LabelAssistant.Open(_at.Workspace, new LabelAssistantRequest { Dataset = "inbox" }, _at.Reports, Token);
        _at.Workspace.Catalogue.Annotate([.. assistant.Learn(Token).Order.Take(30).Select(id => new AnnotationChange(id, Bars(id), AnnotationProvenance.Human, "somebody"))]);
        var state = assistant.Learn(Token);
        Assert.InRange(state.Proposals.Average(p => p.Label == Bars(p.ImageId) ? 1.0 : 0), 0.95, 1);
        Assert.Equal("edges of the pictures", state.Features);
    }
}
