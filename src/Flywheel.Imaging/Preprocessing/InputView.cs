namespace Flywheel.Imaging;

/// <summary>A slight variation of a model's input that leaves what it shows as it is.</summary>
public enum InputView
{
    /// <summary>Left and right changed over.</summary>
    Mirrored,
    /// <summary>The inner 88 %, enlarged.</summary>
    Nearer,
    /// <summary>Made smaller to 1/1.12, the border drawn out.</summary>
    Farther,
    /// <summary>Half the resolution.</summary>
    Coarse,
}
