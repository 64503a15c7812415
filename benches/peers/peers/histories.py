"""Histories and what a forecaster may know of them.

Owns the protocol: which runs count, which are scored, and that a forecast sees only runs that had ended before its run
started. Knows no forecaster. Times are seconds since 1970 in UTC.
"""

import csv
import gzip
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

# Fewer runs than this say too little about a forecaster to weigh a series as much as any other.
RUNS_OF_A_SERIES = 50


class Key(NamedTuple):
    """What names a series."""

    repo: str
    workflow: str
    level: str


@dataclass(frozen=True)
class Run:
    """A successful first attempt."""

    run_id: str
    start: float
    seconds: float
    event: str

    @property
    def end(self):
        return self.start + self.seconds


class Series:
    """The successful first attempts of a workflow, and how many of them had ended when each of them started."""

    def __init__(self, key, runs):
        self.key = key
        # Of two that started in the same second, the shorter is the earlier one.
        self.runs = sorted(runs, key=lambda run: (run.start, run.end))
        # In the order in which the world learned of them, so that what was known is always a prefix.
        self.ended = sorted(self.runs, key=lambda run: (run.end, run.start))
        self.logs = np.log([run.seconds for run in self.ended])
        self.ends = np.array([run.end for run in self.ended])
        self.starts = np.array([run.start for run in self.runs])
        self.known = np.searchsorted(self.ends, self.starts, side="left")

    def started_before(self, run):
        """How many runs had started, ended or not."""
        return int(np.searchsorted(self.starts, run.start, side="left"))


@dataclass(frozen=True)
class Task:
    """One forecast to make: a run, and how many of its series' ended runs may be used for it."""

    series: Series
    run: Run
    known: int

    @property
    def logs(self):
        """Logarithms of the durations that were known, the latest end last."""
        return self.series.logs[: self.known]

    @property
    def name(self):
        """What tells this forecast from every other, in our own files and in cronwright's."""
        key = self.series.key
        return (*key, self.run.run_id, int(self.run.start), round(self.run.seconds, 2))


def read_series(path):
    """Every series of a file, sorted by key."""
    grouped = defaultdict(list)
    with open_text(path) as file:
        for row in csv.DictReader(file):
            run = successful_run(row)
            if run:
                grouped[Key(row["repo"], row["workflow"], row["level"])].append(run)
    return [Series(key, grouped[key]) for key in sorted(grouped)]


def tasks_of(series, min_history, last=None):
    """The forecasts of one series' runs that have `min_history` runs before them, the last ones only if asked."""
    pairs = zip(series.runs, series.known)
    tasks = [Task(series, run, int(known)) for run, known in pairs if known >= min_history]
    return tasks[-last:] if last else tasks


def scored_tasks(all_series, min_history, last):
    """What is scored: the last forecasts of every series that is long enough."""
    long = (series for series in all_series if len(series.runs) >= RUNS_OF_A_SERIES)
    return [task for series in long for task in tasks_of(series, min_history, last)]


def open_text(path):
    """A file, packed or not."""
    opener = gzip.open if str(path).endswith(".gz") else open
    return opener(path, "rt", encoding="utf-8", newline="")


def timestamp(text):
    """Seconds since 1970 of an RFC 3339 time."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def successful_run(row):
    """The run of a row, or nothing where it is no evidence of a duration."""
    seconds = float(row["duration_s"] or 0)
    start = row["started_at"] or row["created_at"]
    is_first = row["attempt"] in ("", "1")
    is_success = row["conclusion"] in ("", "success")
    if not (start and is_first and is_success and math.isfinite(seconds) and seconds > 0):
        return None
    return Run(row["run_id"], timestamp(start), seconds, row["event"])
