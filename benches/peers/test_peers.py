"""The protocol and the columns, on histories made here. Run with `python -m unittest` in this folder."""

import csv
import tempfile
import unittest
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from peers import boosting, conformal, histories, simple, written
from peers.figures import figures
from peers.forecast import Answers, Forecast

HOUR = 3600
COLUMNS = "repo workflow run_id event attempt conclusion created_at started_at duration_s level".split()


def time(start):
    return datetime.fromtimestamp(start, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def row(start, seconds, **others):
    plain = dict.fromkeys(COLUMNS, "") | {"repo": "o/r", "workflow": "w", "level": "run", "run_id": str(start)}
    return plain | {"created_at": time(start), "duration_s": str(seconds), "conclusion": "success"} | others


def series_of(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.csv"
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        return histories.read_series(path)


def hourly(count, seconds=lambda at: 100 + at):
    return series_of([row(at * HOUR, seconds(at)) for at in range(count)])


class Protocol(unittest.TestCase):
    def test_a_run_that_has_not_ended_is_not_known(self):
        [series] = series_of([row(0, 10), row(HOUR, 3 * HOUR), row(2 * HOUR, 20), row(5 * HOUR, 30)])
        known = [list(np.round(np.exp(task.logs))) for task in histories.tasks_of(series, 0)]
        self.assertEqual(known, [[], [10], [10], [10, 20, 3 * HOUR]])

    def test_only_successful_first_attempts_count(self):
        odd = [{"conclusion": "failure"}, {"attempt": "2"}, {"conclusion": "skipped"}, {"duration_s": "0"}]
        [series] = series_of([row(0, 10)] + [row(HOUR, 10, **one) for one in odd])
        self.assertEqual(len(series.runs), 1)

    def test_a_start_that_was_recorded_wins_over_the_creation(self):
        [series] = series_of([row(0, 10, started_at=time(HOUR))])
        self.assertEqual(series.runs[0].start, HOUR)

    def test_short_series_are_not_scored_and_long_ones_from_the_eleventh_run(self):
        self.assertEqual(histories.scored_tasks(hourly(49), 10, 60), [])
        self.assertEqual([task.known for task in histories.scored_tasks(hourly(50), 10, 60)], list(range(10, 50)))
        self.assertEqual(len(histories.scored_tasks(hourly(100), 10, 60)), 60)


class Columns(unittest.TestCase):
    def test_the_last_value_is_as_good_as_itself(self):
        tasks = histories.scored_tasks(hourly(60), 10, 60)
        last = next(one for one in simple.answers(tasks) if one.name == "last value")
        said = figures(last, tasks, np.array([one.p50 for one in last.forecasts]))
        self.assertAlmostEqual(said["mae_relative_to_last_value"], 1)
        self.assertEqual(said["within_25_percent"], 1)

    def test_coverage_counts_what_lies_inside(self):
        tasks = histories.scored_tasks(hourly(60), 10, 60)
        said = [Forecast(task.run.seconds, lower=1, upper=task.run.seconds - at % 2) for at, task in enumerate(tasks)]
        row = figures(Answers("odd", said), tasks, np.ones(len(tasks)))
        self.assertAlmostEqual(row["coverage"], 0.5)

    def test_conformal_intervals_hold_nine_of_ten_where_nothing_changes(self):
        random = np.random.default_rng(5)
        tasks = histories.scored_tasks(hourly(600, lambda _: round(random.lognormal(6, 0.3), 1)), 10, 400)
        row = figures(conformal.answers(tasks), tasks, np.ones(len(tasks)))
        self.assertTrue(0.87 <= row["coverage"] <= 0.93, row["coverage"])


class OtherPrograms(unittest.TestCase):
    def test_forecasts_of_other_runs_are_refused(self):
        tasks = histories.scored_tasks(hourly(60), 10, 60)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ours.csv"
            write(path, tasks)
            self.assertEqual([one.p50 for one in written.answers("ours", path, tasks).forecasts], [7.0] * len(tasks))
            write(path, tasks[1:])
            with self.assertRaisesRegex(SystemExit, "1 of 50 are missing and 0 are too many"):
                written.answers("ours", path, tasks)
            self.assertEqual(written.common_tasks([path], tasks), tasks[1:])


class Folds(unittest.TestCase):
    def test_every_repository_has_one_fold_and_folds_are_of_equal_weight(self):
        asked = ["a"] * 30 + ["b"] * 20 + ["c"] * 10
        fold_of = boosting.balanced_folds(asked, [*asked, "d"], 2)
        self.assertEqual(fold_of, {"a": 0, "b": 1, "c": 1, "d": 0})


def write(path, tasks):
    names = "repo workflow level run_id started_at actual_seconds p50_seconds p90_seconds lower_seconds upper_seconds"
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names.split())
        for task in tasks:
            start = time(task.run.start)
            writer.writerow([*task.series.key, task.run.run_id, start, task.run.seconds, 7, "", "", ""])


if __name__ == "__main__":
    unittest.main()
