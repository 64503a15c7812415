"""Prints what a young workflow gains from its siblings' durations: the running median, drawn towards theirs.

The first nine forecasts of every scored series, each by the median of what had ended before, in logarithms, with the median of
the repository's other workflows (their last ten runs each) counted as so many runs more.
"""

import argparse
import os
from collections import defaultdict
from pathlib import Path

import numpy as np

from peers import histories

WEIGHTS = (0, 0.1, 0.25, 0.5, 1, 2)
YOUNG = 10


def main():
    data = Path(os.environ.get("CRONWRIGHT_DATA", "../shared/data"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", default=data / "runs.csv.gz", help="history to score; default %(default)s")
    options = parser.parse_args()
    series = histories.read_series(options.runs)
    siblings = defaultdict(list)
    for one in series:
        siblings[(one.key.repo, one.key.level)].append(one)
    young = [
        (one, run, int(known))
        for one in series
        if len(one.runs) >= histories.RUNS_OF_A_SERIES
        for run, known in zip(one.runs[1:YOUNG], one.known[1:YOUNG])
        if known > 0
    ]
    print("siblings count as | within 25 % | median error")
    for weight in WEIGHTS:
        errors = [error(one, run, known, siblings[(one.key.repo, one.key.level)], weight) for one, run, known in young]
        print(f"{weight:>12} runs | {100 * np.mean(np.array(errors) <= 0.25):>9.1f} % | {100 * np.median(errors):>10.2f} %")


def error(series, run, known, siblings, weight):
    expected = np.median(series.logs[:known])
    levels = [level(other, run.start) for other in siblings if other is not series]
    levels = [one for one in levels if one is not None]
    if levels and weight:
        expected = (expected * known + np.median(levels) * weight) / (known + weight)
    return abs(np.exp(expected) - run.seconds) / run.seconds


def level(series, start):
    """The median of the last ten runs that had ended by then."""
    known = int(np.searchsorted(series.ends, start, side="left"))
    return np.median(series.logs[max(0, known - 10) : known]) if known else None


if __name__ == "__main__":
    main()
