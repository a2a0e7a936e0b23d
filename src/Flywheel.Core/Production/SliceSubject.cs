namespace Flywheel;

/// <summary>What a condition of a slice speaks of.</summary>
public enum SliceSubject
{
    /// <summary>A measured property of the picture: width, brightness, sharpness, …</summary>
    Property,
    /// <summary>A tag of the image or of the request it came with.</summary>
    Tag,
    /// <summary>The predicted label.</summary>
    Predicted,
    /// <summary>The reason reporters gave, by a word of it.</summary>
    Reason,
    /// <summary>Appearance cluster within the window searched; has no meaning outside of it.</summary>
    Look,
}
