namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    /// <inheritdoc/>
    public void AddModel(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var path = model.IsExternal ? "" : Store(Path.GetFullPath(model.Path));
        var card = Json.Card(model with { Workspace = "", Path = path, Version = null, Aliases = [] });
        // The same training gives the same bytes, so the same id: recording it again brings the record up to date.
        Write(s => s["""
            INSERT INTO model(id, name, created, path, card) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(id, name) DO UPDATE SET created=excluded.created, path=excluded.path, card=excluded.card
            """].Bind(1, model.Id).Bind(2, model.Name).Bind(3, model.Created.UtcTicks).Bind(4, path).Bind(5, card).Run());
    }

    /// <inheritdoc/>
    public IReadOnlyList<Model> Models() => Read(s =>
    {
        var models = new List<Model>();
        var q = s["SELECT card FROM model ORDER BY created, n"];
        while (q.Step()) models.Add(ReadModel(q));
        return models;
    });

    /// <inheritdoc/>
    public Model? FindModel(string nameOrId)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrId);
        return Read(s =>
        {
            var byName = s["SELECT card FROM model WHERE name=?1 ORDER BY created DESC, n DESC LIMIT 1"].Bind(1, nameOrId);
            if (byName.Step())
            {
                var model = ReadModel(byName);
                byName.Reset();
                return model;
            }
            if (nameOrId.Length < 4 || !nameOrId.All(char.IsAsciiHexDigit)) return null;
            var byId = s["SELECT card FROM model WHERE id >= ?1 AND id < ?1 || 'g' ORDER BY created DESC, n DESC"].Bind(1, nameOrId.ToLowerInvariant());
            Model? found = null;
            while (byId.Step())
            {
                var model = ReadModel(byId);
                if (found is not null && found.Id != model.Id)
                {
                    byId.Reset();
                    throw new FlywheelException("AmbiguousModelId", FaultCategory.InvalidArgument, $"More than one model id starts with '{nameOrId}'.", nameOrId, "Give more digits.");
                }
                found ??= model;
            }
            return found;
        });
    }

    Model ReadModel(Statement q)
    {
        var model = Json.Card(q.Text(0));
        return model with { Path = Load(model.Path), Workspace = _root };
    }

    const string PredictionColumns = """
        p.id, p.image, p.path, p.model, p.label, p.confidence, p.margin, p.entropy, p.scores, p.time, p.tags, p.source, CASE WHEN i.provenance IS NOT 2 THEN i.label END,
        f.id, f.verdict, f.label, f.reason, f.reporter, f.time, i.tags
        """;

    // The newest report counts.
    const string PredictionTables = """
        prediction p LEFT JOIN image i ON i.id=p.image
        LEFT JOIN feedback f ON f.n=(SELECT max(n) FROM feedback WHERE prediction=p.id)
        """;

    /// <inheritdoc/>
    public void AddPredictions(IReadOnlyList<Prediction> predictions)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Count == 0) return;
        _rowsSinceCheckpoint += predictions.Count;
        Write(s =>
        {
            AddPredictions(s, predictions);
            return true;
        });
    }

    /// <inheritdoc/>
    public void AddPredictions(IReadOnlyList<Prediction> predictions, string dataset, IReadOnlyList<ImageRecord> images, string author)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentException.ThrowIfNullOrWhiteSpace(dataset);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIfNullOrWhiteSpace(author);
        if (predictions.Count == 0 && images.Count == 0) return;
        var ready = new ReadyImages(images, Store);
        _rowsSinceCheckpoint += predictions.Count + images.Count;
        Write(s =>
        {
            AddImages(s, dataset, ready, author);
            AddPredictions(s, predictions);
            return true;
        });
    }

    void AddPredictions(Session s, IReadOnlyList<Prediction> predictions)
    {
        var insert = s["""
            INSERT INTO prediction(id, image, path, model, label, confidence, margin, entropy, scores, time, tags, source)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT(id) DO NOTHING
            """];
        foreach (var p in predictions)
            insert.Bind(1, p.Id).Bind(2, IdBytes(p.ImageId)).Bind(3, Store(p.Path)).Bind(4, p.ModelId).Bind(5, p.Label).Bind(6, p.Confidence).Bind(7, p.Margin)
                .Bind(8, p.Entropy).Bind(9, Json.Scores(p.Scores)).Bind(10, p.Time.UtcTicks).Bind(11, Json.Tags(p.Tags)).Bind(12, (long)p.Source).Run();
    }

    /// <inheritdoc/>
    public IEnumerable<Prediction> Predictions(PredictionQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var where = new SqlConditions();
        where.Add(query.ModelId, "p.model={0}");
        where.Add(query.Since?.UtcTicks, "p.time>={0}");
        where.Add(query.Until?.UtcTicks, "p.time<{0}");
        where.Add(query.Dataset, "EXISTS(SELECT 1 FROM member m WHERE m.dataset=(SELECT n FROM dataset WHERE name={0}) AND m.image=i.n)");
        where.Add(query.Ids is { } ids ? Json.Strings(ids) : null, "p.id IN (SELECT value FROM json_each({0}))");
        where.Add(query.ImageIds is { } imageIds ? Json.Strings(imageIds) : null, "p.image IN (SELECT unhex(value) FROM json_each({0}))");
        where.Add(query.Labels is { } labels ? Json.Strings(labels) : null, "p.label IN (SELECT value FROM json_each({0}))");
        where.Add(query.MinConfidence, "p.confidence>={0}");
        where.Add(query.MaxConfidence, "p.confidence<={0}");
        where.AddProperties(query.Properties);
        // A label a machine gave (provenance 2) is not the truth.
        const string truth = "(CASE WHEN i.label IS NOT NULL AND i.provenance IS NOT 2 THEN i.label=p.label WHEN f.n IS NOT NULL THEN f.verdict=0 END)";
        if (query.Correct is { } correct) where.Add($"{truth}={(correct ? 1 : 0)}");
        if (query.Judged is { } judged) where.Add($"{truth} IS {(judged ? "NOT " : "")}NULL");
        if (query.HasFeedback is { } has) where.Add($"f.n IS {(has ? "NOT " : "")}NULL");
        if (query.Reason is not null) where.Add("f.reason IS NOT NULL");
        var sources = query.Sources is { } some ? $" IN ({string.Join(',', some.Select(x => (int)x))})" : $"<>{(int)PredictionSource.Shadow}";
        where.Add("p.source" + sources);
        if (query.LatestPerImage)
        {
            where.Add($"NOT EXISTS(SELECT 1 FROM prediction l WHERE l.image=p.image AND (l.time, l.n)>(p.time, p.n) AND l.source{sources}" +
                (query.ModelId is not null ? " AND l.model=p.model)" : ")"));
        }
        var order = query.NewestFirst ? " DESC" : "";
        var sql = $"SELECT {PredictionColumns} FROM {PredictionTables} WHERE {where} ORDER BY p.time{order}, p.n{order}";
        var tags = query.Tags is { Count: > 0 } t ? t : null;
        // Texts are matched here: SQLite ignores case in the Latin alphabet only.
        var matched = tags is not null || query.Reason is not null;
        if (query.First is { } first && !matched) sql += $" LIMIT {first}";
        var rows = Stream(sql, where.Bind, q => (Prediction: ReadPrediction(q), ImageTags: tags is null ? null : q.TextOrNull(19)));
        if (!matched) return rows.Select(r => r.Prediction);
        var found = rows.Where(r => query.Reason is null || r.Prediction.Feedback!.Reason!.Contains(query.Reason, StringComparison.OrdinalIgnoreCase))
            .Where(r => tags is null || Json.Tags(r.ImageTags) is var ofImage && tags.All(w => (r.Prediction.Tags.TryGetValue(w.Key, out var value) || ofImage.TryGetValue(w.Key, out value)) && Matches(w.Value, value)))
            .Select(r => r.Prediction);
        return query.First is { } top ? found.Take(top) : found;
    }

    /// <inheritdoc/>
    public Prediction? FindPrediction(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        // Ids are hexadecimal digits and dashes, in lower case; 'g' sorts behind all of them.
        if (id.Length is < 8 or > 36 || !id.All(c => char.IsAsciiHexDigit(c) || c == '-')) return null;
        return Read(s =>
        {
            var q = s[$"SELECT {PredictionColumns} FROM {PredictionTables} WHERE p.id >= ?1 AND p.id < ?1 || 'g' LIMIT 2"].Bind(1, id.ToLowerInvariant());
            if (!q.Step()) return null;
            var found = ReadPrediction(q);
            var ambiguous = q.Step();
            q.Reset();
            return ambiguous
                ? throw new FlywheelException("AmbiguousPredictionId", FaultCategory.InvalidArgument, $"More than one prediction id starts with '{id}'.", id, "Give more digits.")
                : found;
        });
    }

    Prediction ReadPrediction(Statement q) => new()
    {
        Id = q.Text(0),
        ImageId = q.Hex(1),
        Path = Load(q.Text(2)),
        ModelId = q.Text(3),
        Label = q.Text(4),
        Confidence = q.Double(5),
        Margin = q.Double(6),
        Entropy = q.Double(7),
        Scores = Json.Scores(q.Text(8)),
        Time = Time(q.Long(9)),
        Tags = Json.Tags(q.TextOrNull(10)),
        Source = (PredictionSource)q.Int(11),
        Truth = q.TextOrNull(12),
        Feedback = q.IsNull(13) ? null : new Feedback
        {
            Id = q.Text(13),
            PredictionId = q.Text(0),
            ImageId = q.Hex(1),
            Verdict = (FeedbackVerdict)q.Int(14),
            Label = q.TextOrNull(15),
            Reason = q.TextOrNull(16),
            Reporter = q.Text(17),
            Time = Time(q.Long(18)),
        },
    };

    /// <inheritdoc/>
    public void AddFeedback(IReadOnlyList<Feedback> feedback)
    {
        ArgumentNullException.ThrowIfNull(feedback);
        if (feedback.Count == 0) return;
        Write(s =>
        {
            var known = s["SELECT 1 FROM prediction WHERE id=?1"];
            var insert = s["INSERT INTO feedback(id, prediction, verdict, label, reason, reporter, time) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(id) DO NOTHING"];
            foreach (var f in feedback)
            {
                var found = known.Bind(1, f.PredictionId).Step();
                known.Reset();
                if (!found)
                    throw new FlywheelException("PredictionNotFound", FaultCategory.NotFound, $"No prediction with the id '{f.PredictionId}' in the catalogue.", f.PredictionId,
                        "Take ids from the endpoint's answers or from Get-FlywheelPrediction.");
                insert.Bind(1, f.Id).Bind(2, f.PredictionId).Bind(3, (long)f.Verdict).Bind(4, f.Label).Bind(5, f.Reason).Bind(6, f.Reporter).Bind(7, f.Time.UtcTicks).Run();
            }
            return true;
        });
    }

    /// <inheritdoc/>
    public IEnumerable<Feedback> Feedback(FeedbackQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var where = new SqlConditions();
        where.Add(query.ModelId, "p.model={0}");
        where.Add(query.PredictionId, "p.id={0}");
        where.Add(query.Ids is { } ids ? Json.Strings(ids) : null, "f.id IN (SELECT value FROM json_each({0}))");
        where.Add(query.Since?.UtcTicks, "f.time>={0}");
        return Stream($"SELECT f.id, p.id, p.image, f.verdict, f.label, f.reason, f.reporter, f.time FROM feedback f JOIN prediction p ON p.id=f.prediction WHERE {where} ORDER BY f.n", where.Bind, q => new Feedback
        {
            Id = q.Text(0),
            PredictionId = q.Text(1),
            ImageId = q.Hex(2),
            Verdict = (FeedbackVerdict)q.Int(3),
            Label = q.TextOrNull(4),
            Reason = q.TextOrNull(5),
            Reporter = q.Text(6),
            Time = Time(q.Long(7)),
        });
    }

    /// <inheritdoc/>
    public void AddAuditPicks(IReadOnlyList<AuditPick> picks)
    {
        ArgumentNullException.ThrowIfNull(picks);
        if (picks.Count == 0) return;
        Write(s =>
        {
            var insert = s["INSERT INTO audit_pick(image, model, stratum, probability, task, time) VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING"];
            foreach (var p in picks) insert.Bind(1, IdBytes(p.ImageId)).Bind(2, p.ModelId).Bind(3, p.Stratum).Bind(4, p.Probability).Bind(5, p.Task).Bind(6, p.Time.UtcTicks).Run();
            return true;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<AuditPick> AuditPicks(string? modelId = null)
    {
        var where = new SqlConditions();
        where.Add(modelId, "model={0}");
        return [.. Stream($"SELECT image, model, stratum, probability, task, time FROM audit_pick WHERE {where} ORDER BY n", where.Bind, q => new AuditPick
        {
            ImageId = q.Hex(0),
            ModelId = q.Text(1),
            Stratum = q.Text(2),
            Probability = q.Double(3),
            Task = q.Text(4),
            Time = Time(q.Long(5)),
        })];
    }

    /// <inheritdoc/>
    public void AddReport(StoredReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Write(s => s["INSERT INTO report(id, kind, model, time, body) VALUES(?1, ?2, ?3, ?4, ?5)"]
            .Bind(1, report.Id).Bind(2, report.Kind).Bind(3, report.ModelId).Bind(4, report.Time.UtcTicks).Bind(5, report.Json).Run());
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> Reports(string kind, string? modelId = null, DateTimeOffset? since = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        var where = new SqlConditions();
        where.Add(kind, "kind={0}");
        where.Add(modelId, "model={0}");
        where.Add(since?.UtcTicks, "time>={0}");
        return [.. Stream($"SELECT id, kind, model, time, body FROM report WHERE {where} ORDER BY time, n", where.Bind,
            q => new StoredReport(q.Text(0), q.Text(1), q.TextOrNull(2), Time(q.Long(3)), q.Text(4)))];
    }
}
