namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    static void AppendToLedger(Session s, long image, string? old, string? label, AnnotationProvenance provenance, string author, string? source, long time) =>
        s["INSERT INTO annotation(image, old, new, provenance, author, source, time) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"]
            .Bind(1, image).Bind(2, old).Bind(3, label).Bind(4, (long)provenance).Bind(5, author).Bind(6, source).Bind(7, time).Run();

    static void SetLabel(Session s, long image, string? label, AnnotationProvenance provenance) =>
        s["UPDATE image SET label=?2, provenance=?3 WHERE n=?1"].Bind(1, image).Bind(2, label).Bind(3, label is null ? null : (long)provenance).Run();

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
            var find = s["SELECT n, label, provenance FROM image WHERE id=?1"];
            foreach (var change in changes)
            {
                if (change.Label is { } text && string.IsNullOrWhiteSpace(text))
                    throw new FlywheelException("EmptyLabel", FaultCategory.InvalidArgument, "A label must not be empty.", change.ImageId, "Give a label, or none at all to withdraw the present one.");
                if (!find.Bind(1, IdBytes(change.ImageId)).Step()) throw ImageNotFound(change.ImageId);
                var n = find.Long(0);
                var old = find.TextOrNull(1);
                var provenance = find.IsNull(2) ? (AnnotationProvenance?)null : (AnnotationProvenance)find.Int(2);
                find.Reset();
                if (old == change.Label && (old is null || provenance == change.Provenance)) continue;
                AppendToLedger(s, n, old, change.Label, change.Provenance, change.Author, change.Source, time);
                var sequence = SQLitePCL.raw.sqlite3_last_insert_rowid(s.Connection.Handle!);
                SetLabel(s, n, change.Label, change.Provenance);
                Touch(s, n);
                made.Add(new Annotation(sequence, change.ImageId, old, change.Label, change.Provenance, change.Author, change.Source, Time(time)));
            }
            return made;
        });
    }

    /// <inheritdoc/>
    public IEnumerable<Annotation> Annotations(string? imageId = null)
    {
        const string Select = "SELECT a.sequence, i.id, a.old, a.new, a.provenance, a.author, a.source, a.time FROM annotation a JOIN image i ON i.n=a.image";
        if (imageId is null) return Stream(Select + " ORDER BY a.sequence", _ => { }, Row);
        var id = IdBytes(imageId);
        return Stream(Select + " WHERE i.id=?1 ORDER BY a.sequence", q => q.Bind(1, id), Row);

        static Annotation Row(Statement q) => new(q.Long(0), q.Hex(1), q.TextOrNull(2), q.TextOrNull(3), (AnnotationProvenance)q.Int(4), q.Text(5), q.TextOrNull(6), Time(q.Long(7)));
    }
}
