"""The Overview's first words: one lead sentence and the verdicts that can be given with confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import CHANGE_COLUMNS, ChangeTable, category_table, police_source
from analytics.selection import Selection
from analytics.summaries import change_finding, lower_first, subject
from analytics.words import and_list, change, count_of, integer, is_missing, number_word, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_overview_lead_panel"]

ID = "overview_lead"
COLUMNS = (Column("group", "Verdict"), Column("category", "Category"), *CHANGE_COLUMNS)
NAMED = 3
ORDER = ("rose", "fell", "no clear change", "too few", "no data")


@panel(
    ID,
    page="overview",
    title="Where do we stand, and what can be said with confidence?",
    uses={"period", "comparison", "categories", "wards", "measure"},
)
def build_overview_lead_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category under its verdict (`group`), in the order rose, fell, no clear change, too few, no data."""
    table = category_table(cursor, selection, context)
    what = subject(selection, context)
    frame = table.frame.copy()
    frame.insert(0, "group", frame["verdict"])
    frame = frame.assign(order=frame["group"].map({v: i for i, v in enumerate(ORDER)}))
    frame = frame.sort_values(["order", "incidents"], ascending=[True, False], ignore_index=True).drop(columns="order")
    made: dict[str, Any] = {
        "id": ID,
        "title": "In short",
        "table": frame,
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": 150,
    }
    empty = nothing_to_show(table, selection, context, subject=what)
    if empty:
        return Panel(**made, **empty)
    single = table.frame.iloc[0].to_dict() if len(table.frame) == 1 else dict(table.total)
    return Panel(
        **made,
        sentence=change_finding(what, single) if table.compared.basis != "none" else _level(what, table),
        subtitle=" ".join([_counts(table, selection), *table.caveats]),
        caveats=table.caveats,
        facts={"total": dict(table.total), "groups": _groups(frame, table)},
        total=dict(table.total),
    )


def _level(what: str, table: ChangeTable) -> str:
    return f"{what}: {integer(table.total['incidents'])} incidents in {write_months(table.months)}"


def _counts(table: ChangeTable, selection: Selection) -> str:
    words = f"{integer(table.total['incidents'])} incidents in {write_months(table.months)}"
    per = "households" if selection.measure == "households" else "residents"
    if not is_missing(table.total["rate_per_1000"]):
        words += f", {rate(table.total['rate_per_1000'])} per 1,000 {per}"
    return words + "."


def _groups(frame: pd.DataFrame, table: ChangeTable) -> tuple[dict[str, Any], ...]:
    """The verdict strip: a group a verdict, at most three categories each by name, the rest counted."""
    if table.compared.basis == "none" or len(frame) < 2:
        return ()
    groups: list[dict[str, Any]] = []
    for verdict, kind, label in (("rose", "up", "Rose"), ("fell", "down", "Fell")):
        rows = frame[frame["verdict"] == verdict].to_dict("records")
        if rows:
            items = [_item(row) for row in rows[:NAMED]]
            if len(rows) > NAMED:
                others = and_list([lower_first(row["category"]) for row in rows[NAMED:]])
                items.append(
                    {
                        "name": f"{len(rows) - NAMED} more",
                        "figure": None,
                        "notes": [f"{others[:1].upper()}{others[1:]}"],
                    }
                )
            groups.append({"kind": kind, "label": label, "items": items})
    quiet = frame[frame["verdict"] == "no clear change"]
    few = frame[frame["verdict"] == "too few"]
    items = []
    if len(quiet):
        every = "All" if len(quiet) == len(frame) else "All other" if not len(few) else ""
        name = f"{every} {count_of(len(quiet), 'category', 'categories')}".strip()
        if every == "All other":
            name = f"All {number_word(len(quiet))} other categories" if len(quiet) > 1 else "The other category"
        largest = and_list([lower_first(c) for c in quiet["category"].head(NAMED)])
        among = " among them" if len(quiet) > NAMED else ""
        words = f"{_capital(largest)}{among}: within chance and ordinary monthly swings."
        items.append({"name": name, "figure": None, "notes": [words]})
    if len(few):
        names = and_list([lower_first(c) for c in few["category"]])
        items.append(
            {"name": "Too few to tell", "figure": None, "notes": [f"{names[:1].upper()}{names[1:]}: under 20 in both."]}
        )
    if items:
        groups.append({"kind": "flat", "label": "No clear change", "items": items})
    return tuple(groups)


def _item(row: dict[str, Any]) -> dict[str, Any]:
    interval = (
        f"between {change(row['change_lower_cl'])} and {change(row['change_upper_cl'])}"
        if not is_missing(row["change_pct"])
        else "from none"
    )
    return {
        "name": row["category"],
        "figure": change(row["change_pct"]) if not is_missing(row["change_pct"]) else integer(row["compared"]),
        "notes": [f"{integer(row['previous'])} to {integer(row['compared'])} incidents;", interval],
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
