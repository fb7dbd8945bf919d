"""If nothing changes: the months to come, shown only where past projections would have been worth making."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.ahead import projection_figure
from analytics.frames import records
from analytics.memo import Memo
from analytics.months import add_months, label_range, month_range, write_month
from analytics.panels._breaks import breaks_touching
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._trends import looked_at, monthly_counts, nothing_recorded
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.projection import MIN_MONTHS, Backtest, Projection, backtest, project, usable_run
from analytics.summaries import subject
from analytics.words import count_of, integer, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_projection_panel"]

ID = "projection"
HORIZON = 12
MIN_MEAN = 5.0
"""Under this many incidents a month bands around a level say little beyond "a few"."""
MIN_COVERAGE = 0.85
"""A 95 % band that held fewer of the past months than this would mislead."""
HEIGHT = {"wide": 280, "narrow": 260}
COLUMNS = (
    Column("month", "Month", "month"),
    Column("kind", "Recorded or projected"),
    Column("incidents", "Incidents", "integer", given=("expected",)),
    Column("expected", "Projected", "integer", given=("incidents",)),
    Column("lower_80", "80 % from", "integer", given=("incidents",)),
    Column("upper_80", "80 % to", "integer", given=("incidents",)),
    Column("lower_95", "95 % from", "integer", given=("incidents",)),
    Column("upper_95", "95 % to", "integer", given=("incidents",)),
)


@dataclass(frozen=True)
class _Answer:
    test: Backtest
    ahead: Projection


_answers: Memo[_Answer] = Memo(size=256)


@panel(ID, page="trends", title="Where would it go if nothing changes?", uses={"period", "categories", "wards"})
def build_projection_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a month: recorded (the unbroken months at the end of the period) or projected, twelve months ahead.

    Projected only where there are 36 months in a row without a gap, a disruption or a break of counting, five incidents
    a month, and where projections made at every earlier month would have had smaller errors than repeating the year
    before (MASE under 1) and a 95 % band that held at least 85 % of what came. Otherwise no figures, and why.
    """
    asked = looked_at(selection)
    monthly = monthly_counts(cursor, asked, context)
    what = subject(asked, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Projection: {what}",
        "columns": COLUMNS,
        "sources": (police_source(context, asked),),
        "figure_height": view.tall(HEIGHT[view.width]),
    }
    nothing = pd.DataFrame(columns=[column.key for column in COLUMNS])
    empty = nothing_recorded(monthly, asked, context, subject=what)
    if empty:
        return Panel(**made, table=nothing, **empty)
    counts = monthly.total()
    run = usable_run(counts, excluded=monthly.excluded | ~monthly.current)
    months, y = monthly.months[run], counts[run]
    reason = _too_little(months, y)
    if reason:
        return Panel(**made, table=nothing, **reason)
    key = (months[0], tuple(int(value) for value in y))
    answer = _answers.answer(key, lambda: _Answer(backtest(y, list(months)), project(y, list(months), horizon=HORIZON)))
    test = answer.test
    coming = label_range(add_months(months[-1], 1), add_months(months[-1], HORIZON))
    held_80, held_95 = percent(100 * test.coverage_80), percent(100 * test.coverage_95)
    facts = {
        "mase": round(test.mase, 3),
        "coverage_80": round(test.coverage_80, 3),
        "coverage_95": round(test.coverage_95, 3),
        "origins": test.origins,
        "forecasts": test.forecasts,
    }
    if not test.mase < 1 or test.coverage_95 < MIN_COVERAGE:
        return Panel(**made, table=nothing, facts=facts, **_failed(test))
    frame = _frame(months, y, answer.ahead)
    made["sources"] = (police_source(context, replace(asked, start=months[0], end=months[-1])),)
    drawn = frame.assign(hover=[_hover(row) for row in records(frame)])
    shown = drawn.iloc[max(len(months) - 36, 0) :].reset_index(drop=True)
    return Panel(
        **made,
        table=frame,
        sentence=_finding(y, answer.ahead, what, months[-1]),
        subtitle=f"Incidents a month, projected {coming} with 80 and 95 % ranges",
        figure=projection_figure(
            shown,
            breaks=breaks_touching(cursor, asked, list(shown["month"])),
            write=integer,
            view=view,
            height=view.tall(HEIGHT[view.width]),
        ),
        figure_alt="Months recorded and twelve months projected with ranges. The table holds the figures.",
        caveats=(
            f"Tried at {count_of(test.origins, 'past month')}: its error was {test.mase:.2f} times that of repeating "
            f"the year before (MASE). The 80 % range held {held_80}, the 95 % range {held_95} of what came. Level and "
            "season are carried on; no trend, no plan and no event is foreseen.",
        ),
        facts=facts,
    )


def _too_little(months: tuple[date, ...], counts: np.ndarray) -> dict[str, Any] | None:
    """Why no projection is even tried, as panel fields."""
    if len(months) < MIN_MONTHS:
        since = f" since {write_month(months[0])}" if months else ""
        return {
            "state": "too_few",
            "sentence": "No projection: too few months in a row",
            "subtitle": f"{MIN_MONTHS} are needed: two years to learn from, one to test on",
            "message": f"{count_of(len(months), 'month')} in a row{since}, without a gap, a disruption or a break in "
            "counting.",
        }
    mean = float(counts.mean())
    if mean < MIN_MEAN:
        return {
            "state": "too_few",
            "sentence": "No projection: too few incidents",
            "subtitle": f"At least {MIN_MEAN:.0f} a month are needed",
            "message": f"{mean:.1f} incidents a month on average say too little about the next.",
        }
    return None


def _failed(test: Backtest) -> dict[str, Any]:
    """Why a projection that was tried is not shown, as panel fields."""
    tried = f"Tried at {count_of(test.origins, 'month')} of the past, {count_of(test.forecasts, 'forecast')}"
    if not test.mase < 1:
        size = "no less than" if math.isnan(test.mase) else f"{test.mase:.2f} times"
        return {
            "state": "too_few",
            "sentence": "No projection: it does no better than repeating the year before",
            "subtitle": tried,
            "message": f"Its error was {size} that of repeating the year before (MASE); it is shown only under 1.",
        }
    return {
        "state": "too_few",
        "sentence": "No projection: too much has been changing",
        "subtitle": tried,
        "message": f"Its 95 % range held only {percent(100 * test.coverage_95)} of what came (MASE {test.mase:.2f}).",
    }


def _frame(months: tuple[date, ...], counts: np.ndarray, ahead: Projection) -> pd.DataFrame:
    coming = month_range(add_months(months[-1], 1), add_months(months[-1], HORIZON))
    before, after = np.full(len(months), np.nan), np.full(HORIZON, np.nan)
    bands = {name: np.r_[before, getattr(ahead, name)] for name in
             ("expected", "lower_80", "upper_80", "lower_95", "upper_95")}  # fmt: skip
    return pd.DataFrame(
        {
            "month": [*months, *coming],
            "kind": ["recorded"] * len(months) + ["projected"] * HORIZON,
            "incidents": pd.Series(np.r_[counts, after]).round().astype("Int64"),
            **bands,
        }
    )


def _hover(row: dict[str, Any]) -> str:
    head = f"<b>{write_month(row['month'], full=True)}</b><br>"
    if row["kind"] == "recorded":
        return f"{head}{integer(row['incidents'])} recorded"
    return (
        f"{head}{integer(row['expected'])} projected<br>"
        f"80 %: {integer(row['lower_80'])} to {integer(row['upper_80'])}<br>"
        f"95 %: {integer(row['lower_95'])} to {integer(row['upper_95'])}"
    )


def _finding(counts: np.ndarray, ahead: Projection, what: str, last: date) -> str:
    """Twelve months to come against the last twelve, as projected; no verdict."""
    coming, gone = float(ahead.expected.sum()), float(counts[-12:].sum())
    until = write_month(add_months(last, HORIZON))
    if abs(coming / gone - 1) < 0.025:
        return fitting(f"If nothing changes: about as many again by {until}", "If nothing changes: about as many again")
    return f"If nothing changes: about {integer(round(coming, -1))} by {until}, after {integer(gone)}"
