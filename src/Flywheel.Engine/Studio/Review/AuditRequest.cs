using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Studio.Review;

/// <summary>What a reviewer wants to accept without looking at each, and what a random sample of it has to show first.</summary>
public sealed record AuditRequest
{
    /// <summary>Confidence of the lower bound.</summary>
    public const double Confidence = 0.95;

    /// <summary>Suggestions looked at unless more are needed.</summary>
    public const int UsualSample = 20;

    /// <summary>Only suggestions with one of these reasons; null for any.</summary>
    public IReadOnlyCollection<string>? Reasons { get; init; }

    /// <summary>Only about images of this dataset.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only with at least this score, 0..1.</summary>
    public double MinScore { get; init; }

    /// <summary>Share of the sample that has to be accepted, 0..1.</summary>
    public double Target { get; init; } = 0.95;

    /// <summary>What the exact lower bound of that share has to reach besides, above 0 and below 1; null to leave it at the share itself.</summary>
    public double? Bound { get; init; }

    /// <summary>Suggestions to look at; null for as many as needed, <see cref="UsualSample"/> at least.</summary>
    public int? Sample { get; init; }

    /// <summary>Seed of the drawing.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Who asks.</summary>
    public required string Author { get; init; }

    /// <summary>The size of the sample, if there are that many suggestions.</summary>
    public int SampleSize => Sample ?? Math.Max(UsualSample, Bound is { } bound ? ClopperPearson.TrialsNeeded(bound, Confidence) ?? 0 : 0);

    /// <summary>Refuses what cannot be judged.</summary>
    /// <exception cref="FlywheelException"><c>InvalidAudit</c>.</exception>
    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Author)) throw Fault("Nobody is named as the reviewer.", Author, "Say who you are.");
        if (!(MinScore is >= 0 and <= 1)) throw Fault($"The score {MinScore} is not between 0 and 1.", MinScore, "Give a score between 0 and 1.");
        if (!(Target is >= 0 and <= 1)) throw Fault($"The share {Target} is not between 0 and 1.", Target, "Give a share between 0 and 1, such as 0.95.");
        if (Bound is { } bound && !(bound is > 0 and < 0.999)) throw Fault($"The bound {bound} is not above 0 and below 0.999.", bound, "Give a bound such as 0.9; 0.999 would need 2,995 suggestions looked at.");
        if (Sample is { } sample && sample is < 1 or > 5000) throw Fault($"A sample of {sample}.", sample, "Look at 1 to 5,000 suggestions.");
        if (Sample is { } given && Bound is { } demanded && given < ClopperPearson.TrialsNeeded(demanded, Confidence))
            throw Fault($"A sample of {given} cannot show a bound of {demanded}, even if every one is accepted: {ClopperPearson.TrialsNeeded(demanded, Confidence)} are needed.", given, "Look at more, or ask for less.");

        static FlywheelException Fault(string message, object? target, string advice) => new("InvalidAudit", FaultCategory.InvalidArgument, message, target, advice);
    }
}
