"""What a forecaster says about one run, in seconds. A part that a forecaster does not have is not a number."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Forecast:
    p50: float
    p90: float = math.nan
    lower: float = math.nan
    upper: float = math.nan


@dataclass
class Answers:
    """A forecaster's answers to the scored tasks, in their order, and what one of them cost."""

    name: str
    forecasts: list
    seconds_each: float = math.nan
