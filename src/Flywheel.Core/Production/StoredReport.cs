namespace Flywheel;

/// <summary>A result that later questions look back at: a drift measurement, an estimate, slices, a decision.</summary>
/// <param name="Id">Unique id, sortable by time (UUID version 7).</param>
/// <param name="Kind">drift, performance, slices or decision.</param>
/// <param name="ModelId">The model it is about, or null.</param>
/// <param name="Time">When it was made, UTC.</param>
/// <param name="Json">The result itself.</param>
public sealed record StoredReport(string Id, string Kind, string? ModelId, DateTimeOffset Time, string Json);
