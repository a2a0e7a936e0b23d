namespace Flywheel.Benchmarks.Decision;

/// <summary>What a year cost under a policy.</summary>
sealed record Bill(double Total, int Trained, int Labels);

/// <summary>Runs a policy through a year.</summary>
static class Simulation
{
    const int LabellingDays = 2;

    public static Bill Run(Year year, Policy policy)
    {
        policy.Begin();
        var model = year.First();
        var published = year.Published(model);
        var labels = new List<(int Day, int Count)>();
        var audits = new List<(int Day, int N, int Wrong)>();
        var curve = new List<LearningPoint> { new(year.BaseLabels, published) };
        int learned = 0, due = -1, ordered = 0, trained = 0, last = 0;
        var bought = 0;
        double errors = 0, free = 0;
        for (var day = 0; day < Year.Days; day++)
        {
            free += year.FreeLabelsPerDay;
            if (free >= 1)
            {
                labels.Add((day, (int)free));
                free -= (int)free;
            }
            var delivered = day == due;
            if (delivered)
            {
                labels.Add((day, ordered));
                audits.Add((day, ordered, year.Audit(model, day, ordered)));
            }
            if (delivered || (due < day && day % 7 == 0 && day > 0))
            {
                var total = labels.Sum(l => l.Count);
                var sight = new Sight(year, model, published, day, day - last, total - learned, year.BaseLabels + learned, audits, curve);
                var move = policy.Decide(sight, delivered);
                if (move.Buy > 0)
                {
                    (due, ordered) = (day + LabellingDays, move.Buy);
                    bought += move.Buy;
                }
                else if (move.Train)
                {
                    trained++;
                    last = day;
                    var challenger = year.Train(labels, day);
                    var gain = year.Gate(model, challenger, day);
                    policy.Trained(gain);
                    if (gain.Value >= -0.01)
                    {
                        (model, learned, audits) = (challenger, total, []);
                        published = year.Published(model);
                        curve = [.. curve, new LearningPoint(year.BaseLabels + learned, published)];
                    }
                }
            }
            errors += year.Volume * year.Costs.PerError * year.Error(model, day);
        }
        return new Bill(errors + bought * year.Costs.PerLabel + trained * year.Costs.PerTraining, trained, bought);
    }
}
