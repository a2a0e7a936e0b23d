using System.Globalization;

namespace Flywheel;

/// <summary>How far two annotators agree beyond chance.</summary>
/// <param name="A">The one.</param>
/// <param name="B">The other.</param>
/// <param name="N">Images both have an opinion of.</param>
/// <param name="Kappa">Cohen's kappa: 1 is complete agreement, 0 that of chance; NaN where it is undefined.</param>
public sealed record AnnotatorPair(string A, string B, int N, double Kappa)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{A} and {B}: kappa {(double.IsNaN(Kappa) ? "undefined" : Kappa.ToString("0.00", CultureInfo.InvariantCulture))} (n {N})");
}
