namespace Flywheel.Engine.Production.Retraining;

/// <summary>How to ask whether to retrain.</summary>
public sealed record RetrainingRequest
{
    /// <summary>What things cost.</summary>
    public RetrainingCosts Costs { get; init; } = new();

    /// <summary>What holds in any case.</summary>
    public RetrainingRules Rules { get; init; } = new();

    /// <summary>Production images per day; null to count stored predictions.</summary>
    public double? VolumePerDay { get; init; }

    /// <summary>How far back measurements count as the present.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(28);

    /// <summary>Seed of the draws.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Whether to keep the decision.</summary>
    public bool Store { get; init; } = true;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
