using System.Globalization;
using Flywheel.Engine.Evaluations;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Comparison;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Registry.Gates;

/// <summary>
/// The labelled images a gate looks at, scored by the new model and the champion. Images either of them learned from are left out: they would
/// flatter one side.
/// </summary>
sealed class JudgedImages
{
    readonly Model _model;
    readonly Model? _champion;
    readonly string[] _labels;
    readonly float[] _scores;
    readonly float[]? _championScores;
    readonly MetricOptions _options;
    readonly CancellationToken _token;
    readonly Dictionary<string, ClassificationReport> _reports = new(StringComparer.Ordinal);

    JudgedImages(Dataset dataset, DataSplit split, int all, int learned, Model model, Model? champion, string[] labels, List<FlywheelImage> images, float[] scores, float[]? championScores, long seed, CancellationToken token)
    {
        Dataset = dataset;
        Split = split;
        All = all;
        Learned = learned;
        Images = images;
        (_model, _champion, _labels, _scores, _championScores, _token) = (model, champion, labels, scores, championScores, token);
        _options = new MetricOptions { Seed = seed };
        Groups = ImageGroups.Of(images, dataset.GroupBy);
        var index = labels.Select((label, at) => (label, at)).ToDictionary(x => x.label, x => x.at, StringComparer.Ordinal);
        Truth = [.. images.Select(i => index[i.Label!])];
    }

    public Dataset Dataset { get; }

    public DataSplit Split { get; }

    /// <summary>Images of the split in all.</summary>
    public int All { get; }

    /// <summary>Left out because a model learned from them.</summary>
    public int Learned { get; }

    public List<FlywheelImage> Images { get; }

    public int[]? Groups { get; }

    /// <summary>Index into the labels of both models.</summary>
    public int[] Truth { get; }

    public int? GroupCount => Groups?.Distinct().Count();

    /// <summary>Scores the images.</summary>
    /// <exception cref="FlywheelException"><c>NothingToEvaluate</c>, <c>SplitEmpty</c>, what loading a model raises.</exception>
    public static JudgedImages Load(Workspace workspace, Model model, Model? champion, Dataset dataset, DataSplit split, long seed, IReporter reporter, CancellationToken token)
    {
        var set = EvaluationService.Judged(workspace, dataset, split, reporter);
        string[] labels = champion is null ? [.. model.Labels] : [.. model.Labels, .. champion.Labels.Except(model.Labels, StringComparer.Ordinal)];
        var usable = set.Images.Where(i => labels.Contains(i.Label!)).ToList();
        if (usable.Count == 0) throw EvaluationService.NothingToEvaluate(dataset, set.Split, $"none of its labels is one of the model's ({string.Join(", ", labels)})");
        var learned = EvaluationService.Learned(workspace, model).ToHashSet(StringComparer.Ordinal);
        if (champion is not null) learned.UnionWith(EvaluationService.Learned(workspace, champion));
        var known = usable.RemoveAll(i => learned.Contains(i.Id));
        if (known > 0) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{known:N0} images of '{dataset.Name}' are left out of the judgement: '{model.Name}'{(champion is null ? "" : " or the champion")} learned from them."));
        if (usable.Count == 0) throw EvaluationService.NothingToEvaluate(dataset, set.Split, "the models learned from every image");

        var scores = Score(model);
        var before = champion is null ? null : champion.Id == model.Id ? scores : Score(champion);
        var read = usable.Where(i => scores.ContainsKey(i.Id) && before?.ContainsKey(i.Id) != false).ToList();
        if (read.Count == 0) throw EvaluationService.NothingToEvaluate(dataset, set.Split, "none of its images can be read");
        return new JudgedImages(dataset, set.Split, set.All, known, model, champion, labels, read, Rows(model, scores), champion is null ? null : Rows(champion, before!), seed, token);

        Dictionary<string, float[]> Score(Model by)
        {
            using var session = new ScoringSession(workspace, by, reporter);
            return session.ScoreAll(usable, false, $"Judging {by.Name}", reporter, token).ToDictionary(s => s.Image.Id, s => s.Probabilities, StringComparer.Ordinal);
        }

        float[] Rows(Model by, Dictionary<string, float[]> of)
        {
            var rows = new float[read.Count * labels.Length];
            var at = by.Labels.Select(l => Array.IndexOf(labels, l)).ToArray();
            for (var i = 0; i < read.Count; i++)
                for (var c = 0; c < at.Length; c++) rows[i * labels.Length + at[c]] = of[read[i].Id][c];
            return rows;
        }
    }

    /// <summary>The new model's figures, as Test-FlywheelModel makes them, on the images that meet the conditions and have one of its labels.</summary>
    public ClassificationReport Report(IReadOnlyList<GateCondition> conditions) => ReportOf(_model, _scores, conditions);

    /// <summary>The champion's, likewise.</summary>
    public ClassificationReport ChampionReport(IReadOnlyList<GateCondition> conditions) => ReportOf(_champion!, _championScores!, conditions);

    ClassificationReport ReportOf(Model model, float[] scores, IReadOnlyList<GateCondition> conditions)
    {
        var key = $"{ReferenceEquals(scores, _scores)} {string.Join(", ", conditions)}";
        if (_reports.TryGetValue(key, out var report)) return report;
        var k = model.Labels.Count;
        var at = model.Labels.Select(l => Array.IndexOf(_labels, l)).ToArray();
        var rows = Rows(conditions).Where(i => at.Contains(Truth[i])).ToList();
        var probabilities = new float[rows.Count * k];
        for (var i = 0; i < rows.Count; i++)
            for (var c = 0; c < k; c++) probabilities[i * k + c] = scores[rows[i] * _labels.Length + at[c]];
        return _reports[key] = ClassificationMetrics.Compute(model.Labels, [.. rows.Select(i => Array.IndexOf(at, Truth[i]))], probabilities, Groups is null ? null : [.. rows.Select(i => Groups[i])], _options, _token);
    }

    /// <summary>New minus factor × champion, paired, on the images that meet the conditions.</summary>
    public Metric Difference(ModelFigure figure, string? label, double factor, IReadOnlyList<GateCondition> conditions)
    {
        var rows = Rows(conditions);
        var paired = new PairedFigures(_labels, [.. rows.Select(i => Truth[i])], Take(_championScores!), Take(_scores), Groups is null ? null : [.. rows.Select(i => Groups[i])], _options);
        return paired.Difference(figure, label is null ? -1 : Array.IndexOf(_labels, label), factor, _token).Difference;

        float[] Take(float[] scores)
        {
            var k = _labels.Length;
            var part = new float[rows.Count * k];
            for (var i = 0; i < rows.Count; i++) scores.AsSpan(rows[i] * k, k).CopyTo(part.AsSpan(i * k, k));
            return part;
        }
    }

    /// <summary>Rows of the images that meet all conditions.</summary>
    public List<int> Rows(IReadOnlyList<GateCondition> conditions) => [.. Enumerable.Range(0, Images.Count).Where(i => conditions.All(c => c.Holds(Images[i])))];

    /// <summary>Whether the new model, or the champion, is right, by image.</summary>
    public bool[] Right(bool champion) => [.. Enumerable.Range(0, Images.Count).Select(i => Answer(i, champion) == Truth[i])];

    /// <summary>The label the champion gives an image.</summary>
    public string ChampionSays(int row) => _labels[Answer(row, true)];

    /// <summary>The same as a prediction, for what asks about one.</summary>
    public Prediction ChampionPrediction(int row) => new() { Id = "", ImageId = Images[row].Id, Path = Images[row].Path, ModelId = _champion!.Id, Label = ChampionSays(row), Scores = new Dictionary<string, double>() };

    int Answer(int row, bool champion)
    {
        var p = (champion ? _championScores! : _scores).AsSpan(row * _labels.Length, _labels.Length);
        var winner = 0;
        for (var c = 1; c < p.Length; c++)
            if (p[c] > p[winner]) winner = c;
        return winner;
    }

    /// <summary>The new model's figures as a record users know.</summary>
    public Evaluation ToEvaluation()
    {
        var r = Report([]);
        return new Evaluation
        {
            ModelId = _model.Id,
            ModelName = _model.Name,
            Dataset = Dataset.Name,
            DatasetVersion = Dataset.VersionId,
            Split = Split,
            N = r.N,
            Groups = r.Groups,
            Accuracy = r.Accuracy,
            BalancedAccuracy = r.BalancedAccuracy,
            Auroc = r.Auroc,
            CalibrationError = r.CalibrationError,
            LogLoss = r.LogLoss,
            Classes = r.Classes,
            Confusion = r.Confusion,
            Labels = _model.Labels,
            Excluded = All - r.N,
        };
    }
}
