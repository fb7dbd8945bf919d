"""The register of breaks: dated causes that a series must not be read across without a word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.panels._data import manifest_source
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.queries.loaded import breaks
from analytics.selection import Selection
from analytics.words import and_list, number_word, write_date

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_breaks_panel"]

ID = "breaks"
COLUMNS = (
    Column("label", "Break"),
    Column("when", "When"),
    Column("cause", "Cause"),
    Column("touches", "Touches"),
    Column("effect", "In charts"),
    Column("within", "Within the months loaded"),
    Column("date_from", "From", "date", hidden=True),
    Column("date_to", "To", "date", hidden=True),
    Column("kind", "Kind", hidden=True),
    Column("origin", "Register", hidden=True),
    Column("break_id", "Name in the register", hidden=True),
)


@panel(ID, page="data", title="Where must a series not be read across?", uses=set())
def build_breaks_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a break: its date or spell, cause, what it touches and what is done about it, the earliest first.

    within: whether it falls between the first and the last month loaded of our own force.
    """
    found = breaks(cursor)
    names = context.ward_names()
    rows = [_row(entry, names, context) for entry in records(found)]
    table = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    inside = int((table["within"] == "yes").sum())
    own = int((table["origin"] == "the partnership’s own").sum())
    made: dict[str, Any] = {
        "id": ID,
        "title": "Breaks",
        "subtitle": "Register of dated causes: the program’s own and the partnership’s",
        "table": table,
        "columns": COLUMNS,
        "sources": (manifest_source(context),),
        "figure_height": 44 + 52 * max(len(table), 1),
    }
    if table.empty:
        return Panel(**made, sentence="No break is on record", state="none_recorded", message="The register is empty.")
    caveats = ["A break is drawn on every chart it touches; limits change only there, never by themselves."]
    if not own:
        caveats.append("Changes of your own, such as a new recording system, can be added in the configuration.")
    return Panel(
        **made,
        sentence=_finding(len(table), inside),
        caveats=tuple(caveats),
        facts={"breaks": len(table), "within": inside, "own": own},
    )


def _row(entry: Mapping[str, Any], ward_names: Mapping[str, str], context: Context) -> dict[str, Any]:
    start, end = _day(entry["date_from"]), _day(entry["date_to"])
    return {
        "label": entry["label"],
        "when": _when(start, end),
        "date_from": start,
        "kind": entry["kind"],
        "cause": entry["cause"],
        "touches": _touches(entry, ward_names),
        "effect": _effect(bool(entry["excluded"]), end),
        "within": "yes" if _within(start, end, context) else "no",
        "origin": "the partnership’s own" if entry["origin"] == "config" else "the program’s register",
        "break_id": entry["break_id"],
        "date_to": end,
    }


def _when(start: date | None, end: date | None) -> str:
    first = write_date(start, short=True) if start else ""
    return f"{first} to {write_date(end, short=True)}" if end else first


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _touches(entry: Mapping[str, Any], ward_names: Mapping[str, str]) -> str:
    categories = _list(entry["categories"])
    wards = [ward_names.get(code, code) for code in _list(entry["wards"])]
    what = and_list(categories, most=3) if categories else "all categories"
    return f"{what} in {and_list(wards, most=3)}" if wards else what


def _list(value: Any) -> list[str]:
    return [] if value is None or (not hasattr(value, "__len__") and pd.isna(value)) else [str(v) for v in value]


def _effect(excluded: bool, end: date | None) -> str:
    drawn = "shaded" if end else "marked by a line"
    return f"{drawn}, left out of limits and trend" if excluded else drawn


def _within(start: date | None, end: date | None, context: Context) -> bool:
    """True where it divides or shades the series: a break before the first month, or at it, divides nothing."""
    first, last = context.first_month, context.last_month
    if first is None or last is None or start is None:
        return False
    return first <= end and start <= last if end else first < start <= last


def _finding(n: int, inside: int) -> str:
    head = f"{number_word(n, capital=True)} dated {'break is' if n == 1 else 'breaks are'} on record"
    if not inside:
        return f"{head}; none within the months loaded"
    return f"{head}; {number_word(inside)} {'falls' if inside == 1 else 'fall'} within the months loaded"
