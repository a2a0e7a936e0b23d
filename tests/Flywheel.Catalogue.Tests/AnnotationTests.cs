using Microsoft.Data.Sqlite;

namespace Flywheel.Catalogue.Tests;

public sealed class AnnotationTests : IDisposable
{
    readonly TemporaryCatalogue _c = new();
    readonly string _id = TemporaryCatalogue.Id(1);

    public AnnotationTests() => _c.Add("d", _c.Record(1, "open"));

    public void Dispose() => _c.Dispose();

    [Fact]
    public void Every_change_is_an_entry_and_undo_is_one_more()
    {
        _c.Store.Annotate([new AnnotationChange(_id, "closed", AnnotationProvenance.Human, "ann", "second look")]);
        _c.Store.Annotate([new AnnotationChange(_id, "open", AnnotationProvenance.Imported, "bob", "undo")]);
        var ledger = _c.Store.Annotations(_id).ToList();
        Assert.Equal([(null, "open"), ("open", "closed"), ("closed", "open")], ledger.Select(a => (a.OldLabel, a.NewLabel!)));
        Assert.Equal(["tester", "ann", "bob"], ledger.Select(a => a.Author));
        Assert.Equal([1, 2, 3], ledger.Select(a => a.Sequence));
        Assert.Equal("open", _c.Store.FindImage(_id)!.Label);
    }

    [Fact]
    public void The_same_label_from_the_same_kind_of_source_adds_nothing()
    {
        Assert.Empty(_c.Store.Annotate([new AnnotationChange(_id, "open", AnnotationProvenance.Imported, "x")]));
        Assert.Single(_c.Store.Annotate([new AnnotationChange(_id, "open", AnnotationProvenance.Reviewed, "x")]));
        Assert.Equal(AnnotationProvenance.Reviewed, _c.Store.FindImage(_id)!.Provenance);
    }

    [Fact]
    public void A_withdrawn_label_is_none()
    {
        var made = Assert.Single(_c.Store.Annotate([new AnnotationChange(_id, null, AnnotationProvenance.Human, "x")]));
        Assert.Equal(("open", null), (made.OldLabel, made.NewLabel));
        var image = _c.Store.FindImage(_id)!;
        Assert.Null(image.Label);
        Assert.Null(image.Provenance);
        Assert.Empty(_c.Store.Annotate([new AnnotationChange(_id, null, AnnotationProvenance.Human, "x")]));
    }

    [Fact]
    public void One_unknown_image_undoes_the_whole_call()
    {
        var fault = Assert.Throws<FlywheelException>(() => _c.Store.Annotate([new AnnotationChange(_id, "closed", AnnotationProvenance.Human, "x"), new AnnotationChange(TemporaryCatalogue.Id(9), "closed", AnnotationProvenance.Human, "x")]));
        Assert.Equal("ImageNotFound", fault.ErrorId);
        Assert.Equal("open", _c.Store.FindImage(_id)!.Label);
        Assert.Single(_c.Store.Annotations());
    }

    [Theory]
    [InlineData("UPDATE annotation SET new='forged'")]
    [InlineData("DELETE FROM annotation")]
    public void The_ledger_cannot_be_rewritten_even_by_hand(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_c.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Contains("append-only", Assert.Throws<SqliteException>(() => command.ExecuteNonQuery()).Message, StringComparison.Ordinal);
        Assert.Equal("open", Assert.Single(_c.Store.Annotations()).NewLabel);
    }

    [Fact]
    public void A_new_label_gives_every_dataset_with_the_image_a_new_version_and_no_other()
    {
        _c.Store.AddMembers("also", [_id]);
        _c.Add("other", _c.Record(2, "open"));
        var before = _c.Store.Datasets().ToDictionary(d => d.Name, d => d.VersionId);
        _c.Store.Annotate([new AnnotationChange(_id, "closed", AnnotationProvenance.Human, "x")]);
        var after = _c.Store.Datasets().ToDictionary(d => d.Name, d => d.VersionId);
        Assert.NotEqual(before["d"], after["d"]);
        Assert.NotEqual(before["also"], after["also"]);
        Assert.Equal(before["other"], after["other"]);
    }
}
