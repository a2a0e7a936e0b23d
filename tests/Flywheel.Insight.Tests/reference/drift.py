"""Expected values of the drift statistics, from SciPy and plain NumPy.

Made with: python3 tests/Flywheel.Insight.Tests/reference/drift.py > tests/Flywheel.Insight.Tests/reference/drift.json
(Python 3.11, NumPy 1.24.2, SciPy 1.10.1)
"""
import json
import sys

import numpy as np
from scipy import spatial, special, stats

rng = np.random.RandomState(23)
out = {}


def ks(a, b):
    r = stats.ks_2samp(a, b, method="exact")
    return dict(first=a.tolist(), second=b.tolist(), statistic=r.statistic, p=r.pvalue)


out["ks"] = [
    ks(rng.randn(5), rng.randn(5)),
    ks(rng.randn(40), rng.randn(40) + 0.5),
    ks(rng.randn(60), 1.3 * rng.randn(25)),
    ks(rng.randn(120).round(1), (rng.randn(77) + 0.3).round(1)),  # ties
    ks(rng.randn(30), rng.randn(30) + 9),
]
out["ksExact"] = [dict(n=n, m=m, d=d, p=stats._stats_py._attempt_exact_2kssamp(n, m, int(np.gcd(n, m)), d, "two-sided")[2])
                  for n, m, d in [(1000, 1000, 0.05), (2000, 500, 0.1), (1404, 50, 0.2), (1500, 1500, 0.09)]]
out["ksLimit"] = [dict(n=n, m=m, d=d, p=float(special.kolmogorov(d * np.sqrt(n * m / (n + m)))))
                  for n, m, d in [(100_000, 100_000, 0.003), (100_000, 100_000, 0.006), (100_000, 100_000, 0.02), (20_000, 5000, 0.011)]]


def chi(a, b):
    r = stats.chi2_contingency(np.array([a, b]), correction=False)
    return dict(first=a, second=b, statistic=r.statistic, freedom=int(r.dof), p=r.pvalue)


out["chi"] = [chi([10, 20, 30], [12, 15, 40]), chi([500, 400], [130, 190]), chi([5, 9, 1, 40, 17, 8], [9, 9, 4, 22, 30, 12]), chi([900, 100, 5000], [10, 700, 3000]),
              chi(list(range(1, 41)), list(range(40, 0, -1)))]
out["chiTail"] = [dict(x=x, freedom=k, p=float(stats.chi2.sf(x, k))) for x, k in [(0.01, 1), (3.84, 1), (80.0, 1), (1.0, 5), (30.0, 30), (200.0, 49), (12.0, 49)]]


def w1(a, b):
    return dict(first=a.tolist(), second=b.tolist(), distance=stats.wasserstein_distance(a, b))


out["wasserstein"] = [w1(rng.randn(30), rng.randn(30)), w1(rng.randn(200) * 20 + 80, rng.randn(51) * 3 + 24), w1(rng.randint(0, 5, 40).astype(float), rng.randint(0, 6, 33).astype(float)), w1(np.array([1.0]), np.array([4.0, 4.0]))]


def psi(a, b, bins):
    edges = np.unique(np.quantile(a, np.arange(1, bins) / bins))
    p = np.bincount(np.searchsorted(edges, a, side="left"), minlength=len(edges) + 1) / len(a)
    q = np.bincount(np.searchsorted(edges, b, side="left"), minlength=len(edges) + 1) / len(b)
    p, q = np.maximum(p, 0.5 / len(a)), np.maximum(q, 0.5 / len(b))
    return dict(first=a.tolist(), second=b.tolist(), bins=bins, index=float(((q - p) * np.log(q / p)).sum()))


out["psi"] = [psi(rng.randn(100), rng.randn(80) + 0.4, 10), psi(rng.randn(57), rng.randn(300), 5), psi(rng.randint(0, 4, 60).astype(float), rng.randint(1, 6, 60).astype(float), 10)]


def mmd(x, y):
    x, y = x.astype(np.float32).round(3), y.astype(np.float32).round(3)
    z = np.concatenate([x, y]).astype(np.float64)
    sigma = float(np.median(spatial.distance.pdist(z)))
    k = np.exp(-spatial.distance.cdist(z, z, "sqeuclidean") / (2 * sigma ** 2))
    n, m = len(x), len(y)
    a, b, c = k[:n, :n], k[n:, n:], k[:n, n:]
    value = (a.sum() - np.trace(a)) / (n * (n - 1)) + (b.sum() - np.trace(b)) / (m * (m - 1)) - 2 * c.mean()
    return dict(first=x.ravel().tolist(), second=y.ravel().tolist(), dimensions=x.shape[1], sigma=sigma, value=float(value))


out["mmd"] = [mmd(rng.randn(40, 8), rng.randn(31, 8)), mmd(rng.randn(25, 5), rng.randn(60, 5) + 0.7)]

# BBSE: the confusion matrix P(answer | truth) solved for the labels' mix, by numpy.linalg.
truth = rng.choice(3, 300, p=[0.5, 0.3, 0.2])
predicted = np.where(rng.rand(300) < 0.8, truth, rng.randint(0, 3, 300))
answers = np.array([0.2, 0.35, 0.45])
confusion = np.array([[(predicted[truth == j] == i).mean() for j in range(3)] for i in range(3)])
inverse = np.linalg.inv(confusion)
out["bbse"] = dict(truth=truth.tolist(), predicted=predicted.tolist(), answers=answers.tolist(), mix=np.linalg.solve(confusion, answers).tolist(), magnification=float(np.abs(inverse).sum(0).max()))

json.dump(out, sys.stdout)
