using System.Globalization;

namespace Flywheel;

/// <summary>A measured figure with its sample size and interval.</summary>
/// <param name="Name">accuracy, balanced accuracy, recall[closed], …</param>
/// <param name="Value">The point estimate; NaN if undefined.</param>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end of the 95 % interval.</param>
/// <param name="N">Images it rests on.</param>
/// <param name="Method">How the interval was made: Wilson, Bootstrap, GroupBootstrap.</param>
public sealed record Metric(string Name, double Value, double Low, double High, int N, string Method)
{
    /// <inheritdoc/>
    public override string ToString() => double.IsNaN(Value)
        ? $"{Name} undefined (n {N})"
        : string.Create(CultureInfo.InvariantCulture, $"{Name} {Value:0.000} [{Low:0.000}, {High:0.000}] (n {N})");
}
