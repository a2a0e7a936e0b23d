"""Expected principal components, from NumPy's SVD, and exact bounds of proportions, from SciPy's beta quantiles.

Made with: python3 tests/Flywheel.Insight.Tests/reference/projection.py > tests/Flywheel.Insight.Tests/reference/projection.json
(Python 3.11, NumPy 1.24.2, SciPy 1.10.1)
"""
import json
import sys

import numpy as np
from scipy import stats

rng = np.random.RandomState(5)
out = {"cases": [], "lower": [], "upper": []}


def case(name, x, k):
    x = x.astype(np.float32).astype(float)
    c = x - x.mean(0)
    u, s, vt = np.linalg.svd(c, full_matrices=False)
    v = s ** 2 / (len(x) - 1)
    vt = vt[:k]
    sign = np.sign(vt[np.arange(k), np.abs(vt).argmax(1)])
    vt = vt * sign[:, None]
    out["cases"].append(dict(name=name, n=len(x), d=x.shape[1], rows=x.ravel().tolist(), variances=v[:k].tolist(), total=float(v.sum()),
                             directions=vt.tolist(), projected=(c @ vt.T)[:20].ravel().tolist()))


case("three directions", rng.randn(60, 3) @ (rng.randn(3, 12) * np.array([[5], [2], [0.5]])) + 0.01 * rng.randn(60, 12) + 7, 2)
case("far from zero, more dimensions than rows", 100 + rng.randn(15, 40), 2)
case("close eigenvalues", rng.randn(200, 20), 3)
case("after a rectifier", np.maximum(rng.randn(80, 30) + rng.randn(80, 1), 0), 2)
case("two dimensions", rng.randn(30, 2) @ np.array([[2, 1], [0, 0.3]]), 2)

for k, n, c in [(20, 20, 0.95), (19, 20, 0.95), (59, 59, 0.95), (58, 59, 0.95), (0, 7, 0.95), (1, 7, 0.95), (480, 500, 0.95), (480, 500, 0.975), (4900, 5000, 0.99), (3, 9, 0.9)]:
    out["lower"].append(dict(k=k, n=n, confidence=c, bound=0.0 if k == 0 else float(stats.beta.ppf(1 - c, k, n - k + 1))))
    out["upper"].append(dict(k=k, n=n, confidence=c, bound=1.0 if k == n else float(stats.beta.ppf(c, k + 1, n - k))))

json.dump(out, sys.stdout)
