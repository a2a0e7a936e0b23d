namespace Flywheel.Insight.Decisions;

/// <summary>
/// Retrain, label first or wait: the plan with the least expected cost per day. A plan waits some days, may buy labels, trains, and lives on
/// the new model until that one is due; its cost is errors, labels and training over its length (renewal reward: Ross, Applied
/// Probability Models, 1970). With steady decay this gives the square-root rule of optimal replacement. What labels are worth as
/// information is the preposterior value (Raiffa and Schlaifer 1961): after the audit the better way is taken, whichever it turns out to be.
/// </summary>
public static class RetrainingPlanner
{
    /// <summary>Labels of a model that does not say how many it learned from.</summary>
    const int UnknownLabels = 1000;
    /// <summary>A label inside a slice counts for at most so many random ones.</summary>
    const double LargestLeverage = 5;
    /// <summary>Standard deviation of one training's accuracy.</summary>
    const double TrainingLuck = 0.008;
    const int AuditOutcomes = 32;

    static readonly int[] s_purchases = [20, 40, 80, 160, 320, 640];

    /// <summary>Assesses.</summary>
    /// <param name="evidence">What is known.</param>
    /// <param name="costs">What things cost.</param>
    /// <param name="rules">What holds in any case.</param>
    /// <param name="seed">Seed of the draws; assessments with the same seed can be compared.</param>
    public static RetrainingAssessment Assess(RetrainingEvidence evidence, RetrainingCosts costs, RetrainingRules rules, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(rules);
        return new Planning(evidence, costs.Validated(), rules.Validated(), seed).Assess();
    }

    sealed class Planning
    {
        readonly RetrainingEvidence _evidence;
        readonly RetrainingCosts _costs;
        readonly RetrainingRules _rules;
        readonly long _seed;
        readonly Belief _belief;
        readonly SliceEvidence[] _slices;
        readonly double _training, _horizon, _errorPerDay, _now, _growth;
        readonly Dictionary<(double, int), double[]> _after = [];

        public Planning(RetrainingEvidence evidence, RetrainingCosts costs, RetrainingRules rules, long seed)
        {
            (_evidence, _costs, _rules, _seed) = (evidence, costs, rules, seed);
            _training = evidence.TrainingLabels > 0 ? evidence.TrainingLabels : UnknownLabels;
            _belief = Belief.Of(evidence, (int)_training, seed);
            _horizon = costs.Horizon.TotalDays;
            _errorPerDay = Math.Max(0, evidence.VolumePerDay) * costs.PerError;
            (_now, _growth) = (_belief.Mean(_belief.Now), _belief.Mean(_belief.Growth));
            // Slices may overlap; together they are not let to be more than nine tenths of production.
            var share = 0.0;
            _slices = [.. evidence.Slices.Where(s => s.Share > 0 && s.ErrorRate > 0).OrderByDescending(s => s.Share * s.ErrorRate).TakeWhile(s => (share += s.Share) <= 0.9)];
        }

        public RetrainingAssessment Assess()
        {
            var cooldown = Math.Max(0, (_rules.Cooldown - _evidence.SinceTraining).TotalDays);
            var review = Math.Max(_rules.Review.TotalDays, cooldown);
            double[] delays = [.. new[] { review, 2 * review, 4 * review }.Where(d => d < _horizon)];
            int[] purchases = [.. s_purchases.Append(_rules.MinimumLabels - _evidence.NewLabels).Where(n => n > 0 && n <= _evidence.LabelsAvailable).Distinct().Order()];

            var now = new Plan(0, 0);
            var waits = delays.SelectMany(d => purchases.Prepend(0).Select(n => new Plan(d, n))).Where(Allowed).Append(new Plan(double.PositiveInfinity, 0)).ToList();
            var retrain = Rate(now);
            var wait = waits.MinBy(Rate);
            var waiting = Rate(wait);

            var delay = Math.Max(_rules.Labelling.TotalDays, cooldown);
            var (labelling, first, value) = (double.PositiveInfinity, new Plan(delay, 0), 0.0);
            foreach (var n in purchases)
            {
                var (rate, worth) = LabelFirst(new Plan(delay, n), delays);
                if (rate >= labelling) continue;
                (labelling, first, value) = (rate, new Plan(delay, n), worth);
            }

            var allowed = cooldown == 0 && Allowed(now);
            var options = new List<RetrainingOption>
            {
                new(RetrainingVerdict.Wait, waiting * _horizon, wait.Labels, double.IsInfinity(wait.Delay) ? null : TimeSpan.FromDays(wait.Delay)),
                new(RetrainingVerdict.Retrain, allowed ? retrain * _horizon : double.PositiveInfinity, 0, TimeSpan.Zero),
                new(RetrainingVerdict.LabelFirst, labelling * _horizon, first.Labels, TimeSpan.FromDays(delay)),
            };
            options = [.. options.OrderBy(o => o.Cost)]; // stable: waiting wins a tie
            var gain = Gain();
            return new RetrainingAssessment
            {
                Verdict = options[0].Verdict,
                Benefit = _belief.Describe("benefit", [.. gain.Select(g => g * _errorPerDay * _horizon - _costs.PerTraining)], _evidence.NewLabels),
                Gain = _belief.Describe("accuracy gain", gain, _evidence.NewLabels),
                Advantage = (Math.Min(waiting, labelling) - retrain) * _horizon,
                Accuracy = _belief.Describe("accuracy", [.. _belief.Now.Select(e => 1 - e)], _evidence.Accuracy?.N ?? 0),
                Labels = first.Labels,
                AuditValue = value * _horizon,
                Options = options,
            };
        }

        /// <summary>Wait so many days (for ever: keep the model), have so many labels made, train.</summary>
        readonly record struct Plan(double Delay, int Labels);

        double LabelsAt(Plan plan) => _evidence.NewLabels + plan.Labels + Math.Max(0, _evidence.LabelsPerDay) * plan.Delay;

        bool Allowed(Plan plan) => LabelsAt(plan) >= _rules.MinimumLabels;

        double[] Gain()
        {
            var after = After(0, 0);
            return [.. Enumerable.Range(0, Belief.Draws).Select(s => _belief.Now[s] - after[s] + TrainingLuck * _belief.Luck[s])];
        }

        /// <summary>Expected cost per day of a plan at its best length.</summary>
        double Rate(Plan plan)
        {
            if (double.IsInfinity(plan.Delay)) return _errorPerDay * (_now + _growth * _horizon / 2);
            var after = _belief.Mean(After(plan.Delay, plan.Labels));
            var life = Life(plan, after);
            return Rate(plan, life, _now, _growth, after);
        }

        double Rate(Plan plan, double life, double now, double growth, double after) =>
            (_costs.PerTraining + _costs.PerLabel * plan.Labels
                + _errorPerDay * (now * plan.Delay + growth * plan.Delay * plan.Delay / 2 + after * life + growth * life * life / 2)) / (plan.Delay + life);

        // The cost per day over delay + life = t is k/t + growth·t/2 + constant: least at √(2k/growth).
        double Life(Plan plan, double after)
        {
            var d = plan.Delay;
            var k = _costs.PerTraining + _costs.PerLabel * plan.Labels + _errorPerDay * ((_now - after) * d + _growth * d * d);
            var least = Math.Max(1, _rules.Cooldown.TotalDays);
            if (k <= 0) return Math.Min(least, _horizon);
            var slope = _errorPerDay * _growth;
            var length = slope > 0 ? Math.Sqrt(2 * k / slope) : double.PositiveInfinity;
            return Math.Clamp(length - d, Math.Min(least, _horizon), _horizon);
        }

        /// <summary>
        /// Cost per day of having labels made first, and what their information saves per day. The labels are seen as an audit of the
        /// present error rate; after each possible outcome training or waiting is taken, whichever is cheaper then.
        /// </summary>
        (double Rate, double Value) LabelFirst(Plan train, double[] delays)
        {
            var price = _costs.PerLabel * train.Labels;
            var keep = new Plan(double.PositiveInfinity, train.Labels);
            var others = delays.Where(d => d > train.Delay).Select(d => new Plan(d, train.Labels)).Where(Allowed).ToList();
            var kept = Rate(keep) + price / _horizon;
            var (best, waiting) = (keep, kept);
            foreach (var plan in others)
                if (Rate(plan) is var rate && rate < waiting) (best, waiting) = (plan, rate);
            if (!Allowed(train)) return (waiting, 0);

            double[] first = Rates(train), second = Rates(best);
            var difference = new double[Belief.Draws];
            for (var s = 0; s < Belief.Draws; s++) difference[s] = second[s] - first[s];
            var random = _slices.Length == 0 ? train.Labels : (train.Labels + 1) / 2;
            double gained = 0, plain = 0;
            foreach (var expected in AfterAudit(difference, random))
            {
                gained += Math.Max(0, expected) / AuditOutcomes;
                plain += expected / AuditOutcomes;
            }
            var value = Math.Max(0, gained - Math.Max(0, plain));
            return (Math.Min(Rate(train), waiting) - value, value);
        }

        double[] Rates(Plan plan)
        {
            if (double.IsInfinity(plan.Delay))
                return [.. Enumerable.Range(0, Belief.Draws).Select(s => _errorPerDay * (_belief.Now[s] + _belief.Growth[s] * _horizon / 2) + _costs.PerLabel * plan.Labels / _horizon)];
            var after = After(plan.Delay, plan.Labels);
            var life = Life(plan, _belief.Mean(after));
            return [.. Enumerable.Range(0, Belief.Draws).Select(s => Rate(plan, life, _belief.Now[s], _belief.Growth[s], after[s]))];
        }

        /// <summary>The expected value of a figure after each of 32 equally likely audits of n random images.</summary>
        IEnumerable<double> AfterAudit(double[] values, int n)
        {
            double[] wrong = [.. _belief.Now.Select(e => Math.Log(e))], right = [.. _belief.Now.Select(e => Math.Log(1 - e))];
            var order = Enumerable.Range(0, Belief.Draws).OrderBy(s => _belief.Now[s]).ToArray();
            var normal = Standard.Normals(AuditOutcomes, new SeededRandom(_seed, 6));
            double reached = 0;
            var at = 0;
            for (var o = 0; o < AuditOutcomes; o++)
            {
                while (at < order.Length - 1 && reached + _belief.Weight[order[at]] < (o + 0.5) / AuditOutcomes) reached += _belief.Weight[order[at++]];
                var e = _belief.Now[order[at]];
                var errors = Math.Clamp(n * e + Math.Sqrt(n * e * (1 - e)) * normal[o], 0, n);
                double sum = 0, weight = 0;
                var top = double.NegativeInfinity;
                for (var s = 0; s < Belief.Draws; s++)
                    if (_belief.Weight[s] > 0) top = Math.Max(top, errors * wrong[s] + (n - errors) * right[s]);
                for (var s = 0; s < Belief.Draws; s++)
                {
                    var w = _belief.Weight[s] * Math.Exp(errors * wrong[s] + (n - errors) * right[s] - top);
                    weight += w;
                    sum += w * values[s];
                }
                yield return sum / weight;
            }
        }

        /// <summary>Error rate of each draw after a training in so many days with so many bought labels.</summary>
        double[] After(double days, int bought)
        {
            var arrived = Math.Max(0, _evidence.LabelsPerDay) * days;
            if (_after.TryGetValue((arrived, bought), out var known)) return known;
            var result = new double[Belief.Draws];
            double share = _slices.Sum(s => s.Share), harm = _slices.Sum(s => s.Share * s.ErrorRate);
            var elsewhere = Math.Max(0, _evidence.NewLabels - _slices.Sum(s => s.NewLabels)) / (1 - share);
            // Half of what is bought goes into the slices by their harm, the other half is drawn at random.
            var aimed = _slices.Length == 0 ? 0 : bought / 2;
            var random = arrived + bought - aimed;
            var most = LargestLeverage * (_evidence.NewLabels + arrived + bought);
            for (var s = 0; s < Belief.Draws; s++)
            {
                var curve = _belief.Curve[s];
                var now = _belief.Now[s];
                var after = (1 - share) * curve.After(Math.Max(0, (now - harm) / (1 - share)), Math.Min(most, elsewhere + random) / _training);
                foreach (var slice in _slices)
                {
                    // A label inside a slice does for it what 1 / share random ones do.
                    var own = (slice.NewLabels + aimed * slice.Share * slice.ErrorRate / harm) / slice.Share;
                    after += slice.Share * curve.After(slice.ErrorRate, Math.Min(most, own + random) / _training);
                }
                result[s] = now - _belief.Yield[s] * Math.Max(0, now - after);
            }
            return _after[(arrived, bought)] = result;
        }
    }
}
