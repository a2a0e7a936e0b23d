using System.Globalization;

namespace Flywheel;

/// <summary>
/// Turns counts into throttled <see cref="ProgressInfo"/> reports with a rate and an estimate of the time left. Thread-safe.
/// Dispose ends the activity.
/// </summary>
public sealed class ProgressMeter : IDisposable
{
    readonly IReporter _reporter;
    readonly string _activity;
    readonly long? _total;
    readonly string _unit;
    readonly int _id;
    readonly int _parentId;
    readonly TimeProvider _time;
    readonly long _start;
    readonly Lock _gate = new();
    long _last;
    long _done;
    bool _ended;

    /// <summary>Starts an activity.</summary>
    /// <param name="reporter">Receives the reports, at most ten a second.</param>
    /// <param name="activity">What is going on.</param>
    /// <param name="total">Items in all, or null if unknown.</param>
    /// <param name="unit">What is counted, in the plural ("images").</param>
    /// <param name="id">Distinguishes activities that run at once.</param>
    /// <param name="parentId">The enclosing activity, or -1.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public ProgressMeter(IReporter reporter, string activity, long? total, string unit = "items", int id = 1, int parentId = -1, TimeProvider? time = null)
    {
        _reporter = reporter;
        _activity = activity;
        _total = total;
        _unit = unit;
        _id = id;
        _parentId = parentId;
        _time = time ?? TimeProvider.System;
        _start = _last = _time.GetTimestamp();
    }

    /// <summary>Adds to the count and reports when the last report is over 100 ms old.</summary>
    public void Advance(long by = 1, string? status = null) => Report(Interlocked.Add(ref _done, by), status);

    /// <summary>Sets the count and reports when the last report is over 100 ms old.</summary>
    public void MoveTo(long done, string? status = null)
    {
        Interlocked.Exchange(ref _done, done);
        Report(done, status);
    }

    void Report(long done, string? status)
    {
        lock (_gate)
        {
            if (_ended || _time.GetElapsedTime(_last) < TimeSpan.FromMilliseconds(100)) return;
            _last = _time.GetTimestamp();
        }
        var seconds = Math.Max(_time.GetElapsedTime(_start).TotalSeconds, 1e-6);
        var rate = done / seconds;
        TimeSpan? remaining = _total is long t && done > 0 && t >= done ? TimeSpan.FromSeconds((t - done) / rate) : null;
        var of = _total is long n ? string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {n:N0} {_unit}") : string.Create(CultureInfo.InvariantCulture, $"{done:N0} {_unit}");
        var speed = rate >= 10 ? string.Create(CultureInfo.InvariantCulture, $", {rate:N0}/s") : rate >= 0.1 ? string.Create(CultureInfo.InvariantCulture, $", {rate:N1}/s") : "";
        _reporter.Progress(new ProgressInfo(_activity, of + speed + (status is null ? "" : ", " + status), done, _total, remaining, false, _id, _parentId));
    }

    /// <summary>Ends the activity.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
        }
        _reporter.Progress(new ProgressInfo(_activity, "done", _done, _total, TimeSpan.Zero, true, _id, _parentId));
    }
}
