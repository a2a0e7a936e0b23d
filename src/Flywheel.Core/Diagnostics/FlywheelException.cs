namespace Flywheel;

/// <summary>
/// A fault a user can act on. The message says what, which value and where; <see cref="RecommendedAction"/> says what to do next.
/// </summary>
public class FlywheelException : Exception
{
    /// <summary>Creates a fault.</summary>
    /// <param name="errorId">Stable PascalCase identifier, for example <c>DatasetNotFound</c>.</param>
    /// <param name="category">Narrow category.</param>
    /// <param name="message">What, which value, where.</param>
    /// <param name="target">The offending input itself (a path, a name, a value), never the component that noticed.</param>
    /// <param name="action">The next step for the user.</param>
    /// <param name="location">File, line and column, when the fault stands in a file.</param>
    /// <param name="inner">The cause, if another exception was.</param>
    public FlywheelException(string errorId, FaultCategory category, string message, object? target = null, string? action = null, SourceLocation? location = null, Exception? inner = null)
        : base(message, inner)
    {
        ErrorId = errorId;
        Category = category;
        Target = target;
        RecommendedAction = action;
        Location = location;
    }

    /// <summary>Stable PascalCase identifier.</summary>
    public string ErrorId { get; }

    /// <summary>Narrow category.</summary>
    public FaultCategory Category { get; }

    /// <summary>The offending input.</summary>
    public object? Target { get; }

    /// <summary>What the user can do next.</summary>
    public string? RecommendedAction { get; }

    /// <summary>Where the fault stands in a file.</summary>
    public SourceLocation? Location { get; }
}
