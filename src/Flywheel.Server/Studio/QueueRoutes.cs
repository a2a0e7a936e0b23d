using System.Collections.Concurrent;
using Flywheel.Engine.Studio;
using Flywheel.Engine.Workspaces;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio;

/// <summary>
/// <c>/studio/queues</c>: images for people, and what they say of them. An answer is in the catalogue before it is acknowledged, and carries an id
/// that the page made; one that is sent again, because its acknowledgement was lost, changes nothing.
/// </summary>
sealed class QueueRoutes(Workspace workspace, IStudioAssistant assistant, StudioLearning learning, TimeProvider time)
{
    /// <summary>How long images are somebody's alone; pages renew it while they are open.</summary>
    static readonly TimeSpan s_lease = TimeSpan.FromMinutes(2);

    static readonly TimeSpan s_stateAge = TimeSpan.FromSeconds(5);

    const int MostClaimed = 240;
    const int MostAnswers = 1000;

    readonly Lock _answering = new();
    readonly ConcurrentDictionary<string, (DateTimeOffset Time, StudioAssistantState State)> _states = new(StringComparer.OrdinalIgnoreCase);

    sealed record ClaimBody(int Count, bool Skipped = false);

    sealed record ImagesBody(IReadOnlyList<string> ImageIds);

    sealed record AnswerBody(string Id, string ImageId, QueueItemState State, string? Label = null, IReadOnlyList<BoxBody>? Boxes = null, string? Note = null);

    sealed record AnswersBody(IReadOnlyList<AnswerBody> Answers);

    sealed record BoxBody(string Id, string Label, double X, double Y, double Width, double Height);

    sealed record UndoneBody(string Id, string ImageId);

    sealed record UndoBody(IReadOnlyList<UndoneBody> Answers);

    public Task ListAsync(HttpContext context) => StudioJson.WriteAsync(context, new { Queues = workspace.Catalogue.Queues().Where(q => q.Kind == "studio").Select(Shown) });

    public Task GetAsync(HttpContext context)
    {
        var queue = Queue(context);
        return StudioJson.WriteAsync(context, new { Queue = Shown(queue), Assistant = State(queue) });
    }

    public async Task ClaimAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<ClaimBody>(context);
        if (body.Count is < 1 or > MostClaimed) throw Problem.Refuse("InvalidOption", $"The count is {body.Count}; it must be from 1 to {MostClaimed}.");
        var queue = Queue(context);
        var items = workspace.Catalogue.Claim(queue.Name, who, body.Count, time.GetUtcNow() + s_lease, body.Skipped);
        await StudioJson.WriteAsync(context, new { Queue = Shown(queue), Items = Items(queue, items), LeaseSeconds = (int)s_lease.TotalSeconds, Assistant = State(queue) });
    }

    /// <summary>Lets go of images somebody held and did not answer.</summary>
    public async Task ReleaseAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<ImagesBody>(context);
        if (body.ImageIds.Count > MostClaimed) throw Problem.Refuse("InvalidOption", $"{body.ImageIds.Count} images are more than {MostClaimed}.");
        var queue = Queue(context);
        lock (_answering)
        {
            // What they answered meanwhile stays answered.
            var held = workspace.Catalogue.QueueItems(queue.Name).Where(i => i.State == QueueItemState.Claimed).Select(i => i.ImageId).Intersect(body.ImageIds, StringComparer.Ordinal).ToList();
            if (!IsBlind(queue)) workspace.Catalogue.Reopen(queue.Name, who, held, time.GetUtcNow() - TimeSpan.FromSeconds(1));
        }
        await StudioJson.WriteAsync(context, new { Queue = Shown(queue) });
    }

    public async Task ProposalsAsync(HttpContext context)
    {
        var body = await StudioJson.ReadAsync<ImagesBody>(context);
        if (body.ImageIds.Count > MostClaimed) throw Problem.Refuse("InvalidOption", $"{body.ImageIds.Count} images are more than {MostClaimed}.");
        var queue = Queue(context);
        await StudioJson.WriteAsync(context, new { Queue = Shown(queue), Proposals = Proposals(queue, body.ImageIds), Assistant = State(queue) });
    }

    public async Task AnswerAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<AnswersBody>(context);
        if (body.Answers.Count is < 1 or > MostAnswers) throw Problem.Refuse("InvalidAnswer", $"{body.Answers.Count} answers; send 1 to {MostAnswers}.");
        var queue = Queue(context);
        var images = workspace.Catalogue.Images(new ImageQuery { Ids = [.. body.Answers.Select(a => a.ImageId)] }).ToDictionary(i => i.Id, StringComparer.Ordinal);
        var sequences = new long?[body.Answers.Count];
        lock (_answering)
        {
            var fresh = new List<(int Index, QueueAnswer Answer)>();
            for (var i = 0; i < body.Answers.Count; i++)
            {
                var answer = Read(queue, body.Answers[i], images, who);
                if (Earlier(answer.ImageId, body.Answers[i].Id) is { } earlier) sequences[i] = earlier.Sequence;
                else fresh.Add((i, answer));
            }
            if (fresh.Count > 0)
            {
                var made = workspace.Catalogue.Answer(queue.Name, who, [.. fresh.Select(f => f.Answer)]);
                for (var i = 0; i < fresh.Count; i++) sequences[fresh[i].Index] = made[i]?.Sequence;
            }
        }
        learning.Answered(queue.Name);
        await StudioJson.WriteAsync(context, new { Answers = body.Answers.Select((a, i) => new { a.Id, Sequence = sequences[i] }), Queue = Shown(workspace.Catalogue.FindQueue(queue.Name) ?? queue) });
    }

    public async Task UndoAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<UndoBody>(context);
        if (body.Answers.Count is < 1 or > MostAnswers) throw Problem.Refuse("InvalidAnswer", $"{body.Answers.Count} answers; send 1 to {MostAnswers}.");
        var queue = Queue(context);
        lock (_answering)
        {
            var entries = new List<long>();
            var bare = new List<string>();
            foreach (var answer in body.Answers)
            {
                CheckId(answer.Id);
                if (Earlier(answer.ImageId, answer.Id) is not { } entry) bare.Add(answer.ImageId);
                else if (entry.Author != who) throw Problem.Refuse("InvalidAnswer", $"The answer to the image {Short(answer.ImageId)} is not {who}'s.");
                else if (!workspace.Catalogue.Annotations(answer.ImageId).Any(a => a.Undoes == entry.Sequence)) entries.Add(entry.Sequence);
            }
            workspace.Catalogue.Undo(entries, who);
            // What made no entry of the ledger, and what was on the screen of nobody else since.
            workspace.Catalogue.Reopen(queue.Name, who, bare, time.GetUtcNow() + s_lease);
        }
        learning.Answered(queue.Name);
        var ids = body.Answers.Select(a => a.ImageId).ToHashSet(StringComparer.Ordinal);
        await StudioJson.WriteAsync(context, new { Queue = Shown(workspace.Catalogue.FindQueue(queue.Name) ?? queue), Items = Items(queue, [.. workspace.Catalogue.QueueItems(queue.Name).Where(i => ids.Contains(i.ImageId))]) });
    }

    static QueueAnswer Read(LabelQueue queue, AnswerBody body, Dictionary<string, FlywheelImage> images, string who)
    {
        CheckId(body.Id);
        var image = images.GetValueOrDefault(body.ImageId) ?? throw Problem.Refuse("ImageNotFound", $"There is no image '{Short(body.ImageId)}'.");
        if (body.Note is { Length: > 1000 }) throw Problem.Refuse("InvalidAnswer", "A note has at most 1,000 characters.");
        if (body.State != QueueItemState.Done)
            return body.Label is null && body.Boxes is null ? new QueueAnswer(body.ImageId, body.State, null, body.Note) : throw Problem.Refuse("InvalidAnswer", $"An image that is {body.State.ToString().ToLowerInvariant()} gets no label and no boxes.");
        // The ledger says from which answer an entry is; that is how one that is sent again is known.
        var source = $"queue {queue.Name} #{body.Id}";
        if (queue.Part == AnnotationPart.Boxes)
        {
            if (body.Label is not null || body.Boxes is null) throw Problem.Refuse("InvalidAnswer", $"The queue '{queue.Name}' asks for boxes.", action: "Send boxes; an empty list says that there is nothing.");
            return new QueueAnswer(body.ImageId, QueueItemState.Done, AnnotationChange.OfBoxes(body.ImageId, [.. body.Boxes.Select(b => Box(queue, image, b))], AnnotationProvenance.Human, who, source));
        }
        if (body.Boxes is not null) throw Problem.Refuse("InvalidAnswer", $"The queue '{queue.Name}' asks for a label, not for boxes.");
        if (body.Label is not null) CheckLabel(queue, body.Label);
        return new QueueAnswer(body.ImageId, QueueItemState.Done, body.Label is null ? null : new AnnotationChange(body.ImageId, body.Label, AnnotationProvenance.Human, who, source));
    }

    static LabelBox Box(LabelQueue queue, FlywheelImage image, BoxBody box)
    {
        CheckLabel(queue, box.Label);
        if (box.Id.Length is 0 or > 100) throw Problem.Refuse("InvalidBox", "The id of a box has 1 to 100 characters.");
        const double Slack = 0.01; // rounding
        if (!(box.X >= -Slack && box.Y >= -Slack && box.X + box.Width <= image.Width + Slack && box.Y + box.Height <= image.Height + Slack))
            throw Problem.Refuse("InvalidBox", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The box '{box.Label}' {box.X},{box.Y} {box.Width}x{box.Height} reaches beyond the picture of {image.Width}x{image.Height}."));
        return new LabelBox(box.Id, box.Label, box.X, box.Y, box.Width, box.Height);
    }

    static void CheckLabel(LabelQueue queue, string label)
    {
        if (queue.Labels.Count > 0 && !queue.Labels.Contains(label)) throw Problem.Refuse("LabelNotInQueue", $"The queue '{queue.Name}' has no label '{label}'.", label, $"Labels: {string.Join(", ", queue.Labels)}.");
    }

    static void CheckId(string id)
    {
        if (id.Length is < 8 or > 64 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-')) throw Problem.Refuse("InvalidAnswer", "The id of an answer has 8 to 64 letters, digits and hyphens.");
    }

    /// <summary>The entry an answer made when it was sent before, or null.</summary>
    Annotation? Earlier(string imageId, string answerId) =>
        workspace.Catalogue.Annotations(imageId).FirstOrDefault(a => a.Source is { } source && source.EndsWith("#" + answerId, StringComparison.Ordinal));

    LabelQueue Queue(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        return workspace.Catalogue.FindQueue(name) ?? throw Problem.Refuse("QueueNotFound", $"There is no queue '{name}'.", name, "New-FlywheelQueue makes one.");
    }

    static string Short(string id) => id.Length > 12 ? id[..12] : id;

    /// <summary>Whether people shall not see what others, or the assistant, say.</summary>
    static bool IsBlind(LabelQueue queue) => LearningAssistant.IsBlind(queue);

    IReadOnlyDictionary<string, StudioProposal> Proposals(LabelQueue queue, IReadOnlyCollection<string> imageIds) =>
        IsBlind(queue) ? new Dictionary<string, StudioProposal>() : assistant.Proposals(queue, imageIds);

    object? State(LabelQueue queue)
    {
        if (IsBlind(queue)) return null;
        var now = time.GetUtcNow();
        if (!_states.TryGetValue(queue.Name, out var known) || now - known.Time > s_stateAge) _states[queue.Name] = known = (now, assistant.State(queue));
        var state = known.State;
        return new
        {
            state.Accuracy,
            state.LearnedFrom,
            state.LabelsUntilAutomatic,
            state.WillNotPay,
            Curve = state.Curve.Select(c => new { c.Labels, c.Accuracy }),
            state.Text,
        };
    }

    static object Shown(LabelQueue queue) => new
    {
        queue.Name,
        queue.Part,
        queue.Labels,
        queue.Votes,
        Blind = IsBlind(queue),
        queue.Dataset,
        queue.Author,
        queue.Created,
        queue.Images,
        queue.Done,
        queue.Flagged,
        queue.Open,
    };

    List<object> Items(LabelQueue queue, IReadOnlyList<QueueItem> items)
    {
        var ids = items.Select(i => i.ImageId).ToList();
        if (ids.Count == 0) return [];
        var images = workspace.Catalogue.Images(new ImageQuery { Ids = ids }).ToDictionary(i => i.Id, StringComparer.Ordinal);
        var proposals = Proposals(queue, ids);
        var blind = IsBlind(queue);
        return [.. items.Select(item =>
        {
            var image = images[item.ImageId];
            return (object)new
            {
                item.ImageId,
                image.Name,
                image.Width,
                image.Height,
                item.Position,
                item.Key,
                Label = blind ? null : image.Label,
                image.Provenance,
                Boxes = blind ? null : (image.Boxes ?? item.SentBoxes)?.Select(b => new { b.Id, b.Label, b.X, b.Y, b.Width, b.Height }),
                item.Note,
                Proposal = proposals.GetValueOrDefault(item.ImageId),
            };
        })];
    }
}
