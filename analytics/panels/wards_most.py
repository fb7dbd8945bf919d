"""The few wards that hold most of the incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.context import Context
from analytics.figures.bars import bars, bars_height
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source, ward_table
from analytics.selection import Selection
from analytics.summaries import categories_words, subject
from analytics.words import fraction_words, integer, number_word, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_wards_most_panel"]

ID = "wards_most"
SHOWN = 6
COLUMNS = (
    Column("ward_code", "Code"),
    Column("ward_name", "Ward"),
    Column("incidents", "Incidents", "integer"),
    Column("share", "Share of incidents", "percent1"),
    Column("cumulative_share", "Share with those above", "percent1"),
)


@panel(ID, page="overview", title="Which wards account for most?", uses={"period", "categories", "wards"})
def build_wards_most_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a ward, most incidents first, with its share and the share it holds together with those above it."""
    table = ward_table(cursor, selection, context)
    frame = table.frame[["ward_code", "ward_name", "incidents"]].sort_values(
        ["incidents", "ward_name"], ascending=[False, True], ignore_index=True
    )
    whole = float(table.total["incidents"]) if table.months else float("nan")
    frame["share"] = 100 * frame["incidents"].astype("float64") / (whole or float("nan"))
    frame["cumulative_share"] = frame["share"].cumsum()
    rows = min(SHOWN, len(frame))
    made: dict[str, Any] = {
        "id": ID,
        "title": "Wards with most incidents",
        "table": frame,
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": bars_height(rows, view),
    }
    empty = nothing_to_show(table, selection, context, subject=subject(selection, context))
    if empty:
        return Panel(**made, **empty)
    drawn = frame.head(rows).assign(
        words=lambda f: [f"{integer(n)}, {percent(s)}" for n, s in zip(f["incidents"], f["share"], strict=True)],
        hover=lambda f: [
            f"<b>{n}</b><br>{integer(c)} incidents<br>{percent(s, 1)} of {integer(whole)}"
            for n, c, s in zip(f["ward_name"], f["incidents"], f["share"], strict=True)
        ],
    )
    half = int((frame["cumulative_share"] < 50).sum()) + 1
    return Panel(
        **made,
        sentence=_finding(frame, half),
        subtitle=f"{categories_words(selection, context)}, incidents, {write_months(table.months)}, "
        f"the {number_word(rows)} largest of {len(frame)} wards",
        figure=bars(
            drawn,
            name="ward_name",
            value="incidents",
            words="words",
            hover="hover",
            key="ward_code",
            strong=half if half <= rows else 1,
            view=view,
        ),
        figure_alt=f"Incidents in the {rows} wards with most. The table holds all wards.",
        caveats=("A count favours large and busy wards; rates for residents may order them otherwise.",),
        facts={"wards_with_half": half, "wards": len(frame)},
    )


def _finding(frame, half: int) -> str:
    first = frame.iloc[0]
    if len(frame) == 1:
        return f"{first['ward_name']} has {integer(first['incidents'])} incidents"
    if half == 1:
        return f"{first['ward_name']} alone has {fraction_words(first['share'] / 100)} of incidents"
    if half <= len(frame) / 3:
        return f"Half of incidents are in {number_word(half)} of {len(frame)} wards"
    return f"{first['ward_name']} has {fraction_words(first['share'] / 100)} of incidents, the most of any ward"
