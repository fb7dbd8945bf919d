"""How far people's answers lie apart: median, quartiles and a word for the agreement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics._arrays import as_floats

__all__ = ["Spread", "answer_spread"]

CLOSE, APART = 0.2, 0.4
"""Share of the scale that the middle half of the answers spans: at most CLOSE agrees, from APART on it does not."""


@dataclass(frozen=True)
class Spread:
    """Of one item. n: answers. agreement: "close", "mixed", "apart"; "" under two answers. NaN where there are none."""

    n: int
    median: float
    lower_quartile: float
    upper_quartile: float
    lowest: float
    highest: float
    agreement: str


def answer_spread(values: ArrayLike, *, low: float, high: float, span: float | None = None) -> Spread:
    """The spread of answers on a scale from low to high; quartiles by linear interpolation.

    span: what the middle half is held against to judge agreement; the whole scale where None.

    Method: Hyndman & Fan 1996, definition 7 (the usual one of R and numpy).

    >>> found = answer_spread([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], low=0, high=10)
    >>> found.lower_quartile, found.median, found.upper_quartile, found.agreement
    (3.25, 5.5, 7.75, 'apart')
    """
    x = as_floats(values)
    if not high > low:
        raise ValueError("high must lie above low.")
    if x.ndim != 1 or not ((x >= low) & (x <= high)).all():
        raise ValueError("answers must be one row of numbers between low and high.")
    if not x.size:
        none = float("nan")
        return Spread(0, none, none, none, none, none, "")
    quarter, middle, three = (float(q) for q in np.percentile(x, [25, 50, 75]))
    share = (three - quarter) / (span or high - low)
    agreement = "close" if share <= CLOSE else "apart" if share >= APART else "mixed"
    return Spread(x.size, middle, quarter, three, float(x.min()), float(x.max()), agreement if x.size > 1 else "")
