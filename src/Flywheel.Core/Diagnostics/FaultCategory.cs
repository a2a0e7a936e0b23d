namespace Flywheel;

/// <summary>The narrow kind of a <see cref="FlywheelException"/>; the cmdlets map it to the shell's own error category.</summary>
public enum FaultCategory
{
    /// <summary>A parameter, option or YAML value is not allowed.</summary>
    InvalidArgument,
    /// <summary>A file's content is not what its kind demands (corrupt image, malformed CSV or YAML).</summary>
    InvalidData,
    /// <summary>A named thing (file, dataset, model, workspace) does not exist.</summary>
    NotFound,
    /// <summary>A file could not be read.</summary>
    ReadError,
    /// <summary>A file could not be written.</summary>
    WriteError,
    /// <summary>Something of that name exists already.</summary>
    AlreadyExists,
    /// <summary>Another process or run holds the workspace.</summary>
    ResourceBusy,
    /// <summary>A native library or component is absent or cannot be loaded.</summary>
    NotInstalled,
    /// <summary>A size, pixel or count limit was exceeded.</summary>
    LimitsExceeded,
    /// <summary>The operation does not make sense in the present state (no labels, one class only, empty split).</summary>
    InvalidOperation,
    /// <summary>The input tried something unsafe (path escape, checksum mismatch).</summary>
    SecurityError,
}
