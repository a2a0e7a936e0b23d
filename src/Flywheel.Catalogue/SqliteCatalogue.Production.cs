using System.Text;

namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    /// <inheritdoc/>
    public void AddModel(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var path = Store(Path.GetFullPath(model.Path));
        var card = Json.Card(model with { Workspace = "", Path = path });
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

    /// <inheritdoc/>
    public void AddPredictions(IReadOnlyList<Prediction> predictions)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Count == 0) return;
        Write(s =>
        {
            var insert = s["""
                INSERT INTO prediction(id, image, path, model, label, confidence, margin, entropy, scores, time) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT(id) DO NOTHING
                """];
            foreach (var p in predictions)
                insert.Bind(1, p.Id).Bind(2, IdBytes(p.ImageId)).Bind(3, Store(p.Path)).Bind(4, p.ModelId).Bind(5, p.Label).Bind(6, p.Confidence).Bind(7, p.Margin)
                    .Bind(8, p.Entropy).Bind(9, Json.Scores(p.Scores)).Bind(10, p.Time.UtcTicks).Run();
            _rowsSinceCheckpoint += predictions.Count;
            return true;
        });
    }

    /// <inheritdoc/>
    public IEnumerable<Prediction> Predictions(PredictionQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        // ?1 model, ?2 since, ?3 dataset
        var sql = new StringBuilder("SELECT p.id, p.image, p.path, p.model, p.label, p.confidence, p.margin, p.entropy, p.scores, p.time, i.label FROM prediction p LEFT JOIN image i ON i.id=p.image WHERE 1");
        if (query.ModelId is not null) sql.Append(" AND p.model=?1");
        if (query.Since is not null) sql.Append(" AND p.time>=?2");
        if (query.Dataset is not null) sql.Append(" AND EXISTS(SELECT 1 FROM member m WHERE m.dataset=(SELECT n FROM dataset WHERE name=?3) AND m.image=i.n)");
        if (query.LatestPerImage)
        {
            sql.Append(" AND NOT EXISTS(SELECT 1 FROM prediction l WHERE l.image=p.image AND (l.time, l.n)>(p.time, p.n)");
            if (query.ModelId is not null) sql.Append(" AND l.model=?1");
            sql.Append(')');
        }
        sql.Append(" ORDER BY p.time, p.n");
        return Stream(sql.ToString(), q =>
        {
            if (query.ModelId is not null) q.Bind(1, query.ModelId);
            if (query.Since is { } since) q.Bind(2, since.UtcTicks);
            if (query.Dataset is not null) q.Bind(3, query.Dataset);
        }, q => new Prediction
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
            Truth = q.TextOrNull(10),
        });
    }
}
