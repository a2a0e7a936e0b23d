using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace Flywheel.Shell.Hosting;

/// <summary>
/// Shows progress records: bars that redraw themselves on a terminal; elsewhere a plain line per activity, the first after two
/// seconds, then every five, and one at the end of an activity that showed any.
/// </summary>
sealed class ProgressDisplay(ConsoleStreams streams, TimeProvider time)
{
    const int MaxBars = 4;
    static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan s_firstLine = TimeSpan.FromSeconds(2);
    static readonly TimeSpan s_nextLine = TimeSpan.FromSeconds(5);

    readonly Lock _gate = new();
    readonly Dictionary<(long Source, int Id), Shown> _activities = [];
    long _drawn;

    sealed class Shown
    {
        public required string Activity { get; init; }
        public required long Start { get; init; }
        public required int Order { get; init; }
        public long LastLine { get; set; }
        public bool HasLine { get; set; }
        public required ProgressRecord Record { get; set; }
    }

    public void Show(long sourceId, ProgressRecord record)
    {
        lock (_gate)
        {
            var key = (sourceId, record.ActivityId);
            if (record.RecordType == ProgressRecordType.Completed)
            {
                if (!_activities.Remove(key, out var ended)) return;
                if (!streams.ErrorIsTerminal && ended.HasLine)
                    streams.WriteError($"{ended.Activity}: done in {Duration(time.GetElapsedTime(ended.Start))}{Environment.NewLine}");
                if (streams.ErrorIsTerminal) Redraw();
                return;
            }
            if (!_activities.TryGetValue(key, out var shown) || shown.Activity != record.Activity)
                _activities[key] = shown = new Shown { Activity = record.Activity, Start = time.GetTimestamp(), Order = _activities.Count, Record = record };
            shown.Record = record;
            if (streams.ErrorIsTerminal)
            {
                if (time.GetElapsedTime(_drawn) >= s_redraw) Redraw();
                return;
            }
            if (shown.HasLine ? time.GetElapsedTime(shown.LastLine) < s_nextLine : time.GetElapsedTime(shown.Start) < s_firstLine) return;
            shown.HasLine = true;
            shown.LastLine = time.GetTimestamp();
            streams.WriteError(PlainLine(record) + Environment.NewLine);
        }
    }

    /// <summary>Forgets every activity: the command that reported them has ended.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _activities.Clear();
            streams.Erase();
        }
    }

    void Redraw()
    {
        _drawn = time.GetTimestamp();
        if (_activities.Count == 0)
        {
            streams.Erase();
            return;
        }
        var width = Math.Max(20, streams.Width - 1);
        var bars = _activities.Values.OrderBy(a => a.Order).TakeLast(MaxBars).Select(a => Bar(a.Record, width)).ToArray();
        var up = bars.Length > 1 ? $"\u001b[{bars.Length - 1}A" : "";
        // Wrapping is off while drawing, so that a terminal made narrower meanwhile still has one row per bar.
        streams.Draw("\u001b[?7l" + string.Join(Environment.NewLine, bars) + "\u001b[?7h", () => streams.Error.Write($"\r{up}\u001b[J"));
    }

    internal static string PlainLine(ProgressRecord record)
    {
        var line = new StringBuilder(record.Activity).Append(": ").Append(record.StatusDescription.Trim());
        if (record.PercentComplete >= 0) line.Append(CultureInfo.InvariantCulture, $", {record.PercentComplete} %");
        if (record.SecondsRemaining > 0) line.Append(", ").Append(Duration(TimeSpan.FromSeconds(record.SecondsRemaining))).Append(" left");
        return line.ToString();
    }

    internal static string Bar(ProgressRecord record, int width)
    {
        const int Cells = 20;
        var line = new StringBuilder(record.Activity).Append(' ');
        if (record.PercentComplete >= 0)
        {
            var full = record.PercentComplete * Cells / 100;
            line.Append('[').Append('█', full).Append('·', Cells - full).Append(CultureInfo.InvariantCulture, $"] {record.PercentComplete} %  ");
        }
        line.Append(record.StatusDescription.Trim());
        if (record.SecondsRemaining > 0) line.Append(", ").Append(Duration(TimeSpan.FromSeconds(record.SecondsRemaining))).Append(" left");
        return line.Length <= width ? line.ToString() : line.ToString(0, width - 1) + "…";
    }

    internal static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time:ss}");
}
