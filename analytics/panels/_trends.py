"""What the panels of Trends share: monthly series on an unbroken axis, the breaks they meet, and words for a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.memo import Memo
from analytics.months import days_in, month_range, write_month, write_months
from analytics.panels._breaks import breaks_touching, excluded_months
from analytics.panels._empty import no_data
from analytics.panels._tables import ALL_CATEGORIES, residents
from analytics.panels._wards import fitting
from analytics.queries.counts import counts_by_ward_category
from analytics.selection import Selection
from analytics.statistics.control_chart import RULES
from analytics.words import count_of, integer, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "REBASED_AT",
    "Monthly",
    "Unit",
    "is_plural",
    "looked_at",
    "monthly_counts",
    "nothing_recorded",
    "rebased_at",
    "rebased_since",
    "rule_words",
    "seen_words",
    "total_name",
    "trend_months",
]

REBASED_AT = ("recording", "local")
"""Kinds of breaks at which limits start afresh: what was counted changed. A new map or a new set of codes moves no
total of a ward or of the partnership, and a shaded disruption is left out instead."""


@dataclass(frozen=True)
class Monthly:
    """Counts of several series on one unbroken axis. A row of `counts` is a series; NaN = the month is not loaded.

    met: the breaks these months meet. excluded: months that a named cause leaves out of limits and trend. segments: a
    label per month that changes where limits start afresh.
    """

    months: tuple[date, ...]
    counts: pd.DataFrame
    met: pd.DataFrame
    excluded: np.ndarray
    segments: np.ndarray

    @property
    def missing(self) -> tuple[date, ...]:
        """The months of the axis that are not loaded."""
        return tuple(m for m, known in zip(self.months, self.counts.notna().any(axis=0), strict=True) if not known)

    @property
    def known(self) -> np.ndarray:
        return np.asarray(self.counts.notna().any(axis=0))

    def values(self) -> np.ndarray:
        """(series, months)."""
        return self.counts.to_numpy(dtype=float)

    def total(self) -> np.ndarray:
        """All series together: (months,)."""
        return np.asarray(self.counts.sum(axis=0, skipna=False), dtype=float)

    @property
    def current(self) -> np.ndarray:
        """The months since limits last started afresh: those a trend may be drawn through."""
        return np.asarray(self.segments == self.segments[-1])


def looked_at(selection: Selection) -> Selection:
    """The selection with the ward looked at, where there is one, in the place of the wards chosen."""
    return replace(selection, wards=(selection.focus,), focus=None) if selection.focus else selection


def trend_months(selection: Selection, context: Context) -> tuple[date, ...]:
    """The axis: from the first month loaded to the end of the period; or the period alone (`span`).

    Empty where no month of the period is loaded: there is nothing to judge.
    """
    loaded = set(context.months_loaded)
    if not any(month in loaded for month in selection.months):
        return ()
    if selection.span == "period":
        return selection.months
    last = max(month for month in selection.months if month in loaded)
    return month_range(min(loaded), last)


def monthly_counts(
    cursor: DuckDBPyConnection,
    selection: Selection,
    context: Context,
    *,
    by: Sequence[str] = (),
    months: tuple[date, ...] | None = None,
) -> Monthly:
    """Counts by month of the selection: one series, or one for each value of `by` ("category", "ward_code" or both).

    Every category loaded and every ward is there, zero or not; a month that is not loaded is NaN in each. The index of
    `counts` is the value, or the tuple of values in the order of `by`.
    """
    axis = trend_months(selection, context) if months is None else months
    chosen = (selection.categories, selection.wards, selection.source)
    found = _answers.answer(
        (context.folder, chosen, tuple(by), axis), lambda: _counted(cursor, selection, context, by=by, axis=axis)
    )
    return replace(found, counts=found.counts.copy())


_answers: Memo[Monthly] = Memo(size=256)
"""Several panels of one page ask for the same months."""


def _counted(
    cursor: DuckDBPyConnection, selection: Selection, context: Context, *, by: Sequence[str], axis: tuple[date, ...]
) -> Monthly:
    found = counts_by_ward_category(cursor, axis, selection)
    found["month"] = pd.to_datetime(found["month"]).dt.date
    names: dict[str, list[str]] = {
        "category": [
            c.name for c in context.categories if selection.categories is None or c.name in selection.categories
        ],
        "ward_code": [w.code for w in context.wards if selection.wards is None or w.code in selection.wards],
    }
    if by:
        index: pd.Index = (
            pd.MultiIndex.from_product([names[key] for key in by], names=list(by))
            if len(by) > 1
            else pd.Index(names[by[0]], name=by[0])
        )
        grid = found.pivot_table(index=list(by), columns="month", values="incidents", aggfunc="sum", fill_value=0)
        grid = grid.reindex(index=index)
    else:
        grid = found.groupby("month")["incidents"].sum().to_frame(total_name(selection)).T
    loaded = set(context.months_loaded)
    grid = grid.reindex(columns=list(axis)).astype("float64").fillna(0.0)
    grid.loc[:, [month for month in axis if month not in loaded]] = np.nan
    met = breaks_touching(cursor, selection, axis)
    return Monthly(axis, grid, met, excluded_months(met, axis), _segments(met, axis))


def _segments(met: pd.DataFrame, months: Sequence[date]) -> np.ndarray:
    labels = np.zeros(len(months), dtype=int)
    for row in rebased_at(met, months).itertuples():
        start = pd.Timestamp(row.date_from).date().replace(day=1)
        labels += np.array([month >= start for month in months], dtype=int)
    return labels


def rebased_at(met: pd.DataFrame, months: Sequence[date]) -> pd.DataFrame:
    """The breaks within these months at which limits start afresh."""
    if met.empty:
        return met
    start = pd.to_datetime(met["date_from"]).dt.date
    inside = (start > months[0]) & (start <= months[-1])
    return met[inside & met["kind"].isin(REBASED_AT) & ~met["excluded"].astype(bool) & met["date_to"].isna()]


def rebased_since(monthly: Monthly) -> str:
    """Since when and why limits and trend start where they do: a sentence, empty where no break divides the months."""
    found = rebased_at(monthly.met, monthly.months)
    if found.empty:
        return ""
    last = found.iloc[-1]
    start = pd.Timestamp(last["date_from"]).date()
    return f"Limits start afresh in {write_month(start, full=True)}: {last['label']}."


@dataclass(frozen=True)
class Unit:
    """What a month's figure is counted in. factor: of each month, to be multiplied with its incidents."""

    key: str
    words: str
    factor: np.ndarray

    @classmethod
    def of(cls, cursor: DuckDBPyConnection, selection: Selection, context: Context, months: Sequence[date]) -> Unit:
        """The unit chosen (`per`); incidents a month where residents are asked for and not loaded."""
        if selection.per == "day":
            return cls("day", "Incidents a day", np.array([1 / days_in([month]) for month in months]))
        if selection.per == "rate":
            people = residents(cursor, replace(selection, measure="rate"), context)
            if people > 0:
                return cls("rate", "Incidents a month per 1,000 residents", np.full(len(months), 1000 / people))
        return cls("month", "Incidents a month", np.ones(len(months)))

    def write(self, value: Any) -> str:
        return integer(value) if self.key == "month" else rate(value)

    @property
    def format(self) -> Any:
        return "integer" if self.key == "month" else "rate"

    def caveats(self, selection: Selection, context: Context) -> tuple[str, ...]:
        """What must be said of the unit."""
        if self.key == "rate" and context.population_year:
            return (f"Residents of {context.population_year} throughout.",)
        if selection.per == "rate" and self.key != "rate":
            return ("Residents are not loaded: counts are shown.",)
        return ()


def total_name(selection: Selection) -> str:
    """The name of everything chosen together."""
    if selection.categories is None:
        return ALL_CATEGORIES
    return selection.categories[0] if len(selection.categories) == 1 else "All chosen together"


def is_plural(selection: Selection, context: Context) -> bool:
    """Whether the subject of a sentence about this selection takes a verb in the plural."""
    chosen = selection.categories
    return chosen is not None and 1 < len(chosen) < len(context.categories) - 1


def rule_words(rule: int, side: int) -> str:
    """A rule in a reader's words, with its direction; "ordinary variation" where none holds.

    >>> rule_words(1, 1), rule_words(4, -1), rule_words(0, 0)
    ('above the upper limit', '7 or more in a row below the mean', 'ordinary variation')
    """
    high = side > 0
    return {
        0: RULES[0],
        1: "above the upper limit" if high else "below the lower limit",
        2: "7 or more in a row rising" if high else "7 or more in a row falling",
        3: f"2 of 3 near the {'upper' if high else 'lower'} limit",
        4: f"7 or more in a row {'above' if high else 'below'} the mean",
    }[rule]


def seen_words(known: int, at_least: int = 12) -> str:
    """How far limits from so few months can be trusted; empty where they are enough."""
    return "" if known >= at_least else f"Provisional: {count_of(known, 'month')} are too few for firm limits."


def nothing_recorded(
    monthly: Monthly, selection: Selection, context: Context, *, subject: str
) -> Mapping[str, Any] | None:
    """The panel fields where there is nothing to draw: no month loaded, or a true zero throughout."""
    if not monthly.months or not monthly.known.any():
        return no_data(selection, context)
    if np.nansum(monthly.values()) > 0:
        return None
    months = [month for month, known in zip(monthly.months, monthly.known, strict=True) if known]
    return {
        "sentence": fitting(f"{subject}: none recorded", "None recorded"),
        "subtitle": write_months(months),
        "state": "none_recorded",
        "message": f"No incident was recorded in {write_months(months)}. These months are loaded: a true zero.",
    }
