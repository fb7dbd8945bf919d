"""The season: which months of the year run high or low, trend taken out."""

from __future__ import annotations

import calendar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.season import season_figure
from analytics.frames import records
from analytics.months import label_range, write_months
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._trends import is_plural, looked_at, monthly_counts, nothing_recorded
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.trend import seasonal_pattern
from analytics.summaries import categories_words, subject
from analytics.words import change, change_limit, count_of, integer

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_seasonal_pattern_panel"]

ID = "seasonal_pattern"
HEIGHT = {"wide": 280, "narrow": 240}
MIN_MONTHS = 24
COLUMNS = (
    Column("name", "Month of the year"),
    Column("difference_pct", "Against the average month", "change"),
    Column("lower_cl", "Lower 95 %", "change"),
    Column("upper_cl", "Upper 95 %", "change"),
    Column("incidents_mean", "Incidents on average", "rate"),
    Column("years", "Years counted", "integer"),
    Column("month_of_year", "Number", "integer", hidden=True),
    Column("factor", "Factor", "ratio", hidden=True),
)


@panel(ID, page="trends", title="Which months of the year run high?", uses={"period", "categories", "wards"})
def build_seasonal_pattern_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a month of the year, January first: how far it lies from the average month, per day, with its interval.

    Method: the month-of-year terms of the trend model (METHODS section 4). At least 24 months, each month of the year
    seen at least once; months not loaded or of a disruption, and those before a break of counting, are left out.
    """
    asked = looked_at(selection)
    monthly = monthly_counts(cursor, asked, context)
    what = subject(asked, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Season: {what}",
        "columns": COLUMNS,
        "sources": (police_source(context, asked),),
        "figure_height": view.tall(HEIGHT[view.width]),
    }
    empty = nothing_recorded(monthly, asked, context, subject=what)
    if empty:
        return Panel(**made, table=pd.DataFrame(columns=[c.key for c in COLUMNS]), **empty)
    made["sources"] = (police_source(context, replace(asked, start=monthly.months[0], end=monthly.months[-1])),)
    excluded = monthly.excluded | ~monthly.current
    used = monthly.known & ~excluded
    counts = monthly.total()
    pattern = seasonal_pattern(counts, list(monthly.months), excluded=excluded)
    of_year = np.array([month.month for month in monthly.months])
    enough = int(used.sum()) >= MIN_MONTHS and np.isfinite(pattern.factor).all()
    kept = [counts[used & (of_year == m)] for m in range(1, 13)]
    blank = np.full(12, np.nan)
    frame = pd.DataFrame(
        {
            "name": [calendar.month_name[m] for m in range(1, 13)],
            "difference_pct": 100 * (pattern.factor - 1) if enough else blank,
            "lower_cl": 100 * (pattern.lower_cl - 1) if enough else blank,
            "upper_cl": 100 * (pattern.upper_cl - 1) if enough else blank,
            "incidents_mean": [float(values.mean()) if len(values) else np.nan for values in kept],
            "years": [len(values) for values in kept],
            "month_of_year": range(1, 13),
            "factor": pattern.factor if enough else blank,
        }
    )
    if not enough:
        few = count_of(int(used.sum()), "month")
        return Panel(
            **made, table=frame.head(0), state="too_few",
            sentence="The months are too few to tell a season",
            subtitle=f"{few} can be used; a season needs {MIN_MONTHS}",
            message=f"{few} loaded and not left out: every month of the year must be seen, most of them twice.",
        )  # fmt: skip
    p = float(pattern.p_value)
    clear = p <= 0.05
    apart = clear & ((frame["lower_cl"] > 0) | (frame["upper_cl"] < 0))
    drawn = frame.assign(apart=apart, hover=[_hover(row) for row in records(frame)])
    months = [month for month, kept_ in zip(monthly.months, used, strict=True) if kept_]
    phi = float(pattern.dispersion)
    said = [f"Chance alone would make months differ this much {_chance(p)}."]
    left_out = [m for m, out, loaded in zip(monthly.months, excluded, monthly.known, strict=True) if out and loaded]
    if left_out:
        said.append(f"Left out: {write_months(left_out)}.")
    if phi > 1:
        said.append(f"Intervals are widened: months swing {phi:.1f} times as much as chance alone (φ).")
    return Panel(
        **made,
        table=frame,
        sentence=_finding(frame, clear, categories_words(asked, context), what, is_plural(asked, context)),
        subtitle=f"Each month against the average one, per day, trend taken out; {label_range(months[0], months[-1])}, "
        "95 % intervals",
        figure=season_figure(drawn, view=view, height=view.tall(HEIGHT[view.width])),
        figure_alt="Months of the year against the average month with intervals. The table holds the figures.",
        caveats=(" ".join(said),),
        facts={"p_value": p, "dispersion": phi, "months_used": int(used.sum())},
    )


def _chance(p: float) -> str:
    return "less than once in a thousand times" if p < 0.001 else f"in {100 * p:.{1 if p < 0.1 else 0}f} % of cases"


def _hover(row: dict[str, Any]) -> str:
    return (
        f"<b>{row['name']}</b><br>{change(row['difference_pct'])}, {change_limit(row['lower_cl'])} to "
        f"{change_limit(row['upper_cl'])}<br>{integer(row['incidents_mean'])} incidents on average of "
        f"{count_of(int(row['years']), 'year')}"
    )


def _finding(frame: pd.DataFrame, clear: bool, short: str, what: str, many: bool) -> str:
    if not clear:
        verb = "show" if many else "shows"
        return fitting(f"{what} {verb} no clear season", f"{short} {verb} no clear season", "No clear season")
    high, low = (frame.loc[index] for index in (frame["difference_pct"].idxmax(), frame["difference_pct"].idxmin()))
    verb = "peak" if many else "peaks"
    top, bottom = change(high["difference_pct"]), change(low["difference_pct"])
    words = f"{verb} in {high['name']} ({top}), lowest in {low['name']} ({bottom})"
    return fitting(f"{what} {words}", f"{short} {words}", f"{short} {verb} in {high['name']}")
