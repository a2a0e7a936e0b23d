using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Flywheel.Catalogue;

/// <summary>
/// A prepared statement with parameters bound by number. The ADO.NET layer makes a reader and looks parameters up by name on every
/// execution, which costs more than the insert itself when ten thousand rows go in.
/// </summary>
sealed class Statement : IDisposable
{
    readonly sqlite3 _db;
    readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _db = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_db, sql, out _statement), _db);
    }

    public Statement Bind(int index, long value) => Check(raw.sqlite3_bind_int64(_statement, index, value));

    public Statement Bind(int index, double value) => Check(raw.sqlite3_bind_double(_statement, index, value));

    public Statement Bind(int index, ReadOnlySpan<byte> value) => Check(raw.sqlite3_bind_blob(_statement, index, value));

    public Statement Bind(int index, string? value) =>
        Check(value is null ? raw.sqlite3_bind_null(_statement, index) : raw.sqlite3_bind_text(_statement, index, value));

    public Statement Bind(int index, long? value) => value is { } some ? Bind(index, some) : Check(raw.sqlite3_bind_null(_statement, index));

    /// <summary>Moves to the next row; false at the end, after which the statement may be bound and run again.</summary>
    public bool Step()
    {
        var rc = raw.sqlite3_step(_statement);
        if (rc == raw.SQLITE_ROW) return true;
        if (rc == raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(_statement);
            return false;
        }
        // The message must be read before the reset clears it.
        try
        {
            SqliteException.ThrowExceptionForRC(rc, _db);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
        return false;
    }

    /// <summary>Runs to the end, ignoring rows, and returns how many rows were changed.</summary>
    public int Run()
    {
        while (Step()) { }
        return raw.sqlite3_changes(_db);
    }

    /// <summary>Gives up the remaining rows.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int(int column) => raw.sqlite3_column_int(_statement, column);

    public double Double(int column) => raw.sqlite3_column_double(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Hex(int column) => Convert.ToHexStringLower(Blob(column));

    Statement Check(int rc)
    {
        if (rc != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(rc, _db);
        return this;
    }

    public void Dispose() => _statement.Dispose();
}
