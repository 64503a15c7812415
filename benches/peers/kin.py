#!/usr/bin/env python3
"""Whose record tells how a young workflow will fare: nobody's, its repository's, its owner's, or the hour's.

Replays the verdicts of every series of runs (not of jobs) with the estimate that cronwright starts from, a count that is
shrunk to a share worth two runs, and prints the mean squared error of the probability (Brier) of the first 1 to 9
verdicts for each choice of that share, and for all later ones with and without a count by hour of the day.

A sibling's verdict counts from the moment at which its run had ended. Usage: kin.py runs.csv.gz
"""

import csv
import gzip
import sys
from collections import defaultdict
from datetime import datetime, timedelta

USUAL, WORTH = 0.75, 2.0


def verdicts(path):
    """(end, start, repository, series, succeeded) of first attempts that ended by themselves, by end."""
    rows = []
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            if row["level"] != "run" or row["attempt"] not in ("", "1", "1.0"):
                continue
            if row["conclusion"] not in ("success", "failure", "timed_out", ""):
                continue
            start = row["started_at"] or row["created_at"]
            try:
                begin = datetime.fromisoformat(start.replace("Z", "+00:00"))
                end = begin + timedelta(seconds=float(row["duration_s"]))
            except (ValueError, OverflowError):
                continue
            series = (row["repo"], row["workflow"])
            rows.append((end, begin, row["repo"], series, row["conclusion"] in ("success", "")))
    rows.sort(key=lambda row: (row[0], row[3]))
    return rows


def shrunk(successes, total, share, worth=WORTH):
    return (successes + worth * share) / (total + worth)


def main(path):
    tallies = defaultdict(lambda: [0, 0])
    young, old = defaultdict(list), defaultdict(list)
    for end, begin, repository, series, succeeded in verdicts(path):
        owner = repository.split("/")[0]
        own = tallies[series]

        def others(key):
            tally = tallies[key]
            return tally[0] - own[0], tally[1] - own[1]

        repo, house = others(("repo", repository)), others(("owner", owner))
        in_house = (house[0] - repo[0], house[1] - repo[1])
        by_repo = shrunk(*repo, USUAL)
        by_owner = shrunk(*in_house, USUAL)
        has_kin = repo[1] > 0
        has_house = in_house[1] > 0
        shares = {
            "usual": USUAL,
            "repository, then usual": by_repo,
            "repository, then owner, then usual": shrunk(*repo, by_owner),
            "owner (all of it), then usual": shrunk(*house, USUAL),
        }
        actual = float(succeeded)
        for name, share in shares.items():
            error = (shrunk(*own, share) - actual) ** 2
            if own[1] < 10:
                young["all", name].append(error)
                if has_kin:
                    young["has siblings in the repository", name].append(error)
                if has_house:
                    young["has others of the owner", name].append(error)
                if has_house and not has_kin:
                    young["has others of the owner alone", name].append(error)
        if own[1] >= 10:
            mean = shrunk(*own, by_repo)
            old["without the hour"].append((mean - actual) ** 2)
            for width in (1, 4, 8):
                hour = tallies[series + (begin.hour // width, width)]
                for worth in (2.0, 10.0):
                    old[f"shrunk to it by {worth:.0f} runs, {width} h"].append(
                        (shrunk(*hour, mean, worth) - actual) ** 2
                    )
        hours = [series + (begin.hour // width, width) for width in (1, 4, 8)]
        for key in [series, ("repo", repository), ("owner", owner), *hours]:
            tallies[key][0] += succeeded
            tallies[key][1] += 1
    for table in (young, old):
        for key, errors in table.items():
            print(f"{' | '.join(key) if isinstance(key, tuple) else key}: {sum(errors) / len(errors):.4f} of {len(errors)}")
        print()


if __name__ == "__main__":
    main(sys.argv[1])
