using Flywheel.Engine.Registry;
using Flywheel.Engine.Studio.Explore;
using Flywheel.Engine.Workspaces;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Studio.Routes;

/// <summary><c>/studio/explore</c>: the catalogue in pages, one image's history, the map of embeddings, and what is done with a selection.</summary>
sealed class ExploreRoutes(Workspace workspace)
{
    const int MostPerPage = 1000;

    sealed record PageBody(ExploreFilter Filter, string? After = null, int Size = 200);

    sealed record MapBody(ExploreFilter Filter, string Model, long Seed = 1);

    sealed record QueueBody(ExploreFilter Filter, string Name, AnnotationPart Part = AnnotationPart.Label, IReadOnlyList<string>? Labels = null, int Votes = 1);

    sealed record AnnotateBody(ExploreFilter Filter, string Action, string? Value = null);

    sealed record UndoBody(IReadOnlyList<long> Sequences);

    public Task ChoicesAsync(HttpContext context)
    {
        var datasets = workspace.Catalogue.Datasets();
        return StudioJson.WriteAsync(context, new
        {
            Datasets = datasets.Select(d => new { d.Name, d.Images, Labels = d.LabelCounts.Keys, Splits = d.SplitCounts.Where(s => s.Value > 0).Select(s => s.Key) }),
            Labels = datasets.SelectMany(d => d.LabelCounts.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            Models = RegistryService.Models(workspace).Reverse().DistinctBy(m => m.Id).Select(m => new { m.Id, m.Name, m.Labels, m.Version, m.Aliases, m.IsExternal }),
            Slices = SliceChoice.Latest(workspace),
            Orders = ImageBrowse.Orders,
            Properties = PropertyCondition.KnownProperties,
        });
    }

    public async Task ImagesAsync(HttpContext context)
    {
        var body = await StudioJson.ReadAsync<PageBody>(context);
        if (body.Size is < 1 or > MostPerPage) throw Problem.Refuse("InvalidOption", $"A page of {body.Size} images; ask for 1 to {MostPerPage}.");
        var page = workspace.Catalogue.Browse(body.Filter.ToBrowse(workspace) with { After = body.After, Size = body.Size });
        var order = body.Filter.Order;
        await StudioJson.WriteAsync(context, new
        {
            Images = page.Images.Select(i => new
            {
                i.Image.Id,
                i.Image.Name,
                i.Image.Label,
                i.Image.Provenance,
                i.Image.Width,
                i.Image.Height,
                i.Image.Split,
                i.Image.Excluded,
                HasPicture = i.Image.Path.Length > 0,
                Boxes = i.Image.Boxes?.Count,
                i.Predicted,
                i.Confidence,
                Value = SliceCondition.PropertyOf(i.Image, order),
            }),
            page.Next,
        });
    }

    public async Task CountAsync(HttpContext context)
    {
        var body = await StudioJson.ReadAsync<PageBody>(context);
        await StudioJson.WriteAsync(context, new { Count = workspace.Catalogue.CountImages(body.Filter.ToBrowse(workspace)) });
    }

    public Task HistoryAsync(HttpContext context)
    {
        var history = ImageHistory.Of(workspace, (string)context.Request.RouteValues["id"]!);
        var image = history.Image;
        return StudioJson.WriteAsync(context, new
        {
            Image = Shown.Image(image),
            image.Path,
            image.Format,
            image.BoxesProvenance,
            Properties = PropertyCondition.KnownProperties.Select(p => new { Name = p, Value = SliceCondition.PropertyOf(image, p) }),
            Tags = image.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new { Name = t.Key, t.Value }),
            history.Use.Sources,
            Datasets = history.Use.Datasets.Select(d => new { Name = d.Key, Split = d.Value }),
            Queues = history.Use.Queues.Select(q => new { Name = q.Key, q.Value.State, q.Value.By, q.Value.Note }),
            Predictions = history.Predictions.Take(20).Select(p => new { p.Label, p.Confidence, p.Time, p.Source, p.ModelId, p.Correct, Scores = p.Scores.OrderByDescending(s => s.Value).Take(10).Select(s => new { Label = s.Key, s.Value }) }),
            Suggestions = history.Suggestions.Select(Shown.Suggestion),
            history.Events,
        });
    }

    public async Task MapAsync(HttpContext context)
    {
        var body = await StudioJson.ReadAsync<MapBody>(context);
        var model = workspace.GetModel(body.Model);
        var map = await Task.Run(() => EmbeddingMap.Of(workspace, model, body.Filter, body.Seed, EmbeddingMap.Most, context.RequestAborted), context.RequestAborted);
        await StudioJson.WriteAsync(context, new
        {
            Model = map.Model.Name,
            map.Images,
            map.Missing,
            map.Dimensions,
            map.Explained,
            map.Text,
            // By column: twenty thousand points fit into a megabyte or two.
            Ids = map.Points.Select(p => p.ImageId),
            X = map.Points.Select(p => Math.Round(p.X, 4)),
            Y = map.Points.Select(p => Math.Round(p.Y, 4)),
            Labels = map.Points.Select(p => p.Label),
            Predicted = map.Points.Select(p => p.Predicted),
            Confidence = map.Points.Select(p => Math.Round(p.Confidence, 4)),
            Splits = map.Points.Select(p => p.Split),
        });
    }

    public async Task QueueAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<QueueBody>(context);
        var queue = ExploreService.MakeQueue(workspace, new QueueRequest(body.Name, who) { Part = body.Part, Labels = body.Labels ?? [], Votes = body.Votes }, ExploreService.All(workspace, body.Filter, context.RequestAborted));
        await StudioJson.WriteAsync(context, new { queue.Name, queue.Images, queue.Labels, queue.Part, queue.Votes });
    }

    public async Task AnnotateAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<AnnotateBody>(context);
        if (body.Action is "label" or "exclude" && string.IsNullOrWhiteSpace(body.Value)) throw Problem.Refuse("InvalidAnswer", body.Action == "label" ? "There is no label." : "There is no reason why the images are left out.");
        if (body.Value is { Length: > 200 }) throw Problem.Refuse("InvalidAnswer", "A label or reason has at most 200 characters.");
        List<string> ids = [.. ExploreService.All(workspace, body.Filter, context.RequestAborted).Select(i => i.Id)];
        var made = body.Action switch
        {
            "label" => ExploreService.Label(workspace, ids, body.Value!.Trim(), who),
            "withdraw" => ExploreService.Label(workspace, ids, null, who),
            "exclude" => ExploreService.Exclude(workspace, ids, body.Value!.Trim(), who),
            "include" => ExploreService.Exclude(workspace, ids, null, who),
            _ => throw Problem.Refuse("InvalidAnswer", $"'{body.Action}' is nothing that can be done here.", body.Action, "Actions: label, withdraw, exclude, include."),
        };
        await StudioJson.WriteAsync(context, new { Images = ids.Count, Changed = made.Count, Sequences = made.Select(a => a.Sequence) });
    }

    public async Task UndoAsync(HttpContext context)
    {
        var who = StudioRoutes.NameOf(context);
        var body = await StudioJson.ReadAsync<UndoBody>(context);
        await StudioJson.WriteAsync(context, new { Changed = workspace.Catalogue.Undo(body.Sequences, who).Count });
    }
}
