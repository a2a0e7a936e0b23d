namespace Flywheel;

/// <summary>What holds whatever the costs say.</summary>
public sealed record RetrainingRules
{
    /// <summary>Shortest time between two trainings of the same model's line.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromDays(1);

    /// <summary>New labels a training needs at least.</summary>
    public int MinimumLabels { get; init; } = 20;

    /// <summary>How often the question is asked: waiting means waiting at least this long.</summary>
    public TimeSpan Review { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long labelling takes.</summary>
    public TimeSpan Labelling { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Refuses rules that cannot be kept.</summary>
    /// <exception cref="FlywheelException"><c>RuleOutOfRange</c>.</exception>
    public RetrainingRules Validated()
    {
        if (Cooldown < TimeSpan.Zero || Labelling < TimeSpan.Zero || Review < TimeSpan.FromHours(1))
            throw new FlywheelException("RuleOutOfRange", FaultCategory.InvalidArgument, $"Cooldown {Cooldown}, labelling {Labelling}, review {Review}.", Cooldown,
                "Give times of zero or more, and at least an hour between reviews.");
        if (MinimumLabels < 0)
            throw new FlywheelException("RuleOutOfRange", FaultCategory.InvalidArgument, $"{MinimumLabels} minimum labels.", MinimumLabels, "Give zero or more.");
        return this;
    }
}
