namespace Flywheel.Formats.Annotations;

/// <summary>How much an answer is worth.</summary>
public enum ToolAnswerState
{
    /// <summary>Nobody has answered.</summary>
    Open = 0,
    /// <summary>The file holds this of the image; whether anybody looked, it does not tell.</summary>
    Present = 1,
    /// <summary>Somebody says so, even if it is that there is nothing.</summary>
    Submitted = 2,
    /// <summary>Somebody passed the image on.</summary>
    Skipped = 3,
}
