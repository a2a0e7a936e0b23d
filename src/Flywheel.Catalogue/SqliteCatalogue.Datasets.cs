using Microsoft.Data.Sqlite;

namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    /// <summary>The dataset's number; made on first use.</summary>
    static long DatasetNumber(Session s, string name)
    {
        if (FindNumber(s, name) is { } n) return n;
        s["INSERT INTO dataset(name, created) VALUES(?1, ?2)"].Bind(1, name).Bind(2, Now).Run();
        return FindNumber(s, name)!.Value;
    }

    static long? FindNumber(Session s, string name)
    {
        var q = s["SELECT n FROM dataset WHERE name=?1"].Bind(1, name);
        if (!q.Step()) return null;
        var n = q.Long(0);
        q.Reset();
        return n;
    }

    static long RequireNumber(Session s, string name) => FindNumber(s, name)
        ?? throw new FlywheelException("DatasetNotFound", FaultCategory.NotFound, $"No dataset named '{name}' in the catalogue.", name, "List the datasets with Get-FlywheelDataset.");

    /// <inheritdoc/>
    public IReadOnlyList<Dataset> Datasets() => Read(s => ReadDatasets(s, new Statement(s.Connection, DatasetColumns + " ORDER BY name")));

    /// <inheritdoc/>
    public Dataset? FindDataset(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Read(s => ReadDatasets(s, new Statement(s.Connection, DatasetColumns + " WHERE name=?1").Bind(1, name)).FirstOrDefault());
    }

    const string DatasetColumns = "SELECT n, name, group_by, created, changes, summary_of, summary FROM dataset";

    List<Dataset> ReadDatasets(Session s, Statement q)
    {
        // One snapshot: counter, members and labels must belong together.
        s["BEGIN"].Run();
        var fresh = new List<(long Number, long Changes, string Summary)>();
        var datasets = new List<Dataset>();
        try
        {
            while (q.Step())
            {
                var changes = q.Long(4);
                DatasetSummary summary;
                if (!q.IsNull(5) && q.Long(5) == changes) summary = Json.Summary(q.Text(6));
                else
                {
                    summary = Rows(s, q.Long(0)).Summarise();
                    fresh.Add((q.Long(0), changes, Json.Summary(summary)));
                }
                datasets.Add(new Dataset
                {
                    Name = q.Text(1),
                    Workspace = _root,
                    VersionId = summary.VersionId,
                    Images = summary.Images,
                    Labelled = summary.Labels.Values.Sum(),
                    LabelCounts = summary.Labels,
                    Boxed = summary.Boxed,
                    BoxCounts = summary.Boxes,
                    SplitCounts = summary.Splits,
                    GroupBy = q.TextOrNull(2),
                    Created = Time(q.Long(3)),
                });
            }
        }
        finally
        {
            q.Dispose();
            s["COMMIT"].Run();
        }
        foreach (var (number, changes, summary) in fresh) Remember(number, changes, summary);
        return datasets;
    }

    /// <summary>Keeps a summary with the change counter it was made at. Only a cache: if a writer is at work, the next reader makes it again.</summary>
    void Remember(long number, long changes, string summary)
    {
        if (!_writing.TryEnter()) return;
        try
        {
            if (_disposed) return;
            _writer["PRAGMA busy_timeout=0"].Run();
            try
            {
                _writer["UPDATE dataset SET summary_of=?2, summary=?3 WHERE n=?1 AND changes=?2"].Bind(1, number).Bind(2, changes).Bind(3, summary).Run();
            }
            catch (SqliteException e) when (e.SqliteErrorCode is 5 or 6)
            {
                // Another process is writing.
            }
            finally
            {
                _writer["PRAGMA busy_timeout=10000"].Run();
            }
        }
        finally
        {
            _writing.Exit();
        }
    }

    static VersionRows Rows(Session s, long dataset)
    {
        var rows = new VersionRows.Builder();
        var q = s["SELECT i.id, i.label, m.split, i.boxes FROM member m CROSS JOIN image i ON i.n=m.image WHERE m.dataset=?1 AND i.excluded IS NULL"].Bind(1, dataset);
        while (q.Step()) rows.Add(q.Blob(0), q.TextOrNull(1), (DataSplit)q.Int(2), q.TextOrNull(3));
        return rows.Build();
    }

    /// <inheritdoc/>
    /// <remarks>An image that is a member already keeps its split; one that has none yet gets it.</remarks>
    public int AddMembers(string dataset, IReadOnlyCollection<string> imageIds, DataSplit split = DataSplit.None)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(dataset);
        ArgumentNullException.ThrowIfNull(imageIds);
        return Write(s =>
        {
            var set = DatasetNumber(s, dataset);
            var added = 0;
            var changed = 0;
            foreach (var id in imageIds)
            {
                var n = ImageNumber(s, id);
                var isNew = s["INSERT INTO member(dataset, image, split) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING"].Bind(1, set).Bind(2, n).Bind(3, (long)split).Run();
                if (isNew == 0 && split != DataSplit.None)
                    changed += s["UPDATE member SET split=?3 WHERE dataset=?1 AND image=?2 AND split=0"].Bind(1, set).Bind(2, n).Bind(3, (long)split).Run();
                added += isNew;
            }
            if (added + changed > 0) s["UPDATE dataset SET changes=changes+1 WHERE n=?1"].Bind(1, set).Run();
            return added;
        });
    }

    static long ImageNumber(Session s, string id)
    {
        var q = s["SELECT n FROM image WHERE id=?1"].Bind(1, IdBytes(id));
        if (!q.Step()) throw ImageNotFound(id);
        var n = q.Long(0);
        q.Reset();
        return n;
    }

    /// <inheritdoc/>
    public void AssignSplits(string dataset, IReadOnlyDictionary<string, DataSplit> splits, string? groupBy)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataset);
        ArgumentNullException.ThrowIfNull(splits);
        Write(s =>
        {
            var set = RequireNumber(s, dataset);
            var changed = false;
            foreach (var (id, split) in splits)
            {
                var n = ImageNumber(s, id);
                var q = s["SELECT split FROM member WHERE dataset=?1 AND image=?2"].Bind(1, set).Bind(2, n);
                if (!q.Step())
                    throw new FlywheelException("ImageNotInDataset", FaultCategory.InvalidArgument, $"The image '{id}' is not in the dataset '{dataset}'.", id, "Add it to the dataset first.");
                var present = (DataSplit)q.Int(0);
                q.Reset();
                if (present == split) continue;
                if (present != DataSplit.None)
                    throw new FlywheelException("SplitIsSticky", FaultCategory.InvalidOperation,
                        $"The image '{id}' is in {present} of the dataset '{dataset}' and cannot move to {split}: results before and after would not compare.", id,
                        "Make a new dataset if another split is needed.");
                s["UPDATE member SET split=?3 WHERE dataset=?1 AND image=?2"].Bind(1, set).Bind(2, n).Bind(3, (long)split).Run();
                changed = true;
            }
            if (groupBy is not null) s["UPDATE dataset SET group_by=?2 WHERE n=?1"].Bind(1, set).Bind(2, groupBy).Run();
            if (changed) s["UPDATE dataset SET changes=changes+1 WHERE n=?1"].Bind(1, set).Run();
            return true;
        });
    }

    /// <inheritdoc/>
    public DatasetVersion Snapshot(string dataset)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataset);
        return Write(s =>
        {
            var set = RequireNumber(s, dataset);
            var rows = Rows(s, set);
            var summary = rows.Summarise();
            var id = Convert.FromHexString(summary.VersionId);
            s["UPDATE dataset SET summary_of=changes, summary=?2 WHERE n=?1"].Bind(1, set).Bind(2, Json.Summary(summary)).Run();
            if (FindVersion(s, id) is not { } version)
            {
                s["INSERT INTO version(id, images, rows) VALUES(?1, ?2, ?3)"].Bind(1, id).Bind(2, (long)rows.Count).Bind(3, rows.Pack()).Run();
                version = FindVersion(s, id)!.Value;
            }
            s["INSERT INTO dataset_version(dataset, version, created) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING"].Bind(1, set).Bind(2, version).Bind(3, Now).Run();
            return ReadVersions(s["SELECT v.id, d.name, v.images, dv.created FROM dataset_version dv JOIN version v ON v.n=dv.version JOIN dataset d ON d.n=dv.dataset WHERE dv.dataset=?1 AND dv.version=?2"]
                .Bind(1, set).Bind(2, version))[0];
        });
    }

    static long? FindVersion(Session s, byte[] id)
    {
        var q = s["SELECT n FROM version WHERE id=?1"].Bind(1, id);
        if (!q.Step()) return null;
        var n = q.Long(0);
        q.Reset();
        return n;
    }

    /// <inheritdoc/>
    public IReadOnlyList<DatasetVersion> Versions(string dataset)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataset);
        return Read(s => ReadVersions(s["SELECT v.id, d.name, v.images, dv.created FROM dataset_version dv JOIN version v ON v.n=dv.version JOIN dataset d ON d.n=dv.dataset WHERE d.name=?1 ORDER BY dv.n"].Bind(1, dataset)));
    }

    static List<DatasetVersion> ReadVersions(Statement q)
    {
        var versions = new List<DatasetVersion>();
        while (q.Step()) versions.Add(new DatasetVersion(q.Hex(0), q.Text(1), q.Int(2), Time(q.Long(3))));
        return versions;
    }

    /// <inheritdoc/>
    public IReadOnlyList<DatasetVersionEntry>? VersionEntries(string versionId)
    {
        ArgumentException.ThrowIfNullOrEmpty(versionId);
        if (!PrefixBounds(versionId, 4, out var low, out var high)) return null;
        return Read(s =>
        {
            var q = s["SELECT rows FROM version WHERE id BETWEEN ?1 AND ?2 LIMIT 2"].Bind(1, low).Bind(2, high);
            if (!q.Step()) return null;
            var rows = VersionRows.Unpack(q.Blob(0));
            var ambiguous = q.Step();
            q.Reset();
            return ambiguous
                ? throw new FlywheelException("AmbiguousVersion", FaultCategory.InvalidArgument, $"More than one dataset version starts with '{versionId}'.", versionId, "Give more digits.")
                : rows;
        });
    }
}
