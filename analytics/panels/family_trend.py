"""Our 12-month rate over the years, beside the family's mean, middle half and range."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.family_trend import HEIGHT, family_trend
from analytics.months import label_range, month_range, runs
from analytics.panels._breaks import breaks_touching
from analytics.panels._families import (
    FamilyTable,
    comparison,
    counted_columns,
    counted_words,
    family_sources,
    looked_at,
    measure_caveat,
    member_series,
    no_family,
    unit_words,
)
from analytics.panels._members import Member
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.statistics.families import MIN_PEERS
from analytics.words import and_list, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_family_trend_panel"]

ID = "family_trend"
COLUMNS = (
    Column("month", "12 months to", "month"),
    Column("incidents", "Incidents", "integer"),
    Column("rate_per_1000", "Our rate per 1,000", "rate"),
    Column("family_mean", "Family mean", "rate"),
    Column("ratio_to_mean", "Ratio to the mean", "ratio"),
    Column("lowest", "Lowest", "rate"),
    Column("quarter", "Lower quarter", "rate"),
    Column("three_quarters", "Upper quarter", "rate"),
    Column("highest", "Highest", "rate"),
    Column("members", "Areas", "integer"),
)


@panel(
    ID,
    page="comparators",
    title="Are we moving with the family or away from it?",
    uses={"period", "categories", "measure", "family"},
)
def build_family_trend_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a stretch of 12 months by its last: our rate, and mean, quarters and range of the family, us included.

    The areas are the same throughout: those with every month since our first. No sum spans a missing month. Residents
    are those of one year, so a rate of years ago stands over today's number.
    """
    table = comparison(cursor, selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Trend against the family",
        "columns": counted_columns(COLUMNS, table),
        "sources": family_sources(table, selection, context),
        "figure_height": view.tall(HEIGHT[view.width]),
    }
    blank = pd.DataFrame(columns=[column.key for column in COLUMNS])
    empty = no_family(selection, context, table)
    if table is None or empty:
        return Panel(**made, table=blank, **(empty or {}))
    months = _unbroken(table.members[0], table.months[-1] if table.recorded else selection.end)
    steady = [member for member in table.members if member.residents > 0 and set(months) <= member.present]
    if len(months) < 13 or len(steady) <= MIN_PEERS:
        span = label_range(months[0], months[-1]) if months else "no month"
        reason = (
            f"Loaded without a gap up to the period’s end: {span}. A line needs two stretches of 12 months."
            if len(months) < 13
            else f"Only {len(steady) - 1} other areas have every month of {span}."
        )
        return Panel(
            **made,
            table=blank,
            sentence="Too few months for a trend against the family",
            subtitle="Rolling 12 months",
            state="too_few",
            message=reason,
            ways=(Way("What is loaded", "/data"),),
        )
    category = looked_at(table, selection)
    frame = _frame(cursor, table, selection, steady, months, category)
    what = category or counted_words(table, selection, context)
    gone = [member.name for member in table.members if member not in steady]
    caveats = ["Line: ours; grey line: the family’s mean; dark grey: the middle half of the areas, pale: their range."]
    caveats.append("Every rate stands over the residents of one year.")
    if gone:
        caveats.append(
            f"{len(steady)} of {len(table.members)} areas have every month; left out: {and_list(gone, most=4)}."
        )
    return Panel(
        **made,
        table=frame,
        sentence=_finding(frame, what, table, context),
        subtitle=f"{what} {unit_words(selection)}, 12 months up to the month shown",
        figure=family_trend(
            frame,
            name=context.short_name,
            breaks=breaks_touching(cursor, _of_districts(selection, category), list(frame["month"])),
            view=view,
        ),
        figure_alt=f"{what}: our 12-month rate and the family’s. The table holds the figures.",
        caveats=(*caveats, *measure_caveat(selection)),
        facts={"areas": len(steady)},
    )


def _of_districts(selection: Selection, category: str | None) -> Selection:
    """What the lines count: whole districts, and the one category looked at where there is one."""
    return replace(selection, wards=None, categories=(category,) if category else selection.categories)


def _unbroken(ours: Member, until: date) -> tuple[date, ...]:
    """Our months without a gap up to the one given."""
    for start, end in runs(month for month in ours.present if month <= until):
        if end == until:
            return month_range(start, end)
    return ()


def _frame(
    cursor: DuckDBPyConnection,
    table: FamilyTable,
    selection: Selection,
    members: list[Member],
    months: tuple[date, ...],
    category: str | None,
) -> pd.DataFrame:
    order = [index for index, member in enumerate(table.members) if member in members]
    step = 3 if table.recorded else 1
    series = member_series(cursor, table, selection, category, months[::step])[order]
    window = 12 // step
    rolled = np.sum([series[:, at : series.shape[1] - window + 1 + at] for at in range(window)], axis=0)
    ends = months[step - 1 :: step][window - 1 :]
    known = np.isfinite(rolled).all(axis=0)
    first = 0 if known.all() else int(np.flatnonzero(~known)[-1]) + 1
    rolled, ends = rolled[:, first:], ends[first:]
    rates = 1000 * rolled / np.array([member.residents for member in members])[:, None]
    mean = rates.mean(axis=0)
    low, quarter, three, high = np.quantile(rates, (0, 0.25, 0.75, 1), axis=0)
    return pd.DataFrame(
        {
            "month": list(ends),
            "incidents": pd.Series(rolled[0]).round().astype("Int64"),
            "rate_per_1000": rates[0],
            "family_mean": mean,
            "ratio_to_mean": rates[0] / np.where(mean > 0, mean, np.nan),
            "lowest": low,
            "quarter": quarter,
            "three_quarters": three,
            "highest": high,
            "members": len(members),
        }
    )


def _finding(frame: pd.DataFrame, what: str, table: FamilyTable, context: Context) -> str:
    """Where the line ends; whether it moved by more than chance is the change panel's to say."""
    last = frame.iloc[-1]
    place = (
        "above the middle half"
        if last["rate_per_1000"] > last["three_quarters"]
        else "below the middle half"
        if last["rate_per_1000"] < last["quarter"]
        else "within the middle half"
    )
    said = f"{what}: {rate(last['rate_per_1000'])}, {place} of the family, mean {rate(last['family_mean'])}"
    return said if len(said) <= 90 else f"{context.short_name} is {place} of its family"
