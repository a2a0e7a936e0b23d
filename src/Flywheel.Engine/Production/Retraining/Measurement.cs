using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Production.Retraining;

/// <summary>One stored measurement of a model's accuracy in production.</summary>
/// <param name="Time">When.</param>
/// <param name="Accuracy">The accuracy; null if it could not be known.</param>
/// <param name="Audited">Random labels behind it.</param>
/// <param name="Summary">In a sentence.</param>
sealed record Measurement(DateTimeOffset Time, Metric? Accuracy, int Audited, string Summary)
{
    /// <summary>Kind of the stored reports it is read from.</summary>
    const string Kind = "performance";

    /// <summary>All of a model, oldest first.</summary>
    public static IReadOnlyList<Measurement> Of(Workspace workspace, Model model) => [.. workspace.Catalogue.Reports(Kind, model.Id).Select(r => Read(r))];

    static Measurement Read(StoredReport report) => System.Text.Json.JsonSerializer.Deserialize<Measurement>(report.Json)!;
}
