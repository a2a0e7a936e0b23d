namespace Flywheel.Formats.Logs;

/// <summary>Users' reports on predictions: one per row.</summary>
public sealed class FeedbackLog
{
    static readonly IReadOnlyDictionary<string, string[]> s_names = new Dictionary<string, string[]>
    {
        ["id"] = ["predictionid", "prediction", "id", "requestid", "uuid"],
        ["path"] = ["path", "imagepath", "filepath", "file", "filename", "image", "img"],
        ["hash"] = ["sha256", "hash", "imagehash", "imagesha256", "imageid"],
        ["model"] = ["model", "modelid", "modelname"],
        ["verdict"] = ["verdict", "feedback", "correct", "iscorrect"],
        ["label"] = ["label", "correctlabel", "truth", "truelabel", "actual", "actuallabel", "groundtruth"],
        ["reason"] = ["reason", "comment", "complaint", "remark", "note", "text"],
        ["reporter"] = ["reporter", "reportedby", "user", "author"],
        ["time"] = ["time", "timestamp", "datetime", "date", "created", "createdat", "reportedat", "ts"],
    };

    readonly LogFile _file;
    readonly FieldMap _map;
    readonly ImagePlace _place;

    FeedbackLog(LogOptions options)
    {
        _file = LogFile.Open(options.Path);
        _map = new FieldMap(_file, s_names, options.Columns);
        _place = new ImagePlace(_file, _map, options.Root, options.AllowOutside);
        if (_map["id"] is null && _map["path"] is null && _map["hash"] is null)
            throw FieldMap.Missing(_file, "no column for the prediction's id or the image's path or hash", "id", "Say which: -Column @{ id = 'its column' }.");
        if (_map["verdict"] is null && _map["label"] is null)
            throw FieldMap.Missing(_file, "no column for the verdict or the correct label", "verdict", "Say which: -Column @{ verdict = 'its column' }.");
    }

    /// <summary>Learns the log's columns.</summary>
    /// <exception cref="FlywheelException">Those of <see cref="LogFile.Open"/>; <c>LogColumnMissing</c>, <c>LogFieldUnknown</c>.</exception>
    public static FeedbackLog Open(LogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FeedbackLog(options);
    }

    /// <summary>The file, absolute.</summary>
    public string Path => _file.Path;

    /// <summary>A fault of a row of this log.</summary>
    /// <param name="id">The error id.</param>
    /// <param name="category">Its kind.</param>
    /// <param name="row">The row.</param>
    /// <param name="field">The field it is about.</param>
    /// <param name="what">What is wrong, without a full stop.</param>
    /// <param name="target">The offending value.</param>
    /// <param name="action">What to do.</param>
    public FlywheelException Fault(string id, FaultCategory category, LoggedFeedback row, string field, string what, object? target, string action)
    {
        ArgumentNullException.ThrowIfNull(row);
        return _file.Invalid(row.Line, _map[field], what, action, id: id, target: target, category: category);
    }

    /// <summary>Streams the rows. One that cannot be taken is a fault and left out.</summary>
    /// <param name="fault">Gets <c>LogRowInvalid</c>, <c>LogPathOutside</c>.</param>
    /// <param name="token">Obeyed between rows.</param>
    /// <exception cref="FlywheelException"><c>LogUnreadable</c>.</exception>
    public IEnumerable<LoggedFeedback> Rows(Action<FlywheelException> fault, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(fault);
        foreach (var row in _file.Rows(fault, token))
        {
            if (Read(row, out var feedback) is { } wrong) fault(wrong);
            else yield return feedback!;
        }
    }

    FlywheelException? Read(LogRow row, out LoggedFeedback? feedback)
    {
        feedback = null;
        var id = _map.Of(row, "id");
        LoggedImage image = default;
        if (id is null)
        {
            if (_place.Find(row, out image) is { } misplaced) return misplaced;
            if (image is { Path: null, Hash: null }) return _file.Invalid(row.Line, _map["id"] ?? _map["path"] ?? _map["hash"], "neither a prediction nor an image is named", "Give the prediction's id, or the image's path or SHA-256.");
        }
        FeedbackVerdict? verdict = null;
        if (_map.Of(row, "verdict") is { } text)
        {
            if (!LogValues.TryVerdict(text, out var read)) return _file.Invalid(row.Line, _map["verdict"], $"'{text}' is no verdict", "Write right or wrong (or true or false, 1 or 0).", target: text);
            verdict = read;
        }
        var label = _map.Of(row, "label");
        if (verdict is null && label is null) return _file.Invalid(row.Line, _map["verdict"] ?? _map["label"], "the report has neither a verdict nor a correct label", "Give one of them.");
        DateTimeOffset? time = null;
        if (_map.Of(row, "time") is { } moment)
        {
            if (!LogValues.TryTime(moment, out var read)) return _file.Invalid(row.Line, _map["time"], $"'{moment}' is no time", "Write 2027-01-31T18:05:09Z, or seconds or milliseconds since 1970.", target: moment);
            time = read;
        }
        feedback = new LoggedFeedback { Line = row.Line, PredictionId = id, Image = image, Model = _map.Of(row, "model"), Verdict = verdict, Label = label, Reason = _map.Of(row, "reason"), Reporter = _map.Of(row, "reporter"), Time = time };
        return null;
    }
}
