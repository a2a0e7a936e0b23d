namespace Flywheel.Catalogue.Tests;

public sealed class RegistryTests : IDisposable
{
    static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    readonly TemporaryCatalogue _c = new();

    public void Dispose() => _c.Dispose();

    ModelVersion Add(string model) => _c.Store.AddModelVersion(new ModelVersion
    {
        Name = "eyes",
        ModelId = model,
        Path = Path.Combine(_c.Root, ".flywheel", "registry", model),
        DatasetVersion = "d1",
        Author = "ann",
        Published = s_start,
    });

    static AliasMove Move(string alias, int? from, int? to) => new() { Alias = alias, From = from, To = to, ModelId = "m", Author = "ann", Reason = "why", Kind = AliasMoveKind.Publish, Gate = "{}", Time = s_start };

    [Fact]
    public void A_number_is_never_given_twice()
    {
        var first = Add("a");
        var second = Add("b");
        Assert.Equal((1, 2), (first.Number, second.Number));
        _c.Store.RemoveModelVersion(2);
        _c.Reopen();
        Assert.Equal(3, Add("c").Number);
        Assert.Equal([first], _c.Store.ModelVersions().Take(1));
        Assert.Equal([1, 3], _c.Store.ModelVersions().Select(v => v.Number));
    }

    [Fact]
    public void Aliases_move_together_or_not_at_all_and_every_move_is_kept()
    {
        Add("a");
        Add("b");
        _c.Store.MoveAliases([Move("production", null, 1)]);
        _c.Store.MoveAliases([Move("production", 1, 2), Move("previous", null, 1) with { Forced = true }]);
        Assert.Equal(("b", 2), (_c.Store.FindAlias("PRODUCTION")!.ModelId, _c.Store.FindAlias("production")!.Version));
        Assert.Equal(["previous", "production"], _c.Store.Aliases().Select(a => a.Name));

        var late = Assert.Throws<FlywheelException>(() => _c.Store.MoveAliases([Move("previous", 1, 2), Move("production", 1, 2)]));
        Assert.Equal("AliasMovedMeanwhile", late.ErrorId);
        Assert.Equal("ModelVersionNotFound", Assert.Throws<FlywheelException>(() => _c.Store.MoveAliases([Move("previous", 1, 9)])).ErrorId);
        Assert.Equal(1, _c.Store.FindAlias("previous")!.Version);

        _c.Store.MoveAliases([Move("previous", 1, null)]);
        Assert.Null(_c.Store.FindAlias("previous"));
        Assert.Equal([(null, 1), (1, null)], _c.Store.AliasMoves("previous").Select(m => (m.From, m.To)));
        Assert.Equal(4, _c.Store.AliasMoves().Count);
        Assert.True(_c.Store.AliasMoves("previous")[0].Forced);
        Assert.Equal(("ann", "why", "{}"), (_c.Store.AliasMoves()[0].Author, _c.Store.AliasMoves()[0].Reason, _c.Store.AliasMoves()[0].Gate));
    }

    [Fact]
    public void What_an_alias_points_to_stays()
    {
        Add("a");
        _c.Store.MoveAliases([Move("production", null, 1), Move("challenger", null, 1)]);
        var refused = Assert.Throws<FlywheelException>(() => _c.Store.RemoveModelVersion(1));
        Assert.Equal("ModelVersionInUse", refused.ErrorId);
        Assert.Contains("challenger and production point", refused.Message, StringComparison.Ordinal);
        Assert.Equal("ModelVersionNotFound", Assert.Throws<FlywheelException>(() => _c.Store.RemoveModelVersion(5)).ErrorId);
    }
}
