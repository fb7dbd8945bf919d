"""The partnership's own indicators: where each stands, and whether its target will be met."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.panels._empty import no_data
from analytics.panels._indicators import PER, TONES
from analytics.panels._model import Column, Mark, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels.control_chart import build_control_chart_panel
from analytics.queries.loaded import indicators
from analytics.selection import Selection
from analytics.words import is_missing, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_indicator_list_panel"]

ID = "indicator_list"
COLUMNS = (
    Column("name", "Indicator"),
    Column("month", "Latest month", "month"),
    Column("value", "That month", "rate"),
    Column("centre", "Mean", "rate"),
    Column("variation", "Variation"),
    Column("target_words", "Target"),
    Column("assurance_words", "As things are"),
    Column("ordinary_lower", "Ordinary, lowest", "rate", hidden=True),
    Column("ordinary_upper", "Ordinary, highest", "rate", hidden=True),
    Column("target", "Target as a number", "rate", hidden=True),
    Column("direction", "Direction", hidden=True),
    Column("measure", "Measure", hidden=True),
    Column("assurance", "Key of the judgement", hidden=True),
)


@panel(ID, page="trends", title="Are we meeting what we said?", uses={"period"})
def build_indicator_list_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is an indicator of the configuration: its latest month, mean, target, and the control chart's judgement.

    All of it is taken from the control chart of its categories and wards, in its own unit, up to the period's end.
    value, centre: with the season taken out where there are 24 months for it. Filters other than the period do not
    count: each indicator has its own categories and wards.
    """
    made: dict[str, Any] = {"id": ID, "title": "Indicators", "columns": COLUMNS}
    rows = [_row(cursor, row, selection, context) for row in records(indicators(cursor))]
    table = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    if table.empty:
        return Panel(
            **made,
            table=table,
            sentence="No indicator of the partnership is configured",
            subtitle="An indicator has a direction, and a target where there is one",
            state="no_data",
            message="Name indicators with direction and target under [[indicators]].",
            ways=(Way("What is loaded", "/data"),),
            figure_height=120,
        )
    if table["month"].isna().all():
        return Panel(**made, table=table, **no_data(selection, context))
    return Panel(
        **made,
        table=table,
        sentence=_finding(table),
        subtitle="Each in its own unit, season taken out where known; choose its categories and wards for its chart",
        marks=tuple(_mark(row) for row in rows if row["assurance"] not in {"", "none"}),
        sources=(police_source(context, selection),),
        facts={"indicators": len(table)},
        figure_height=44 + 36 * len(table),
    )


def _row(
    cursor: DuckDBPyConnection, indicator: dict[str, Any], selection: Selection, context: Context
) -> dict[str, Any]:
    asked = replace(
        selection,
        categories=_chosen(indicator["categories"]),
        wards=_chosen(indicator["wards"]),
        per=PER[indicator["measure"]],
        focus=None,
        season="out",
        span="all",
    )
    chart = build_control_chart_panel(cursor, asked, context=context, view=View())
    facts = (
        chart.facts if chart.facts.get("indicator") == indicator["name"] else {}
    )  # not judged where another is alike
    known = chart.table[chart.table["adjusted"].notna()] if chart.state == "ready" else chart.table.head(0)
    last: dict[str, Any] = records(known.tail(1))[0] if len(known) else {}
    lower, upper = facts.get("ordinary") or (np.nan, np.nan)
    return {
        "name": indicator["name"],
        "month": last.get("month"),
        "value": last.get("adjusted", np.nan),
        "centre": last.get("centre", np.nan),
        "variation": last.get("variation") or "not judged",
        "target_words": facts.get("target_words") or "none",
        "assurance_words": facts.get("assurance_words") or "no target to judge by",
        "ordinary_lower": lower,
        "ordinary_upper": upper,
        "target": indicator["target"],
        "direction": indicator["direction"],
        "measure": indicator["measure"],
        "assurance": facts.get("assurance") or "",
    }


def _chosen(named: Any) -> tuple[str, ...] | None:
    return None if is_missing(named) or named is None or not len(named) else tuple(named)


def _mark(row: dict[str, Any]) -> Mark:
    words = f"{row['name']}: {row['assurance_words']}"
    return Mark(f"assurance-{row['assurance']}", words, TONES.get(row["assurance"], ""))


def _finding(table: pd.DataFrame) -> str:
    judged = table[~table["assurance"].isin(["", "none"])]
    if judged.empty:
        return "No target can be judged yet"
    met = int((judged["assurance"] == "passing").sum())
    missed = int((judged["assurance"] == "failing").sum())
    n = len(judged)
    if not met and not missed:
        many = "The target" if n == 1 else f"{number_word(n, capital=True)} targets"
        return f"{many} may or may not be met as things are"
    if n == 1:
        return "The target will be met as things are" if met else "The target will be missed as things are"
    said = f"{number_word(met, capital=True) if met else 'None'} of {number_word(n)} targets will be met as things are"
    return f"{said}, {number_word(missed)} will be missed" if missed else said
