"""Expected values of accuracy without labels and of stratified audits, from NumPy, SciPy and scikit-learn.

Made with: python3 tests/Flywheel.Insight.Tests/reference/performance.py > tests/Flywheel.Insight.Tests/reference/performance.json
(Python 3.11, NumPy 1.24.2, SciPy 1.10.1, scikit-learn 1.2.1)
"""
import json
import sys

import numpy as np
from scipy import optimize
from sklearn.linear_model import LogisticRegression

rng = np.random.RandomState(23)
out = {}

# ---- audits: constrained likelihood by numerical optimisation, ends of the interval by root finding


def audit(population, sample, right):
    population, sample, right = (np.array(v, float) for v in (population, sample, right))
    weight = population / population.sum()
    value = (weight * right / sample).sum()

    def loss(p):
        p = np.clip(p, 1e-13, 1 - 1e-13)
        return -(right * np.log(p) + (sample - right) * np.log(1 - p)).sum()

    def likeliest(accuracy):
        if len(weight) == 2:
            low = max(0, (accuracy - weight[1]) / weight[0])
            high = min(1, accuracy / weight[0])
            found = optimize.minimize_scalar(lambda a: loss(np.array([a, (accuracy - weight[0] * a) / weight[1]])), bounds=(low, high), method="bounded", options={"xatol": 1e-13, "maxiter": 2000})
            return np.array([found.x, (accuracy - weight[0] * found.x) / weight[1]])
        best = None
        for start in (np.full(len(weight), accuracy), np.clip(right / sample + accuracy - value, 0.01, 0.99)):
            found = optimize.minimize(loss, start, method="SLSQP", bounds=[(1e-9, 1 - 1e-9)] * len(weight), constraints={"type": "eq", "fun": lambda p: weight @ p - accuracy}, options={"ftol": 1e-15, "maxiter": 2000})
            if best is None or found.fun < best.fun:
                best = found
        return best.x

    def statistic(accuracy):
        p = likeliest(accuracy)
        variance = (weight**2 * p * (1 - p) / sample * (population - sample) / (population - 1)).sum()
        return (value - accuracy) ** 2 - 1.959963984540054**2 * variance

    low = 0.0 if value < 1e-9 else optimize.brentq(statistic, 1e-6, value - 1e-9, xtol=1e-12)
    high = 1.0 if value > 1 - 1e-9 else optimize.brentq(statistic, value + 1e-9, 1 - 1e-6, xtol=1e-12)
    return {"population": population.tolist(), "sample": sample.astype(int).tolist(), "right": right.astype(int).tolist(), "value": value, "low": low, "high": high}


out["audits"] = [audit(*a) for a in [
    ([200, 800], [20, 40], [13, 38]),
    ([150, 850], [30, 30], [20, 30]),
    ([400, 600], [10, 50], [10, 45]),
    ([100, 300, 1100], [15, 20, 25], [9, 17, 24]),
    ([100, 300, 1100], [15, 20, 25], [9, 17, 25]),
    ([80, 220, 500, 700], [15, 15, 15, 15], [8, 11, 14, 15]),
]]

# ---- accuracy without labels: K labels, V views, shifts of a labelled reference, a window

K, V, N, M, GROUPS, WINDOW_GROUPS = 3, 4, 240, 180, 12, 60
truth = rng.randint(0, K, N)
groups = rng.permutation(np.arange(N) % GROUPS)
window_groups = rng.permutation(np.arange(M) % WINDOW_GROUPS)
subject = rng.normal(0, 0.5, GROUPS)


def scores(labels, offset, strength, noise):
    base = np.zeros((len(labels), K))
    base[np.arange(len(labels)), labels] = strength + offset
    base += rng.normal(0, 1, base.shape)
    views = base[:, None, :] + np.concatenate([np.zeros((len(labels), 1, K)), rng.normal(0, noise, (len(labels), V - 1, K))], 1)
    e = np.exp(2 * views - (2 * views).max(2, keepdims=True))
    return (e / e.sum(2, keepdims=True)).astype(np.float32)


families = [0, 1, 1, 2, 2, 3, 3]
reference = [scores(truth, subject[groups], s, n) for s, n in zip([2.2, 1.8, 1.2, 1.9, 1.4, 1.6, 0.9], [0.5, 0.8, 1.2, 0.7, 1.1, 0.9, 1.3])]
window = scores(rng.randint(0, K, M), 0, 1.4, 1.0)


def signals(p):
    winner = p[:, 0].argmax(1)
    mine = p[np.arange(len(p)), :, winner].astype(float)
    with np.errstate(divide="ignore"):
        logit = np.clip(np.log(mine / (1 - mine)), -9.2, 9.2)
    return np.c_[logit[:, 0], (p[:, 1:].argmax(2) == winner[:, None]).mean(1), logit[:, 1:].mean(1)]


def fit(x, y, w=None):
    w = np.ones(len(x)) if w is None else w
    mean = (w[:, None] * x).sum(0) / w.sum()
    deviation = np.sqrt((w[:, None] * (x - mean) ** 2).sum(0) / w.sum())
    keep = w > 0
    model = LogisticRegression(C=1.0, tol=1e-12, max_iter=10000).fit((x[keep] - mean) / deviation, y[keep], sample_weight=w[keep])
    return lambda z: model.predict_proba((z - mean) / deviation)[:, 1]


def thresholded(score, right, window_score):
    wrong = int((~right).sum())
    threshold = np.sort(score)[wrong - 1] if wrong else -np.inf
    return (window_score > threshold).mean()


x = [signals(p) for p in reference]
right = [p[:, 0].argmax(1) == truth for p in reference]
xw = signals(window)


def negative_entropy(p):
    p = p[:, 0].astype(float)
    return (p * np.log(p)).sum(1)


confidence = reference[0][:, 0].max(1).astype(float)
pooled = fit(np.concatenate(x), np.concatenate(right))
number = {}
unit = np.array([number.setdefault(g, len(number)) for g in groups])
gaps = []
for s, family in enumerate(families):
    total = 0.0
    for fold in range(2):
        used = [t for t in range(len(families)) if families[t] != family or families[t] == 0]
        rows = unit % 2 != fold
        model = fit(np.concatenate([x[t][rows] for t in used]), np.concatenate([right[t][rows] for t in used]))
        total += (model(x[s][~rows]) - right[s][~rows]).sum()
    gaps.append(total / N)
means = np.array([v.mean(0) for v in x])
squared = (((means - xw.mean(0)) / means.std(0)) ** 2).sum(1)
near = np.exp(-(squared - squared.min()) / 2)
winner = window[:, 0].argmax(1)
each = pooled(xw)

bootstrap = []
for _ in range(1500):
    count = np.bincount(rng.randint(0, GROUPS, GROUPS), minlength=GROUPS)[groups].astype(float)
    window_count = np.bincount(rng.randint(0, WINDOW_GROUPS, WINDOW_GROUPS), minlength=WINDOW_GROUPS)[window_groups].astype(float)
    plain = fit(x[0][:, :1], right[0], count)
    all_ = fit(np.concatenate(x), np.concatenate(right), np.tile(count, len(families)))
    order = np.argsort(confidence, kind="stable")
    rows = np.repeat(order, count[order].astype(int))
    atc = confidence[rows][int((~right[0][rows]).sum()) - 1]
    mean = lambda v: (window_count * v).sum() / window_count.sum()
    bootstrap.append([mean(window[:, 0].max(1)), mean(plain(xw[:, :1])), mean(window[:, 0].max(1) > atc), mean(all_(xw))])
spread = np.std(bootstrap, axis=0, ddof=1)

out["labelFree"] = {
    "classes": K, "views": V, "families": families, "truth": truth.tolist(), "groups": groups.tolist(), "windowGroups": window_groups.tolist(),
    "reference": [[round(float(v), 9) for v in p.ravel()] for p in reference], "window": [round(float(v), 9) for v in window.ravel()],
    "averageConfidence": float(window[:, 0].max(1).mean()),
    "calibrated": float(fit(x[0][:, :1], right[0])(xw[:, :1]).mean()),
    "thresholdedConfidence": float(thresholded(confidence, right[0], window[:, 0].max(1))),
    "thresholdedEntropy": float(thresholded(negative_entropy(reference[0]), right[0], negative_entropy(window))),
    "shiftCalibrated": float(each.mean()),
    "precision": [float(each[winner == c].mean()) for c in range(K)],
    "nearest": float(np.sqrt(squared.min())),
    "methodError": float(np.sqrt((near / near.sum() * np.array(gaps) ** 2).sum())),
    "shiftStrength": float((np.abs(xw.mean(0) - x[0].mean(0)) / x[0].std(0)).max()),
    "deviations": {"averageConfidence": spread[0], "calibrated": spread[1], "thresholdedConfidence": spread[2], "shiftCalibrated": spread[3]},
}
json.dump(out, sys.stdout, separators=(",", ":"))
