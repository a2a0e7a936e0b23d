using Flywheel.Engine.Production;
using Flywheel.Engine.Production.Logs;

namespace Flywheel.Engine.Tests.Production;

public class FeedbackImportTests
{
    static List<Feedback> Import(TemporaryWorkspace at, string text, string? model = null, bool store = true) =>
        [.. FeedbackImporter.Import(at.Workspace, new FeedbackImportRequest { Path = at.Write("reports.csv", text), Model = model, Reporter = "desk", Store = store }, at.Reports, TestContext.Current.CancellationToken)];

    static List<Prediction> Predict(TemporaryWorkspace at)
    {
        var model = TinyModel.Add(at.Workspace);
        return at.Predict(model, [Shades.Write(at, "bright.png", 240), Shades.Write(at, "dark.png", 15, 1)]);
    }

    [Fact]
    public void Reports_find_their_prediction_by_id_path_or_hash_and_come_in_once()
    {
        using var at = new TemporaryWorkspace();
        var predictions = Predict(at);
        var text = $"""
            id,path,hash,verdict,label,reason,reporter,time
            {predictions[0].Id},,,wrong,closed,glare,ann,2027-01-31T18:00:00Z
            ,dark.png,,,closed,,,
            ,,{predictions[1].ImageId},0,,blurred,bo,2027-01-31T18:00:01Z
            """;
        Assert.Equal(3, Import(at, text, store: false).Count);
        Assert.Empty(at.Workspace.Catalogue.Feedback(new FeedbackQuery()));
        var added = Import(at, text);
        Assert.Empty(Import(at, text));
        Assert.Empty(at.Reports.Faults);
        Assert.Equal([("open", "ann", FeedbackVerdict.Wrong), ("closed", "desk", FeedbackVerdict.Right), ("closed", "bo", FeedbackVerdict.Wrong)],
            added.Select(f => (predictions.Single(p => p.Id == f.PredictionId).Label, f.Reporter, f.Verdict)));
        Assert.Equal(added.Select(f => f.Id), at.Workspace.Catalogue.Feedback(new FeedbackQuery()).Select(f => f.Id));
        // The newest report counts.
        Assert.Equal("blurred", at.Workspace.Catalogue.FindPrediction(predictions[1].Id)!.Feedback!.Reason);
        Assert.Equal("Took 3 reports from", at.Reports.Lines.First(l => l.StartsWith("Took 3", StringComparison.Ordinal))[..19]);
    }

    [Fact]
    public void The_models_own_ids_and_the_named_models_predictions_are_meant()
    {
        using var at = new TemporaryWorkspace();
        Predict(at);
        PredictionImporter.Import(at.Workspace, new PredictionImportRequest { Path = at.Write("log.csv", "path,label,confidence,id\nbright.png,open,0.9,req 1\n"), Model = "line-3", External = true, Labels = ["open", "closed"] }, at.Reports, default);
        var line3 = at.Workspace.GetModel("line-3").Id;
        string Model(Feedback f) => at.Workspace.Catalogue.FindPrediction(f.PredictionId)!.ModelId;
        Assert.Equal(line3, Model(Assert.Single(Import(at, "request_id,verdict\nreq 1,wrong\n", "line-3"))));
        Assert.Equal(line3, Model(Assert.Single(Import(at, "path,model,verdict\nbright.png,line-3,right\n"))));
        Assert.Equal(at.Workspace.GetModel("tiny").Id, Model(Assert.Single(Import(at, "path,verdict\nbright.png,right\n", "tiny"))));
    }

    [Theory]
    [InlineData("id,verdict\n0199f6f2-0000-7000-8000-000000000000,wrong\n", "PredictionNotFound", "id")]
    [InlineData("id,verdict\nreq 1,wrong\n", "PredictionNotFound", "id")]
    [InlineData("path,verdict\nnone.png,wrong\n", "PredictionNotFound", "path")]
    [InlineData("path,model,verdict\nbright.png,eyes-9,wrong\n", "ModelNotFound", "model")]
    [InlineData("path,label,verdict\nbright.png,open,wrong\n", "FeedbackContradictsItself", "verdict")]
    [InlineData("path,label,verdict\nbright.png,closed,right\n", "FeedbackContradictsItself", "verdict")]
    [InlineData("path,label,verdict\nbright.png,clsed,wrong\n", "FeedbackLabelUnknown", "label")]
    public void A_row_that_names_nothing_known_or_contradicts_itself_is_a_fault_of_its_own(string text, string id, string column)
    {
        using var at = new TemporaryWorkspace();
        Predict(at);
        Assert.Empty(Import(at, text));
        var fault = Assert.Single(at.Reports.Faults);
        Assert.Equal((id, 2, column), (fault.ErrorId, fault.Location!.Line, fault.Location.Field));
        Assert.Contains("reports.csv(2)", fault.Message, StringComparison.Ordinal);
    }
}
