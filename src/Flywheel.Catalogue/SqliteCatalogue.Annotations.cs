namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    /// <summary>An entry of the ledger that nobody took back, and that takes nothing back itself.</summary>
    const string InForce = "a.undoes IS NULL AND NOT EXISTS(SELECT 1 FROM annotation u WHERE u.undoes=a.sequence)";

    static long AppendToLedger(Session s, long image, string? old, string? value, AnnotationProvenance provenance, string author, string? source, long time, AnnotationPart part = AnnotationPart.Label, long? undoes = null)
    {
        s["INSERT INTO annotation(image, part, old, new, provenance, author, source, time, undoes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"]
            .Bind(1, image).Bind(2, (long)part).Bind(3, old).Bind(4, value).Bind(5, (long)provenance).Bind(6, author).Bind(7, source).Bind(8, time).Bind(9, undoes).Run();
        return SQLitePCL.raw.sqlite3_last_insert_rowid(s.Connection.Handle!);
    }

    static void SetLabel(Session s, long image, string? label, AnnotationProvenance provenance) => SetValue(s, image, AnnotationPart.Label, label, provenance);

    static void SetValue(Session s, long image, AnnotationPart part, string? value, AnnotationProvenance provenance)
    {
        var q = part switch
        {
            AnnotationPart.Boxes => s["UPDATE image SET boxes=?2, boxes_provenance=?3 WHERE n=?1"],
            AnnotationPart.Exclusion => s["UPDATE image SET excluded=?2 WHERE n=?1"],
            _ => s["UPDATE image SET label=?2, provenance=?3 WHERE n=?1"],
        };
        q.Bind(1, image).Bind(2, value);
        if (part != AnnotationPart.Exclusion) q.Bind(3, value is null ? null : (long)provenance);
        q.Run();
    }

    /// <summary>Marks every dataset that has the image as changed.</summary>
    static void Touch(Session s, long image) =>
        s["UPDATE dataset SET changes=changes+1 WHERE EXISTS(SELECT 1 FROM member m WHERE m.dataset=dataset.n AND m.image=?1)"].Bind(1, image).Run();

    /// <inheritdoc/>
    public IReadOnlyList<Annotation> Annotate(IReadOnlyList<AnnotationChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count == 0) return [];
        return Write(s =>
        {
            var made = new List<Annotation>(changes.Count);
            var time = Now;
            foreach (var change in changes)
                if (Apply(s, change, time) is { } annotation) made.Add(annotation);
            return made;
        });
    }

    /// <summary>Makes one change; null if there is nothing to record.</summary>
    static Annotation? Apply(Session s, AnnotationChange change, long time)
    {
        var value = change.Value;
        if (change.Part != AnnotationPart.Boxes && value is not null && string.IsNullOrWhiteSpace(value))
            throw new FlywheelException("EmptyLabel", FaultCategory.InvalidArgument, $"A {(change.Part == AnnotationPart.Label ? "label" : "reason")} must not be empty.", change.ImageId, "Give one, or none at all to withdraw the present one.");
        var find = s["SELECT n, label, provenance, boxes, boxes_provenance, excluded FROM image WHERE id=?1"].Bind(1, IdBytes(change.ImageId));
        if (!find.Step()) throw ImageNotFound(change.ImageId);
        var n = find.Long(0);
        var column = change.Part switch { AnnotationPart.Boxes => 3, AnnotationPart.Exclusion => 5, _ => 1 };
        var old = find.TextOrNull(column);
        var provenance = column == 5 ? change.Provenance : find.IsNull(column + 1) ? (AnnotationProvenance?)null : (AnnotationProvenance)find.Int(column + 1);
        find.Reset();
        if (old == value && (old is null || provenance == change.Provenance && !Confirms(s, n, change, value))) return null;
        var sequence = AppendToLedger(s, n, old, value, change.Provenance, change.Author, change.Source, time, change.Part);
        SetValue(s, n, change.Part, value, change.Provenance);
        if (old != value) Touch(s, n);
        return Entry(sequence, change.ImageId, change.Part, old, value, change.Provenance, change.Author, change.Source, time, null);
    }

    /// <summary>True if a person says what another person said: that two agree is worth knowing.</summary>
    static bool Confirms(Session s, long image, AnnotationChange change, string? value)
    {
        if (change.Part == AnnotationPart.Exclusion || change.Provenance is not (AnnotationProvenance.Human or AnnotationProvenance.Reviewed)) return false;
        var q = s[$"SELECT a.new FROM annotation a WHERE a.image=?1 AND a.part=?2 AND a.author=?3 AND a.provenance IN (1, 3) AND {InForce} ORDER BY a.sequence DESC LIMIT 1"]
            .Bind(1, image).Bind(2, (long)change.Part).Bind(3, change.Author);
        var said = q.Step() && q.TextOrNull(0) == value;
        q.Reset();
        return !said;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Annotation> Undo(IReadOnlyCollection<long> sequences, string author)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentException.ThrowIfNullOrWhiteSpace(author);
        if (sequences.Count == 0) return [];
        return Write(s =>
        {
            var time = Now;
            return sequences.Distinct().OrderDescending().Select(sequence => Undo(s, sequence, author, time)).ToList();
        });
    }

    static Annotation Undo(Session s, long sequence, string author, long time)
    {
        var q = s["SELECT a.image, a.part, a.old, a.new, a.provenance, a.author, a.undoes, i.id FROM annotation a JOIN image i ON i.n=a.image WHERE a.sequence=?1"].Bind(1, sequence);
        if (!q.Step()) throw new FlywheelException("AnnotationNotFound", FaultCategory.NotFound, $"The ledger has no entry {sequence}.", sequence, "List the entries with Get-FlywheelAnnotation.");
        var image = q.Long(0);
        var part = (AnnotationPart)q.Int(1);
        var (old, value) = (q.TextOrNull(2), q.TextOrNull(3));
        var provenance = (AnnotationProvenance)q.Int(4);
        var (isUndo, id) = (!q.IsNull(6), q.Hex(7));
        q.Reset();
        if (isUndo) throw new FlywheelException("AnnotationIsUndo", FaultCategory.InvalidOperation, $"The entry {sequence} takes another one back; it cannot be taken back itself.", sequence, "Label the image again.");
        if (First("SELECT sequence FROM annotation WHERE undoes=?1", sequence) is { } by)
            throw new FlywheelException("AnnotationAlreadyUndone", FaultCategory.InvalidOperation, $"The entry {sequence} was taken back by the entry {by}.", sequence, "Label the image again if the undo was wrong.");
        var newest = s[$"SELECT max(a.sequence) FROM annotation a WHERE a.image=?1 AND a.part=?2 AND {InForce}"].Bind(1, image).Bind(2, (long)part);
        newest.Step();
        var top = newest.Long(0);
        newest.Reset();
        if (top != sequence)
            throw new FlywheelException("AnnotationChangedMeanwhile", FaultCategory.InvalidOperation, $"The entry {sequence} cannot be taken back: the entry {top} changed the image '{id[..12]}' after it.", sequence, "Take the later entry back first.");
        // The kind of source goes back with the value.
        var before = s[$"SELECT a.provenance FROM annotation a WHERE a.image=?1 AND a.part=?2 AND a.sequence<?3 AND {InForce} ORDER BY a.sequence DESC LIMIT 1"].Bind(1, image).Bind(2, (long)part).Bind(3, sequence);
        if (before.Step()) provenance = (AnnotationProvenance)before.Int(0);
        before.Reset();
        var made = AppendToLedger(s, image, value, old, provenance, author, "undo", time, part, sequence);
        SetValue(s, image, part, old, provenance);
        if (old != value) Touch(s, image);
        // Whoever decided or answered this has it before them again.
        if (First("SELECT n FROM suggestion WHERE verdict=(SELECT n FROM verdict WHERE annotation=?1 ORDER BY n DESC LIMIT 1)", sequence) is { } suggestion) ReopenSuggestion(s, suggestion, author, time);
        s["UPDATE queue_answer SET state=1, annotation=NULL, until=?2 WHERE annotation=?1"].Bind(1, sequence).Bind(2, time + ReopenedFor.Ticks).Run();
        return Entry(made, id, part, value, old, provenance, author, "undo", time, sequence);

        long? First(string sql, long of)
        {
            var f = s[sql].Bind(1, of);
            if (!f.Step()) return null;
            var found = f.Long(0);
            f.Reset();
            return found;
        }
    }

    static readonly TimeSpan ReopenedFor = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public IEnumerable<Annotation> Annotations(string? imageId = null)
    {
        const string Select = "SELECT a.sequence, i.id, a.part, a.old, a.new, a.provenance, a.author, a.source, a.time, a.undoes FROM annotation a JOIN image i ON i.n=a.image";
        if (imageId is null) return Stream(Select + " ORDER BY a.sequence", _ => { }, Row);
        var id = IdBytes(imageId);
        return Stream(Select + " WHERE i.id=?1 ORDER BY a.sequence", q => q.Bind(1, id), Row);

        static Annotation Row(Statement q) =>
            Entry(q.Long(0), q.Hex(1), (AnnotationPart)q.Int(2), q.TextOrNull(3), q.TextOrNull(4), (AnnotationProvenance)q.Int(5), q.Text(6), q.TextOrNull(7), q.Long(8), q.IsNull(9) ? null : q.Long(9));
    }

    static Annotation Entry(long sequence, string image, AnnotationPart part, string? old, string? value, AnnotationProvenance provenance, string author, string? source, long time, long? undoes) =>
        part switch
        {
            AnnotationPart.Boxes => new Annotation(sequence, image, null, null, provenance, author, source, Time(time)) { Part = part, OldBoxes = LabelBoxes.Read(old), NewBoxes = LabelBoxes.Read(value), Undoes = undoes },
            AnnotationPart.Exclusion => new Annotation(sequence, image, null, null, provenance, author, source, Time(time)) { Part = part, OldExclusion = old, NewExclusion = value, Undoes = undoes },
            _ => new Annotation(sequence, image, old, value, provenance, author, source, Time(time)) { Undoes = undoes },
        };

    /// <inheritdoc/>
    public IReadOnlyList<LabelConflict> LabelConflicts(string? dataset = null) => Read(s =>
    {
        const string Select = "SELECT i.id, c.path, c.existing, c.imported FROM label_conflict c JOIN image i ON i.n=c.image";
        var q = dataset is null ? s[Select + " ORDER BY c.n"]
            : s[Select + " WHERE EXISTS(SELECT 1 FROM member m JOIN dataset d ON d.n=m.dataset WHERE d.name=?1 AND m.image=c.image) ORDER BY c.n"].Bind(1, dataset);
        var conflicts = new List<LabelConflict>();
        while (q.Step()) conflicts.Add(new LabelConflict(q.Hex(0), Load(q.Text(1)), q.Text(2), q.Text(3)));
        return conflicts;
    });
}
