namespace Flywheel.Engine.Registry.Gates;

/// <summary>The measured properties of an image by name.</summary>
static class ImageProperties
{
    public static double Of(FlywheelImage image, string property) => property switch
    {
        "width" => image.Width,
        "height" => image.Height,
        "brightness" => image.Brightness,
        "contrast" => image.Contrast,
        "sharpness" => image.Sharpness,
        "entropy" => image.Entropy,
        "colorfulness" => image.Colorfulness,
        "bytes" => image.Bytes,
        _ => throw new ArgumentOutOfRangeException(nameof(property), property, "No such property."),
    };

    public static bool Meets(FlywheelImage image, PropertyCondition condition)
    {
        var value = Of(image, condition.Property);
        return condition.Operator switch
        {
            "<" => value < condition.Value,
            "<=" => value <= condition.Value,
            "=" => value == condition.Value,
            ">=" => value >= condition.Value,
            _ => value > condition.Value,
        };
    }
}
