namespace Flywheel.Engine.Tests.Loops;

/// <summary>What a loop does around a model in production: publish, watch, decide, ask people, retrain, publish again.</summary>
public sealed class ProductionLoopTests(ProductionTurns turns) : IClassFixture<ProductionTurns>
{
    static string Summary(LoopResult result, string stage) => result.Stages.Single(s => s.Name == stage).Summary;

    static string[] Names(LoopResult result) => [.. result.Stages.Select(s => s.Name)];

    [Fact]
    public void Nothing_goes_wrong() => Assert.Empty(turns.Reports.Faults);

    [Fact]
    public void A_first_model_that_the_gate_refuses_gives_exit_code_2_and_there_is_nothing_to_watch()
    {
        Assert.Equal((LoopStatus.GateFailed, 2), (turns.Never.Status, turns.Never.ExitCode));
        Assert.Equal(["sample", "import lab", "split lab", "import field-test", "train", "evaluate", "first publish"], Names(turns.Never));
        Assert.Equal(Summary(turns.Never, "first publish"), turns.Never.Message);
    }

    [Fact]
    public void The_first_model_is_published_though_nothing_has_been_recorded_yet()
    {
        Assert.Equal((LoopStatus.Done, 0), (turns.First.Status, turns.First.ExitCode));
        Assert.Equal(["first publish", "import inbox"], Names(turns.First)[^2..]);
        Assert.Contains("(v1)", Summary(turns.First, "first publish"));
        Assert.StartsWith("Nothing has been recorded in 'inbox' yet. Serve the model", turns.First.Message);
    }

    [Fact]
    public void What_was_recorded_is_watched_mined_weighed_and_people_are_asked()
    {
        Assert.Equal((LoopStatus.WaitingForPeople, 3), (turns.Asked.Status, turns.Asked.ExitCode));
        Assert.Equal(["import inbox", "production", "watch", "mine", "decide", "select", "label"], Names(turns.Asked)[^7..]);
        Assert.StartsWith("120 images recorded, 120 of them kept", Summary(turns.Asked, "import inbox"));
        Assert.StartsWith("120 images predicted", Summary(turns.Asked, "production"));
        Assert.Contains("lab test", Summary(turns.Asked, "watch"));
        Assert.Equal(Summary(turns.Asked, "label"), turns.Asked.Message);
    }

    [Fact]
    public void A_retrained_model_that_the_gate_refuses_gives_exit_code_2_and_a_report_all_the_same()
    {
        Assert.Equal((LoopStatus.GateFailed, 2), (turns.Refused.Status, turns.Refused.ExitCode));
        Assert.Equal(["publish", "report"], Names(turns.Refused)[^2..]);
        Assert.Equal(StageStatus.GateFailed, turns.Refused.Stages.Single(s => s.Name == "publish").Status);
        Assert.NotNull(turns.Refused.ReportPath);
    }

    [Fact]
    public void A_gate_that_cannot_tell_waits_with_exit_code_3()
    {
        Assert.Equal((LoopStatus.WaitingForPeople, 3), (turns.Undecided.Status, turns.Undecided.ExitCode));
        Assert.Equal(StageStatus.Waiting, turns.Undecided.Stages.Single(s => s.Name == "publish").Status);
        Assert.Equal(Summary(turns.Undecided, "publish"), turns.Undecided.Message);
        Assert.Equal("report", turns.Undecided.Stages[^1].Name); // whoever decides has something to look at
    }

    [Fact]
    public void The_report_shows_production_the_decision_and_the_gate()
    {
        Assert.Contains("<h2>Publication</h2>", turns.Page);
        Assert.Contains(") as production, version 2</p>", turns.Page);
        Assert.Contains("accuracy &gt;= 0.2</code></th><td><b class=\"good\">pass</b>", turns.Page);
        Assert.Contains("<h2>In production</h2>", turns.Page);
        Assert.Contains("<h2>Edge cases</h2>", turns.Page);
        Assert.Contains("<h2>Does retraining pay?</h2>", turns.Page);
        Assert.Contains("accuracy &gt;= 0.9999</code></th><td><b class=\"bad\">fail</b>", turns.RefusedPage);
    }

    [Fact]
    public void A_retrained_model_that_passes_is_the_second_version()
    {
        Assert.Equal((LoopStatus.Done, 0), (turns.Published.Status, turns.Published.ExitCode));
        Assert.Contains("(v2)", Summary(turns.Published, "publish"));
        Assert.Equal(StageStatus.Skipped, turns.Published.Stages.Single(s => s.Name == "retrain").Status);
        Assert.Equal(ProductionTurns.Budget, turns.Published.Arms[^1].Labels);
    }

    [Fact]
    public void A_turn_that_does_not_pay_ends_with_the_decision_as_its_message()
    {
        Assert.Equal((LoopStatus.Done, 0), (turns.Idle.Status, turns.Idle.ExitCode));
        Assert.Equal("decide", turns.Idle.Stages[^1].Name);
        Assert.NotEmpty(turns.Idle.Message);
        Assert.Equal(Summary(turns.Idle, "decide"), turns.Idle.Message);
    }

    [Fact]
    public void The_labels_of_earlier_turns_are_learned_from_again()
    {
        Assert.Equal(LoopStatus.WaitingForPeople, turns.AskedAgain.Status);
        Assert.Equal(LoopStatus.Done, turns.Second.Status);
        Assert.Equal(2 * ProductionTurns.Budget, turns.Second.Arms[^1].Labels);
        using var workspace = turns.Open();
        Assert.Equal(2 * ProductionTurns.Budget, workspace.GetDataset("inbox").Labelled);
        Assert.Equal(3, workspace.Catalogue.FindAlias("production")!.Version);
    }
}
