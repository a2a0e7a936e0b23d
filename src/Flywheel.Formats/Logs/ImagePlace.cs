namespace Flywheel.Formats.Logs;

/// <summary>Finds out which image a row of a log means.</summary>
sealed class ImagePlace
{
    readonly LogFile _log;
    readonly FieldMap _map;
    readonly string _root;
    readonly bool _allowOutside;

    public ImagePlace(LogFile log, FieldMap map, string? root, bool allowOutside)
    {
        _log = log;
        _map = map;
        _root = Path.GetFullPath(root ?? Path.GetDirectoryName(log.Path)!);
        _allowOutside = allowOutside;
    }

    /// <summary>The image, or what is wrong with how it is named.</summary>
    public FlywheelException? Find(LogRow row, out LoggedImage image)
    {
        image = default;
        var hash = _map.Of(row, "hash");
        if (hash is not null && !LogValues.TryHash(hash, out hash))
            return _log.Invalid(row.Line, _map["hash"], $"'{_map.Of(row, "hash")}' is no SHA-256", "Give 64 hexadecimal digits, or say that the column is something else: -Column @{ hash = '' }.", target: hash);
        var stated = _map.Of(row, "path");
        if (stated is null)
        {
            image = new LoggedImage(null, hash);
            return null;
        }
        if (stated.Contains('\0', StringComparison.Ordinal)) return _log.Invalid(row.Line, _map["path"], "the path has a null character", "Name the image's file.");
        var path = SourcePath.Resolve(stated, _root);
        if (!_allowOutside && !SourcePath.IsInside(_root, path))
        {
            // An image that is known by its bytes needs no file.
            if (hash is null)
                return _log.Invalid(row.Line, _map["path"], $"'{stated}' lies outside the folder '{_root}'", "Name the images' folder with -Root, or allow it with -AllowOutside if you trust the log.", id: "LogPathOutside", target: stated, category: FaultCategory.SecurityError);
            path = null;
        }
        image = new LoggedImage(path, hash);
        return null;
    }
}
