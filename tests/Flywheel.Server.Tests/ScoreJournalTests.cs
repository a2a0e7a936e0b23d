using Flywheel.Engine.Production;

namespace Flywheel.Server.Tests;

public sealed class ScoreJournalTests : IDisposable
{
    readonly ServerProcess _host = new();
    readonly Model _model;

    public ScoreJournalTests() => _model = _host.Workspace.Catalogue.FindModel(_host.First.ModelId)!;

    public void Dispose() => _host.Dispose();

    string Folder => Path.Combine(_host.Workspace.EmbeddingsPath, _model.Id);

    static ScoredImage Scored(int n) =>
        new(new FlywheelImage { Id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(n))), Path = "", Format = "png" }, [n / 1000f, 1 - n / 1000f], null, [n, 2 * n, 3 * n]);

    float[] Embedding(int n)
    {
        using var session = new ScoringSession(_host.Workspace, _model, NullReporter.Instance);
        return session.Known(Scored(n).Image)?.Embedding ?? [];
    }

    [Fact]
    public void What_is_added_can_be_read_at_once_and_after_it_is_closed()
    {
        using (var journal = new ScoreJournal(_host.Workspace, _model))
        {
            journal.Append([Scored(1), Scored(2)]);
            Assert.Equal([1f, 2f, 3f], Embedding(1));
            journal.Append([Scored(3), Scored(1)]);
            Assert.Equal([3f, 6f, 9f], Embedding(3));
        }
        Assert.Single(Directory.GetFiles(Folder), f => f.EndsWith(".f32", StringComparison.Ordinal));
        Assert.Equal([2f, 4f, 6f], Embedding(2));
        Assert.Empty(Embedding(4));
    }

    [Fact]
    public void A_row_cut_in_half_by_a_kill_is_left_out_and_the_rest_counts()
    {
        var journal = new ScoreJournal(_host.Workspace, _model);
        journal.Append([Scored(1), Scored(2)]);
        var live = Assert.Single(Directory.GetFiles(Folder, "*.live"));
        var killed = live[..^5] + "x.live";
        File.Copy(live, killed);
        using (var file = new FileStream(killed, FileMode.Open)) file.SetLength(file.Length - 5);
        journal.Dispose();
        File.Delete(Directory.GetFiles(Folder, "*.f32").Single());

        Assert.Equal([1f, 2f, 3f], Embedding(1));
        Assert.Empty(Embedding(2));
        using (new ScoreJournal(_host.Workspace, _model)) { } // closes what was left
        Assert.Empty(Directory.GetFiles(Folder, "*.live"));
        Assert.Equal([1f, 2f, 3f], Embedding(1));
    }

    [Fact]
    public void A_second_journal_leaves_one_that_is_in_use_alone()
    {
        using var first = new ScoreJournal(_host.Workspace, _model);
        first.Append([Scored(1)]);
        using var second = new ScoreJournal(_host.Workspace, _model);
        second.Append([Scored(2)]);
        first.Append([Scored(3)]);
        Assert.All((int[])[1, 2, 3], n => Assert.NotEmpty(Embedding(n)));
    }
}
