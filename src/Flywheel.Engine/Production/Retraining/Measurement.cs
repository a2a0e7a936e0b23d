using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Production.Retraining;

/// <summary>One stored measurement of a model's accuracy in production.</summary>
/// <param name="Time">When.</param>
/// <param name="Accuracy">The accuracy; null if it could not be known.</param>
/// <param name="Audited">Random labels it rests on.</param>
/// <param name="Summary">In a sentence.</param>
sealed record Measurement(DateTimeOffset Time, Metric? Accuracy, int Audited, string Summary)
{
    /// <summary>All of a model, oldest first.</summary>
    public static IReadOnlyList<Measurement> Of(Workspace workspace, Model model) => [.. PerformanceService.History(workspace, model).Select(e =>
        new Measurement(e.Time, e.Known ? new Metric("accuracy", e.Value, e.Low, e.High, e.Method == "Audit" ? e.Audited : e.N, e.Method) : null, e.Method == "Audit" ? e.Audited : 0, e.Summary))];
}
