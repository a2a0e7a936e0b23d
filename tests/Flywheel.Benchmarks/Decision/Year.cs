namespace Flywheel.Benchmarks.Decision;

/// <summary>What happens to the world in a simulated year.</summary>
enum Scenario { Stable, Gradual, Sudden, Seasonal, LabelExpensive }

/// <summary>
/// A simulated year of production: the hidden truth. A world is a place on a line that moves by the scenario; labels are made where the
/// world is at the time. How a model errs there follows one of two mechanisms, neither of which is the decision's own model:
/// either labels count by their nearness to today's world and the error falls with the sum by a power law, or a penalty for the distance
/// from the lab is added and taken back hyperbolically by labels from nearby. Both forget, both have luck in each training.
/// </summary>
sealed class Year
{
    public const int Days = 365;

    readonly double[] _place = new double[Days], _benign = new double[Days];
    readonly double[] _estimateNoise = new double[Days], _strengthNoise = new double[Days], _alarmNoise = new double[Days];
    readonly double[] _luck = new double[Days], _gate = new double[Days], _published = new double[Days];
    readonly double _error, _floor, _exponent, _penalty, _half, _width, _forgetting, _blind;
    readonly bool _kernel;
    readonly long _seed;

    public Year(Scenario scenario, long seed, bool tuning)
    {
        _seed = seed * 16 + (int)scenario * 2 + (tuning ? 1 : 0);
        var random = new SeededRandom(_seed);
        // The tuning years come from other ranges than the judged ones.
        double Range(double low, double high) => tuning ? random.NextDouble(low + 0.15 * (high - low), high + 0.25 * (high - low)) : random.NextDouble(low, high);
        Volume = (tuning ? 350 : 500) * Math.Exp(0.6 * random.NextGaussian());
        Costs = new RetrainingCosts
        {
            PerError = 0.2 * Math.Exp(0.5 * random.NextGaussian()),
            PerLabel = 0.2 * Math.Exp(0.4 * random.NextGaussian()) * (scenario == Scenario.LabelExpensive ? 15 : 1),
            PerTraining = (tuning ? 45 : 60) * Math.Exp(0.6 * random.NextGaussian()),
            Horizon = TimeSpan.FromDays(90),
        };
        BaseLabels = (int)Range(1000, 4000);
        (_error, _floor, _exponent) = (Range(0.04, 0.12), Range(0.2, 0.7), Range(0.2, 0.6));
        (_penalty, _half, _width) = (Range(0.08, 0.3), Range(20, 150), Range(0.5, 0.8));
        (_forgetting, _blind) = (Range(0, 0.02), Range(0.2, 0.9));
        _kernel = random.NextDouble() < 0.5;
        FreeLabelsPerDay = random.NextDouble() < 0.5 ? 0 : Range(0, 0.6);

        var moves = scenario == Scenario.LabelExpensive ? (random.NextDouble() < 0.5 ? Scenario.Gradual : Scenario.Sudden) : scenario;
        var size = Range(0.8, 2);
        var day = random.Next(50, 300);
        var phase = random.NextDouble(0, 2 * Math.PI);
        var start = random.Next(0, 120);
        double wander = 0;
        var benignDay = random.NextDouble() < 0.4 ? random.Next(30, 330) : Days;
        var benignSize = Range(0.4, 1.5);
        for (var t = 0; t < Days; t++)
        {
            wander += 0.004 * random.NextGaussian();
            _place[t] = wander + moves switch
            {
                Scenario.Gradual => size * Math.Max(0, t - start) / (Days - start),
                Scenario.Sudden => t >= day ? size : 0,
                Scenario.Seasonal => 0.5 * size * (Math.Sin(2 * Math.PI * t / 365 + phase) - Math.Sin(phase)),
                _ => 0,
            };
            _benign[t] = t >= benignDay ? benignSize : 0;
            (_estimateNoise[t], _strengthNoise[t], _alarmNoise[t]) = (0.008 * random.NextGaussian(), 0.05 * random.NextGaussian(), random.NextGaussian());
            (_luck[t], _gate[t], _published[t]) = (0.006 * random.NextGaussian(), 0.012 * random.NextGaussian(), random.NextGaussian());
        }
    }

    public double Volume { get; }
    public RetrainingCosts Costs { get; }
    public int BaseLabels { get; }
    public double FreeLabelsPerDay { get; }
    public string Mechanism => _kernel ? "nearness" : "penalty";

    /// <summary>A model: labels by the day they were made on, and its luck.</summary>
    public sealed record Fitted(IReadOnlyList<(int Day, int Count)> Labels, int Day, double Luck);

    public Fitted First() => new([], 0, 0);

    public Fitted Train(IReadOnlyList<(int Day, int Count)> labels, int day) => new([.. labels], day, _luck[day]);

    /// <summary>The true error rate of a model on a day.</summary>
    public double Error(Fitted model, int day)
    {
        double Near(double from) => Math.Exp(-0.5 * Math.Pow((from - _place[day]) / _width, 2));
        double close = 0, all = 0;
        foreach (var (made, count) in model.Labels)
        {
            close += count * Near(_place[made]);
            all += count;
        }
        double e;
        if (_kernel) e = _error * (_floor + (1 - _floor) * Math.Pow((BaseLabels * Near(0) + close + 1) / (BaseLabels + 1.0), -_exponent));
        else e = _error * (_floor + (1 - _floor) * Math.Pow((BaseLabels + all) / BaseLabels, -_exponent)) + _penalty * (1 - Near(0)) * _half / (_half + close);
        var forgotten = all > 0 ? _forgetting * all / (all + 300) * (1 - close / all) : 0;
        return Math.Clamp(e + forgotten + model.Luck, 0.005, 0.5);
    }

    /// <summary>What the gate measures of a challenger against the champion: every policy publishes behind the same gate.</summary>
    public Metric Gate(Fitted champion, Fitted challenger, int day)
    {
        var gain = Error(champion, day) - Error(challenger, day) + _gate[day];
        return new Metric("accuracy difference", gain, gain - 0.024, gain + 0.024, 300, "Bootstrap");
    }

    /// <summary>Accuracy measured at publication on 300 held-out images.</summary>
    public Metric Published(Fitted model)
    {
        const int n = 300;
        var e = Error(model, model.Day);
        var wrong = Math.Clamp(Math.Round(n * e + Math.Sqrt(n * e * (1 - e)) * _published[model.Day]), 0, n);
        var (low, high) = Insight.Metrics.Intervals.Wilson(n - wrong, n);
        return new Metric("accuracy", 1 - wrong / n, low, high, n, "Wilson");
    }

    /// <summary>The label-free estimate: calibrated at publication, blind to part of the rise since; its interval knows nothing of that.</summary>
    public Metric? Estimate(Fitted model, Metric published, int day)
    {
        if (Strength(model, day) > 0.65) return null; // strong drift: cannot be known
        var rise = Error(model, day) - Error(model, model.Day);
        var value = Math.Clamp(published.Value - (1 - _blind) * rise + _estimateNoise[day], 0, 1);
        return new Metric("accuracy", value, value - 0.02, value + 0.02, 500, "CBPE");
    }

    public double Strength(Fitted model, int day) => Math.Clamp(Difference(model, day) + _strengthNoise[day], 0, 1);

    /// <summary>The drift test's alarm at a false-alarm budget of one per so many days, asked once a week.</summary>
    public bool Alarm(Fitted model, int day, int perDays) => 8 * Difference(model, day) + _alarmNoise[day] > perDays switch { 30 => 0.728, 90 => 1.420, _ => 2.072 };

    double Difference(Fitted model, int day)
    {
        var (real, benign) = (_place[day] - _place[model.Day], _benign[day] - _benign[model.Day]);
        return 1 - Math.Exp(-0.5 * (real * real + benign * benign) / 0.8);
    }

    /// <summary>Errors among n images drawn at random on a day.</summary>
    public int Audit(Fitted model, int day, int n)
    {
        var e = Error(model, day);
        var random = new SeededRandom(_seed, 1000 + day);
        var wrong = 0;
        for (var i = 0; i < n; i++)
            if (random.NextDouble() < e) wrong++;
        return wrong;
    }
}
