"""Forecasts that another program wrote, in the columns of `cronwright backtest --forecasts`: cronwright's, the GRU's.

Guarantees: a comparison is of the same runs, or it says which are not.
"""

import csv
import math
import subprocess
import tempfile
from pathlib import Path

from .forecast import Answers, Forecast
from .histories import open_text, timestamp

# Enough names to see a pattern, few enough to read.
NAMES_SHOWN = 5


def answers(name, path, tasks, common=False):
    """The file's answers to the tasks, in their order; with `common`, whatever else the file answers is left out."""
    said = read(path)
    missing = [task.name for task in tasks if task.name not in said]
    extra = len(said.keys() - {task.name for task in tasks})
    if missing or (extra and not common):
        shown = "".join(f"\n  {one}" for one in missing[:NAMES_SHOWN])
        counts = f"{len(missing)} of {len(tasks)} are missing and {extra} are too many"
        raise SystemExit(
            f"{path} does not score the same runs: {counts}.\n"
            f"Check --runs, --min-history and --last, or compare what both have with --common.{shown}"
        )
    return Answers(name, [said[task.name] for task in tasks])


def common_tasks(paths, tasks):
    """The tasks that every file answers."""
    for path in paths:
        said = read(path)
        tasks = [task for task in tasks if task.name in said]
    return tasks


def run_cronwright(binary, runs, min_history, last):
    """Lets cronwright write its forecasts, and says where they are."""
    out = Path(tempfile.mkdtemp(prefix="cronwright-peers-")) / "forecasts.csv"
    options = ["--min-history", str(min_history), "--last", str(last), "--forecasts", str(out)]
    subprocess.run([binary, "backtest", "--runs", runs, *options], check=True, stdout=subprocess.DEVNULL)
    return out


def read(path):
    """Forecasts by what names a task."""
    with open_text(path) as file:
        return {name(row): forecast(row) for row in csv.DictReader(file)}


def name(row):
    start = int(timestamp(row["started_at"]))
    seconds = round(float(row["actual_seconds"]), 2)
    return (row["repo"], row["workflow"], row["level"], row["run_id"], start, seconds)


def forecast(row):
    return Forecast(*(number(row[f"{part}_seconds"]) for part in ("p50", "p90", "lower", "upper")))


def number(text):
    return float(text) if text else math.nan
