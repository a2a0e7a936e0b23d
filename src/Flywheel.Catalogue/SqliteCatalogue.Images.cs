using System.IO.Enumeration;

namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    const string ImageColumns = "i.id, i.path, i.format, i.bytes, i.width, i.height, i.brightness, i.contrast, i.sharpness, i.entropy, i.colorfulness, i.hash, i.label, i.provenance, i.tags, i.boxes, i.boxes_provenance, i.excluded";

    /// <summary>Images in the catalogue.</summary>
    public int CountImages() => Read(s =>
    {
        var q = s["SELECT count(*) FROM image"];
        q.Step();
        var n = q.Int(0);
        q.Reset();
        return n;
    });

    /// <inheritdoc/>
    public AddImagesResult AddImages(string dataset, IReadOnlyList<ImageRecord> images, string author)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(dataset);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIfNullOrWhiteSpace(author);
        var ready = new ReadyImages(images, Store);
        _rowsSinceCheckpoint += images.Count;
        return Write(s => AddImages(s, dataset, ready, author));
    }

    /// <summary>What can be made ready outside the transaction.</summary>
    sealed class ReadyImages
    {
        public ReadyImages(IReadOnlyList<ImageRecord> records, Func<string, string> store)
        {
            Records = records;
            Tags = [.. records.Select(r => Json.Tags(r.Tags))];
            Ids = [.. records.Select(r => IdBytes(r.Id))];
            Paths = [.. records.Select(r => store(r.Path))];
        }

        public IReadOnlyList<ImageRecord> Records { get; }
        public string?[] Tags { get; }
        public byte[][] Ids { get; }
        public string[] Paths { get; }
    }

    static AddImagesResult AddImages(Session s, string dataset, ReadyImages ready, string author)
    {
        var (images, tags, ids, paths) = (ready.Records, ready.Tags, ready.Ids, ready.Paths);
        var set = DatasetNumber(s, dataset);
        var next = Next(s, "SELECT coalesce(max(n), 0) + 1 FROM image");
        var now = Now;
        int added = 0, present = 0;
        List<LabelConflict>? conflicts = null;
        var insertImage = s["""
            INSERT INTO image(n, id, path, format, bytes, width, height, brightness, contrast, sharpness, entropy, colorfulness, hash, label, provenance, tags)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) ON CONFLICT(id) DO NOTHING
            """];
        var insertSource = s["INSERT INTO source(path, image, bytes, modified) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(path) DO UPDATE SET image=excluded.image, bytes=excluded.bytes, modified=excluded.modified"];
        var insertMember = s["INSERT INTO member(dataset, image) VALUES(?1, ?2) ON CONFLICT DO NOTHING"];
        var find = s["SELECT n, label, tags, path FROM image WHERE id=?1"];
        for (var i = 0; i < images.Count; i++)
        {
            var record = images[i];
            var m = record.Measurement;
            long n;
            // A record without a size comes from a file known before, and is not inserted.
            var isNew = m.Width > 0 && insertImage.Bind(1, next).Bind(2, ids[i]).Bind(3, paths[i]).Bind(4, record.Format).Bind(5, record.Bytes)
                .Bind(6, m.Width).Bind(7, m.Height).Bind(8, m.Brightness).Bind(9, m.Contrast).Bind(10, m.Sharpness).Bind(11, m.Entropy)
                .Bind(12, m.Colorfulness).Bind(13, unchecked((long)m.PerceptualHash)).Bind(14, record.Label)
                .Bind(15, record.Label is null ? null : (long)AnnotationProvenance.Imported).Bind(16, tags[i]).Run() > 0;
            if (isNew)
            {
                n = next++;
                if (record.Label is not null) AppendToLedger(s, n, null, record.Label, AnnotationProvenance.Imported, author, paths[i], now);
            }
            else
            {
                if (!find.Bind(1, ids[i]).Step())
                {
                    find.Reset();
                    throw new FlywheelException("ImageNotMeasured", FaultCategory.InvalidOperation, $"'{record.Path}' has no measurements and its image is not in the catalogue.", record.Path,
                        "Import the file again.");
                }
                n = find.Long(0);
                var label = find.TextOrNull(1);
                var oldTags = find.TextOrNull(2);
                var unkept = find.Text(3).Length == 0;
                find.Reset();
                if (unkept && paths[i].Length > 0) s["UPDATE image SET path=?2 WHERE n=?1"].Bind(1, n).Bind(2, paths[i]).Run(); // now there is a picture
                if (record.Label is not null && label is null)
                {
                    SetLabel(s, n, record.Label, AnnotationProvenance.Imported);
                    AppendToLedger(s, n, null, record.Label, AnnotationProvenance.Imported, author, paths[i], now);
                    Touch(s, n);
                }
                else if (record.Label is not null && label != record.Label && !WasImported(s, n, record.Label))
                {
                    (conflicts ??= []).Add(new LabelConflict(record.Id, record.Path, label!, record.Label));
                    s["INSERT INTO label_conflict(image, path, existing, imported, time) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING"]
                        .Bind(1, n).Bind(2, paths[i]).Bind(3, label).Bind(4, record.Label).Bind(5, now).Run();
                }
                if (tags[i] is not null && tags[i] != oldTags) MergeTags(s, n, oldTags, record.Tags);
            }
            if (paths[i].Length > 0) insertSource.Bind(1, paths[i]).Bind(2, n).Bind(3, record.Bytes).Bind(4, record.ModifiedTicks).Run();
            if (insertMember.Bind(1, set).Bind(2, n).Run() > 0) added++;
            else present++;
        }
        if (added > 0) s["UPDATE dataset SET changes=changes+1 WHERE n=?1"].Bind(1, set).Run();
        return new AddImagesResult(added, present, conflicts ?? (IReadOnlyList<LabelConflict>)[]);
    }

    /// <inheritdoc/>
    public void ForgetFiles(IReadOnlyCollection<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0) return;
        Write(s =>
        {
            foreach (var path in paths.Select(p => Store(Path.GetFullPath(p))))
            {
                s["UPDATE prediction SET path='' WHERE image=(SELECT i.id FROM source s JOIN image i ON i.n=s.image WHERE s.path=?1) AND path=?1"].Bind(1, path).Run();
                s["""
                    UPDATE image SET path=coalesce((SELECT min(path) FROM source WHERE image=image.n AND path<>?1), '')
                    WHERE n=(SELECT image FROM source WHERE path=?1) AND path=?1
                    """].Bind(1, path).Run();
                s["DELETE FROM source WHERE path=?1"].Bind(1, path).Run();
            }
            return true;
        });
    }

    /// <summary>True if the image once had that label from an import: somebody has corrected it since, which is no conflict.</summary>
    static bool WasImported(Session s, long image, string label)
    {
        var q = s["SELECT 1 FROM annotation WHERE image=?1 AND part=0 AND provenance=0 AND new=?2 LIMIT 1"].Bind(1, image).Bind(2, label);
        var was = q.Step();
        q.Reset();
        return was;
    }

    static void MergeTags(Session s, long n, string? old, IReadOnlyDictionary<string, string> added)
    {
        var merged = new Dictionary<string, string>(Json.Tags(old), StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in added) merged[key] = value;
        var text = Json.Tags(merged);
        if (text != old) s["UPDATE image SET tags=?2 WHERE n=?1"].Bind(1, n).Bind(2, text).Run();
    }

    static long Next(Session s, string sql)
    {
        var q = s[sql];
        q.Step();
        var n = q.Long(0);
        q.Reset();
        return n;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, KnownFile> KnownFiles(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var stored = full.Length <= _root.Length && Path.TrimEndingDirectorySeparator(_root) == full ? "" : Store(full);
        return Read(s =>
        {
            var known = new Dictionary<string, KnownFile>(StringComparer.Ordinal);
            // Everything that starts with the folder and a separator; the next character after the separator bounds the range.
            if (stored.Length == 0)
                Collect(s["SELECT s.path, i.id, s.bytes, s.modified FROM source s JOIN image i ON i.n=s.image WHERE substr(s.path, 1, 1) <> '/'"]);
            else
            {
                var separator = Path.IsPathRooted(stored) ? Path.DirectorySeparatorChar : '/';
                Collect(s["SELECT s.path, i.id, s.bytes, s.modified FROM source s JOIN image i ON i.n=s.image WHERE s.path >= ?1 AND s.path < ?2"]
                    .Bind(1, stored.EndsWith(separator) ? stored : stored + separator).Bind(2, stored.TrimEnd(separator) + (char)(separator + 1)));
                // The workspace may lie inside the folder; its own files are stored relative.
                if (_root.StartsWith(full + Path.DirectorySeparatorChar, StringComparison.Ordinal) || full == Path.GetPathRoot(full))
                    Collect(s["SELECT s.path, i.id, s.bytes, s.modified FROM source s JOIN image i ON i.n=s.image WHERE substr(s.path, 1, 1) <> '/'"]);
            }
            return known;

            void Collect(Statement q)
            {
                while (q.Step())
                {
                    var path = Load(q.Text(0));
                    known[path] = new KnownFile(q.Hex(1), q.Long(2), q.Long(3));
                }
            }
        });
    }

    /// <inheritdoc/>
    public IEnumerable<FlywheelImage> Images(ImageQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Split is not null && query.Dataset is null)
            throw new FlywheelException("SplitNeedsDataset", FaultCategory.InvalidArgument, "A split belongs to a dataset; the query names none.", query.Split,
                "Name the dataset as well.");
        var where = new SqlConditions();
        string from;
        if (query.Dataset is not null)
        {
            // The cross join keeps the order: members in image order, one lookup each.
            from = ", m.split FROM member m CROSS JOIN image i ON i.n=m.image";
            where.Add(query.Dataset, "m.dataset=(SELECT n FROM dataset WHERE name={0})");
            if (query.Split is { } split) where.Add($"m.split={(int)split}");
        }
        else
        {
            from = ", 0 FROM image i";
        }
        AddConditions(where, query);
        var sql = $"SELECT {ImageColumns}{from} WHERE {where} ORDER BY {(query.Dataset is null ? "i.n" : "m.image")}";
        var tags = query.Tags is { Count: > 0 } t ? t : null;
        // Tags are matched here: their wildcards ignore case in every alphabet, which SQLite's do not.
        if (query.First is { } first && tags is null) sql += $" LIMIT {first}";
        var rows = Stream(sql, where.Bind, ReadImage);
        if (tags is null) return rows;
        rows = rows.Where(i => tags.All(w => i.Tags.TryGetValue(w.Key, out var value) && Matches(w.Value, value)));
        return query.First is { } top ? rows.Take(top) : rows;
    }

    /// <summary>The conditions on the table image, called i; tags are not among them.</summary>
    static void AddConditions(SqlConditions where, ImageQuery query)
    {
        where.Add(query.Ids is { } ids ? Json.Strings(ids) : null, "i.id IN (SELECT unhex(value) FROM json_each({0}))");
        where.Add(query.Labels is { } labels ? Json.Strings(labels) : null, "i.label IN (SELECT value FROM json_each({0}))");
        if (query.Labelled is { } labelled) where.Add(labelled ? "i.label IS NOT NULL" : "i.label IS NULL");
        if (query.HasPicture is { } kept) where.Add(kept ? "i.path<>''" : "i.path=''");
        if (!query.IncludeExcluded && (query.Dataset is not null || query.Ids is null)) where.Add("i.excluded IS NULL");
        where.AddProperties(query.Properties);
    }

    static bool Matches(string pattern, string value) => pattern.AsSpan().IndexOfAny('*', '?') < 0
        ? string.Equals(pattern, value, StringComparison.OrdinalIgnoreCase)
        : FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\", StringComparison.Ordinal), value);

    FlywheelImage ReadImage(Statement q) => new()
    {
        Id = q.Hex(0),
        Path = Load(q.Text(1)),
        Format = FormatName(q.Text(2)),
        Bytes = q.Long(3),
        Width = q.Int(4),
        Height = q.Int(5),
        Brightness = q.Double(6),
        Contrast = q.Double(7),
        Sharpness = q.Double(8),
        Entropy = q.Double(9),
        Colorfulness = q.Double(10),
        PerceptualHash = unchecked((ulong)q.Long(11)),
        Label = q.TextOrNull(12) is { } label ? string.IsInterned(label) ?? label : null,
        Provenance = q.IsNull(13) ? null : (AnnotationProvenance)q.Int(13),
        Tags = Json.Tags(q.TextOrNull(14)),
        Boxes = LabelBoxes.Read(q.TextOrNull(15)),
        BoxesProvenance = q.IsNull(16) ? null : (AnnotationProvenance)q.Int(16),
        Excluded = q.TextOrNull(17),
        Split = (DataSplit)q.Int(18),
    };

    static string FormatName(string format) => format switch { "png" => "png", "jpeg" => "jpeg", _ => format };

    /// <inheritdoc/>
    public FlywheelImage? FindImage(string idOrPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(idOrPath);
        return Read(s =>
        {
            const string Select = "SELECT " + ImageColumns + ", 0 FROM image i WHERE ";
            var path = Store(Path.GetFullPath(idOrPath));
            var byPath = s[Select + "i.n = (SELECT image FROM source WHERE path=?1)"].Bind(1, path);
            var found = One(byPath);
            if (found is not null) return found;
            if (PrefixBounds(idOrPath, 6, out var low, out var high))
            {
                var byId = s[Select + "i.id BETWEEN ?1 AND ?2 LIMIT 2"].Bind(1, low).Bind(2, high);
                if (byId.Step())
                {
                    found = ReadImage(byId);
                    var ambiguous = byId.Step();
                    byId.Reset();
                    if (ambiguous)
                        throw new FlywheelException("AmbiguousImageId", FaultCategory.InvalidArgument, $"More than one image id starts with '{idOrPath}'.", idOrPath, "Give more digits.");
                    return found;
                }
            }
            return One(s[Select + "i.path=?1 LIMIT 1"].Bind(1, path));
        });

        FlywheelImage? One(Statement q)
        {
            if (!q.Step()) return null;
            var image = ReadImage(q);
            q.Reset();
            return image;
        }
    }

    /// <inheritdoc/>
    public void SetOwnedPaths(IReadOnlyDictionary<string, string> pathByImageId)
    {
        ArgumentNullException.ThrowIfNull(pathByImageId);
        if (pathByImageId.Count == 0) return;
        Write(s =>
        {
            foreach (var (id, path) in pathByImageId)
                if (s["UPDATE image SET path=?2 WHERE id=?1"].Bind(1, IdBytes(id)).Bind(2, Store(Path.GetFullPath(path))).Run() == 0)
                    throw ImageNotFound(id);
            return true;
        });
    }

    static FlywheelException ImageNotFound(string id) =>
        new("ImageNotFound", FaultCategory.NotFound, $"No image with the id '{id}' in the catalogue.", id, "Import it first, or list images with Get-FlywheelImage.");
}
