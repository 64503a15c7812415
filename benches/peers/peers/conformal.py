"""Split-conformal intervals around the median of 10: the interval that any forecaster can have for nothing.

Residuals are logarithmic, of the same series, and of runs that had ended; both ends are taken from their own tail.
"""

import time

import numpy as np

from .features import base
from .forecast import Answers, Forecast
from .histories import Task
from .progress import progress

# Older residuals speak of a workflow that has changed since.
RESIDUALS = 200

# A median of fewer is no median of 10 yet.
LEAST_KNOWN = 3


def answers(tasks):
    """Median of 10 with intervals."""
    past = {id(task.series): residuals(task.series) for task in tasks}
    begun = time.perf_counter()
    forecasts = [answer(task, past[id(task.series)]) for task in progress(tasks, "conformal")]
    each = (time.perf_counter() - begun) / max(len(tasks), 1)
    return Answers("conformal around median of 10", forecasts, each)


def answer(task, past):
    level = base(task.logs)
    known = past[: task.known]
    known = known[~np.isnan(known)][-RESIDUALS:]
    ends = [level + tail(known, share) for share in (0.5, 0.9, 0.05, 0.95)]
    return Forecast(float(np.exp(level)), *(float(np.exp(end)) for end in ends[1:]))


def tail(values, share):
    """The quantile with the correction that makes its coverage hold for a finite number of residuals."""
    corrected = 0.5 + (share - 0.5) * (len(values) + 1) / max(len(values), 1)
    return np.quantile(values, np.clip(corrected, 0, 1)) if len(values) else np.nan


def residuals(series):
    """What each run, in the order of ends, differed by from the median of 10 known at its start."""
    tasks = {id(run): Task(series, run, int(known)) for run, known in zip(series.runs, series.known)}
    return np.array([residual(tasks[id(run)]) for run in series.ended])


def residual(task):
    if task.known < LEAST_KNOWN:
        return np.nan
    return np.log(task.run.seconds) - base(task.logs)
