namespace Flywheel.Engine.Studio.Dashboard;

/// <summary>How many images had a label at the end of a day, by where it came from.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Imported">With the data.</param>
/// <param name="Human">By a person.</param>
/// <param name="Auto">By a machine.</param>
/// <param name="Reviewed">Confirmed or corrected by a person.</param>
public sealed record LabelDay(DateOnly Day, int Imported, int Human, int Auto, int Reviewed)
{
    /// <summary>All of them.</summary>
    public int Total => Imported + Human + Auto + Reviewed;
}
