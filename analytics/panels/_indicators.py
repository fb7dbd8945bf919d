"""The partnership's own indicators: which one a control chart shows, and what may be said of its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.months import write_month
from analytics.panels._model import Mark
from analytics.panels._trends import Monthly, Unit
from analytics.queries.loaded import indicators
from analytics.selection import Selection
from analytics.statistics.control_chart import assurance, control_chart
from analytics.words import is_missing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["PER", "TONES", "Indicator", "Judged", "indicator_of", "judged", "variation_mark"]

PER = {"count": "month", "day": "day", "rate": "rate"}
_WORDS = {"count": "a month", "day": "a day", "rate": "a month per 1,000 residents"}
TONES: dict[str, Literal["improving", "concerning"]] = {
    "improving": "improving",
    "concerning": "concerning",
    "passing": "improving",
    "failing": "concerning",
}


@dataclass(frozen=True)
class Indicator:
    """What is counted, which way is better, and what is to be reached. per: the unit, as in the address."""

    name: str
    per: str
    direction: str
    target: float | None
    by: date | None
    words: str
    """What the target is, in words: "at most 20 a month by March 2027"; empty where there is none."""


@dataclass(frozen=True)
class Judged:
    """A target against the control chart. target: for each month, in the unit shown. key: of the assurance icon.

    lower, upper: the ordinary range over the months of a year, season left in, in the indicator's own unit.
    """

    indicator: Indicator
    target: np.ndarray
    key: str
    words: str
    lower: float
    upper: float

    @property
    def mark(self) -> Mark:
        said = self.indicator.words
        shape = "info" if self.key == "none" else f"assurance-{self.key}"
        return Mark(shape, f"Target {said}: {self.words}", TONES.get(self.key, ""))


def indicator_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Indicator | None:
    """The indicator that counts just these categories and wards; of several the one in the unit shown, else the first.

    An indicator that names every category or ward loaded counts all of them.
    """
    every = {"categories": {c.name for c in context.categories}, "wards": {w.code for w in context.wards}}
    asked = {key: _counted(getattr(selection, key), all_of) for key, all_of in every.items()}
    fitting = [
        row
        for row in records(indicators(cursor))
        if all(_counted(row[key], all_of) == asked[key] for key, all_of in every.items())
    ]
    if not fitting:
        return None
    row = next((row for row in fitting if PER[row["measure"]] == selection.per), fitting[0])
    target = None if is_missing(row["target"]) else float(row["target"])
    by = None if is_missing(row["target_by"]) else pd.Timestamp(row["target_by"]).date()
    words = ""
    if target is not None:
        side = "at most" if row["direction"] == "lower is better" else "at least"
        words = f"{side} {_plain(target)} {_WORDS[row['measure']]}{f' by {write_month(by, full=True)}' if by else ''}"
    return Indicator(row["name"], PER[row["measure"]], row["direction"], target, by, words)


def _counted(named: Sequence[str] | None, every: set[str]) -> set[str]:
    if is_missing(named) or named is None or not len(named):
        return every
    return set(named)


def _plain(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def judged(
    cursor: DuckDBPyConnection,
    indicator: Indicator | None,
    monthly: Monthly,
    unit: Unit,
    selection: Selection,
    context: Context,
) -> Judged | None:
    """Whether the target will be met as things are; None where there is no target, or residents for it are missing.

    The limits since the last dated break are worked out in the target's own unit and given their season back: a target
    is met consistently where the worse limit of every month of the year meets it.
    """
    if indicator is None or indicator.target is None:
        return None
    own = Unit.of(cursor, replace(selection, per=indicator.per), context, monthly.months)
    if own.key != indicator.per:
        return None
    chart = control_chart(
        monthly.total() * own.factor, months=list(monthly.months), excluded=monthly.excluded, segments=monthly.segments
    )
    recent = monthly.current & (np.arange(len(monthly.months)) >= len(monthly.months) - 12)
    lower = float(np.min((chart.lower * chart.season)[recent]))
    upper = float(np.max((chart.upper * chart.season)[recent]))
    key, words = assurance(lower, upper, indicator.target, indicator.direction)
    if key == "none":
        words = "too few months to tell"
    return Judged(indicator, indicator.target / own.factor * unit.factor, key, words, lower, upper)


def variation_mark(state: str, words: str, side: int, month: date) -> Mark:
    """What kind of variation the latest month shows. state, words: of `variation`."""
    shape = "common" if state == "common" else "high" if side > 0 else "low"
    return Mark(f"variation-{shape}", f"{write_month(month, full=True)}: {words}", TONES.get(state, ""))
