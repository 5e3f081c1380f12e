"""The peer of bench_dense: ridge regression and principal components by scikit-learn.

    peer_sklearn.py FILE N WIDTH TURNS

FILE holds N x WIDTH float32 rows and N float32 targets behind them. Prints a line of JSON with
"median_s" for each case: for every turn ridge at one penalty, ridge at nine, and the 50 largest
principal components (scikit-learn's own choice of solver, which is randomised at this size).
"""
import json
import sys
import time

import numpy
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

path, n, width, turns = sys.argv[1], *map(int, sys.argv[2:5])
data = numpy.fromfile(path, dtype=numpy.float32)
x = data[: n * width].reshape(n, width)
y = data[n * width : n * width + n]


def ridges(alphas):
    for alpha in alphas:
        Ridge(alpha=alpha, fit_intercept=False).fit(x, y)
    return {}


def components():
    return {"variance": float(PCA(n_components=50).fit(x).explained_variance_.sum())}


for turn in range(turns):
    for name, work in (
        ("ridge", lambda: ridges([1.0])),
        ("ridges", lambda: ridges([10.0**power for power in range(-4, 5)])),
        ("pca", components),
    ):
        began = time.perf_counter()
        found = work()
        print(json.dumps({"case": name, "median_s": time.perf_counter() - began, **found}), flush=True)
