"""Expected values of the retraining decision's statistics, from SciPy.

Made with: python3 tests/Flywheel.Insight.Tests/reference/decision.py > tests/Flywheel.Insight.Tests/reference/decision.json
(Python 3.11, NumPy 1.24.2, SciPy 1.10.1)
"""
import json
import sys

import numpy as np
from scipy import optimize, stats

rng = np.random.RandomState(5)
out = {}

# Power laws through many exactly measured models: curve_fit with the errors' deviations.
out["curves"] = []
for a, b, c in [(0.03, 0.9, 0.45), (0.06, 0.6, 0.35), (0.02, 2.0, 0.6)]:
    n = np.unique(np.logspace(1.7, 3.6, 12).astype(int))
    half = np.full(len(n), 0.004)
    deviation = np.sqrt((half / 1.959963984540054) ** 2 + 0.008 ** 2)
    e = a + b * n ** -c + deviation * 0.3 * rng.randn(len(n))
    p, cov = optimize.curve_fit(lambda x, a, b, c: a + b * x ** -c, n, e, p0=(0.05, 1, 0.5), sigma=deviation, absolute_sigma=True,
                                bounds=([0, 0, 0.08], [1, 10, 1.6]))
    at = [int(n[-1]), int(n[-1] * 2), int(n[-1] * 4)]
    predicted = [float(p[0] + p[1] * x ** -p[2]) for x in at]
    jacobian = [np.array([1, x ** -p[2], -p[1] * x ** -p[2] * np.log(x)]) for x in at]
    out["curves"].append(dict(labels=n.tolist(), errors=e.tolist(), half=half.tolist(), at=at, predicted=predicted,
                              deviation=[float(np.sqrt(j @ cov @ j)) for j in jacobian]))

# Slopes: theilslopes and its 95 % interval.
out["trends"] = []
for n, slope, digits in [(4, -0.001, 6), (9, 0.0, 6), (25, -0.0004, 6), (30, 0.0005, 2), (12, -0.002, 3)]:
    days = np.sort(rng.choice(200, n, replace=False)).astype(float)
    accuracy = (0.9 + slope * days + 0.01 * rng.randn(n)).round(digits)
    s = stats.theilslopes(accuracy, days, 0.95)
    out["trends"].append(dict(days=days.tolist(), accuracies=accuracy.tolist(), slope=s[0], low=s[2], high=s[3]))

json.dump(out, sys.stdout)
