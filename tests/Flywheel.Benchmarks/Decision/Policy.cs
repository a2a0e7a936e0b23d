namespace Flywheel.Benchmarks.Decision;

/// <summary>What a policy is shown on a day; nothing of the hidden truth.</summary>
sealed class Sight(Year year, Year.Fitted model, Metric published, int day, int sinceTraining, int newLabels, int trainingLabels,
    IReadOnlyList<(int Day, int N, int Wrong)> audits, IReadOnlyList<LearningPoint> curve)
{
    public int Day => day;
    public int Age => day - model.Day;
    public int SinceTraining => sinceTraining;
    public int NewLabels => newLabels;
    public int TrainingLabels => trainingLabels;
    public Metric Published => published;
    /// <summary>Audits of the present model.</summary>
    public IReadOnlyList<(int Day, int N, int Wrong)> Audits => audits;
    public IReadOnlyList<LearningPoint> Curve => curve;
    public RetrainingCosts Costs => year.Costs;
    public double Volume => year.Volume;
    public double FreeLabelsPerDay => year.FreeLabelsPerDay;
    public Metric? Estimate(int on) => year.Estimate(model, published, on);
    public double Strength => year.Strength(model, day);
    public bool Alarm(int perDays) => year.Alarm(model, day, perDays);
}

/// <summary>What a policy does: have so many random images labelled (they come two days later, and it is asked again), or train, or neither.</summary>
readonly record struct Move(int Buy, bool Train);

/// <summary>A rule for retraining, asked once a week and when labels come in.</summary>
abstract class Policy
{
    /// <summary>Shortest time between two trainings, the same for all but the schedule.</summary>
    public const int Cooldown = 14;

    public abstract string Family { get; }
    public virtual string Trigger => Family;
    /// <summary>Labels it has made for a training, null if that is its own choice.</summary>
    public virtual int? Labels => null;

    /// <summary>Decides.</summary>
    /// <param name="sight">What can be seen.</param>
    /// <param name="delivered">True if labels asked for have just come in.</param>
    public abstract Move Decide(Sight sight, bool delivered);

    /// <summary>Is told what the gate measured of a training it asked for.</summary>
    public virtual void Trained(Metric gain) { }

    /// <summary>Forgets what it knew of another year.</summary>
    public virtual void Begin() { }
}

/// <summary>Has labels made and trains when its trigger says so.</summary>
sealed class Triggered(string family, string name, int labels, Func<Sight, bool> trigger) : Policy
{
    public override string Family => family;
    public override string Trigger => name;
    public override int? Labels => labels;
    public override Move Decide(Sight sight, bool delivered) => delivered ? new(0, true)
        : !trigger(sight) ? default
        : labels == 0 ? new(0, sight.NewLabels > 0)
        : new(labels, false);
}

/// <summary>Audits on a schedule and trains when the audits of the last five weeks are below the accuracy at publication by a margin.</summary>
sealed class Audited(int every, int sample, double margin, int labels) : Policy
{
    bool _ordered;

    public override string Family => "accuracy threshold";
    public override string Trigger => $"{sample} labels audited every {every} d, {100 * margin:0} points down";
    public override int? Labels => labels;
    public override void Begin() => _ordered = false;

    public override Move Decide(Sight sight, bool delivered)
    {
        if (_ordered)
        {
            _ordered = false;
            return new(0, true);
        }
        if (!delivered) return sight.Day % every < 7 ? new(sample, false) : default;
        var recent = sight.Audits.Where(a => a.Day > sight.Day - 35).ToList();
        if (sight.SinceTraining < Cooldown || recent.Count == 0 || 1 - recent.Sum(a => a.Wrong) / (double)recent.Sum(a => a.N) > sight.Published.Value - margin) return default;
        if (labels == 0) return new(0, true);
        _ordered = true;
        return new(labels, false);
    }
}

/// <summary>Never trains.</summary>
sealed class Never : Policy
{
    public override string Family => "never";
    public override Move Decide(Sight sight, bool delivered) => default;
}
