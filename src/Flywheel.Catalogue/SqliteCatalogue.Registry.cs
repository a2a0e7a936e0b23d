namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    /// <inheritdoc/>
    public ModelVersion AddModelVersion(ModelVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return Write(s =>
        {
            s["INSERT INTO model_version(name, model, path, dataset_version, author, published) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"]
                .Bind(1, version.Name).Bind(2, version.ModelId).Bind(3, Store(Path.GetFullPath(version.Path))).Bind(4, version.DatasetVersion).Bind(5, version.Author)
                .Bind(6, version.Published.UtcTicks).Run();
            return version with { Number = checked((int)Next(s, "SELECT last_insert_rowid()")) };
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<ModelVersion> ModelVersions() => [.. Stream("SELECT number, name, model, path, dataset_version, author, published FROM model_version ORDER BY number", _ => { }, q => new ModelVersion
    {
        Number = q.Int(0),
        Name = q.Text(1),
        ModelId = q.Text(2),
        Path = Load(q.Text(3)),
        DatasetVersion = q.Text(4),
        Author = q.Text(5),
        Published = Time(q.Long(6)),
    })];

    /// <inheritdoc/>
    public void RemoveModelVersion(int number) => Write(s =>
    {
        var q = s["SELECT name FROM alias WHERE version=?1 ORDER BY name"].Bind(1, number);
        var aliases = new List<string>();
        while (q.Step()) aliases.Add(q.Text(0));
        if (aliases.Count > 0)
            throw new FlywheelException("ModelVersionInUse", FaultCategory.InvalidOperation, $"Version {number} cannot be removed: {string.Join(" and ", aliases)} point{(aliases.Count == 1 ? "s" : "")} to it.", number,
                "Publish or restore another version under that alias first.");
        return s["DELETE FROM model_version WHERE number=?1"].Bind(1, number).Run() > 0 ? true : throw VersionNotFound(number);
    });

    /// <inheritdoc/>
    public IReadOnlyList<ModelAlias> Aliases() => [.. Stream("SELECT a.name, a.version, v.model, a.moved FROM alias a JOIN model_version v ON v.number=a.version ORDER BY a.name", _ => { }, ReadAlias)];

    /// <inheritdoc/>
    public ModelAlias? FindAlias(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Read(s =>
        {
            var q = s["SELECT a.name, a.version, v.model, a.moved FROM alias a JOIN model_version v ON v.number=a.version WHERE a.name=?1"].Bind(1, name);
            var alias = q.Step() ? ReadAlias(q) : null;
            q.Reset();
            return alias;
        });
    }

    static ModelAlias ReadAlias(Statement q) => new(q.Text(0), q.Int(1), q.Text(2), Time(q.Long(3)));

    /// <inheritdoc/>
    public void MoveAliases(IReadOnlyList<AliasMove> moves)
    {
        ArgumentNullException.ThrowIfNull(moves);
        if (moves.Count == 0) return;
        Write(s =>
        {
            foreach (var move in moves)
            {
                var q = s["SELECT version FROM alias WHERE name=?1"].Bind(1, move.Alias);
                int? now = q.Step() ? q.Int(0) : null;
                q.Reset();
                if (now != move.From)
                    throw new FlywheelException("AliasMovedMeanwhile", FaultCategory.ResourceBusy,
                        $"The alias '{move.Alias}' {(now is null ? "does not exist any more" : $"points to version {now}")}, not to {(move.From is null ? "nothing" : $"version {move.From}")}: somebody else moved it. Nothing was changed.",
                        move.Alias, "Look at Get-FlywheelModel and decide again.");
                if (move.To is not { } to)
                {
                    s["DELETE FROM alias WHERE name=?1"].Bind(1, move.Alias).Run();
                }
                else
                {
                    var known = s["SELECT 1 FROM model_version WHERE number=?1"].Bind(1, (long)to);
                    var found = known.Step();
                    known.Reset();
                    if (!found) throw VersionNotFound(to);
                    s["INSERT INTO alias(name, version, moved) VALUES(?1, ?2, ?3) ON CONFLICT(name) DO UPDATE SET version=excluded.version, moved=excluded.moved"]
                        .Bind(1, move.Alias).Bind(2, (long)to).Bind(3, move.Time.UtcTicks).Run();
                }
                s["INSERT INTO alias_move(alias, from_version, to_version, model, kind, author, reason, forced, gate, time) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"]
                    .Bind(1, move.Alias).Bind(2, (long?)move.From).Bind(3, (long?)move.To).Bind(4, move.ModelId).Bind(5, (long)move.Kind).Bind(6, move.Author).Bind(7, move.Reason)
                    .Bind(8, move.Forced ? 1L : 0L).Bind(9, move.Gate).Bind(10, move.Time.UtcTicks).Run();
            }
            return true;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<AliasMove> AliasMoves(string? alias = null)
    {
        var where = new SqlConditions();
        where.Add(alias, "alias={0}");
        return [.. Stream($"SELECT alias, from_version, to_version, model, kind, author, reason, forced, gate, time FROM alias_move WHERE {where} ORDER BY n", where.Bind, q => new AliasMove
        {
            Alias = q.Text(0),
            From = q.IsNull(1) ? null : q.Int(1),
            To = q.IsNull(2) ? null : q.Int(2),
            ModelId = q.Text(3),
            Kind = (AliasMoveKind)q.Int(4),
            Author = q.Text(5),
            Reason = q.Text(6),
            Forced = q.Int(7) != 0,
            Gate = q.TextOrNull(8),
            Time = Time(q.Long(9)),
        })];
    }

    static FlywheelException VersionNotFound(int number) =>
        new("ModelVersionNotFound", FaultCategory.NotFound, $"There is no version {number} in the registry.", number, "List versions with Get-FlywheelModel.");
}
