using System.Text.Json;

namespace Flywheel.Catalogue;

public sealed partial class SqliteCatalogue
{
    /// <inheritdoc/>
    public LabelQueue AddQueue(LabelQueue queue, IReadOnlyList<QueueItem> items)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentException.ThrowIfNullOrWhiteSpace(queue.Name);
        return Write(s =>
        {
            if (FindQueueNumber(s, queue.Name) is not null)
                throw new FlywheelException("QueueExists", FaultCategory.AlreadyExists, $"There is a queue named '{queue.Name}' already.", queue.Name, "Take another name.");
            s["INSERT INTO queue(name, kind, part, labels, votes, path, dataset, author, created) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"]
                .Bind(1, queue.Name).Bind(2, queue.Kind).Bind(3, (long)queue.Part).Bind(4, Json.Strings(queue.Labels)).Bind(5, (long)queue.Votes)
                .Bind(6, queue.Path is null ? null : Store(Path.GetFullPath(queue.Path))).Bind(7, queue.Dataset).Bind(8, queue.Author).Bind(9, Now).Run();
            var n = FindQueueNumber(s, queue.Name)!.Value;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var item in items)
            {
                if (!seen.Add(item.ImageId)) continue;
                s["INSERT INTO queue_item(queue, image, position, key, label, boxes, priority) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"]
                    .Bind(1, n).Bind(2, ImageNumber(s, item.ImageId)).Bind(3, (long)seen.Count - 1).Bind(4, item.Key.Length > 0 ? item.Key : item.ImageId[..12])
                    .Bind(5, item.SentLabel).Bind(6, LabelBoxes.Write(item.SentBoxes)).Bind(7, item.Priority).Run();
            }
            return ReadQueues(s, queue.Name)[0];
        });
    }

    static long? FindQueueNumber(Session s, string name)
    {
        var q = s["SELECT n FROM queue WHERE name=?1"].Bind(1, name);
        if (!q.Step()) return null;
        var n = q.Long(0);
        q.Reset();
        return n;
    }

    static long RequireQueue(Session s, string name) => FindQueueNumber(s, name)
        ?? throw new FlywheelException("QueueNotFound", FaultCategory.NotFound, $"No queue named '{name}' in the catalogue.", name, "List the queues with Get-FlywheelQueue.");

    List<LabelQueue> ReadQueues(Session s, string? name)
    {
        // Answers are few beside images, and counted per queue.
        const string Select = """
            SELECT q.name, q.kind, q.part, q.labels, q.votes, q.path, q.dataset, q.author, q.created,
                (SELECT count(*) FROM queue_item t WHERE t.queue=q.n),
                (SELECT count(*) FROM (SELECT 1 FROM queue_answer r WHERE r.queue=q.n GROUP BY r.image HAVING sum(r.state=2)>=q.votes AND sum(r.state=4)=0)),
                (SELECT count(DISTINCT r.image) FROM queue_answer r WHERE r.queue=q.n AND r.state=4)
            FROM queue q
            """;
        var q = name is null ? s[Select + " ORDER BY q.n"] : s[Select + " WHERE q.name=?1"].Bind(1, name);
        var queues = new List<LabelQueue>();
        while (q.Step())
            queues.Add(new LabelQueue
            {
                Name = q.Text(0),
                Kind = q.Text(1),
                Part = (AnnotationPart)q.Int(2),
                Labels = JsonSerializer.Deserialize<string[]>(q.Text(3))!,
                Votes = q.Int(4),
                Path = q.TextOrNull(5) is { } path ? Load(path) : null,
                Dataset = q.TextOrNull(6),
                Author = q.Text(7),
                Created = Time(q.Long(8)),
                Images = q.Int(9),
                Done = q.Int(10),
                Flagged = q.Int(11),
            });
        return queues;
    }

    /// <inheritdoc/>
    public IReadOnlyList<LabelQueue> Queues() => Read(s => ReadQueues(s, null));

    /// <inheritdoc/>
    public LabelQueue? FindQueue(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Read(s => ReadQueues(s, name).FirstOrDefault());
    }

    const string ItemColumns = """
        SELECT i.id, t.position, t.key, t.label, t.boxes, t.priority,
            (SELECT CASE WHEN sum(r.state=4)>0 THEN 4 WHEN sum(r.state=2)>=?2 THEN 2 WHEN sum(r.state=1 AND r.until>?3)>0 THEN 1 WHEN sum(r.state=3)>0 THEN 3 ELSE 0 END
                FROM queue_answer r WHERE r.queue=t.queue AND r.image=t.image),
            (SELECT group_concat(r.who, ', ' ORDER BY r.who) FROM queue_answer r WHERE r.queue=t.queue AND r.image=t.image AND (r.state>1 OR r.until>?3)),
            (SELECT max(r.note) FROM queue_answer r WHERE r.queue=t.queue AND r.image=t.image)
        FROM queue_item t JOIN image i ON i.n=t.image
        """;

    static QueueItem ReadItem(Statement q) => new()
    {
        ImageId = q.Hex(0),
        Position = q.Int(1),
        Key = q.Text(2),
        SentLabel = q.TextOrNull(3),
        SentBoxes = LabelBoxes.Read(q.TextOrNull(4)),
        Priority = q.Double(5),
        State = (QueueItemState)q.Int(6),
        By = q.TextOrNull(7) ?? "",
        Note = q.TextOrNull(8),
    };

    static int Votes(Session s, long queue)
    {
        var q = s["SELECT votes FROM queue WHERE n=?1"].Bind(1, queue);
        q.Step();
        var votes = q.Int(0);
        q.Reset();
        return votes;
    }

    /// <inheritdoc/>
    public IReadOnlyList<QueueItem> QueueItems(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Read(s =>
        {
            var n = RequireQueue(s, name);
            var q = s[ItemColumns + " WHERE t.queue=?1 ORDER BY t.position"].Bind(1, n).Bind(2, (long)Votes(s, n)).Bind(3, Now);
            var items = new List<QueueItem>();
            while (q.Step()) items.Add(ReadItem(q));
            return items;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<QueueItem> Claim(string name, string who, int count, DateTimeOffset until, bool skipped = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(who);
        return Write(s =>
        {
            var n = RequireQueue(s, name);
            var (votes, now) = (Votes(s, n), Now);
            var images = new List<long>();
            // What is theirs already; then what is free, in the queue's order; then, if asked for, what they passed on.
            const string FreeForOthers = """
                NOT EXISTS(SELECT 1 FROM queue_answer r WHERE r.queue=t.queue AND r.image=t.image AND r.state=4)
                AND (SELECT count(*) FROM queue_answer r WHERE r.queue=t.queue AND r.image=t.image AND r.who<>?2 AND (r.state=2 OR (r.state=1 AND r.until>?3)))<?4
                """;
            const string Mine = "SELECT t.image FROM queue_answer t WHERE t.queue=?1 AND t.who=?2 AND t.state={0} AND " + FreeForOthers + " LIMIT ?5";
            Take(Mine.Replace("{0}", "1", StringComparison.Ordinal));
            Take("SELECT t.image FROM queue_item t WHERE t.queue=?1 AND NOT EXISTS(SELECT 1 FROM queue_answer r WHERE r.queue=t.queue AND r.image=t.image AND r.who=?2) AND " + FreeForOthers + " ORDER BY t.priority DESC, t.position LIMIT ?5");
            if (skipped) Take(Mine.Replace("{0}", "3", StringComparison.Ordinal));
            foreach (var image in images)
                s["INSERT INTO queue_answer(queue, image, who, state, until) VALUES(?1, ?2, ?3, 1, ?4) ON CONFLICT DO UPDATE SET state=1, until=excluded.until"]
                    .Bind(1, n).Bind(2, image).Bind(3, who).Bind(4, until.UtcTicks).Run();
            return images.ConvertAll(image =>
            {
                var q = s[ItemColumns + " WHERE t.queue=?1 AND t.image=?4"].Bind(1, n).Bind(2, (long)votes).Bind(3, now).Bind(4, image);
                q.Step();
                var item = ReadItem(q);
                q.Reset();
                return item;
            });

            void Take(string sql)
            {
                if (images.Count >= count) return;
                var q = s[sql].Bind(1, n).Bind(2, who).Bind(3, now).Bind(4, (long)votes).Bind(5, (long)(count - images.Count));
                while (q.Step()) images.Add(q.Long(0));
            }
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<Annotation?> Answer(string name, string who, IReadOnlyList<QueueAnswer> answers)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(who);
        ArgumentNullException.ThrowIfNull(answers);
        return Write(s =>
        {
            var n = RequireQueue(s, name);
            var time = Now;
            var made = new List<Annotation?>(answers.Count);
            foreach (var answer in answers)
            {
                if (answer.State is not (QueueItemState.Done or QueueItemState.Skipped or QueueItemState.Flagged))
                    throw new FlywheelException("InvalidAnswer", FaultCategory.InvalidArgument, $"'{answer.State}' is no answer.", answer, "Say Done, Skipped or Flagged.");
                if (answer.Change is { } c && (c.ImageId != answer.ImageId || answer.State != QueueItemState.Done))
                    throw new FlywheelException("InvalidAnswer", FaultCategory.InvalidArgument, $"The annotation of an answer is of another image, or the answer is not Done but {answer.State}.", answer);
                var image = ImageNumber(s, answer.ImageId);
                var annotation = answer.Change is { } change ? Apply(s, change, time) : null;
                var there = s["SELECT 1 FROM queue_item WHERE queue=?1 AND image=?2"].Bind(1, n).Bind(2, image);
                if (!there.Step()) throw new FlywheelException("ImageNotInQueue", FaultCategory.InvalidArgument, $"The image '{answer.ImageId[..12]}' is not in the queue '{name}'.", answer.ImageId);
                there.Reset();
                s["""
                    INSERT INTO queue_answer(queue, image, who, state, until, note, annotation) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
                    ON CONFLICT DO UPDATE SET state=excluded.state, until=excluded.until, note=excluded.note, annotation=excluded.annotation
                    """].Bind(1, n).Bind(2, image).Bind(3, who).Bind(4, (long)answer.State).Bind(5, time).Bind(6, answer.Note).Bind(7, annotation?.Sequence).Run();
                made.Add(annotation);
            }
            return made;
        });
    }

    /// <inheritdoc/>
    public void Reopen(string name, string who, IReadOnlyCollection<string> imageIds, DateTimeOffset until)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(who);
        ArgumentNullException.ThrowIfNull(imageIds);
        Write(s =>
        {
            var n = RequireQueue(s, name);
            foreach (var id in imageIds)
                s["UPDATE queue_answer SET state=1, note=NULL, annotation=NULL, until=?4 WHERE queue=?1 AND image=?2 AND who=?3"]
                    .Bind(1, n).Bind(2, ImageNumber(s, id)).Bind(3, who).Bind(4, until.UtcTicks).Run();
            return true;
        });
    }

    /// <inheritdoc/>
    public void SetPriorities(string name, IReadOnlyDictionary<string, double> priorities)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(priorities);
        Write(s =>
        {
            var n = RequireQueue(s, name);
            foreach (var (id, priority) in priorities)
                s["UPDATE queue_item SET priority=?3 WHERE queue=?1 AND image=?2"].Bind(1, n).Bind(2, ImageNumber(s, id)).Bind(3, priority).Run();
            return true;
        });
    }

    /// <inheritdoc/>
    public void RemoveQueue(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Write(s => s["DELETE FROM queue WHERE n=?1"].Bind(1, RequireQueue(s, name)).Run());
    }
}
