using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Flywheel.Catalogue;

/// <summary>
/// The catalogue in one SQLite file, in WAL mode: readers see a consistent state and never hold a writer up; one writer at a time,
/// others wait up to ten seconds. Methods raise <c>CatalogueBusy</c>, <c>CatalogueCorrupt</c>, <c>CatalogueFull</c> and
/// <c>CatalogueNotWritable</c> where the file demands it, besides what the port names.
/// </summary>
public sealed partial class SqliteCatalogue : ICatalogue
{
    const int BulkRows = 2000;

    readonly string _file;
    readonly string _root;
    readonly Lock _writing = new();
    readonly Session _writer;
    readonly ConcurrentBag<Session> _readers = [];
    long _rowsSinceCheckpoint;
    volatile bool _disposed;

    SqliteCatalogue(string file, string root, Session writer)
    {
        _file = file;
        _root = root;
        _writer = writer;
    }

    /// <summary>Opens the catalogue, makes it if the file does not exist, and brings an older one up to this release's schema.</summary>
    /// <param name="file">The database file; its folder exists.</param>
    /// <param name="workspaceRoot">Folder that relative paths in the catalogue start from.</param>
    /// <exception cref="FlywheelException"><c>CatalogueTooNew</c>: a later release made it. <c>CatalogueCorrupt</c>: the file is no
    /// catalogue. <c>CatalogueNotWritable</c>: it cannot be opened for writing. <c>CatalogueBusy</c>: another process held it for ten seconds.</exception>
    public static SqliteCatalogue Open(string file, string workspaceRoot)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentException.ThrowIfNullOrEmpty(workspaceRoot);
        file = Path.GetFullPath(file);
        Session? session = null;
        try
        {
            session = new Session(file, readOnly: false);
            Migrate(session, file);
            return new SqliteCatalogue(file, Path.GetFullPath(workspaceRoot), session);
        }
        catch (SqliteException e)
        {
            session?.Dispose();
            throw Translate(e, file);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>The schema version of the open file.</summary>
    public int SchemaVersion { get; } = Migrations.Scripts.Count;

    static void Migrate(Session session, string file)
    {
        // The journal mode is a property of the file: set once, outside a transaction. Asking costs nothing.
        if (session.Scalar("PRAGMA user_version") == 0) EnableWal(session);
        if (Check() == Migrations.Scripts.Count) return;
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            var version = Check(); // another process may have been faster
            if (version == 0) session.Execute($"PRAGMA application_id={Migrations.ApplicationId}");
            for (; version < Migrations.Scripts.Count; version++) session.Script(Migrations.Scripts[(int)version]);
            session.Execute($"PRAGMA user_version={Migrations.Scripts.Count}");
            session.Execute("COMMIT");
        }
        catch
        {
            if (!IsAutoCommit(session)) session.Execute("ROLLBACK");
            throw;
        }

        long Check()
        {
            var version = session.Scalar("PRAGMA user_version");
            var ours = session.Scalar("PRAGMA application_id") == Migrations.ApplicationId;
            if (!ours && (version != 0 || session.Scalar("SELECT count(*) FROM sqlite_schema") != 0))
                throw new FlywheelException("CatalogueCorrupt", FaultCategory.InvalidData, $"'{file}' is a database, but not a Flywheel catalogue.", file,
                    "Move the file away, or choose another workspace folder.");
            if (version > Migrations.Scripts.Count)
                throw new FlywheelException("CatalogueTooNew", FaultCategory.InvalidOperation,
                    $"The catalogue '{file}' has schema version {version}; this release knows up to {Migrations.Scripts.Count}.", file, "Update Flywheel.");
            return version;
        }
    }

    /// <summary>SQLite does not wait for the lock this needs, so processes that make a workspace at once take turns here.</summary>
    static void EnableWal(Session session)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                session.Execute("PRAGMA journal_mode=WAL");
                return;
            }
            catch (SqliteException e) when (e.SqliteErrorCode is 5 or 6 && tries < 500)
            {
                Thread.Sleep(20);
            }
        }
    }

    static bool IsAutoCommit(Session session) => SQLitePCL.raw.sqlite3_get_autocommit(session.Connection.Handle!) != 0;

    /// <summary>Runs one transaction: wholly or not at all.</summary>
    T Write<T>(Func<Session, T> work)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            try
            {
                _writer["BEGIN IMMEDIATE"].Run();
                try
                {
                    var result = work(_writer);
                    _writer["COMMIT"].Run();
                    return result;
                }
                catch
                {
                    _writer.ResetAll();
                    if (!IsAutoCommit(_writer)) _writer["ROLLBACK"].Run();
                    throw;
                }
            }
            catch (SqliteException e)
            {
                throw Translate(e, _file);
            }
        }
    }

    /// <summary>Runs a query on a connection of its own, so that no reader waits for a writer.</summary>
    T Read<T>(Func<Session, T> work)
    {
        var session = Rent();
        try
        {
            return work(session);
        }
        catch (SqliteException e)
        {
            throw Translate(e, _file);
        }
        finally
        {
            session.ResetAll(); // a statement left half-way would pin an old state of the file
            Return(session);
        }
    }

    /// <summary>Streams rows. The connection is held until the caller is done, and is not shared meanwhile.</summary>
    IEnumerable<T> Stream<T>(string sql, Action<Statement> bind, Func<Statement, T> row)
    {
        var session = Rent();
        Statement? statement = null;
        try
        {
            statement = Guard(() =>
            {
                var made = new Statement(session.Connection, sql);
                bind(made);
                return made;
            });
            while (Guard(statement.Step)) yield return row(statement);
        }
        finally
        {
            statement?.Dispose();
            Return(session);
        }
    }

    T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw Translate(e, _file);
        }
    }

    Session Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _readers.TryTake(out var session) ? session : Guard(() => new Session(_file, readOnly: true));
    }

    void Return(Session session)
    {
        if (_disposed) session.Dispose();
        else
        {
            _readers.Add(session);
            if (_disposed && _readers.TryTake(out var late)) late.Dispose(); // disposed between the two lines
        }
    }

    static FlywheelException Translate(SqliteException e, string file) => e.SqliteErrorCode switch
    {
        5 or 6 => new FlywheelException("CatalogueBusy", FaultCategory.ResourceBusy, $"Another process held the catalogue '{file}' for over ten seconds.", file,
            "Wait for the other run to end, then try again.", inner: e),
        11 or 26 => new FlywheelException("CatalogueCorrupt", FaultCategory.InvalidData, $"'{file}' is not a readable catalogue: {e.Message}", file,
            "Restore it from a backup, or move it away and import the images again.", inner: e),
        13 => new FlywheelException("CatalogueFull", FaultCategory.WriteError, $"The disk that holds the catalogue '{file}' is full.", file,
            "Free some space and run the command again; what was stored before is intact.", inner: e),
        8 or 14 or 10 or 3 => new FlywheelException("CatalogueNotWritable", FaultCategory.WriteError, $"The catalogue '{file}' cannot be opened or written: {e.Message}", file,
            "Check the rights on the folder and that its file system allows locks.", inner: e),
        _ => new FlywheelException("CatalogueError", FaultCategory.InvalidOperation, $"The catalogue '{file}' refused an operation: {e.Message}", file, inner: e),
    };

    /// <summary>Absolute path to what is stored: relative to the workspace with forward slashes if inside it.</summary>
    string Store(string path)
    {
        if (path.Length == 0) return path; // no picture kept
        if (path.Length > _root.Length && path.StartsWith(_root, StringComparison.Ordinal) && IsSeparator(path[_root.Length]))
            return path[(_root.Length + 1)..].Replace('\\', '/');
        if (_root.Length > 0 && IsSeparator(_root[^1]) && path.StartsWith(_root, StringComparison.Ordinal))
            return path[_root.Length..].Replace('\\', '/');
        return path;

        static bool IsSeparator(char c) => c == Path.DirectorySeparatorChar || c == Path.AltDirectorySeparatorChar;
    }

    /// <summary>What is stored back to an absolute path.</summary>
    string Load(string stored) =>
        stored.Length == 0 || Path.IsPathRooted(stored) ? stored : Path.Combine(_root, Path.DirectorySeparatorChar == '/' ? stored : stored.Replace('/', Path.DirectorySeparatorChar));

    static byte[] IdBytes(string id)
    {
        if (id.Length == 64)
        {
            var bytes = new byte[32];
            if (Convert.FromHexString(id, bytes, out _, out _) == System.Buffers.OperationStatus.Done) return bytes;
        }
        throw new FlywheelException("InvalidImageId", FaultCategory.InvalidArgument, $"'{id}' is not an image id (64 hexadecimal digits).", id,
            "Take ids from Get-FlywheelImage.");
    }

    /// <summary>Bounds of all ids that start with the given hexadecimal digits; false if it is no such prefix.</summary>
    static bool PrefixBounds(string prefix, int minimum, out byte[] low, out byte[] high)
    {
        low = high = [];
        if (prefix.Length < minimum || prefix.Length > 64 || !prefix.All(char.IsAsciiHexDigit)) return false;
        low = Convert.FromHexString(prefix.PadRight(64, '0'));
        high = Convert.FromHexString(prefix.PadRight(64, 'f'));
        return true;
    }

    static long Now => DateTime.UtcNow.Ticks;

    static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>Closes the catalogue; after a bulk load the log is folded into the file first, so that later reads are fast.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            if (_disposed) return;
            _disposed = true;
            while (_readers.TryTake(out var reader)) reader.Dispose();
            try
            {
                // Passive: takes what it can without waiting for anybody. The last connection to close folds the rest.
                if (_rowsSinceCheckpoint >= BulkRows) _writer.Execute("PRAGMA wal_checkpoint(PASSIVE)");
            }
            catch (SqliteException)
            {
                // Every transaction is already in the log; another process folds it.
            }
            _writer.Dispose();
        }
    }
}
