"""Label errors as cleanlab 2.9.0 finds them, and agreement of annotators by independent code.

Made with: PYTHONPATH=<folder with cleanlab> python3 tests/Flywheel.Insight.Tests/reference/labels.py > tests/Flywheel.Insight.Tests/reference/labels.json
(Python 3.11, NumPy 1.24.2, cleanlab 2.9.0 of https://github.com/cleanlab/cleanlab at 75062574)

Which of several rows with the same margin stand before the cut, and which of more than sixteen equal remainders is rounded up, cleanlab
leaves to NumPy's unstable sort, whose order differs between processors and versions. "flags" is what cleanlab gives as it is; "stable" what
it gives with numpy.argsort made stable; they are equal where nothing ties.
"""
import json
import sys
import warnings
from collections import Counter

import numpy as np

warnings.simplefilter("ignore")
from cleanlab.count import compute_confident_joint, get_confident_thresholds  # noqa: E402
from cleanlab.filter import find_label_issues  # noqa: E402
from cleanlab.rank import order_label_issues  # noqa: E402

argsort = np.argsort


def stable(a, *args, **kwargs):
    kwargs["kind"] = "stable"
    return argsort(a, *args, **kwargs)


def as_shipped_and_stable(f):
    np.argsort = argsort
    shipped = f()
    np.argsort = stable
    try:
        return shipped, f()
    finally:
        np.argsort = argsort


def draw(n, prior, noise, sharpness, seed):
    """Labels with noise; probabilities of a classifier that sees the truth through Gumbel noise."""
    rng = np.random.RandomState(seed)
    k = len(prior)
    truth = rng.choice(k, n, p=np.asarray(prior) / np.sum(prior))
    flip = rng.rand(n) < noise
    given = np.where(flip, (truth + 1 + rng.randint(0, max(k - 1, 1), n)) % k, truth)
    logits = rng.gumbel(size=(n, k))
    logits[np.arange(n), truth] += sharpness
    p = np.exp(logits - logits.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True), given


def rounded(p, digits):
    return np.clip(np.round(p, digits), 0, 1)


cases = {}
cases["two classes"] = draw(200, [1, 1], 0.1, 2.5, 1)
cases["two classes, rare"] = draw(300, [19, 1], 0.08, 2.0, 2)
cases["three classes"] = draw(240, [1, 2, 3], 0.2, 2.0, 3)
cases["ten classes"] = draw(400, [1] * 10, 0.15, 3.0, 4)
cases["ten classes, skewed"] = draw(400, [40, 20, 10, 8, 6, 5, 4, 3, 2, 2], 0.1, 2.5, 5)
cases["twenty-five classes"] = draw(500, [1] * 25, 0.1, 3.5, 6)
cases["no noise"] = draw(150, [1, 1, 1], 0.0, 6.0, 7)
cases["nothing but noise"] = draw(150, [1, 1, 1], 0.6, 0.0, 8)
p, given = draw(200, [1, 1, 1, 1], 0.1, 2.5, 9)
cases["a class without rows"] = (p, np.where(given == 2, 3, given))
p, given = draw(60, [1, 1, 1], 0.1, 2.0, 10)
given[given == 2] = 0
given[17] = 2
cases["a class with one row"] = (p, given)
p, given = draw(300, [1, 1, 1], 0.15, 2.0, 11)
cases["ties, one digit"] = (rounded(p, 1), given)
p, given = draw(300, [1, 1, 1, 1, 1], 0.15, 2.0, 12)
cases["ties, saturated"] = (np.where(p > 0.6, 1.0, np.where(p < 0.2, 0.0, rounded(p, 1))), given)
cases["all equal"] = (np.full((40, 4), 0.25), np.arange(40) % 4)
p, given = draw(120, [1, 1], 0.2, 1.0, 13)
cases["rounding error beside a tie"] = (np.where(np.abs(p - 0.5) < 0.12, 0.5 + np.array([[4e-7, -4e-7]]) * np.sign(p[:, :1] - 0.5), p), given)
p, given = draw(160, [1, 1, 1], 0.1, 2.5, 14)
cases["beyond 0 and 1 by rounding"] = (np.where(p > 0.9, 1 + 5e-7, np.where(p < 0.01, -5e-7, p)), given)
cases["few rows, halves to round"] = draw(21, [1, 1], 0.3, 1.0, 15)
cases["seven rows, three classes"] = draw(7, [1, 1, 1], 0.3, 1.0, 16)
p, given = draw(350, [1, 1, 1, 1, 1, 1, 1, 1, 1], 0.25, 2.0, 17)
cases["nine classes, single precision"] = (p.astype(np.float32), given)
p, given = draw(300, [5, 3, 1, 1], 0.2, 1.5, 18)
cases["four classes, single precision"] = (p.astype(np.float32), given)

out = {"find": []}
for name, (p, given) in cases.items():
    if p.dtype == np.float64 and "ties" not in name and "rounding" not in name:
        p = p.round(9)
    given = given.astype(int)
    flags, flags_stable = as_shipped_and_stable(lambda: find_label_issues(given, p, n_jobs=1))
    neq, _ = as_shipped_and_stable(lambda: find_label_issues(given, p, filter_by="predicted_neq_given", n_jobs=1))
    joint, joint_stable = as_shipped_and_stable(lambda: compute_confident_joint(given, p))
    _, order = as_shipped_and_stable(lambda: order_label_issues(flags_stable, given, p, rank_by="self_confidence"))
    out["find"].append(dict(
        name=name, single=p.dtype == np.float32, classes=p.shape[1], labels=given.tolist(), p=[float(x) for x in p.ravel()],
        thresholds=[float(t) for t in get_confident_thresholds(given, p)], joint=np.asarray(joint_stable).ravel().tolist(),
        flags=np.flatnonzero(flags).tolist(), stable=np.flatnonzero(flags_stable).tolist(), ranked=np.asarray(order).tolist(),
        predictedNotGiven=np.flatnonzero(neq).tolist()))

# ---- agreement: straight from the definitions, in plain loops


def cohen(a, b, k):
    n = len(a)
    po = sum(x == y for x, y in zip(a, b)) / n
    pe = sum((a.count(c) / n) * (b.count(c) / n) for c in range(k))
    return 1.0 if po == 1 and pe == 1 else (po - pe) / (1 - pe) if pe < 1 else float("nan")


def fleiss(table):
    """Fleiss (1971), items with the same number of votes."""
    table = np.asarray(table, float)
    n = table.sum(1)[0]
    p_i = ((table ** 2).sum(1) - n) / (n * (n - 1))
    p_j = table.sum(0) / table.sum()
    pe = (p_j ** 2).sum()
    return float((p_i.mean() - pe) / (1 - pe))


def alpha(units):
    """Krippendorff (2011), nominal: units are lists of values."""
    units = [u for u in units if len(u) > 1]
    coincidence = Counter()
    for u in units:
        for i, x in enumerate(u):
            for j, y in enumerate(u):
                if i != j:
                    coincidence[x, y] += 1 / (len(u) - 1)
    totals = Counter()
    for (x, _), v in coincidence.items():
        totals[x] += v
    n = sum(totals.values())
    observed = sum(v for (x, y), v in coincidence.items() if x != y)
    expected = sum(totals[x] * totals[y] for x in totals for y in totals if x != y) / (n - 1)
    return 1 - observed / expected


def dawid_skene(votes, items, annotators, k, smoothing, iterations):
    """Dawid and Skene (1979) by EM from majority shares, counts smoothed; votes are (item, annotator, class)."""
    t = np.zeros((items, k))
    for i, a, c in votes:
        t[i, c] += 1
    t /= t.sum(1, keepdims=True)
    for _ in range(iterations):
        prior = (t.sum(0) + smoothing) / (items + k * smoothing)
        confusion = np.full((annotators, k, k), smoothing)
        for i, a, c in votes:
            confusion[a, :, c] += t[i]
        confusion /= confusion.sum(2, keepdims=True)
        log = np.tile(np.log(prior), (items, 1))
        for i, a, c in votes:
            log[i] += np.log(confusion[a, :, c])
        new = np.exp(log - log.max(1, keepdims=True))
        new /= new.sum(1, keepdims=True)
        done = np.abs(new - t).max() < 1e-9
        t = new
        if done:
            break
    return t, confusion, prior


out["agreement"] = []
for name, items, accuracy, k, missing, seed in [("three annotators, two classes", 60, [0.95, 0.9, 0.7], 2, 0.0, 21), ("five annotators, four classes, gaps", 120, [0.95, 0.9, 0.85, 0.6, 0.3], 4, 0.4, 22),
                                                ("four annotators, three classes, few gaps", 80, [0.9, 0.9, 0.8, 0.8], 3, 0.15, 23)]:
    rng = np.random.RandomState(seed)
    truth = rng.randint(0, k, items)
    votes = []
    for i in range(items):
        for a, right in enumerate(accuracy):
            if rng.rand() < missing:
                continue
            c = truth[i] if rng.rand() < right else (truth[i] + 1 + rng.randint(0, k - 1)) % k
            votes.append((i, a, int(c)))
    voted = sorted({i for i, _, _ in votes})
    number = {i: n for n, i in enumerate(voted)}
    votes = [(number[i], a, c) for i, a, c in votes]
    t, confusion, prior = dawid_skene(votes, len(voted), len(accuracy), k, 1.0, 1000)
    case = dict(name=name, classes=k, items=[i for i, _, _ in votes], annotators=[a for _, a, _ in votes], votes=[c for _, _, c in votes],
                alpha=alpha([[c for j, _, c in votes if j == i] for i in range(len(voted))]), posterior=t.ravel().tolist(), confusion=confusion.ravel().tolist(), prior=prior.tolist(), cohen=[])
    for a in range(len(accuracy)):
        for b in range(a + 1, len(accuracy)):
            both = [i for i in range(len(voted)) if {a, b} <= {x for j, x, _ in votes if j == i}]
            of = {(i, x): c for i, x, c in votes}
            case["cohen"].append(dict(a=a, b=b, n=len(both), kappa=cohen([of[i, a] for i in both], [of[i, b] for i in both], k)))
    if missing == 0:
        table = np.zeros((len(voted), k))
        for i, _, c in votes:
            table[i, c] += 1
        case["fleiss"] = fleiss(table)
    out["agreement"].append(case)

# Krippendorff's own example (2011, section C): four observers, twelve units, gaps; alpha = 0.743.
rows = ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."]
units = [[int(r.split()[u]) for r in rows if r.split()[u] != "."] for u in range(12)]
out["krippendorff"] = dict(units=units, alpha=alpha(units), published=0.743)

json.dump(out, sys.stdout)
