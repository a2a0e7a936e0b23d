using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Evaluations;
using Flywheel.Engine.Labelling;
using Flywheel.Engine.Production;
using Flywheel.Insight.AutoLabelling;
using Flywheel.Insight.Metrics;
using Flywheel.Tests;

namespace Flywheel.Engine.Tests.Labelling;

public sealed class AutoLabelTests : IDisposable
{
    const int Images = 420;

    readonly TemporaryWorkspace _at = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _at.Dispose();

    /// <summary>Dark pictures are closed, bright ones open; those of middle luma could be either, and their labels are.</summary>
    static string Truth(FlywheelImage image)
    {
        var luma = image.Brightness * 255;
        return luma is > 96 and < 160 ? int.Parse(image.Id.AsSpan(0, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % 2 == 0 ? "open" : "closed" : luma > 127 ? "open" : "closed";
    }

    /// <summary>Images of every luma, some of which somebody drew at random and labelled.</summary>
    Model Prepare(int labels, long seed = 1, bool model = true)
    {
        Shades.Catalogue(_at, "inbox", Enumerable.Range(0, Images).Select(i => (Shades.Write(_at, $"inbox/{i:0000}.png", (byte)(10 + i * 235 / Images), i), (string?)null, (Dictionary<string, string>?)null)));
        Label(_at.Images("inbox").OrderBy(i => i.Id, StringComparer.Ordinal).ToList() is var all ? [.. new SeededRandom(seed).Sample(all.Count, labels).Select(i => all[i])] : []);
        return model ? TinyModel.Add(_at.Workspace) : null!;
    }

    void Label(IReadOnlyList<FlywheelImage> images, AnnotationProvenance provenance = AnnotationProvenance.Human) =>
        _at.Workspace.Catalogue.Annotate([.. images.Select(i => new AnnotationChange(i.Id, Truth(i), provenance, "somebody"))]);

    AutoLabelResult Run(double precision = 0.9, bool apply = true, int audit = 20, IReadOnlyCollection<string>? chosen = null) =>
        AutoLabelService.Run(_at.Workspace, new AutoLabelRequest { Dataset = "inbox", Precision = precision, Model = "tiny", Audit = audit, Apply = apply, Chosen = chosen ?? [] }, _at.Reports, Token);

    List<FlywheelImage> Machines() => [.. _at.Images("inbox").Where(i => i.Provenance == AnnotationProvenance.Auto)];

    [Fact]
    public void Sure_answers_become_labels_of_the_machine_and_the_rest_stays_for_people()
    {
        Prepare(150);
        var result = Run();
        var machines = Machines();
        Assert.Equal(result.Accepted, machines.Count);
        Assert.Equal(result.Written, machines.Count);
        Assert.InRange(result.Coverage, 0.5, 1);
        Assert.Equal(Images - 150, result.Images);
        Assert.InRange(machines.Average(i => i.Label == Truth(i) ? 1.0 : 0), 0.9, 1);
        Assert.InRange(result.Bound, 0.9, 1);
        Assert.Equal(result.Accepted, result.Classes.Sum(c => c.Images));
        Assert.Equal(result.Tested, result.Classes.Sum(c => c.Tested));

        // What is left is what is hard, and no label of a person has changed.
        Assert.Equal(_at.Images("inbox").Where(i => i.Label is null).Select(i => i.Id).Order(), result.Rest.Order());
        Assert.Equal(150, _at.Images("inbox").Count(i => i.Provenance == AnnotationProvenance.Human));
        Assert.All(_at.Workspace.Catalogue.Annotations().Where(a => a.Provenance == AnnotationProvenance.Auto), a => Assert.Equal((AutoLabelService.Author, $"auto-label {result.Id}"), (a.Author, a.Source)));
    }

    [Fact]
    public void Asked_only_it_tells_the_same_and_writes_nothing()
    {
        Prepare(150);
        var asked = Run(apply: false);
        Assert.Empty(Machines());
        Assert.Empty(_at.Workspace.Catalogue.Queues());
        Assert.Empty(AutoLabelService.Results(_at.Workspace));
        Assert.False(asked.Applied);
        var done = Run();
        Assert.Equal((asked.Accepted, asked.Bound, asked.ExpectedErrors), (done.Accepted, done.Bound, done.ExpectedErrors));
        Assert.Equal(asked.Rest, done.Rest);
    }

    [Fact]
    public void What_cannot_be_proven_is_refused_with_the_number_of_labels_needed()
    {
        Prepare(120);
        var fault = Assert.Throws<FlywheelException>(() => Run(precision: 0.98));
        Assert.Equal("PrecisionNotReachable", fault.ErrorId);
        Assert.Contains("149 among the accepted answers are needed even if not one is wrong", fault.Message, StringComparison.Ordinal);
        Assert.InRange(Assert.IsType<int>(fault.Target), 149, 5000);
        Assert.Contains("At least 29 labels more are needed, 149 in all.", fault.Message, StringComparison.Ordinal);
        Assert.Contains("-Strategy Random -Budget 29)", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Machines());
    }

    [Fact]
    public void People_check_a_random_part_without_seeing_the_answer_and_the_result_is_kept()
    {
        Prepare(150);
        var run = Run();
        var items = _at.Workspace.Catalogue.QueueItems(run.AuditQueue!);
        Assert.Equal(run.Picks.Select(p => p.ImageId).Order(), items.Select(i => i.ImageId).Order());
        Assert.All(items, i => Assert.Null(i.SentLabel));
        Assert.Equal(0, Assert.Single(AutoLabelService.Results(_at.Workspace)).Audit!.Answered);

        foreach (var (pick, at) in run.Picks.Take(10).Select((p, at) => (p, at)))
        {
            var label = at == 0 ? pick.Label == "open" ? "closed" : "open" : pick.Label;
            _at.Workspace.Catalogue.Annotate([new AnnotationChange(pick.ImageId, label, AnnotationProvenance.Human, "ann")]);
        }
        var audit = Assert.Single(AutoLabelService.Results(_at.Workspace, "INBOX")).Audit!;
        Assert.Equal((20, 10, 1), (audit.Drawn, audit.Answered, audit.Errors));
        Assert.Equal((0.9, ClopperPearson.Lower(9, 10, 0.975), ClopperPearson.Upper(9, 10, 0.975)), (audit.Precision.Value, audit.Precision.Low, audit.Precision.High));
        Assert.Empty(AutoLabelService.Results(_at.Workspace, "another"));
    }

    [Fact]
    public void What_people_label_after_a_run_teaches_but_does_not_certify()
    {
        Prepare(150);
        var first = Run();
        Label([.. first.Rest.Take(15).Select(id => _at.Workspace.Catalogue.FindImage(id)!)]);
        var second = Run();
        Assert.Equal(150, second.Labels);
        Assert.Equal(first.Images - 15, second.Images);
        Assert.Equal(2, AutoLabelService.Results(_at.Workspace).Count);
    }

    [Fact]
    public void Labels_of_chosen_images_do_not_certify()
    {
        Prepare(150);
        // Somebody labels all the hard ones on top: the labels are no random sample any more.
        var hard = _at.Images("inbox").Where(i => i.Label is null && i.Brightness * 255 is > 96 and < 160).ToList();
        Label(hard);
        Assert.Equal(150, Run(chosen: [.. hard.Select(i => i.Id)], apply: false).Labels);
        // Unnamed, they are noticed; the images that come first in the dataset's own random order are too few here.
        var fault = Assert.Throws<FlywheelException>(() => Run());
        Assert.Contains(fault.ErrorId, new[] { "TooFewLabels", "PrecisionNotReachable" });
        Assert.Contains(_at.Reports.Lines, l => l.Contains("labels certify", StringComparison.Ordinal));
    }

    [Fact]
    public void Labels_given_in_the_assistants_order_certify_by_their_random_half()
    {
        Prepare(0);
        var assistant = LabelAssistant.Open(_at.Workspace, new LabelAssistantRequest { Dataset = "inbox", Model = "tiny", Precision = 0.9 }, _at.Reports, Token);
        while (_at.Images("inbox").Count(i => i.Label is not null) < 240)
        {
            var next = assistant.Learn(Token).Order.Take(40).Select(id => _at.Workspace.Catalogue.FindImage(id)!).ToList();
            Label(next);
        }
        var result = Run();
        Assert.InRange(result.Labels, 60, 240);
        Assert.InRange(Machines().Average(i => i.Label == Truth(i) ? 1.0 : 0), 0.9, 1);
    }

    [Fact]
    public void Validation_and_test_take_no_part_and_a_machines_label_is_no_truth()
    {
        var model = Prepare(210);
        DatasetSplitter.Split(_at.Workspace, new SplitRequest { Dataset = "inbox", Train = 0.7, Validation = 0.15, Test = 0.15, Seed = 2 }, _at.Reports, Token);
        var judged = _at.Images("inbox").Where(i => i.Split is DataSplit.Validation or DataSplit.Test).ToList();
        var result = Run();
        Assert.Equal(210 - judged.Count, result.Labels);
        var machines = Machines();
        Assert.DoesNotContain(machines, i => i.Split is DataSplit.Validation or DataSplit.Test);

        // Split again: the machine's images go to train or nowhere. Evaluation counts people's labels only.
        DatasetSplitter.Split(_at.Workspace, new SplitRequest { Dataset = "inbox", Train = 0.7, Validation = 0.15, Test = 0.15, Seed = 2 }, _at.Reports, Token);
        Assert.All(Machines(), i => Assert.True(i.Split is DataSplit.None or DataSplit.Train));
        var evaluation = EvaluationService.Evaluate(_at.Workspace, model, _at.Workspace.GetDataset("inbox"), DataSplit.Train, _at.Reports, Token);
        Assert.Equal(_at.Images("inbox").Count(i => i.Split == DataSplit.Train && i.Provenance == AnnotationProvenance.Human), evaluation.N);

        // Neither is a stored prediction right or wrong by it.
        _at.Predict(model, machines.Take(5).Select(i => i.Path));
        var stored = _at.Workspace.Catalogue.Predictions(new PredictionQuery { ModelId = model.Id }).ToList();
        Assert.Equal(5, stored.Count);
        Assert.All(stored, p => Assert.Null(p.Truth));
        Assert.Empty(_at.Workspace.Catalogue.Predictions(new PredictionQuery { ModelId = model.Id, Judged = true }));
        Assert.Empty(FailureFinder.Find(_at.Workspace, model, new FailureQuery { Suspected = false }, _at.Reports, Token));
    }

    [Fact]
    public void Two_labels_with_some_images_each_are_needed_and_options_have_ranges()
    {
        Prepare(3);
        Assert.Equal("TooFewLabels", Assert.Throws<FlywheelException>(() => Run()).ErrorId);
        Assert.Equal("AutoLabelOptionOutOfRange", Assert.Throws<FlywheelException>(() => Run(precision: 1)).ErrorId);
        Assert.Equal("AutoLabelOptionsConflict", Assert.Throws<FlywheelException>(() => AutoLabelService.Run(_at.Workspace, new AutoLabelRequest { Dataset = "inbox", Model = "tiny", Backbone = "x.onnx" }, _at.Reports, Token)).ErrorId);
    }

    [Fact]
    public void The_trained_network_labels_what_edges_tell_and_the_same_seed_labels_the_same()
    {
        // Bars lie or stand; the network is given four epochs.
        for (var i = 0; i < 160; i++)
        {
            var (mark, lies) = (i, i % 2 == 0);
            _at.Write($"bars/{i:000}.png", Pictures.Png((x, y) => (byte)((lies ? y : x) * 3 % 24 < 9 + mark % 5 ? 200 + mark % 40 : 30 + mark % 50), 32, 32));
        }
        DatasetImporter.Import(_at.Workspace, new ImportRequest { Path = Path.Combine(_at.Data, "bars"), Name = "bars", Unlabeled = true }, _at.Reports, Token);
        static string Bars(FlywheelImage image) => int.Parse(Path.GetFileNameWithoutExtension(image.Path), CultureInfo.InvariantCulture) % 2 == 0 ? "lying" : "standing";
        var all = _at.Images("bars").OrderBy(i => i.Id, StringComparer.Ordinal).ToList();
        _at.Workspace.Catalogue.Annotate([.. new SeededRandom(4).Sample(all.Count, 70).Select(i => new AnnotationChange(all[i].Id, Bars(all[i]), AnnotationProvenance.Human, "somebody"))]);
        AutoLabelResult Run(bool apply) => AutoLabelService.Run(_at.Workspace, new AutoLabelRequest { Dataset = "bars", Precision = 0.9, Epochs = 4, Apply = apply, Threads = 1 }, _at.Reports, Token);
        var (asked, done) = (Run(false), Run(true));
        Assert.Equal((asked.Accepted, asked.Bound, string.Join(' ', asked.Rest)), (done.Accepted, done.Bound, string.Join(' ', done.Rest)));
        Assert.InRange(done.Coverage, 0.5, 1);
        Assert.InRange(_at.Images("bars").Where(i => i.Provenance == AnnotationProvenance.Auto).Average(i => i.Label == Bars(i) ? 1.0 : 0), 0.9, 1);
        Assert.Contains("ConvNet", done.Learner, StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_it_writes_nothing()
    {
        Prepare(150);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => AutoLabelService.Run(_at.Workspace, new AutoLabelRequest { Dataset = "inbox", Precision = 0.9, Model = "tiny" }, _at.Reports, stop.Token));
        Assert.Empty(Machines());
        Assert.Empty(AutoLabelService.Results(_at.Workspace));
    }
}
