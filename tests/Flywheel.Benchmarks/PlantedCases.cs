using Flywheel.Engine.Datasets;
using Flywheel.Engine.Production.Slices;
using Flywheel.Engine.Samples;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging.Samples;
using Flywheel.Insight.Slices;

namespace Flywheel;

/// <summary>
/// The experiment that tells whether slices are named rightly: a model learns in the varied lab, meets a field with four planted cases, and the
/// slices of its errors are compared with what was planted. The model's errors are its own; beside them, a few of the field's labels are wrong
/// at random, as people's are, so that there are errors without a cause.
/// </summary>
sealed class PlantedCases : IDisposable
{
    public const int Lab = 1000, Field = 3000, Subjects = 40;

    /// <summary>Share of the field's labels that are wrong.</summary>
    public const double Mislabelled = 0.03;

    /// <summary>What was planted: its name, the names its conditions may have, and which images have it.</summary>
    static readonly (string Name, string[][] Columns, Func<FlywheelImage, bool> Has)[] s_cases =
    [
        ("tiny", [["width", "height", "size"]], i => i.Width <= 4),
        ("blurred", [["blur", "sharpness"]], i => Tag(i, "blur") >= 18),
        ("night", [["light", "brightness"]], i => i.Tags["light"] == "night"),
        ("small and soft", [["width", "height", "size"], ["blur", "sharpness"]], i => i.Width is >= 20 and <= 28 && Tag(i, "blur") >= 4),
    ];

    readonly string _folder;
    readonly Workspace _workspace;

    /// <summary>Draws the lab and trains on it.</summary>
    public PlantedCases(string folder, int seed, int threads = 1)
    {
        (_folder, Seed) = (folder, seed);
        _workspace = Workspace.Create(Path.Combine(folder, "workspace"));
        var sample = SampleDatasetWriter.Write(Path.Combine(folder, "lab"), new SampleRequest { Lab = Lab, Field = 0, FieldTest = 0, Subjects = Subjects, Seed = seed, LabDomain = EyeDomain.VariedLab }, NullReporter.Instance, default);
        DatasetImporter.Import(_workspace, new ImportRequest { Path = sample.LabManifest, Name = "lab" }, NullReporter.Instance, default);
        DatasetSplitter.Split(_workspace, new SplitRequest { Dataset = "lab", GroupBy = "subject", Train = 0.8, Validation = 0.1, Test = 0.1 }, NullReporter.Instance, default);
        Model = TrainingService.Train(_workspace, new TrainingRequest { Datasets = ["lab"], Preset = TrainingPreset.Fast, Augmentation = TrainingAugmentation.Flip, Epochs = 12, Seed = seed, Threads = threads }, NullReporter.Instance, default);
    }

    public int Seed { get; }

    public Model Model { get; }

    public static IReadOnlyList<string> Names => [.. s_cases.Select(c => c.Name)];

    /// <summary>What came out of one field.</summary>
    /// <param name="Slices">All slices tested, by rank.</param>
    /// <param name="Rates">Error rate of each planted case, then of the other images.</param>
    /// <param name="FoundAt">Rank at which each case was named rightly and confirmed; 0 if it was not among the first six.</param>
    /// <param name="Others">
    /// Confirmed slices of which less than four fifths of the images were planted, but which are true: by the true labels the model fails on their other
    /// images at least twice as often as on the other images elsewhere, Fisher's p at most 0.001.
    /// </param>
    /// <param name="False">Confirmed slices that are neither.</param>
    public sealed record Outcome(IReadOnlyList<Slice> Slices, IReadOnlyList<double> Rates, IReadOnlyList<int> FoundAt, int Others, int False);

    /// <summary>A field, drawn and predicted, with what is true of it.</summary>
    public sealed record FieldSet(string Name, IReadOnlyList<FlywheelImage> Images, IReadOnlyDictionary<string, string> Truth);

    /// <summary>Draws a field of strangers and imports it without labels.</summary>
    public FieldSet Draw(bool planted, int fieldSeed)
    {
        var name = $"field-{(planted ? "planted" : "plain")}-{fieldSeed}";
        var sample = SampleDatasetWriter.Write(Path.Combine(_folder, name), new SampleRequest { Lab = 0, Field = Field, FieldTest = 0, Subjects = Subjects, Seed = fieldSeed, FieldDomain = (planted ? EyeDomain.Planted : EyeDomain.VariedLab) with { Name = "field" } }, NullReporter.Instance, default);
        DatasetImporter.Import(_workspace, new ImportRequest { Path = sample.FieldManifest, Name = name, Unlabeled = true }, NullReporter.Instance, default);
        var images = _workspace.Catalogue.Images(new ImageQuery { Dataset = name }).ToList();
        var truth = TruthSource.Open(new TruthRequest { Path = sample.FieldTruth }, NullReporter.Instance, default);
        return new FieldSet(name, images, images.ToDictionary(i => i.Id, i => truth.LabelOf(i)!));
    }

    /// <summary>Has a field labelled, with mistakes, and seeks slices of the model's errors in it.</summary>
    public Outcome Seek(FieldSet field, int seed, SliceErrors errors = SliceErrors.Known)
    {
        var (name, images, truth) = field;
        if (errors == SliceErrors.Known)
        {
            var random = new SeededRandom(seed, 31);
            string Said(FlywheelImage i) => truth[i.Id] is var label && random.NextDouble() < Mislabelled ? label == "open" ? "closed" : "open" : label;
            _workspace.Catalogue.Annotate([.. images.Select(i => new AnnotationChange(i.Id, Said(i), AnnotationProvenance.Human, "people", null))]);
        }
        var slices = SliceFinder.Find(_workspace, Model, new SliceQuery { Dataset = name, GroupBy = "subject", Errors = errors, All = true, Seed = seed }, NullReporter.Instance, default);

        var predicted = _workspace.Catalogue.Predictions(new PredictionQuery { ModelId = Model.Id, Dataset = name }).ToDictionary(p => p.ImageId, p => p.Label);
        // The model's own error rates, without the labels' errors.
        double Rate(Func<FlywheelImage, bool> of) => images.Where(of).Select(i => predicted[i.Id] == truth[i.Id] ? 0.0 : 1).DefaultIfEmpty(double.NaN).Average();
        bool IsPlanted(FlywheelImage i) => s_cases.Any(c => c.Has(i));
        var byId = images.ToDictionary(i => i.Id);
        var at = s_cases.Select(c => slices.Where(s => s.Confirmed && s.Rank <= 6 && IsNamed(s, c)).Select(s => s.Rank).DefaultIfEmpty(0).First()).ToList();
        var unplanted = slices.Where(s => s.Confirmed && s.ImageIds.Count(id => IsPlanted(byId[id])) < 0.8 * s.Images).ToList();
        var others = unplanted.Count(IsTrue);
        return new Outcome(slices, [.. s_cases.Select(c => Rate(c.Has)), Rate(i => !IsPlanted(i))], at, others, unplanted.Count - others);

        bool IsTrue(Slice slice)
        {
            var ids = slice.ImageIds.ToHashSet(StringComparer.Ordinal);
            var rest = images.Where(i => !IsPlanted(i)).ToList();
            int Wrong(IEnumerable<FlywheelImage> of) => of.Count(i => predicted[i.Id] != truth[i.Id]);
            List<FlywheelImage> inside = [.. rest.Where(i => ids.Contains(i.Id))], outside = [.. rest.Where(i => !ids.Contains(i.Id))];
            return (double)Wrong(inside) / inside.Count >= 2.0 * Wrong(outside) / outside.Count && FisherExact.Upper(Wrong(inside), inside.Count, Wrong(rest), rest.Count) <= 0.001;
        }

        // Each planted condition is named once, nothing else but perhaps a predicted label; four fifths of the images are of the case, and of
        // the case's images with that prediction four fifths are there.
        bool IsNamed(Slice slice, (string Name, string[][] Columns, Func<FlywheelImage, bool> Has) c)
        {
            var others = slice.Conditions.Where(x => x.Subject != SliceSubject.Predicted).ToList();
            var label = slice.Conditions.FirstOrDefault(x => x.Subject == SliceSubject.Predicted)?.Value;
            if (others.Count != c.Columns.Length || !c.Columns.All(names => others.Any(o => names.Contains(o.Name)))) return false;
            var own = slice.ImageIds.Count(id => c.Has(byId[id]));
            return own >= 0.8 * slice.Images && own >= 0.8 * images.Count(i => c.Has(i) && (label is null || predicted[i.Id] == label));
        }
    }

    static double Tag(FlywheelImage image, string name) => double.Parse(image.Tags[name], System.Globalization.CultureInfo.InvariantCulture);

    public void Dispose() => _workspace.Dispose();
}
