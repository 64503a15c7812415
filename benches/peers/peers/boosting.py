"""Gradient boosting across series: LightGBM, one model for each quantile, trained on other repositories only.

Guarantees: no row of a tested repository is ever trained on, neither of its past nor of its future.
"""

import time
from collections import Counter

import lightgbm
import numpy as np

from .features import NAMES, base, features
from .forecast import Answers, Forecast
from .histories import tasks_of
from .progress import progress

# Tasks with fewer ended runs behind them teach little about a run with ten and more.
TRAINING_HISTORY = 5
QUANTILES = (0.5, 0.9, 0.05, 0.95)
ROUNDS = 300
# Small trees with full leaves: what is left after the medians is mostly noise, which larger ones learn by heart.
PARAMETERS = {
    "objective": "quantile",
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_data_in_leaf": 500,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    # More threads spend their time waiting for each other where the machine is busy.
    "num_threads": 1,
    "verbosity": -1,
}


class Rows:
    """Features and targets of tasks, and the weight that keeps a long series from drowning the others."""

    def __init__(self, tasks, label):
        self.repos = np.array([task.series.key.repo for task in tasks])
        self.base = np.array([base(task.logs) for task in tasks])
        self.target = np.log([task.run.seconds for task in tasks]) - self.base
        self.weight = np.array([len(task.series.runs) ** -0.5 for task in tasks])
        begun = time.perf_counter()
        self.features = np.array([features(task) for task in progress(tasks, label)], dtype=float)
        self.seconds_each = (time.perf_counter() - begun) / max(len(tasks), 1)


def train(rows, chosen):
    """One model for each quantile on the chosen rows."""
    data = lightgbm.Dataset(
        rows.features[chosen],
        rows.target[chosen],
        weight=rows.weight[chosen],
        feature_name=list(NAMES),
        categorical_feature=["event"],
        free_raw_data=False,
    )
    return [lightgbm.train(PARAMETERS | {"alpha": alpha}, data, ROUNDS) for alpha in QUANTILES]


def predict(models, rows, chosen):
    """Logarithms of seconds by row and quantile."""
    columns = [model.predict(rows.features[chosen]) for model in models]
    return np.column_stack(columns) + rows.base[chosen, None]


def answers_within(tasks, all_series, folds):
    """Answers to tasks of one file: each group of repositories is forecast from the others."""
    rows, asked = rows_with(tasks, all_series)
    fold_of = balanced_folds(rows.repos[asked], rows.repos, folds)
    fold = np.array([fold_of[repo] for repo in rows.repos])
    said = np.full((len(rows.base), len(QUANTILES)), np.nan)
    for number in progress(range(folds), "LightGBM folds"):
        tested = asked & (fold == number)
        if tested.any():
            said[tested] = predict(train(rows, fold != number), rows, tested)
    return as_answers(said[asked], rows.seconds_each)


def answers_between(tasks, taught_series):
    """Answers to tasks of one file from trees trained on another, which must not know their repositories."""
    common = {task.series.key.repo for task in tasks} & {one.key.repo for one in taught_series}
    if common:
        raise SystemExit(f"{sorted(common)[0]} is in both files: take it out of --train")
    taught = Rows([task for one in taught_series for task in tasks_of(one, TRAINING_HISTORY)], "features")
    tested = Rows(tasks, "features")
    models = train(taught, np.ones(len(taught.base), bool))
    return as_answers(predict(models, tested, np.ones(len(tasks), bool)), tested.seconds_each)


def rows_with(tasks, all_series):
    """Everything there is to train on, and which of it is asked for; the asked keep their order."""
    names = {task.name for task in tasks}
    others = (task for one in all_series for task in tasks_of(one, TRAINING_HISTORY))
    chosen = list(tasks) + [task for task in others if task.name not in names]
    return Rows(chosen, "features"), np.arange(len(chosen)) < len(tasks)


def balanced_folds(asked, repos, folds):
    """The fold of each repository: the most asked first, each into the lightest fold."""
    counts = Counter(dict.fromkeys(repos, 0))
    counts.update(asked)
    weights = [0] * folds
    fold_of = {}
    for repo, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        lightest = weights.index(min(weights))
        weights[lightest] += count + 1
        fold_of[repo] = lightest
    return fold_of


def as_answers(said, seconds_each):
    """Quantiles that crossed are put in order: each was learned without knowing the others."""
    ordered = np.sort(said[:, [2, 0, 1, 3]], axis=1)
    forecasts = [Forecast(p50, p90, low, high) for low, p50, p90, high in np.exp(ordered)]
    return Answers("LightGBM across series", forecasts, seconds_each)
