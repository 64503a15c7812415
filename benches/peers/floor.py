"""Prints how well oracles do that see a run's neighbours on both sides, the future too: the floor that levels have.

No forecast can know what comes after, so what a centred window leaves is noise to every forecaster that estimates a
level. Something else than a level (two modes, the hour, the event) may still go below.
"""

import argparse
import os
from pathlib import Path

import numpy as np

from peers import histories, table
from peers.figures import figures
from peers.forecast import Answers, Forecast

SIDES = (2, 3, 5, 10, 15)


def main():
    data = Path(os.environ.get("CRONWRIGHT_DATA", "../shared/data"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", default=data / "runs.csv.gz", help="history to score; default %(default)s")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    tasks = histories.scored_tasks(histories.read_series(options.runs), min_history=10, last=60)
    last_values = np.array([np.exp(task.logs[-1]) for task in tasks])
    rows = [figures(oracle(side, tasks), tasks, last_values) for side in SIDES]
    print(table.as_json(rows) if options.json else table.as_text(rows))


def oracle(side, tasks):
    """The median of as many runs before as after, without the run itself."""
    places = {id(task.series): {id(run): at for at, run in enumerate(task.series.ended)} for task in tasks}
    at = [places[id(task.series)][id(task.run)] for task in tasks]
    levels = [neighbours(task.series.logs, place, side) for task, place in zip(tasks, at)]
    return Answers(f"median of {side} before and {side} after", [Forecast(float(np.exp(one))) for one in levels])


def neighbours(logs, at, side):
    return np.median(np.concatenate([logs[max(0, at - side) : at], logs[at + 1 : at + 1 + side]]))


if __name__ == "__main__":
    main()
