namespace Flywheel;

/// <summary>What people said of the automatic labels that were drawn for audit.</summary>
/// <param name="Drawn">Labels drawn.</param>
/// <param name="Answered">Those that people have confirmed or corrected so far.</param>
/// <param name="Errors">Those they corrected.</param>
/// <param name="Precision">Share confirmed, with its exact 95 % interval (Clopper and Pearson); undefined before the first answer.</param>
public sealed record AutoLabelAudit(int Drawn, int Answered, int Errors, Metric Precision);
