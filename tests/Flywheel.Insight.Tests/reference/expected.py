"""Expected values of the statistics, from scikit-learn and SciPy.

Made with: python3 tests/Flywheel.Insight.Tests/reference/expected.py > tests/Flywheel.Insight.Tests/reference/expected.json
(Python 3.11, NumPy 1.24.2, SciPy 1.10.1, scikit-learn 1.2.1)
"""
import json
import sys

import numpy as np
from scipy import stats
from sklearn import cluster, metrics, neighbors

rng = np.random.RandomState(11)
out = {}


def ece(truth, p):
    confidence, hit = p.max(1), p.argmax(1) == truth
    total = 0.0
    for b in range(15):
        inside = (confidence > b / 15) & (confidence <= (b + 1) / 15)
        if inside.any():
            total += inside.mean() * abs(confidence[inside].mean() - hit[inside].mean())
    return total


def figures(truth, p):
    k = p.shape[1]
    labels = list(range(k))
    predicted = p.argmax(1)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    if k == 2:
        auroc = metrics.roc_auc_score(truth, p[:, 1])
    else:
        auroc = np.mean([metrics.roc_auc_score(truth == c, p[:, c]) for c in labels if 0 < (truth == c).sum() < len(truth)])
    return dict(
        truth=truth.tolist(), probabilities=p.ravel().tolist(), classes=k,
        accuracy=metrics.accuracy_score(truth, predicted),
        balancedAccuracy=metrics.balanced_accuracy_score(truth, predicted),
        auroc=auroc, ece=ece(truth, p),
        logLoss=float(metrics.log_loss(truth, p.astype(np.float32), labels=labels)),  # float32: clipped at its resolution
        precision=precision.tolist(), recall=recall.tolist(), f1=f1.tolist(), support=support.tolist(),
        confusion=metrics.confusion_matrix(truth, predicted, labels=labels).tolist())


def probabilities(truth, k, sharp, digits=2):
    z = rng.randn(len(truth), k)
    z[np.arange(len(truth)), truth] += 1.2
    p = np.exp(sharp * z)
    p /= p.sum(1, keepdims=True)
    p = p.round(digits)  # makes ties between images
    p[:, -1] = (1 - p[:, :-1].sum(1)).round(digits)
    return np.clip(p, 0, 1).astype(np.float32).astype(np.float64)


def sure(p):  # no tie for the highest within an image, which implementations may break differently
    s = np.sort(p, 1)
    return s[:, -1] - s[:, -2] > 0.005


def case(n, k, sharp, absent=None):
    truth = rng.randint(0, k, n)
    if absent is not None:
        truth[truth == absent] = 0
    p = probabilities(truth, k, sharp)
    keep = sure(p)
    return truth[keep], p[keep]


truth2, p2 = case(120, 2, 1.5)
out["binary"] = figures(truth2, p2)
out["four"] = figures(*case(150, 4, 1.2))
out["absent"] = figures(*case(80, 3, 1.2, absent=2))

out["wilson"] = []
for s, n in [(0, 10), (10, 10), (1, 1), (7, 12), (949, 1000), (99_871, 100_000)]:
    ci = stats.binomtest(s, n).proportion_ci(0.95, "wilson")
    out["wilson"].append(dict(successes=s, trials=n, low=ci.low, high=ci.high))

out["mcnemar"] = [dict(gained=b, lost=c, p=stats.binomtest(min(b, c), b + c, 0.5).pvalue)
                  for b, c in [(1, 0), (5, 5), (9, 2), (2, 9), (31, 12), (0, 40), (1300, 1201), (52_000, 51_000), (3, 900)]]


def interval(values):
    return [float(np.nanpercentile(values, 2.5)), float(np.nanpercentile(values, 97.5))]


# Bootstrap intervals, drawn independently here; the test compares within the resampling's own noise.
R = 20_000
groups2 = (np.arange(len(truth2)) // 5).astype(int)
hit2 = p2.argmax(1) == truth2
ll2 = -np.log(np.clip(p2[np.arange(len(truth2)), truth2], np.finfo(np.float32).eps, 1))
members = [np.nonzero(groups2 == g)[0] for g in np.unique(groups2)]
strata = [np.nonzero(truth2 == c)[0] for c in (0, 1)]
grouped_acc, grouped_ll, grouped_auc, plain_ll, plain_auc, plain_bal, plain_f1 = [], [], [], [], [], [], []
pred2 = p2.argmax(1)


def auc(idx):
    r = stats.rankdata(p2[idx, 1])
    t = truth2[idx]
    a, b = t.sum(), (1 - t).sum()
    return (r[t == 1].sum() - a * (a + 1) / 2) / (a * b) if a and b else np.nan


for _ in range(R):
    idx = np.concatenate([members[g] for g in rng.randint(0, len(members), len(members))])
    grouped_acc.append(hit2[idx].mean()); grouped_ll.append(ll2[idx].mean()); grouped_auc.append(auc(idx))
    idx = rng.randint(0, len(truth2), len(truth2))
    plain_ll.append(ll2[idx].mean())
    tp = ((truth2[idx] == 1) & (pred2[idx] == 1)).sum()
    plain_f1.append(2 * tp / ((truth2[idx] == 1).sum() + (pred2[idx] == 1).sum()))
    idx = np.concatenate([s[rng.randint(0, len(s), len(s))] for s in strata])
    plain_auc.append(auc(idx))
    plain_bal.append(np.mean([hit2[idx][truth2[idx] == c].mean() for c in (0, 1)]))
out["bootstrap"] = dict(groups=groups2.tolist(), groupedAccuracy=interval(grouped_acc), groupedLogLoss=interval(grouped_ll), groupedAuroc=interval(grouped_auc),
                        logLoss=interval(plain_ll), auroc=interval(plain_auc), balancedAccuracy=interval(plain_bal), f1=interval(plain_f1))

other = rng.rand(len(truth2)) < 0.85
diff = other.astype(int) - hit2
paired, paired_grouped = [], []
for _ in range(R):
    paired.append(diff[rng.randint(0, len(diff), len(diff))].mean())
    idx = np.concatenate([members[g] for g in rng.randint(0, len(members), len(members))])
    paired_grouped.append(diff[idx].mean())
out["paired"] = dict(first=hit2.tolist(), second=other.tolist(), difference=float(diff.mean()), interval=interval(paired), groupedInterval=interval(paired_grouped))

centres = rng.randn(4, 9) * 4
blobs = np.concatenate([c + rng.randn(m, 9) for c, m in zip(centres, (20, 15, 12, 9))]).astype(np.float32).round(3)
fit = cluster.KMeans(4, n_init=20, random_state=0).fit(blobs.astype(np.float64))
out["clusters"] = dict(rows=blobs.ravel().tolist(), count=len(blobs), dimensions=9, inertia=fit.inertia_, assignment=fit.labels_.tolist(),
                       silhouette=float(metrics.silhouette_score(blobs, fit.labels_)))


def normalised(x, centre):
    y = x - centre
    return y / np.linalg.norm(y, axis=1, keepdims=True)


train = rng.randn(200, 16).astype(np.float32).round(3) + 1
train[:, :4] *= 3
query = np.concatenate([train[:5] + 0.01, rng.randn(20, 16) * 2 - 1]).astype(np.float32).round(3)
centre = train.astype(np.float64).mean(0)
a, b = normalised(train, centre), normalised(query, centre)
nn = neighbors.NearestNeighbors().fit(a)
own = np.sort(nn.kneighbors(a, 11)[0][:, 10])
far = nn.kneighbors(b, 10)[0][:, 9]
out["novelty"] = dict(training=train.ravel().tolist(), query=query.ravel().tolist(), dimensions=16, percentiles=[float((own < d).mean()) for d in far])

# TypiClust with one cluster: the inverse mean distance to the 20 nearest others.
t = neighbors.NearestNeighbors().fit(a).kneighbors(a, 21)[0][:, 1:].mean(1)
out["typical"] = dict(index=int(np.argmin(t)), typicality=float(1 / (t.min() + 1e-6)))



# xoshiro256** and SplitMix64 in Python's own integers, after https://prng.di.unimi.it/.
M = (1 << 64) - 1


def splitmix(state):
    state = (state + 0x9E3779B97F4A7C15) & M
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
    return state, z ^ (z >> 31)


def rotl(x, k):
    return ((x << k) | (x >> (64 - k))) & M


def xoshiro(seed, stream, count):
    _, other = splitmix((stream + 0x632BE59BD9B4E019) & M)
    state = (seed & M) ^ other
    s = []
    for _ in range(4):
        state, z = splitmix(state)
        s.append(z)
    result = []
    for _ in range(count):
        result.append((rotl((s[1] * 5) & M, 7) * 9) & M)
        t = (s[1] << 17) & M
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)
    return [str(r) for r in result]


out["random"] = [dict(seed=seed, stream=stream, values=xoshiro(seed, stream, 6)) for seed, stream in [(7, 0), (-1, 0), (0, 3), (123456789012345, 2)]]

json.dump(out, sys.stdout)
