"""Prints one table of cronwright's forecasts and its peers' on the same runs. How to run it stands in README.md."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

from peers import boosting, conformal, ets, histories, simple, table, written
from peers.figures import figures


def main():
    options = arguments()
    if options.test:
        series = histories.read_series(options.test)
    else:
        series = histories.read_series(options.runs)
    tasks = histories.scored_tasks(series, options.min_history, options.last)
    files = written_files(options)
    if options.common:
        tasks = written.common_tasks(files.values(), tasks)
    if not tasks:
        raise SystemExit("nothing to score: no series has 50 successful runs and enough of them before its last")
    say(f"{len(tasks)} forecasts of {len({task.series.key for task in tasks})} series")
    last_values = np.array([np.exp(task.logs[-1]) for task in tasks])
    answered = [written.answers(name, path, tasks, options.common) for name, path in files.items()]
    answered += peers(options, tasks, series)
    rows = [figures(answers, tasks, last_values) for answers in answered]
    print(table.as_json(rows) if options.json else table.as_text(rows))


def peers(options, tasks, series):
    """Every peer that is not left out, the dear ones last."""
    yield from simple.answers(tasks)
    yield conformal.answers(tasks)
    if "boosting" not in options.without:
        say("training LightGBM on other repositories")
        if options.train:
            yield boosting.answers_between(tasks, histories.read_series(options.train))
        else:
            yield boosting.answers_within(tasks, series, options.folds)
    if "ets" not in options.without:
        say("fitting AutoETS for every forecast")
        yield ets.answers(tasks)


def written_files(options):
    """Files of forecasts by the name of who made them; ours first."""
    ours = options.ours
    if options.cronwright and not ours:
        say("running cronwright backtest")
        runs = options.test or options.runs
        ours = written.run_cronwright(options.cronwright, runs, options.min_history, options.last)
    named = {"cronwright": ours, "GRU across series": options.gru}
    return {name: path for name, path in named.items() if path}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("CRONWRIGHT_DATA", "../shared/data"))
    parser.add_argument("--runs", default=data / "runs.csv.gz", help="history to score; default %(default)s")
    parser.add_argument("--train", help="history that LightGBM learns from instead of folds; needs --test")
    parser.add_argument("--test", help="history to score with what --train taught")
    parser.add_argument("--ours", help="what `cronwright backtest --forecasts` wrote for the same history")
    parser.add_argument("--cronwright", help="a cronwright to run where --ours is not given")
    parser.add_argument("--gru", help="what the program in gru/ wrote for the same history")
    parser.add_argument("--without", nargs="*", default=[], choices=("boosting", "ets"), help="peers to leave out")
    parser.add_argument("--folds", type=int, default=5, help="groups of repositories; default %(default)s")
    parser.add_argument("--min-history", type=int, default=10, help="ended runs before one; default %(default)s")
    parser.add_argument("--last", type=int, default=60, help="scored runs of each series; default %(default)s")
    parser.add_argument("--common", action="store_true", help="score what every file answers instead of refusing")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if bool(options.train) != bool(options.test):
        parser.error("--train and --test belong together")
    return options


def say(text):
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
