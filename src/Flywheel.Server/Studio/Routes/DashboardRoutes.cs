using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Studio.Dashboard;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Server.Studio.Routes;

/// <summary><c>/studio/figures</c>: the workspace at a glance.</summary>
sealed class DashboardRoutes(Workspace workspace, TimeProvider time)
{
    public async Task FiguresAsync(HttpContext context)
    {
        var data = await Task.Run(() => DashboardService.Read(workspace, time), context.RequestAborted);
        await StudioJson.WriteAsync(context, new
        {
            data.Time,
            data.Images,
            data.Excluded,
            Datasets = data.Datasets.Select(d => new { d.Name, d.Images, d.Labelled, d.Boxed, d.Version }),
            Accuracy = data.Accuracy.Select(a => new { a.Time, a.Model, a.ModelId, a.Version, a.Kind, a.Where, Figure = Shown.Figure(a.Figure) }),
            data.Labels,
            Slices = data.Slices.Select(s => new { s.Slice.Name, s.Slice.Text, s.Slice.Support, ErrorRate = Shown.Figure(s.Slice.ErrorRate), Lift = Shown.Number(s.Slice.Lift), Q = Shown.Number(s.Slice.Q), s.Slice.Known, Images = s.Slice.ImageIds.Count, s.Model, s.Open, s.First, s.Last }),
            data.SlicesSearched,
            Drift = data.Drift is not { } drift ? null : new { drift.Verdict, drift.Summary, P = Shown.Number(drift.P), drift.Model, drift.Reference, drift.ReferenceN, drift.WindowN, drift.WindowGroups, drift.From, drift.To, drift.Time, Flagged = drift.Tests.Where(t => t.Flagged).Take(5).Select(t => new { t.Kind, t.Name, t.Effect }) },
            Decision = data.Decision is not { } decision ? null : new { decision.Verdict, decision.Summary, decision.ModelName, decision.Time, Benefit = Shown.Figure(decision.Benefit), Gain = Shown.Figure(decision.Gain), decision.Labels, Reasons = decision.Reasons.Take(5).Select(r => r.Text), Flips = decision.Flips.Take(3).Select(f => f.Text) },
            Queues = data.Queues.Select(q => new { q.Name, q.Kind, q.Part, q.Images, q.Done, q.Flagged, q.Open, q.Created, q.Author }),
            Suggestions = data.Suggestions.Select(ReviewRoutes.Statistics),
            Reviewers = data.Reviewers.Select(r => new { r.Name, r.Accepted, r.Rejected, r.Edited, Acceptance = Shown.Figure(r.Acceptance) }),
            Runs = data.Runs.Select(r => new { r.Id, r.Name, r.Status, r.Message, r.Started, r.Ended, Seconds = r.Duration.TotalSeconds }),
            data.Faults,
        });
    }

    /// <summary>Each endpoint is asked how it is, which takes seconds if one does not answer: not part of the figures.</summary>
    public async Task EndpointsAsync(HttpContext context)
    {
        var endpoints = await Task.Run(() => EndpointService.List(workspace), context.RequestAborted);
        await StudioJson.WriteAsync(context, new { Endpoints = endpoints.Select(e => new { e.Url, e.Status, e.Alias, e.Model, e.Version, e.Refusal, e.Challenger, e.Keep, e.Started }) });
    }
}
