"""Expected figures of data quality, from SciPy and NumPy.

Made with: python3 tests/Flywheel.Insight.Tests/reference/quality.py > tests/Flywheel.Insight.Tests/reference/quality.json
(Python 3.11, NumPy 1.24.2, SciPy 1.10.1)
"""
import json
import sys

import numpy as np
from scipy import stats

rng = np.random.RandomState(11)
out = {"student": [], "scale": [], "isotonic": []}

for t, freedom in [(0.0, 3), (0.3, 1), (1.0, 1), (2.5, 2), (-1.2, 4), (3.1, 7), (8.0, 11), (12.0, 30), (0.7, 250), (-4.0, 5)]:
    out["student"].append(dict(t=t, freedom=freedom, p=float(stats.t.sf(t, freedom))))

for x in [rng.normal(3, 2, 41).round(4), rng.gamma(1.5, 2, 200).round(4), np.array([5.0] * 30 + [7.0, 9.0, 100.0]), np.array([1.0, 2.0])]:
    mad = stats.median_abs_deviation(x, scale="normal")
    out["scale"].append(dict(x=x.tolist(), median=float(np.median(x)),
                             deviation=float(mad if mad > 0 else np.sqrt(np.pi / 2) * np.mean(np.abs(x - np.median(x))))))

# Isotonic regression by its minimax formula, which no pooling algorithm uses: m_i = max over j <= i of min over k >= i of mean(y_j..y_k).
for n in (25, 60):
    score = np.sort(rng.rand(n).round(2))
    accepted = (rng.rand(n) < 0.2 + 0.7 * score).astype(int)
    values = np.unique(score)
    sums = np.array([accepted[score == v].sum() for v in values], float)
    counts = np.array([(score == v).sum() for v in values], float)
    fit = [max(min(sums[j:k + 1].sum() / counts[j:k + 1].sum() for k in range(i, len(values))) for j in range(i + 1)) for i in range(len(values))]
    # Lowest fitted block from which on the share accepted reaches 0.8, with at least ten verdicts above.
    starts = [i for i in range(len(values)) if i == 0 or fit[i] != fit[i - 1]]
    good = [i for i in starts if counts[i:].sum() >= 10 and sums[i:].sum() / counts[i:].sum() >= 0.8]
    out["isotonic"].append(dict(score=score.tolist(), accepted=accepted.astype(bool).tolist(), at=values.tolist(), fit=[float(f) for f in fit],
                                threshold=float(values[good[0]]) if good else None))

# Order: neighbours of a noisy line against random orders.
n, k = 120, 5
x = np.arange(n) / n + rng.normal(0, 0.4, n)
x = x.round(5)
d = np.abs(x[:, None] - x[None, :])
np.fill_diagonal(d, np.inf)
near = np.argsort(d, axis=1, kind="stable")[:, :k]
place = np.arange(n)
observed = np.abs(place[:, None] - place[near]).sum()
draws = np.empty(20_000)
for i in range(len(draws)):
    p = rng.permutation(n)
    draws[i] = np.abs(p[:, None] - p[near]).sum()
labels = np.array([0] * 20 + [1] * 15 + [0, 1] * 15)
changes = (labels[1:] != labels[:-1]).sum()
label_draws = np.array([(lambda s: (s[1:] != s[:-1]).sum())(rng.permutation(labels)) for _ in range(20_000)])
out["order"] = dict(x=x.tolist(), near=near.ravel().tolist(), k=k, statistic=float(observed / (n * k * (n + 1) / 3)), p=float((draws <= observed).mean()),
                    labels=labels.tolist(), labelStatistic=float(changes / label_draws.mean()), labelP=float((label_draws <= changes).mean()))
json.dump(out, sys.stdout)
