"""The months as lines: together, by category or by ward; as months, 12-month sums or years over each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.lines import Line, lines_figure, years_figure
from analytics.figures.small_series import LETTERS, PROJECTED, Series, small_series, small_series_height
from analytics.months import add_months, label_range, write_month, write_months
from analytics.panels._breaks import breaks_in_words
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._trends import Monthly, Unit, looked_at, monthly_counts, nothing_recorded
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.trend import rolling_12m
from analytics.summaries import subject
from analytics.words import count_of, integer, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_series_panel"]

ID = "series"
TOGETHER = {"wide": 4, "narrow": 1}
"""Lines one chart may hold; more become small charts side by side."""
DRAWN = {"wide": 21, "narrow": 12}
HEIGHT = {"wide": 340, "narrow": 280}


@panel(ID, page="trends", title="How did it go, month by month?", uses={"period", "categories", "wards"})
def build_series_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a month and a series (all together, a category or a ward: `lines`), the earliest month first.

    value: incidents in the unit chosen (`per`). rolling_12m: incidents of the month and the eleven before it, missing
    where any of them is not loaded: no sum spans a gap. last_year: incidents of the same month a year earlier.
    """
    asked = looked_at(selection) if selection.lines != "ward" else replace(selection, focus=None)
    by = {"category": ("category",), "ward": ("ward_code",)}.get(asked.lines, ())
    monthly = monthly_counts(cursor, asked, context, by=by)
    what = subject(asked, context)
    unit = Unit.of(cursor, asked, context, monthly.months)
    names = context.ward_names()
    if asked.lines == "ward":
        monthly = replace(monthly, counts=monthly.counts.rename(index=names))
    frame = _frame(monthly, unit)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Months: {what}",
        "table": frame,
        "columns": _columns(unit),
        "sources": (police_source(context, asked),),
        "figure_height": view.tall(HEIGHT[view.width]),
    }
    empty = nothing_recorded(monthly, asked, context, subject=what)
    if empty:
        return Panel(**made, **empty)
    made["sources"] = (police_source(context, replace(asked, start=monthly.months[0], end=monthly.months[-1])),)
    largest = list(monthly.counts.sum(axis=1).sort_values(ascending=False, kind="stable").index)
    years = asked.show == "year" and asked.lines == "total"
    drawn, height, said = _drawing(monthly, unit, asked, context, largest, view, years=years)
    return Panel(
        **{**made, "figure_height": height},
        sentence=_finding(monthly, what),
        subtitle=_subtitle(asked, unit, monthly, years=years),
        figure=drawn,
        figure_alt=f"Monthly lines, {number_word(len(largest))} series. The table holds the figures.",
        glance=_glance(monthly, unit, asked, largest),
        glance_columns=_glance_columns(unit, asked, largest),
        caveats=(*said, *_caveats(monthly, asked), *unit.caveats(asked, context)),
        facts={"series": largest, "latest_12_months": _sums(monthly)},
    )


def _columns(unit: Unit) -> tuple[Column, ...]:
    return (
        Column("month", "Month", "month"),
        Column("series", "Series"),
        Column("incidents", "Incidents", "integer"),
        Column("value", unit.words, unit.format, hidden=unit.key == "month"),
        Column("rolling_12m", "12 months to here", "integer"),
        Column("last_year", "Same month last year", "integer"),
    )


def _frame(monthly: Monthly, unit: Unit) -> pd.DataFrame:
    counts = monthly.values()
    n = len(monthly.months)
    before = np.full(counts.shape, np.nan)
    before[:, 12:] = counts[:, :-12] if n > 12 else np.empty((len(counts), 0))
    rolling = rolling_12m(counts) if n else counts

    def whole(values: np.ndarray) -> Any:
        return pd.Series(values.T.ravel()).round().astype("Int64").array

    return pd.DataFrame(
        {
            "month": np.repeat(np.array(monthly.months, dtype=object), len(counts)),
            "series": list(monthly.counts.index) * n,
            "incidents": whole(counts),
            "value": (counts * unit.factor).T.ravel(),
            "rolling_12m": whole(rolling),
            "last_year": whole(before),
        }
    )


def _shown(monthly: Monthly, unit: Unit, selection: Selection) -> np.ndarray:
    """What is drawn: (series, months)."""
    counts = monthly.values()
    if selection.show != "rolling":
        return np.asarray(counts * unit.factor)
    sums = rolling_12m(counts)
    return np.asarray(sums * unit.factor if unit.key == "rate" else sums)


def _drawing(
    monthly: Monthly, unit: Unit, selection: Selection, context: Context, largest: list[str], view: View, *, years: bool
) -> tuple[dict[str, Any], int, tuple[str, ...]]:
    """The figure, its height, and what must be said of it."""
    height = view.tall(HEIGHT[view.width])
    if years:
        return _years(monthly, unit, view, height), height, ()
    values = dict(zip(monthly.counts.index, _shown(monthly, unit, selection), strict=True))
    write = integer if unit.key == "month" or (selection.show == "rolling" and unit.key == "day") else unit.write
    months = list(monthly.months)
    hovers = {
        name: [_hover(name, m, v, write, selection) for m, v in zip(months, values[name], strict=True)]
        for name in largest
    }
    if len(largest) <= TOGETHER[view.width]:
        single = len(largest) == 1
        lines = [Line("" if single else name, _plain(values[name]), hovers[name]) for name in largest]
        if single and selection.show == "months":
            average = rolling_12m(monthly.values()[0] * unit.factor) / 12
            if np.isfinite(average).sum() > 1:
                lines.insert(0, Line("12-month mean", _plain(average), [""] * len(months), quiet=True))
        drawn = lines_figure(
            lines,
            months,
            unknown=monthly.missing,
            breaks=monthly.met,
            hollow_last=months[-1] == context.last_month and selection.show == "months",
            write=write,
            view=view,
            height=height,
        )
        return drawn, height, ()
    shown = largest[: DRAWN[view.width] if view.height is None else PROJECTED]
    met = monthly.met.head(len(LETTERS))
    drawn = small_series(
        [Series(name, name, _plain(values[name]), hovers[name]) for name in shown], months, breaks=met, view=view
    )
    said = ["Each from zero to its own top."]
    for letter, row in zip(LETTERS, met.itertuples(), strict=False):
        start = pd.Timestamp(row.date_from).date()
        when = write_month(start) if pd.isna(row.date_to) else label_range(start, pd.Timestamp(row.date_to).date())
        said.append(f"{letter}: {row.label}, {when}.")
    if len(shown) < len(largest):
        said.append(f"Drawn: the largest {number_word(len(shown))} of {len(largest)}. The table has all.")
    return drawn, small_series_height(len(shown), view), (" ".join(said),)


def _years(monthly: Monthly, unit: Unit, view: View, height: int) -> dict[str, Any]:
    """Twelve months a line, ending with the axis' last month."""
    values = monthly.total() * unit.factor
    end = monthly.months[-1]
    blocks: list[Line] = []
    place = {month: i for i, month in enumerate(monthly.months)}
    back = 0
    while True:
        block = [add_months(end, -12 * back - 11 + i) for i in range(12)]
        if block[-1] < monthly.months[0]:
            break
        found = [values[place[m]] if m in place else np.nan for m in block]
        hovers = [
            "" if np.isnan(v) else f"<b>{write_month(m, full=True)}</b><br>{unit.write(v)}"
            for m, v in zip(block, found, strict=True)
        ]
        if not np.isnan(found).all():
            name = str(block[0].year) if block[0].month == 1 else f"to {write_month(block[-1])}"
            blocks.insert(0, Line(name, _plain(np.array(found)), hovers))
        back += 1
    return years_figure(blocks, first_month=add_months(end, -11).month, write=unit.write, view=view, height=height)


def _plain(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values]


def _hover(name: str, month: date, value: float, write: Any, selection: Selection) -> str:
    if np.isnan(value):
        return ""
    until = "12 months to " if selection.show == "rolling" else ""
    return f"<b>{name}</b><br>{until}{write_month(month, full=True)}<br>{write(value)}"


def _sums(monthly: Monthly) -> dict[str, int | None]:
    sums = rolling_12m(monthly.values())[:, -1]
    return {str(k): None if np.isnan(v) else round(v) for k, v in zip(monthly.counts.index, sums, strict=True)}


def _finding(monthly: Monthly, what: str) -> str:
    """The last 12 months against the 12 before, as counted: a description, no verdict."""
    total = monthly.total()
    sums = rolling_12m(total)
    last = monthly.months[-1]
    if len(sums) and not np.isnan(sums[-1]):
        words = f"{integer(sums[-1])} in the 12 months to {write_month(last, full=True)}"
        if len(sums) > 12 and not np.isnan(sums[-13]):
            before = integer(sums[-13])
            return fitting(f"{what}: {words}, {before} in the 12 before", f"{words}, {before} in the 12 before")
        return fitting(f"{what}: {words}", words)
    known = [(m, v) for m, v in zip(monthly.months, total, strict=True) if not np.isnan(v)]
    most = max(known, key=lambda pair: pair[1])
    return fitting(
        f"{what}: {integer(sum(v for _, v in known))} in {count_of(len(known), 'month')}, "
        f"most in {write_month(most[0], full=True)}",
        f"{integer(sum(v for _, v in known))} in {count_of(len(known), 'month')}",
    )


def _subtitle(selection: Selection, unit: Unit, monthly: Monthly, *, years: bool) -> str:
    if years:
        return f"{unit.words}, each year’s months over those of the years before"
    when = label_range(monthly.months[0], monthly.months[-1], full=True)
    if selection.show == "rolling":
        people = " per 1,000 residents" if unit.key == "rate" else ""
        return f"Incidents{people} in the 12 months to each month, {when}"
    return f"{unit.words}, {when}"


def _glance(monthly: Monthly, unit: Unit, selection: Selection, largest: list[str]) -> pd.DataFrame | None:
    if len(largest) == 1:
        return None
    values = pd.DataFrame(_shown(monthly, unit, selection), index=monthly.counts.index).loc[largest].T
    values.insert(0, "month", list(monthly.months))
    return values


def _glance_columns(unit: Unit, selection: Selection, largest: list[str]) -> tuple[Column, ...]:
    if len(largest) == 1:
        return ()
    return (Column("month", "Month", "month"), *(Column(name, name, unit.format) for name in largest))


def _caveats(monthly: Monthly, selection: Selection) -> tuple[str, ...]:
    said = []
    if monthly.missing:
        gap = " No 12-month sum spans the gap." if selection.show != "year" else ""
        said.append(f"Hatched: {write_months(monthly.missing)}, not loaded.{gap}")
    if selection.show == "year" and selection.lines != "total":
        said.append("Years are laid over each other for one line only: here the months follow each other.")
    elif selection.show == "year":
        said.append(breaks_in_words(monthly.met, monthly.months))
    return tuple(filter(None, said))
