"""Every month of the period by category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.small_series import LETTERS, PROJECTED, Series, small_series, small_series_height
from analytics.months import label_range, write_month, write_months
from analytics.panels._breaks import breaks_touching
from analytics.panels._empty import no_data
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import ALL_CATEGORIES, police_source
from analytics.panels._wards import fitting
from analytics.queries.counts import counts_by_month
from analytics.selection import Selection
from analytics.summaries import subject, where_words
from analytics.words import and_list, count_of, integer, number_word

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

__all__ = ["build_monthly_series_panel"]

ID = "monthly_series"
DRAWN = {"wide": 9, "narrow": 6}
"""Drawings side by side, the total being one of them."""
COLUMNS = (
    Column("month", "Month", "month"),
    Column("category", "Category"),
    Column("incidents", "Incidents", "integer"),
)


@panel(
    ID,
    page="categories_wards",
    title="How did each category go, month by month?",
    uses={"period", "categories", "wards"},
)
def build_monthly_series_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a month and a category, every month of the period and every category loaded.

    A month that is not loaded has no count; a loaded month without an incident has zero.
    """
    months = selection.months
    loaded = set(context.months_loaded)
    present = [month for month in months if month in loaded]
    wanted = [c.name for c in context.categories if selection.categories is None or c.name in selection.categories]
    counts = counts_by_month(cursor, present, selection)
    counts["month"] = pd.to_datetime(counts["month"]).dt.date
    grid = counts.pivot_table(index="month", columns="category", values="incidents", aggfunc="sum", fill_value=0)
    grid = grid.reindex(index=present, columns=wanted, fill_value=0).reindex(index=list(months)).astype("Int64")
    largest = sorted(wanted, key=lambda name: -_sum(grid[name]))
    frame = grid[largest].stack().rename("incidents").rename_axis(["month", "category"]).reset_index()
    where = where_words(selection, context)
    most = DRAWN[view.width] if view.height is None else PROJECTED
    drawn = min(len(wanted) + 1, most) if len(wanted) > 1 else 1
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Months by category{where}",
        "table": frame,
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": small_series_height(drawn, view),
    }
    if not present:
        return Panel(**made, **no_data(selection, context))
    total = grid.sum(axis=1, skipna=False)
    if not _sum(total):
        return Panel(**made, **_none_recorded(selection, context, present))
    lines = {name: grid[name] for name in largest}
    if len(wanted) > 1:
        lines = {_total_name(selection): total, **lines}
    shown = dict(list(lines.items())[:drawn])
    met = breaks_touching(cursor, selection, months).head(len(LETTERS))
    short = {category.name: category.short_name for category in context.categories}
    return Panel(
        **made,
        sentence=_finding(total),
        subtitle=f"{subject(selection, context)} by month, {write_months(months)}; each from zero to its own top",
        glance=grid[largest].rename_axis(None, axis=1).reset_index(),
        glance_columns=(Column("month", "Month", "month"), *(Column(n, short[n], "integer") for n in largest)),
        figure=small_series(
            [
                Series(
                    key=name,
                    name=short.get(name, name) if view.width == "narrow" else name,
                    values=[None if pd.isna(value) else int(value) for value in values],
                    hovers=[_hover(name, month, value) for month, value in values.items()],
                )
                for name, values in shown.items()
            ],
            months,
            breaks=met,
            view=view,
        ),
        figure_alt=f"Incidents by month, {number_word(len(shown))} series, largest first. The table holds the figures.",
        caveats=_caveats(met, months, loaded, len(wanted), drawn),
        facts={"total": {f"{month:%Y-%m}": None if pd.isna(n) else int(n) for month, n in total.items()}},
    )


def _sum(values: pd.Series) -> int:
    return int(values.sum(skipna=True))


def _total_name(selection: Selection) -> str:
    return ALL_CATEGORIES if selection.categories is None else "All chosen together"


def _hover(name: str, month: date, value: Any) -> str:
    counted = "not loaded" if pd.isna(value) else count_of(int(value), "incident")
    return f"<b>{name}</b><br>{write_month(month, full=True)}<br>{counted}"


def _finding(total: pd.Series) -> str:
    """The months with most and fewest incidents, as counted."""
    known = total.dropna().astype(int)
    if len(known) == 1:
        month, count = known.index[0], int(known.iloc[0])
        return f"{write_month(month, full=True)} had {count_of(count, 'incident')}"
    most, fewest = int(known.max()), int(known.min())
    if most == fewest:
        return f"Every month had {count_of(most, 'incident')}"
    high, low = (list(known.index[known == count]) for count in (most, fewest))
    years = {month.year for month in known.index}
    name = _month_name if len(years) == 1 else write_month
    return fitting(
        f"{and_list([name(m) for m in high], 2)} had most incidents ({integer(most)}), "
        f"{and_list([name(m) for m in low], 2)} fewest ({integer(fewest)})",
        f"Most incidents in a month: {integer(most)}; fewest: {integer(fewest)}",
    )


def _month_name(month: date) -> str:
    return write_month(month, full=True).split()[0]


def _none_recorded(selection: Selection, context: Context, present: list[date]) -> dict[str, Any]:
    return {
        "sentence": f"{subject(selection, context)}: none recorded",
        "subtitle": write_months(present),
        "state": "none_recorded",
        "message": f"No incident was recorded in {write_months(present)}. These months are loaded: a true zero.",
    }


def _caveats(
    met: pd.DataFrame, months: tuple[date, ...], loaded: set[date], wanted: int, drawn: int
) -> tuple[str, ...]:
    said = []
    missing = [month for month in months if month not in loaded]
    if missing:
        said.append(f"Hatched: {write_months(missing)}, not loaded.")
    for letter, row in zip(LETTERS, met.itertuples(), strict=False):
        start = pd.Timestamp(row.date_from).date()
        when = write_month(start) if pd.isna(row.date_to) else label_range(start, pd.Timestamp(row.date_to).date())
        said.append(f"{letter}: {row.label}, {when}.")
    if wanted > 1 and drawn < wanted + 1:
        said.append(f"Drawn: the total and the largest {number_word(drawn - 1)} of {wanted}. The table has all.")
    return tuple(said)
