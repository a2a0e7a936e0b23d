using System.Globalization;

namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    /// <summary>The tables of a page, its conditions and the column it is ordered by.</summary>
    static (string From, string Split, string Key, SqlConditions Where) Browsing(ImageBrowse query, bool counts)
    {
        ArgumentNullException.ThrowIfNull(query);
        var filter = query.Filter;
        if (filter.Split is not null && filter.Dataset is null)
            throw new FlywheelException("SplitNeedsDataset", FaultCategory.InvalidArgument, "A split belongs to a dataset; the query names none.", filter.Split, "Name the dataset as well.");
        if (!ImageBrowse.Orders.Contains(query.Order))
            throw new FlywheelException("InvalidOrder", FaultCategory.InvalidArgument, $"Images cannot be ordered by '{query.Order}'.", query.Order, $"Orders: {string.Join(", ", ImageBrowse.Orders)}.");
        var where = new SqlConditions();
        var (from, split) = ("image i", "0");
        if (filter.Dataset is not null)
        {
            (from, split) = ("member m CROSS JOIN image i ON i.n=m.image", "m.split");
            where.Add(filter.Dataset, "m.dataset=(SELECT n FROM dataset WHERE name={0})");
            if (filter.Split is { } part) where.Add($"m.split={(int)part}");
        }
        AddConditions(where, query.OnlyExcluded ? filter with { IncludeExcluded = true } : filter);
        if (query.OnlyExcluded) where.Add("i.excluded IS NOT NULL");
        if (query.Provenances is { } sources) where.Add($"i.provenance IN ({string.Join(", ", sources.Select(s => (int)s))})");
        var key = query.Order switch { ImageBrowse.ByArrival => "i.n", ImageBrowse.ByConfidence => "coalesce(p.confidence, -1)", var property => "i." + property };
        if (!counts || query.Predicted is not null || query.Disagrees is not null)
        {
            // The newest prediction of each image, found through the index over image and time.
            var model = query.ModelId is { } id ? $"l.model={where.Parameter(id)} AND " : "";
            from += $" LEFT JOIN prediction p ON p.n=(SELECT l.n FROM prediction l WHERE l.image=i.id AND {model}l.source<>{(int)PredictionSource.Shadow} ORDER BY l.time DESC, l.n DESC LIMIT 1)";
            where.Add(query.Predicted is { } predicted ? Json.Strings(predicted) : null, "p.label IN (SELECT value FROM json_each({0}))");
            if (query.Disagrees is { } disagrees) where.Add($"p.label{(disagrees ? "<>" : "=")}i.label");
        }
        return (from, split, key, where);
    }

    /// <inheritdoc/>
    public ImagePage Browse(ImageBrowse query)
    {
        var (from, split, key, where) = Browsing(query, counts: false);
        if (query.Size is < 1 or > 10_000)
            throw new FlywheelException("InvalidPage", FaultCategory.InvalidArgument, $"A page of {query.Size} images.", query.Size, "Ask for 1 to 10,000.");
        if (query.After is { } after)
        {
            var at = after.IndexOf(':', StringComparison.Ordinal);
            if (at < 0 || !double.TryParse(after.AsSpan(0, at), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !long.TryParse(after.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new FlywheelException("InvalidPage", FaultCategory.InvalidArgument, $"'{after}' is not the end of a page.", after, "Give what the page before named as the next.");
            var beyond = query.Descending ? "<" : ">";
            if (query.Order == ImageBrowse.ByArrival) where.Add($"i.n{beyond}{where.Parameter(number)}");
            else where.Add($"({key}, i.n){beyond}({where.Parameter(value)}, {where.Parameter(number)})");
        }
        var way = query.Descending ? " DESC" : "";
        var order = query.Order == ImageBrowse.ByArrival ? (query.Filter.Dataset is null ? "i.n" : "m.image") + way : $"{key}{way}, i.n{way}";
        var tags = query.Filter.Tags is { Count: > 0 } t ? t : null;
        var sql = $"SELECT {ImageColumns}, {split}, p.label, p.confidence, p.model, {key}, i.n FROM {from} WHERE {where} ORDER BY {order}";
        if (tags is null) sql += $" LIMIT {query.Size + 1}"; // tags are matched here, as in Images
        var rows = Stream(sql, where.Bind, q => (
            Image: new BrowsedImage(ReadImage(q), q.TextOrNull(19), q.IsNull(20) ? null : q.Double(20), q.TextOrNull(21)),
            End: string.Create(CultureInfo.InvariantCulture, $"{q.Double(22):R}:{q.Long(23)}")));
        if (tags is not null) rows = rows.Where(r => tags.All(w => r.Image.Image.Tags.TryGetValue(w.Key, out var value) && Matches(w.Value, value)));
        var page = rows.Take(query.Size + 1).ToList();
        return page.Count <= query.Size ? new ImagePage([.. page.Select(r => r.Image)], null) : new ImagePage([.. page.Take(query.Size).Select(r => r.Image)], page[query.Size - 1].End);
    }

    /// <inheritdoc/>
    public int CountImages(ImageBrowse query)
    {
        var (from, _, _, where) = Browsing(query, counts: true);
        if (query.Filter.Tags is { Count: > 0 } tags)
            return Stream($"SELECT i.tags FROM {from} WHERE {where}", where.Bind, q => Json.Tags(q.TextOrNull(0))).Count(of => tags.All(w => of.TryGetValue(w.Key, out var value) && Matches(w.Value, value)));
        return Stream($"SELECT count(*) FROM {from} WHERE {where}", where.Bind, q => q.Int(0)).Single();
    }

    /// <inheritdoc/>
    public ImageUse UseOf(string imageId) => Read(s =>
    {
        var n = ImageNumber(s, imageId);
        var sources = new List<string>();
        var q = s["SELECT path FROM source WHERE image=?1 ORDER BY path"].Bind(1, n);
        while (q.Step()) sources.Add(Load(q.Text(0)));
        var datasets = new List<KeyValuePair<string, DataSplit>>();
        q = s["SELECT d.name, m.split FROM dataset d JOIN member m ON m.dataset=d.n AND m.image=?1 ORDER BY d.name"].Bind(1, n);
        while (q.Step()) datasets.Add(new(q.Text(0), (DataSplit)q.Int(1)));
        var names = new List<(long Number, string Name)>();
        q = s["SELECT q.n, q.name FROM queue q JOIN queue_item t ON t.queue=q.n AND t.image=?1 ORDER BY q.n"].Bind(1, n);
        while (q.Step()) names.Add((q.Long(0), q.Text(1)));
        var queues = new List<KeyValuePair<string, QueueItem>>();
        foreach (var (queue, name) in names)
        {
            var votes = Votes(s, queue);
            var item = s[ItemColumns + " WHERE t.queue=?1 AND t.image=?4"].Bind(1, queue).Bind(2, (long)votes).Bind(3, Now).Bind(4, n);
            while (item.Step()) queues.Add(new(name, ReadItem(item)));
        }
        return new ImageUse(sources, datasets, queues);
    });
}
