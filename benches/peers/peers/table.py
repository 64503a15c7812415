"""One row a forecaster, as text for people and as JSON for programs."""

import json
import math

# Heading, figure, factor and form of each column.
COLUMNS = (
    ("within 25 %", "within_25_percent", 100, "{:.1f} %"),
    ("median error", "median_error", 100, "{:.2f} %"),
    ("MAE / last", "mae_relative_to_last_value", 1, "{:.3f}"),
    ("pinball .5", "pinball_p50", 1, "{:.4f}"),
    ("pinball .9", "pinball_p90", 1, "{:.4f}"),
    ("coverage", "coverage", 100, "{:.1f} %"),
    ("series 85-95 %", "series_covered_85_to_95", 100, "{:.0f} %"),
    ("width", "median_relative_width", 1, "{:.3f}"),
    ("ms each", "seconds_per_forecast", 1e3, "{:.3f}"),
)


def as_text(rows):
    """A Markdown table, so that it can be pasted where figures are written."""
    heading = ["forecaster", *(column[0] for column in COLUMNS)]
    lines = [heading, ["---", *("---:" for _ in COLUMNS)]]
    lines += [[row["forecaster"], *(cell(row, column) for column in COLUMNS)] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(row, column):
    _, figure, factor, form = column
    value = row[figure]
    return "-" if math.isnan(value) else form.format(value * factor)


def as_json(rows):
    """The same unrounded; what a forecaster does not have is null."""
    plain = [{name: nullable(value) for name, value in row.items()} for row in rows]
    return json.dumps(plain, indent=2)


def nullable(value):
    return None if isinstance(value, float) and math.isnan(value) else value
