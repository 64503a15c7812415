"""The columns of the table.

Errors are relative to what happened. A column that a forecaster cannot have is not a number.
"""

import math
from collections import defaultdict

import numpy as np


def figures(answers, tasks, last_values):
    """One row of the table."""
    actual = np.array([task.run.seconds for task in tasks])
    p50, p90, lower, upper = columns(answers.forecasts)
    error = np.abs(p50 - actual) / actual
    return {
        "forecaster": answers.name,
        "forecasts": len(tasks),
        "within_25_percent": float((error <= 0.25).mean()),
        "median_error": float(np.median(error)),
        "mean_error": float(error.mean()),
        "mae_relative_to_last_value": relative_mae(p50, last_values, actual, tasks),
        "pinball_p50": pinball(p50, actual, 0.5),
        "pinball_p90": pinball(p90, actual, 0.9),
        **interval(lower, upper, p50, actual, tasks),
        "seconds_per_forecast": answers.seconds_each,
    }


def columns(forecasts):
    """Medians, ninetieth percentiles and both ends of the intervals."""
    rows = [(one.p50, one.p90, one.lower, one.upper) for one in forecasts]
    return np.array(rows, dtype=float).T


def pinball(forecast, actual, quantile):
    """Mean quantile loss relative to what happened, so that a slow workflow does not drown the others."""
    gap = (actual - forecast) / actual
    return float(np.maximum(quantile * gap, (quantile - 1) * gap).mean())


def relative_mae(forecast, last_values, actual, tasks):
    """Geometric mean over series of the mean absolute error next to the last value's."""
    ratios = []
    for rows in by_series(tasks):
        own = np.abs(forecast[rows] - actual[rows]).mean()
        naive = np.abs(last_values[rows] - actual[rows]).mean()
        # A series in which either is never wrong has no ratio that a geometric mean could take.
        if own > 0 and naive > 0:
            ratios.append(math.log(own / naive))
    return math.exp(np.mean(ratios)) if ratios else math.nan


def interval(lower, upper, p50, actual, tasks):
    """Whether the 90 % interval holds, overall and series by series, and what width it takes for that."""
    if np.isnan(lower).any() or np.isnan(upper).any():
        return dict.fromkeys(("coverage", "series_covered_85_to_95", "median_relative_width"), math.nan)
    inside = (lower <= actual) & (actual <= upper)
    shares = np.array([inside[rows].mean() for rows in by_series(tasks)])
    return {
        "coverage": float(inside.mean()),
        "series_covered_85_to_95": float(((shares >= 0.85) & (shares <= 0.95)).mean()),
        "median_relative_width": float(np.median((upper - lower) / p50)),
    }


def by_series(tasks):
    """The rows of each series."""
    rows = defaultdict(list)
    for row, task in enumerate(tasks):
        rows[task.series.key].append(row)
    return [np.array(one) for one in rows.values()]
