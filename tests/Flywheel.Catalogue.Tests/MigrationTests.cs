using Microsoft.Data.Sqlite;

namespace Flywheel.Catalogue.Tests;

/// <summary>A catalogue an earlier release made.</summary>
public sealed class MigrationTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("flywheel-migration-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_schema_1_catalogue_opens_with_everything_in_it()
    {
        var file = Path.Combine(_root, "catalogue.db");
        var time = new DateTimeOffset(2027, 1, 31, 18, 5, 9, TimeSpan.Zero);
        var version = "";
        using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            Run("PRAGMA journal_mode=WAL");
            Run($"PRAGMA application_id={Migrations.ApplicationId}");
            Run(Migrations.Scripts[0]);
            Run("PRAGMA user_version=1");
            Run($$"""
                INSERT INTO image VALUES(1, unhex('{{TemporaryCatalogue.Id(1)}}'), 'data/1.png', 'png', 1000, 24, 30, 0.5, 0.1, 100, 6, 0, -1, 'open', 3, '{"subject":"s1"}');
                INSERT INTO image VALUES(2, unhex('{{TemporaryCatalogue.Id(2)}}'), '/elsewhere/2.png', 'jpeg', 2000, 48, 60, 0.25, 0.2, 50, 5, 3, 7, NULL, NULL, NULL);
                INSERT INTO source VALUES('data/1.png', 1, 1000, 42), ('/elsewhere/2.png', 2, 2000, 43);
                INSERT INTO annotation VALUES(1, 1, NULL, 'closed', 0, 'import', 'data/1.png', {{time.UtcTicks}}), (2, 1, 'closed', 'open', 3, 'ann', NULL, {{time.UtcTicks + 1}});
                INSERT INTO dataset(n, name, group_by, created) VALUES(1, 'eyes', 'subject', {{time.UtcTicks}});
                INSERT INTO member VALUES(1, 1, 1), (1, 2, 0);
                INSERT INTO model VALUES(1, 'abcdef0123456789', 'eyes-1', {{time.UtcTicks}}, '.flywheel/models/abcdef0123456789', '{"Id":"abcdef0123456789","Name":"eyes-1","Path":".flywheel/models/abcdef0123456789","Labels":["closed","open"],"Preprocessing":{"Width":32,"Height":32,"Channels":1,"Mean":[0],"Std":[1]},"Architecture":"small","Dataset":"eyes","Temperature":1.5}');
                INSERT INTO prediction VALUES(1, '0194b9e2-0000-7000-8000-000000000001', unhex('{{TemporaryCatalogue.Id(1)}}'), 'data/1.png', 'abcdef0123456789', 'closed', 0.75, 0.5, 0.8, '{"closed":0.75,"open":0.25}', {{time.UtcTicks}});
                """);

            void Run(string sql)
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                command.ExecuteNonQuery();
            }
        }

        using (var store = SqliteCatalogue.Open(file, _root))
        {
            Assert.Equal(3, store.SchemaVersion);
            Assert.Empty(store.LabelConflicts());
            var images = store.Images(new ImageQuery { Dataset = "eyes" }).ToList();
            Assert.Equal([(Path.Combine(_root, "data", "1.png"), "open", AnnotationProvenance.Reviewed, DataSplit.Train), ("/elsewhere/2.png", null, null, DataSplit.None)],
                images.Select(i => (i.Path, i.Label, (AnnotationProvenance?)i.Provenance, i.Split)));
            Assert.Equal((24, 30, 0.5, "s1", ulong.MaxValue), (images[0].Width, images[0].Height, images[0].Brightness, images[0].Tags["subject"], images[0].PerceptualHash));
            Assert.Equal([(null, "closed", "import"), ("closed", "open", "ann")], store.Annotations().Select(a => (a.OldLabel, a.NewLabel, a.Author)));
            Assert.Equal(42, store.KnownFiles(Path.Combine(_root, "data")).Single().Value.ModifiedTicks);
            var dataset = Assert.Single(store.Datasets());
            Assert.Equal(("eyes", "subject", 2, 1, time), (dataset.Name, dataset.GroupBy, dataset.Images, dataset.Labelled, dataset.Created));
            version = store.Snapshot("eyes").Id;
            var model = Assert.Single(store.Models());
            Assert.Equal(("eyes-1", 1.5, Path.Combine(_root, ".flywheel", "models", "abcdef0123456789"), false), (model.Name, model.Temperature, model.Path, model.IsExternal));
            var prediction = Assert.Single(store.Predictions(new PredictionQuery()));
            Assert.Equal(("closed", 0.75, "open", false, time), (prediction.Label, prediction.Confidence, prediction.Truth, prediction.Correct, prediction.Time));
            Assert.Equal((PredictionSource.Batch, null, 0), (prediction.Source, prediction.Feedback, prediction.Tags.Count));

            // What the new schema brings works on what was there.
            store.AddFeedback([new Feedback { Id = Guid.CreateVersion7().ToString(), PredictionId = prediction.Id, Verdict = FeedbackVerdict.Wrong, Reason = "glare", Reporter = "ann", Time = time }]);
            Assert.Equal("glare", store.FindPrediction(prediction.Id)!.Feedback!.Reason);
        }
        using var again = SqliteCatalogue.Open(file, _root);
        Assert.Equal(version, Assert.Single(again.Versions("eyes")).Id);
        Assert.Equal("glare", Assert.Single(again.Predictions(new PredictionQuery())).Feedback!.Reason);
    }

    [Fact]
    public void A_model_that_runs_elsewhere_has_no_path()
    {
        using var store = SqliteCatalogue.Open(Path.Combine(_root, "catalogue.db"), _root);
        store.AddModel(new Model { Id = "00112233", Name = "line-3", Path = "", Labels = ["ok", "scratch"], Preprocessing = ImagePreprocessing.Raw(0, 0, 0), Architecture = "runs elsewhere" });
        var model = store.FindModel("line-3")!;
        Assert.True(model.IsExternal);
        Assert.Equal(("", ""), (model.Path, model.OnnxPath));
    }
}
