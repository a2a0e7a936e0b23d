namespace Flywheel;

/// <summary>What things cost, all in one currency of the user's choice.</summary>
public sealed record RetrainingCosts
{
    /// <summary>One label, made by a person.</summary>
    public double PerLabel { get; init; } = 0.10;

    /// <summary>One wrong answer in production.</summary>
    public double PerError { get; init; } = 0.50;

    /// <summary>One retraining: machine, and the people who check and publish it.</summary>
    public double PerTraining { get; init; } = 2.00;

    /// <summary>How far ahead money counts: the longest time a training is expected to pay.</summary>
    public TimeSpan Horizon { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Refuses costs no decision can be made with.</summary>
    /// <exception cref="FlywheelException"><c>CostOutOfRange</c>; <c>HorizonOutOfRange</c>.</exception>
    public RetrainingCosts Validated()
    {
        foreach (var (name, value) in new[] { ("label", PerLabel), ("error", PerError), ("training", PerTraining) })
            if (!double.IsFinite(value) || value < 0)
                throw new FlywheelException("CostOutOfRange", FaultCategory.InvalidArgument, $"The cost per {name} is {value}.", value, "Give a finite cost of zero or more.");
        if (Horizon < TimeSpan.FromDays(1) || Horizon > TimeSpan.FromDays(3650))
            throw new FlywheelException("HorizonOutOfRange", FaultCategory.InvalidArgument, $"The horizon is {Horizon}.", Horizon, "Give one day to ten years.");
        return this;
    }
}
