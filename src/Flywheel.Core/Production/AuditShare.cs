using System.Globalization;

namespace Flywheel;

/// <summary>One stratum of a suggested audit.</summary>
/// <param name="From">Lowest confidence.</param>
/// <param name="To">Highest confidence.</param>
/// <param name="Images">Images of the window in it.</param>
/// <param name="Expected">Expected share of right answers.</param>
/// <param name="Labels">How many to draw.</param>
public sealed record AuditShare(double From, double To, int Images, double Expected, int Labels)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Labels:N0} of {Images:N0} with confidence {From:0.00}–{To:0.00}");
}
