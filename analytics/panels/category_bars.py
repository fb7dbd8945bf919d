"""Incidents by category, the largest first, with their change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.bars import bars, bars_height
from analytics.frames import records
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import CATEGORY_COLUMNS, ChangeTable, category_table, police_source
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first, subject, where_words
from analytics.words import change, change_limit, count_of, fraction_words, integer, is_missing, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_category_bars_panel"]

ID = "category_bars"
COLUMNS = (Column("category", "Category"), Column("share", "Share of incidents", "percent1"), *CATEGORY_COLUMNS)
_MARKED = "▲ or ▼: chance and ordinary swings, over all categories together, do not explain the change"


@panel(
    ID,
    page="categories_wards",
    title="Which categories account for most?",
    uses={"period", "comparison", "categories", "wards", "measure"},
)
def build_category_bars_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category, the largest first: incidents, share in per cent, and change over the compared months."""
    table = category_table(cursor, selection, context)
    frame = table.frame.copy()
    whole = float(table.total["incidents"]) if not is_missing(table.total["incidents"]) else 0.0
    frame.insert(1, "share", 100 * frame["incidents"].astype("float64") / whole if whole else float("nan"))
    where = where_words(selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Categories{where}",
        "table": frame,
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": _height(len(frame), view),
    }
    empty = nothing_to_show(table, selection, context, subject=subject(selection, context))
    if empty:
        return Panel(**made, **empty)
    comparable = table.compared.basis != "none"
    drawn = frame.assign(
        words=[integer(count) for count in frame["incidents"]],
        change_words=[_change_words(row) for row in records(frame)],
        hover=[_hover(row) for row in records(frame)],
    )
    most = view.rows(60)
    told: tuple[str, ...] = ()
    if most is not None and len(drawn) > most:
        told = (f"Drawn: the largest {most} of {len(drawn)}. The table has all.",)
        drawn = drawn.head(most)
    made["figure_height"] = _height(len(drawn), view)
    return Panel(
        **made,
        sentence=_finding(frame, selection, context),
        subtitle=_subtitle(table, where),
        reading=_MARKED if comparable else "",
        figure=bars(
            drawn,
            name="category",
            value="incidents",
            words="words",
            hover="hover",
            key="category",
            strong=1,
            view=view,
            height=_height(len(drawn), view),
            beside="change_words" if comparable else None,
            verdict="verdict" if comparable else None,
            heading="Change" if comparable else "",
        ),
        figure_alt=f"Incidents by category{where}, largest first. The table holds the figures.",
        caveats=(*told, *table.caveats),
        facts={"total": dict(table.total)},
        total={**table.total, "share": 100.0} if len(frame) > 1 else None,
    )


def _height(rows: int, view: View) -> int:
    return bars_height(rows, view) + (20 if view.width == "wide" else 0)


def _change_words(row: dict[str, Any]) -> str:
    if row["verdict"] in {"too few", "no data"}:
        return row["verdict"]
    return "from none" if is_missing(row["change_pct"]) else change(row["change_pct"])


def _hover(row: dict[str, Any]) -> str:
    lines = [f"<b>{row['category']}</b>", count_of(int(row["incidents"]), "incident")]
    if not is_missing(row["share"]):
        lines[-1] += f", {percent(row['share'])} of all shown"
    if row["verdict"] != "no data":
        lines.append(f"{integer(row['previous'])} to {integer(row['compared'])}: {row['verdict']}")
    if not is_missing(row["change_pct"]):
        lines.append(f"95 % interval {change_limit(row['change_lower_cl'])} to {change_limit(row['change_upper_cl'])}")
    return "<br>".join(lines)


def _finding(frame: pd.DataFrame, selection: Selection, context: Context) -> str:
    first, where = frame.iloc[0], where_words(selection, context)
    if len(frame) == 1:
        counted = count_of(int(first["incidents"]), "incident")
        was = "was" if first["incidents"] == 1 else "were"
        return fitting(
            f"{first['category']}: {counted} {was} recorded{where}", f"{first['category']}: {counted} {was} recorded"
        )
    part = fraction_words(first["share"] / 100)
    part = part[:1].upper() + part[1:]
    name = lower_first(first["category"])
    what = lower_first(categories_words(selection, context))
    return fitting(
        f"{part} of {what}{where} is {name}",
        f"{part} of incidents{where} is {name}",
        f"{part} of incidents is {name}",
    )


def _subtitle(table: ChangeTable, where: str) -> str:
    words = f"Incidents by category{where}, {write_months(table.months)}"
    if table.compared.basis == "none":
        return words
    return f"{words}; change {table.compared.current_label} against {table.compared.previous_label}"
