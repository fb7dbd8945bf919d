"""The Overview's first words: one lead sentence and the verdicts that can be given with confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.context import Context
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import CHANGE_COLUMNS, ChangeTable, category_table, police_source
from analytics.selection import Selection
from analytics.summaries import change_finding, subject
from analytics.words import integer, is_missing, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_overview_lead_panel"]

ID = "overview_lead"
COLUMNS = (Column("group", "Verdict"), Column("category", "Category"), *CHANGE_COLUMNS)
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
    made = {
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
        facts={"total": dict(table.total), "groups": {v: int((frame["group"] == v).sum()) for v in ORDER}},
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
