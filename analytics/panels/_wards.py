"""What the panels of one ward page share: words for the measure, and sentences that fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from analytics.context import Context
from analytics.measures import measures
from analytics.panels._model import Column, Format, Way
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first
from analytics.words import and_list, integer, percent, rate

__all__ = ["LONGEST_FINDING", "fitting", "highest_and_lowest", "measure_columns", "not_measurable", "written"]

LONGEST_FINDING = 90


def fitting(*findings: str) -> str:
    """The first finding that is short enough, the fullest standing first; the last is short for any name.

    >>> fitting("a" * 91, "short")
    'short'
    """
    return next((finding for finding in findings if len(finding) <= LONGEST_FINDING), findings[-1])


def measure_columns(selection: Selection) -> tuple[Column, ...]:
    """The columns of an area's measure with its interval, and what it stands on."""
    kinds: dict[str, Format] = {"count": "integer", "share": "percent1"}
    kind = kinds.get(selection.measure, "rate")
    people = "Households" if selection.measure == "households" else "Residents"
    return (
        Column("value", measures()[selection.measure].title, kind),
        Column("value_lower", "Lower 95 %", kind),
        Column("value_upper", "Upper 95 %", kind),
        Column("incidents", "Incidents", "integer"),
        Column("population", people, "integer"),
    )


def written(value: Any, selection: Selection) -> str:
    """A value of the chosen measure as it stands at a mark."""
    return {"count": integer, "share": percent}.get(selection.measure, rate)(value)


def not_measurable(frame: pd.DataFrame, selection: Selection, context: Context) -> dict[str, Any] | None:
    """The panel fields where the measure has no denominator to stand over, or None where it has."""
    if frame["value"].notna().any():
        return None
    needs = {"households": "Households", "km2": "Areas in km²"}.get(selection.measure, "Residents")
    return {
        "sentence": f"{needs} are not loaded",
        "subtitle": measures()[selection.measure].title,
        "state": "no_data",
        "message": f"{needs} are not in the configuration, so this measure cannot be worked out. Counts can.",
        "ways": (
            Way("Show counts", "?" + replace(selection, measure="count").to_query(context)),
            Way("What is loaded", "/data"),
        ),
    }


def highest_and_lowest(
    frame: pd.DataFrame, selection: Selection, context: Context, *, name: str = "ward_name", places: str = "ward"
) -> str:
    """The finding about areas in order of a measure, naming only those whose intervals set them apart.

    frame: a row an area, highest first, with value, value_lower and value_upper.
    """
    what = categories_words(selection, context)
    known = frame[frame["value"].notna()]
    first, last = known.iloc[0], known.iloc[-1]
    if len(known) == 1:
        return fitting(f"{what} is shown for {first[name]} alone", f"Only {first[name]} is shown")
    top = list(known.loc[known["value_upper"] >= first["value_lower"], name])
    bottom = list(known.loc[known["value_lower"] <= last["value_upper"], name])
    high, low = (and_list(names) if len(names) <= 2 else "" for names in (top, bottom))
    more, fewer = ("is highest", "lowest") if selection.measure != "km2" else ("is densest", "sparsest")
    if high and low:
        return fitting(
            f"{what} {more} in {high}, {fewer} in {low}",
            f"{_short(selection)} {more.replace('is', 'are')} in {high}, {fewer} in {low}",
            f"{what} {more} in {high}",
            f"{high}: highest",
        )
    if high:
        return fitting(f"{what} {more} in {high}", f"{_short(selection)} {more.replace('is', 'are')} in {high}")
    if low:
        return fitting(f"{what} {more.replace('highest', 'lowest')} in {low}", f"{low}: lowest")
    return fitting(f"No one {places} stands out in {lower_first(what)}", f"No one {places} stands out")


def _short(selection: Selection) -> str:
    return {"count": "Counts", "share": "Shares"}.get(selection.measure, "Rates")
