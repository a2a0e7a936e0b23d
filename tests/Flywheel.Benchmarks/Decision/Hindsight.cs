namespace Flywheel.Benchmarks.Decision;

/// <summary>
/// Knows the whole year beforehand: the cheapest chain of trainings and their labels by dynamic programming over weeks, each training
/// valued as if it had only the labels bought for it. No policy can be it; it shows how much there was to gain.
/// </summary>
sealed class Hindsight(Year year) : Policy
{
    static readonly int[] s_labels = [25, 50, 100, 200, 400];
    readonly Dictionary<int, int> _plan = Solve(year);

    public override string Family => "hindsight";

    public override Move Decide(Sight sight, bool delivered) => delivered ? new(0, true) : _plan.TryGetValue(sight.Day, out var labels) ? new(labels, false) : default;

    static Dictionary<int, int> Solve(Year year)
    {
        const int weeks = (Year.Days + 6) / 7;
        // best[i]: least cost from week i on when a training is ordered in week i; then[i]: its labels and the week of the next one.
        var best = new double[weeks + 1];
        var then = new (int Labels, int Next)[weeks + 1];
        double Errors(Year.Fitted model, int from, int to)
        {
            double sum = 0;
            for (var day = from; day < Math.Min(to, Year.Days); day++) sum += year.Error(model, day);
            return sum * year.Volume * year.Costs.PerError;
        }
        for (var i = weeks - 1; i > 0; i--)
        {
            best[i] = double.PositiveInfinity;
            if (7 * i + 2 >= Year.Days) continue;
            foreach (var labels in s_labels)
            {
                var model = year.Train([(7 * i, labels)], 7 * i + 2);
                var cost = year.Costs.PerTraining + year.Costs.PerLabel * labels;
                for (var next = i + 1; next <= weeks; next++)
                {
                    cost += Errors(model, 7 * (next - 1) + 2, 7 * next + 2);
                    var tail = next == weeks ? 0 : best[next];
                    if (next - i >= 2 && cost + tail < best[i]) (best[i], then[i]) = (cost + tail, (labels, next));
                }
            }
        }
        var first = year.First();
        double until = 0, least = Errors(first, 0, Year.Days);
        var start = weeks;
        for (var i = 1; i < weeks; i++)
        {
            until = Errors(first, 0, 7 * i + 2);
            if (until + best[i] < least) (least, start) = (until + best[i], i);
        }
        var plan = new Dictionary<int, int>();
        for (var i = start; i < weeks; i = then[i].Next) plan[7 * i] = then[i].Labels;
        return plan;
    }
}
