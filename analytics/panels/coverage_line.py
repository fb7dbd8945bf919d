"""One line under the Overview: how far the data reaches, what is missing, what has no place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analytics.context import Context
from analytics.months import write_month, write_months
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.queries.loaded import force_months
from analytics.selection import Selection
from analytics.words import and_list, count_of, integer, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_coverage_line_panel"]

ID = "coverage_line"
COLUMNS = (
    Column("month", "Month", "month"),
    Column("force", "Police force"),
    Column("kept", "Rows kept", "integer"),
    Column("not_placed", "Without a place", "integer"),
    Column("not_placed_pct", "Share without a place", "percent1"),
)


@panel(ID, page="overview", title="How complete is what is shown?", uses={"period"})
def build_coverage_line_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a month of the period and one of our forces: rows kept and those without a place.

    A month that is not loaded has a row without figures. Rows without a place belong to no district: they are in no
    figure of the partnership and are never scaled up.
    """
    asked = selection.months
    found = force_months(cursor, asked)
    found["month"] = pd.to_datetime(found["month"]).dt.date
    wanted = pd.DataFrame([(month, force) for force in context.forces for month in asked], columns=["month", "force"])
    frame = wanted.merge(found[["month", "force", "kept", "not_placed"]], on=["month", "force"], how="left")
    frame[["kept", "not_placed"]] = frame[["kept", "not_placed"]].astype("Int64")
    frame["not_placed_pct"] = 100 * frame["not_placed"].astype("Float64") / frame["kept"].astype("Float64")
    frame["not_placed_pct"] = frame["not_placed_pct"].astype("float64")
    loaded = [m for m in asked if m in set(context.months_loaded)]
    missing = [m for m in asked if m not in set(context.months_loaded)]
    kept, lost = frame["kept"].sum(), frame["not_placed"].sum()
    last = context.last_month
    if not loaded:
        sentence = f"No month of {selection.period_label} is loaded"
    elif missing:
        sentence = f"{len(loaded)} of {count_of(len(asked), 'month')} are loaded; {write_months(missing)} is not"
    else:
        sentence = f"All {count_of(len(asked), 'month')} are loaded" if len(asked) > 1 else "The month is loaded"
    share = percent(100 * lost / kept, 1) if kept else "no data"
    caveats = (
        [
            f"{share} of {and_list(context.forces)} rows in these months ({integer(lost)} of {integer(kept)}) "
            "have no place: they can be put in no district and are left out, never scaled up."
        ]
        if kept
        else []
    )
    return Panel(
        id=ID,
        title="Coverage",
        sentence=sentence,
        subtitle=f"Recorded month by month; the latest loaded is {write_month(last, full=True)}" if last else "",
        table=frame,
        columns=COLUMNS,
        message=" ".join(caveats),
        caveats=tuple(caveats),
        sources=(police_source(context, selection),),
        ways=(Way("What is loaded", "/data"),),
        facts={"loaded": len(loaded), "asked": len(asked), "not_placed": int(lost), "kept": int(kept)},
    )
