"""Expected p and q of slices, from SciPy.

Made with: python3 tests/Flywheel.Insight.Tests/reference/slices.py > tests/Flywheel.Insight.Tests/reference/slices.json
(Python 3.11, NumPy 1.24.2, SciPy 1.10.1)
"""
import json
import sys

import numpy as np
from scipy import stats

out = {"fisher": []}
for hits, drawn, marked, total in [(3, 10, 12, 100), (0, 10, 12, 100), (20, 50, 60, 1000), (31, 74, 98, 2000), (50, 50, 60, 1000), (1, 1, 1, 2), (12, 12, 12, 40),
                                   (900, 3000, 20000, 100000), (57, 60, 96, 100)]:
    table = [[hits, drawn - hits], [marked - hits, total - drawn - marked + hits]]
    out["fisher"].append(dict(hits=hits, drawn=drawn, marked=marked, all=total, p=stats.fisher_exact(table, "greater")[1],
                              tail=float(stats.hypergeom.sf(hits - 1, total, marked, drawn))))


def false_discovery(p):
    """As scipy.stats.false_discovery_control(p, method="bh"), which came with SciPy 1.11."""
    p = np.asarray(p)
    order = np.argsort(p)
    q = np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    result = np.empty(len(p))
    result[order] = np.minimum(q, 1)
    return result.tolist()


out["falseDiscovery"] = [dict(p=p, q=false_discovery(p))
                         for p in [[0.01], [0.04, 0.001, 0.2, 0.04, 0.9, 0.012], np.random.RandomState(3).rand(40).round(3).tolist(), [1.0, 1.0]]]

# A continuous error: the share of 200,000 permutations with at least the observed sum.
rng = np.random.RandomState(5)
values = rng.beta(1, 9, 400).round(4)
inside = rng.permutation(400)[:40]
values[inside] = np.minimum(1, values[inside] * 1.6).round(4)
observed = values[inside].sum()
draws = np.array([rng.permutation(values)[:40].sum() for _ in range(200_000)])
out["permutation"] = dict(values=values.tolist(), inside=inside.tolist(), p=float((draws >= observed - 1e-12).mean()))

json.dump(out, sys.stdout)
