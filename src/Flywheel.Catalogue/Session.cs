using Microsoft.Data.Sqlite;

namespace Flywheel.Catalogue;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
sealed class Session : IDisposable
{
    readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    public Session(string file, bool readOnly)
    {
        // Pooling would keep the file open after the workspace is disposed.
        Connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false }.ToString());
        try
        {
            Connection.Open();
            Execute("PRAGMA busy_timeout=10000");
            Execute("PRAGMA synchronous=NORMAL");
            Execute("PRAGMA foreign_keys=ON");
            Execute("PRAGMA cache_size=-16000");
            Execute("PRAGMA temp_store=MEMORY");
            Execute("PRAGMA wal_autocheckpoint=4000");
            if (readOnly) Execute("PRAGMA query_only=ON");
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    public SqliteConnection Connection { get; }

    /// <summary>The statement of that text, prepared once per connection.</summary>
    public Statement this[string sql]
    {
        get
        {
            if (!_statements.TryGetValue(sql, out var statement)) _statements[sql] = statement = new Statement(Connection, sql);
            return statement;
        }
    }

    /// <summary>Runs a statement that is not worth keeping prepared.</summary>
    public void Execute(string sql)
    {
        using var statement = new Statement(Connection, sql);
        statement.Run();
    }

    /// <summary>Runs a script of several statements.</summary>
    public void Script(string sql)
    {
        using var command = Connection.CreateCommand();
#pragma warning disable CA2100 // only the constant texts of the migrations come here
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public long Scalar(string sql)
    {
        using var statement = new Statement(Connection, sql);
        return statement.Step() ? statement.Long(0) : 0;
    }

    /// <summary>Gives up whatever rows are still pending.</summary>
    public void ResetAll()
    {
        foreach (var statement in _statements.Values) statement.Reset();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
        Connection.Dispose();
    }
}
