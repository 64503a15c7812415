"""What the gradient boosting sees of a history, in logarithms relative to the median of 10.

Relative features let trees learned on one repository speak of another whose runs take a hundred times as long.
"""

from datetime import datetime, timezone

import numpy as np

# How many single values it sees; beyond these the medians speak.
LAST_VALUES = 10
WINDOWS = (3, 5, 20, 50)
EVENTS = ("schedule", "push", "pull_request", "workflow_dispatch", "workflow_run", "")

NAMES = (
    [f"last_{back}" for back in range(1, LAST_VALUES + 1)]
    + [f"median_{window}" for window in WINDOWS]
    + [f"spread_{window}" for window in (5, 10, 50)]
    + ["mean_10", "mean_all", "median_all", "smoothed_fast", "smoothed_slow", "trend_10"]
    + ["same_hour", "same_event", "lowest_10", "highest_10"]
    + ["base", "count", "hour", "weekday", "event", "age", "usual_gap", "unended"]
)


def base(logs):
    """The level that everything is relative to."""
    return float(np.median(logs[-10:]))


def features(task):
    """One row, in the order of `NAMES`. What a history is too short for is not a number."""
    logs = task.logs
    level = base(logs)
    relative = logs[-200:] - level
    return (
        [relative[-back] if back <= len(relative) else np.nan for back in range(1, LAST_VALUES + 1)]
        + [np.median(relative[-window:]) for window in WINDOWS]
        + [spread(relative[-window:]) for window in (5, 10, 50)]
        + [relative[-10:].mean(), logs.mean() - level, np.median(logs) - level]
        + [smoothed(relative, 0.5), smoothed(relative, 0.1), trend(relative[-10:])]
        + [*alike(task, relative), relative[-10:].min(), relative[-10:].max()]
        + [level, len(logs), *calendar(task)]
    )


def spread(values):
    """A robust standard deviation of sorts: half of what the middle half spans."""
    low, high = np.quantile(values, (0.25, 0.75))
    return (high - low) / 2


def smoothed(values, rate):
    """Exponential smoothing, cut where the weights have become nothing."""
    values = values[-int(6 / rate) :]
    weights = (1 - rate) ** np.arange(len(values))[::-1]
    return float(values @ weights / weights.sum())


def trend(values):
    """The slope of the straight line through the values, by run."""
    steps = np.arange(len(values)) - (len(values) - 1) / 2
    return float(values @ steps / max(steps @ steps, 1.0))


def alike(task, relative):
    """Medians of the last runs that started at about the same hour, and of the last with the same event."""
    known = task.series.ended[: task.known][-len(relative) :]
    hour = task.run.start / 3600 % 24
    hours = np.array([run.start for run in known]) / 3600 % 24
    apart = np.abs((hours - hour + 12) % 24 - 12)
    events = np.array([run.event == task.run.event for run in known])
    return [median_or_nan(relative[apart <= 1.5][-10:]), median_or_nan(relative[events][-10:])]


def median_or_nan(values):
    return np.median(values) if len(values) else np.nan


def calendar(task):
    """Hour, weekday, event, hours since the last end, the usual hours between ends, and runs not yet ended."""
    when = datetime.fromtimestamp(task.run.start, timezone.utc)
    ends = task.series.ends[: task.known]
    started = task.series.started_before(task.run)
    event = EVENTS.index(task.run.event) if task.run.event in EVENTS else len(EVENTS)
    gaps = np.diff(ends[-11:])
    age = np.log1p((task.run.start - ends[-1]) / 3600)
    usual = np.log1p(np.median(gaps) / 3600) if len(gaps) else np.nan
    return [when.hour, when.weekday(), event, age, usual, started - task.known]
