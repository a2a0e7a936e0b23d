using System.Globalization;
using System.Text.RegularExpressions;

namespace Flywheel.Formats.Logs;

/// <summary>The log of a model that runs elsewhere: one prediction per row, perhaps with a user's report beside it.</summary>
public sealed partial class PredictionLog
{
    /// <summary>How far scores may add up to more than one by rounding.</summary>
    const double Rounding = 0.02;

    static readonly IReadOnlyDictionary<string, string[]> s_names = new Dictionary<string, string[]>
    {
        ["path"] = ["path", "imagepath", "filepath", "file", "filename", "image", "img"],
        ["hash"] = ["sha256", "hash", "imagehash", "imagesha256", "imageid"],
        ["label"] = ["label", "prediction", "predicted", "predictedlabel", "predictedclass", "class", "pred", "answer"],
        ["confidence"] = ["confidence", "conf", "score", "probability", "prob", "certainty"],
        ["time"] = ["time", "timestamp", "datetime", "date", "created", "createdat", "predictedat", "loggedat", "ts"],
        ["id"] = ["predictionid", "id", "requestid", "uuid"],
        ["verdict"] = ["verdict", "feedback", "feedbackverdict", "correct", "iscorrect"],
        ["truth"] = ["truth", "correctlabel", "truelabel", "actual", "actuallabel", "groundtruth", "feedbacklabel"],
        ["reason"] = ["reason", "feedbackreason", "comment", "complaint", "remark", "note"],
        ["reporter"] = ["reporter", "reportedby", "feedbackreporter", "user"],
    };

    readonly LogOptions _options;
    readonly LogFile _file;
    readonly FieldMap _map;
    readonly ImagePlace _place;
    readonly Dictionary<string, string> _scores;
    readonly HashSet<string>? _tags;
    readonly HashSet<string> _labels;
    readonly bool _prefixed;

    PredictionLog(LogOptions options)
    {
        _options = options;
        _file = LogFile.Open(options.Path);
        _map = new FieldMap(_file, s_names, options.Columns);
        _place = new ImagePlace(_file, _map, options.Root, options.AllowOutside);
        _labels = [.. options.Labels];
        _scores = ScoreColumns(out _prefixed);
        _tags = options.Tags?.Select(t => FieldMap.Require(_file, t)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (_map["path"] is null && _map["hash"] is null)
            throw FieldMap.Missing(_file, "no column for the image's path or hash", "path", "Say which: -Column @{ path = 'its column' }.");
        if (_map["label"] is null && _scores.Count == 0)
            throw FieldMap.Missing(_file, "no column for the predicted label", "label", "Say which: -Column @{ label = 'its column' }.");
        if (_map["confidence"] is null && _scores.Count == 0)
            throw FieldMap.Missing(_file, "no column for the confidence or the scores", "confidence", "Say which: -Column @{ confidence = 'its column' }, or -Score @{ 'a column' = 'its label' } for every label.");
    }

    /// <summary>Learns the log's columns.</summary>
    /// <exception cref="FlywheelException">Those of <see cref="LogFile.Open"/>; <c>LogColumnMissing</c>, <c>LogFieldUnknown</c>, <c>ScoreLabelTwice</c>.</exception>
    public static PredictionLog Open(LogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PredictionLog(options);
    }

    /// <summary>The file, absolute.</summary>
    public string Path => _file.Path;

    /// <summary>Streams the rows, from the start every time. One that cannot be taken is a fault and left out.</summary>
    /// <param name="fault">Gets <c>LogRowInvalid</c>, <c>LogPathOutside</c>, <c>LogLabelUnknown</c>.</param>
    /// <param name="token">Obeyed between rows.</param>
    /// <exception cref="FlywheelException"><c>LogUnreadable</c>.</exception>
    public IEnumerable<LoggedPrediction> Rows(Action<FlywheelException> fault, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(fault);
        foreach (var row in _file.Rows(fault, token))
        {
            if (Read(row, out var prediction) is { } wrong) fault(wrong);
            else yield return prediction!;
        }
    }

    FlywheelException? Read(LogRow row, out LoggedPrediction? prediction)
    {
        prediction = null;
        if (_place.Find(row, out var image) is { } misplaced) return misplaced;
        if (image is { Path: null, Hash: null }) return _file.Invalid(row.Line, _map["path"] ?? _map["hash"], "no image is named", "Give the image's path or its SHA-256.");

        var scores = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (column, text) in row.Fields)
        {
            if (LabelOf(column) is not { } label) continue;
            if (Probability(row, column, text, out var score) is { } wrong) return wrong;
            scores[label] = score;
        }
        var stated = _map.Of(row, "label");
        if (scores.Count == 0)
        {
            if (stated is null) return _file.Invalid(row.Line, _map["label"], "no label is predicted", "Give every row its label.");
            if (_map["confidence"] is not { } column || _map.Of(row, "confidence") is not { } text) return _file.Invalid(row.Line, _map["confidence"], "the prediction has neither confidence nor scores", "Give every row one of them.");
            if (Probability(row, column, text, out var confidence) is { } wrong) return wrong;
            scores[stated] = confidence;
        }
        var winner = stated ?? scores.MaxBy(s => s.Value).Key;
        if (!scores.ContainsKey(winner))
            return _file.Invalid(row.Line, _map["label"], $"'{winner}' is predicted but has no score; scored are {string.Join(", ", scores.Keys)}", "Give the score of every label, spelt as in the column of the label.", target: winner);
        if (_labels.Count > 0 && scores.Keys.FirstOrDefault(l => !_labels.Contains(l)) is { } foreign)
            return _file.Invalid(row.Line, _map["label"], $"the model has no label '{foreign}'; its labels are {string.Join(", ", _options.Labels)}", "Correct the label, or import the log for the model it is of.", id: "LogLabelUnknown", target: foreign);
        var sum = scores.Values.Sum();
        if (sum > 1 + Rounding) return _file.Invalid(row.Line, null, string.Create(CultureInfo.InvariantCulture, $"the scores add up to {sum:0.###}"), "Give probabilities that exclude each other: they add up to 1.", target: sum);

        DateTimeOffset? time = null;
        if (_map.Of(row, "time") is { } moment)
        {
            if (!LogValues.TryTime(moment, out var read)) return _file.Invalid(row.Line, _map["time"], $"'{moment}' is no time", "Write 2027-01-31T18:05:09Z, or seconds or milliseconds since 1970.", target: moment);
            time = read;
        }
        LoggedFeedback? feedback = null;
        if (_map.Of(row, "verdict") is { } verdict)
        {
            if (!LogValues.TryVerdict(verdict, out var read)) return _file.Invalid(row.Line, _map["verdict"], $"'{verdict}' is no verdict", "Write right or wrong (or true or false, 1 or 0).", target: verdict);
            feedback = Feedback(read);
        }
        else if (_map.Of(row, "truth") is { } truth)
        {
            feedback = Feedback(truth == winner ? FeedbackVerdict.Right : FeedbackVerdict.Wrong);
        }
        var id = _map.Of(row, "id");
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (column, text) in row.Fields)
            if (_tags?.Contains(column) ?? (!_map.Columns.Contains(column, StringComparer.OrdinalIgnoreCase) && LabelOf(column) is null))
                tags[column.StartsWith("tags.", StringComparison.OrdinalIgnoreCase) && column.Length > 5 ? column[5..] : column] = text;
        prediction = new LoggedPrediction { Line = row.Line, Image = image, Label = winner, Scores = scores, Time = time, Id = id, Tags = tags, Feedback = feedback };
        return null;

        LoggedFeedback Feedback(FeedbackVerdict said) =>
            new() { Line = row.Line, Verdict = said, Label = _map.Of(row, "truth"), Reason = _map.Of(row, "reason"), Reporter = _map.Of(row, "reporter") };
    }

    FlywheelException? Probability(LogRow row, string column, string text, out double value) =>
        LogValues.TryNumber(text.Trim(), out value) && value is >= 0 and <= 1
            ? null
            : _file.Invalid(row.Line, column, $"'{text}' is no probability", "Scores and confidences are numbers from 0 to 1.", target: text);

    /// <summary>Label by score column: as told, by the prefix of at least two columns, or because the columns are called like the model's labels.</summary>
    Dictionary<string, string> ScoreColumns(out bool prefixed)
    {
        var columns = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        prefixed = false;
        if (_options.Scores is { } told)
        {
            foreach (var (column, label) in told) columns[FieldMap.Require(_file, column)] = label;
        }
        else
        {
            foreach (var column in _file.Columns)
                if (ScoreLabel(column) is { } label) columns[column] = label;
            prefixed = columns.Count >= 2;
            if (!prefixed) columns.Clear();
            if (columns.Count == 0 && _labels.Count > 0 && _options.Labels.All(l => _file.Columns.Contains(l, StringComparer.OrdinalIgnoreCase)))
                foreach (var label in _options.Labels) columns[label] = label;
        }
        if (columns.CountBy(c => c.Value).FirstOrDefault(c => c.Value > 1) is { Key: { } twice })
            throw new FlywheelException("ScoreLabelTwice", FaultCategory.InvalidData, $"{_file.Path}(1): two columns hold the score of '{twice}': {string.Join(", ", columns.Where(c => c.Value == twice).Select(c => c.Key))}.", twice,
                "Say which one does: -Score @{ 'a column' = 'its label' } for every label.", new SourceLocation(_file.Path, 1, null, twice));
        return columns;
    }

    /// <summary>The label whose score a column holds, or null. A key may turn up late in JSON Lines.</summary>
    string? LabelOf(string column) => _scores.TryGetValue(column, out var label) ? label : _prefixed ? ScoreLabel(column) : null;

    string? ScoreLabel(string column)
    {
        var match = ScorePrefix().Match(column);
        if (!match.Success || _map.Columns.Contains(column, StringComparer.OrdinalIgnoreCase)) return null;
        var label = match.Groups[1].Value;
        return _options.Labels.FirstOrDefault(l => l.Equals(label, StringComparison.OrdinalIgnoreCase)) ?? label;
    }

    [GeneratedRegex(@"^(?:scores?|prob(?:s|abilit(?:y|ies))?|p)(?:[_.:/ -]|(?=\())\(?([^()]+?)\)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ScorePrefix();
}
