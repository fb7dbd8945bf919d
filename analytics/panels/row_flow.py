"""From the rows of the files to the rows that count: nothing is lost without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.flow import row_flow, row_flow_height
from analytics.months import write_months
from analytics.panels._data import as_months, manifest_source
from analytics.panels._empty import no_data
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.queries.loaded import force_months, incidents_by_force, placed_rows
from analytics.selection import Selection
from analytics.words import integer, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_row_flow_panel"]

ID = "row_flow"
COLUMNS = (
    Column("step", "Step"),
    Column("rows", "Rows", "integer"),
    Column("share_pct", "Share of rows read", "percent1"),
    Column("kind", "Kind", hidden=True),
    Column("reason", "What it means"),
)


@panel(ID, page="data", title="How many of the rows read are ours?", uses={"period"})
def build_row_flow_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a step from the rows read (kind "total") to ours ("used"); what is left out adds up to the difference.

    The rows are those of all files loaded of the period's months, whichever force they come from.
    """
    found = force_months(cursor, selection.months)
    placed = placed_rows(cursor, selection.months)
    ours = int(placed.loc[placed["is_ours"].astype(bool), "incidents"].sum())
    elsewhere = int(placed["incidents"].sum()) - ours
    table = _steps(found, ours, elsewhere, context.short_name, _how_ours(cursor, selection, context))
    made: dict[str, Any] = {
        "id": ID,
        "title": "From read to used",
        "table": table,
        "columns": COLUMNS,
        "sources": (manifest_source(context, selection.period_label),),
        "figure_height": row_flow_height(len(table)),
    }
    if not len(found):
        return Panel(**made, **no_data(selection, context))
    read = int(table["rows"].iloc[0])
    months = sorted(set(as_months(found["month"])))
    hover = [f"<b>{row.step}</b><br>{integer(row.rows)} rows<br>{row.reason}" for row in table.itertuples()]
    return Panel(
        **made,
        sentence=f"{integer(ours)} rows of {integer(read)} are {_possessive(context.short_name)}",
        subtitle=f"{write_months(months)} files: from read to used",
        figure=row_flow(table.assign(hover=hover), view=view),
        figure_alt="; ".join(f"{row.step}: {integer(row.rows)}" for row in table.itertuples()) + ".",
        caveats=tuple(_caveats(table, read)),
        facts={"read": read, "ours": ours},
    )


def _steps(found: pd.DataFrame, ours: int, elsewhere: int, name: str, how_ours: str) -> pd.DataFrame:
    read, repeated, set_aside, not_placed, placed = (
        int(found[key].sum()) for key in ("read", "repeated", "set_aside", "not_placed", "placed")
    )
    steps = [
        ("Rows read", read, "total", "All rows of the files of these months"),
        ("Repeated crime IDs", repeated, "left out", "Same ID as another row: counted once, with its latest outcome"),
        ("Set aside", set_aside, "left out", "Could not be used: the reason of each stands under rows set aside"),
        ("No location", not_placed, "left out", "In no district, so in no figure of the partnership"),
        ("Other districts", elsewhere, "elsewhere", "Placed in another district: used for the families"),
        (name, ours, "used", how_ours),
    ]
    if placed != ours + elsewhere:
        steps.insert(5, ("Unexplained", placed - ours - elsewhere, "left out", "Should not be: run the store's check"))
    table = pd.DataFrame(steps, columns=["step", "rows", "kind", "reason"])
    table["share_pct"] = 100 * table["rows"] / read if read else float("nan")
    return table[[column.key for column in COLUMNS]]


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def _how_ours(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> str:
    """What our own rows are: where they lie counts, not whose file they stand in."""
    reported = incidents_by_force(cursor, selection.months)
    from_others = int(reported.loc[~reported["force"].isin(context.forces), "incidents"].sum())
    words = "Placed in the partnership: what every page counts"
    return f"{words}; {integer(from_others)} of them stand in other forces’ files" if from_others else words


def _caveats(table: pd.DataFrame, read: int) -> list[str]:
    lost = int(table.loc[table["step"] == "No location", "rows"].iloc[0])
    said = [
        f"{percent(100 * lost / read, 1)} of rows have no location. Some may be ours; nothing is scaled up for them."
    ]
    if (table["step"] == "Unexplained").any():
        said.insert(0, "The steps do not add up: run python -m data check on this store before using any figure.")
    return said
