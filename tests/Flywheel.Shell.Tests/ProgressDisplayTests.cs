using System.Management.Automation;
using Flywheel.Shell.Hosting;

namespace Flywheel.Shell.Tests;

public class ProgressDisplayTests
{
    sealed class Clock : TimeProvider
    {
        long _now;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => _now;
        public void Advance(double seconds) => _now += (long)(seconds * TimeSpan.TicksPerSecond);
    }

    readonly Clock _clock = new();
    readonly StringWriter _error = new() { NewLine = "\n" };
    readonly StringWriter _output = new() { NewLine = "\n" };

    ProgressDisplay Display(bool terminal)
    {
        _clock.Advance(100);
        return new ProgressDisplay(new ConsoleStreams(_output, _error, terminal, terminal, color: false, width: 60), _clock);
    }

    static ProgressRecord Record(int percent, string activity = "Importing", int id = 1) => new(id, activity, $"{percent} of 100 images") { PercentComplete = percent, SecondsRemaining = 100 - percent };

    static ProgressRecord Completed(string activity = "Importing", int id = 1) => new(id, activity, "done") { RecordType = ProgressRecordType.Completed };

    string[] Lines => _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [Fact]
    public void Without_a_terminal_lines_come_after_two_seconds_then_every_five_and_at_the_end()
    {
        var display = Display(terminal: false);
        for (var percent = 0; percent < 100; percent++)
        {
            display.Show(0, Record(percent));
            _clock.Advance(0.1);
        }
        display.Show(0, Completed());
        Assert.Equal(["Importing: 20 of 100 images, 20 %, 1:20 left", "Importing: 70 of 100 images, 70 %, 0:30 left", "Importing: done in 0:10"], Lines);
    }

    [Fact]
    public void A_short_activity_leaves_no_line()
    {
        var display = Display(terminal: false);
        display.Show(0, Record(10));
        _clock.Advance(1.9);
        display.Show(0, Record(90));
        display.Show(0, Completed());
        Assert.Empty(Lines);
    }

    [Fact]
    public void Activities_that_run_at_once_or_follow_under_one_id_are_counted_apart()
    {
        var display = Display(terminal: false);
        display.Show(0, Record(1, "One", 1));
        display.Show(0, Record(1, "Two", 2));
        _clock.Advance(3);
        display.Show(0, Record(2, "One", 1));
        display.Show(0, Record(2, "Two", 2));
        display.Show(0, Record(1, "Three", 1)); // a new activity that reuses the id starts its own two seconds
        Assert.Equal(["One: 2 of 100 images, 2 %, 1:38 left", "Two: 2 of 100 images, 2 %, 1:38 left"], Lines);
    }

    [Fact]
    public void On_a_terminal_a_bar_is_drawn_and_taken_away_before_other_output()
    {
        _clock.Advance(100);
        var streams = new ConsoleStreams(_error, _error, true, true, color: false, width: 60);
        var display = new ProgressDisplay(streams, _clock);
        display.Show(0, Record(50));
        streams.WriteOutput("result\n");
        var text = _error.ToString();
        Assert.Contains("Importing [██████████··········] 50 %", text);
        Assert.EndsWith("\r\u001b[Jresult\n", text);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(70)]
    public void A_bar_never_exceeds_its_width(int width) =>
        Assert.True(ProgressDisplay.Bar(Record(33, new string('x', 50)), width).Length <= width);
}
