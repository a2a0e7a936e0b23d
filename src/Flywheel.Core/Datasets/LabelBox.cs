namespace Flywheel;

/// <summary>One object in a picture: a rectangle with a label. Pixels of the upright picture, origin at its top left corner.</summary>
/// <param name="Id">Names the box within its image and survives every edit and round trip.</param>
/// <param name="Label">What it shows.</param>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width, above zero.</param>
/// <param name="Height">Height, above zero.</param>
public sealed record LabelBox(string Id, string Label, double X, double Y, double Width, double Height)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Label} {X:0.#},{Y:0.#} {Width:0.#}x{Height:0.#}");
}
