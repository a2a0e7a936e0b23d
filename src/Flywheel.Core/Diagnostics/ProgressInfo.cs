namespace Flywheel;

/// <summary>One report of an activity's progress.</summary>
/// <param name="Activity">What is going on, constant for the activity ("Importing mrl").</param>
/// <param name="Status">Where it stands, in words, with a rate where there is one ("4,000 of 10,000, 11,800/s").</param>
/// <param name="Done">Items done.</param>
/// <param name="Total">Items in all, or null if unknown.</param>
/// <param name="Remaining">Estimated time left, or null if unknown.</param>
/// <param name="Completed">True on the activity's last report.</param>
/// <param name="Id">Distinguishes activities that run at once.</param>
/// <param name="ParentId">The enclosing activity's <paramref name="Id"/>, or -1.</param>
public sealed record ProgressInfo(string Activity, string Status, long Done, long? Total, TimeSpan? Remaining, bool Completed = false, int Id = 0, int ParentId = -1)
{
    /// <summary>Percent done in 0..100, or -1 if the total is unknown.</summary>
    public int Percent => Total is > 0 ? (int)Math.Clamp(Done * 100 / Total.Value, 0, 100) : -1;
}
