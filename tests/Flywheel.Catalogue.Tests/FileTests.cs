using Microsoft.Data.Sqlite;

namespace Flywheel.Catalogue.Tests;

public sealed class FileTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();

    public void Dispose() => _c.Dispose();

    void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_c.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [Fact]
    public void A_later_schema_is_refused_and_left_alone()
    {
        _c.Add("d", _c.Record(1));
        _c.Store.Dispose();
        Execute("PRAGMA user_version=999");
        var fault = Assert.Throws<FlywheelException>(() => SqliteCatalogue.Open(_c.File, _c.Root));
        Assert.Equal("CatalogueTooNew", fault.ErrorId);
        Assert.Equal(_c.File, fault.Target);
        Execute($"PRAGMA user_version={_c.Store.SchemaVersion}");
        using var again = SqliteCatalogue.Open(_c.File, _c.Root);
        Assert.Equal(1, again.CountImages());
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var file = Path.Combine(_c.Root, "other.db");
        File.WriteAllText(file, new string('x', 5000));
        Assert.Equal("CatalogueCorrupt", Assert.Throws<FlywheelException>(() => SqliteCatalogue.Open(file, _c.Root)).ErrorId);
        Assert.Equal(new string('x', 5000), File.ReadAllText(file));
    }

    [Fact]
    public void Somebody_elses_database_is_refused_and_left_alone()
    {
        _c.Store.Dispose();
        File.Delete(_c.File);
        Execute("CREATE TABLE theirs(x)");
        Assert.Equal("CatalogueCorrupt", Assert.Throws<FlywheelException>(() => SqliteCatalogue.Open(_c.File, _c.Root)).ErrorId);
        Execute("INSERT INTO theirs VALUES(1)");
    }

    [Fact]
    public async Task Instances_and_threads_write_and_read_at_once_without_losing_anything()
    {
        const int Writers = 4, Batches = 10, Size = 25;
        var stores = Enumerable.Range(0, 2).Select(_ => SqliteCatalogue.Open(_c.File, _c.Root)).ToArray();
        try
        {
            var writers = Enumerable.Range(0, Writers).Select(w => Task.Run(() =>
            {
                for (var b = 0; b < Batches; b++)
                    stores[w % 2].AddImages("d", [.. Enumerable.Range(0, Size).Select(i => _c.Record($"{w}-{b}-{i}", "a"))], "x");
            })).ToArray();
            var reader = Task.Run(() =>
            {
                do
                {
                    // What a reader sees is always whole batches.
                    Assert.Equal(0, _c.Store.Images(new ImageQuery { Dataset = "d" }).Count() % Size);
                    _ = _c.Store.Datasets();
                }
                while (!Task.WhenAll(writers).IsCompleted);
            });
            await Task.WhenAll([.. writers, reader]);
        }
        finally
        {
            foreach (var store in stores) store.Dispose();
        }
        Assert.Equal(Writers * Batches * Size, _c.Store.CountImages());
        Assert.Equal(Writers * Batches * Size, _c.Store.FindDataset("d")!.Images);
        Assert.Equal(Writers * Batches * Size, _c.Store.Annotations().Count());
    }

    [Fact]
    public async Task Several_instances_may_make_the_catalogue_at_once()
    {
        var file = Path.Combine(_c.Root, "fresh.db");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() =>
        {
            using var store = SqliteCatalogue.Open(file, _c.Root);
            store.AddImages("d", [_c.Record(i)], "x");
        })));
        using var all = SqliteCatalogue.Open(file, _c.Root);
        Assert.Equal(6, all.CountImages());
    }

    [Fact]
    public void A_reader_that_stands_still_does_not_hold_a_writer_up()
    {
        _c.Add("d", [.. Enumerable.Range(0, 100).Select(i => _c.Record(i))]);
        using var images = _c.Store.Images(new ImageQuery()).GetEnumerator();
        Assert.True(images.MoveNext());
        _c.Add("d", _c.Record("more"));
        var rest = 1;
        while (images.MoveNext()) rest++;
        Assert.Equal(100, rest); // its own consistent state
        Assert.Equal(101, _c.Store.CountImages());
    }

    [Fact]
    public void A_stream_given_up_early_leaves_nothing_behind()
    {
        _c.Add("d", [.. Enumerable.Range(0, 100).Select(i => _c.Record(i))]);
        Assert.Equal(3, _c.Store.Images(new ImageQuery()).Take(3).Count());
        _c.Add("d", _c.Record("more"));
        Assert.Equal(101, _c.Store.Images(new ImageQuery()).Count());
        _c.Store.Dispose();
        Assert.Equal(["catalogue.db"], Directory.GetFiles(_c.Root).Select(Path.GetFileName)); // log folded, nothing open
    }
}
