"""Every member of the family by its rate, ours marked, and who is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.family_bars import family_bars, family_bars_height
from analytics.frames import records
from analytics.months import add_months, days_in, month_range, write_months
from analytics.panels._families import (
    ALL_RECORDED,
    VERDICTS,
    FamilyTable,
    band_words,
    comparison,
    counted_columns,
    counted_words,
    family_sources,
    looked_at,
    measure_caveat,
    member_series,
    no_family,
    ordinal,
    rate_words,
    unit_words,
)
from analytics.panels._model import Column, Panel, View
from analytics.panels._recorded import months_of
from analytics.panels._registry import panel
from analytics.panels._tables import ALL_CATEGORIES
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.rates import crime_rate, dispersion
from analytics.words import is_missing, number_word, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_family_rates_panel", "member_rates"]

ID = "family_rates"
DRAWN = 30
"""Members drawn: in a larger family those nearest to us in order."""
COLUMNS = (
    Column("member_name", "Area"),
    Column("incidents", "Incidents", "integer"),
    Column("population", "Residents", "integer"),
    Column("rate_per_1000", "Rate per 1,000", "rate"),
    Column("lower_cl", "Lower 95 %", "rate"),
    Column("upper_cl", "Upper 95 %", "rate"),
    Column("months_present", "Months loaded", "integer"),
    Column("months_expected", "Of", "integer"),
    Column("state", "State"),
    Column("note", "Publisher’s note", hidden=True),
    Column("forces", "Police force"),
    Column("member_id", "Code", hidden=True),
    Column("district_codes", "District codes", hidden=True),
    Column("is_self", "Ours", hidden=True),
    Column("category", "Category", hidden=True),
    Column("dispersion", "Dispersion", "ratio", hidden=True),
    Column("method", "Method", hidden=True),
)


@panel(
    ID,
    page="comparators",
    title="What is the rate of each area in the family?",
    uses={"period", "categories", "measure", "family"},
)
def build_family_rates_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a member of the family, the highest rate first; those left out stand last, without a figure.

    incidents: of all months counted; missing, never zero, where a month of the member is not loaded. The interval is
    Byar's or exact, widened where the member's months swing by more than chance.
    """
    table = comparison(cursor, selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Rates in the family",
        "columns": counted_columns(COLUMNS, table),
        "sources": family_sources(table, selection, context),
        "figure_height": 480,
    }
    empty = no_family(selection, context, table)
    if table is None or empty:
        return Panel(**made, table=pd.DataFrame(columns=[column.key for column in COLUMNS]), **(empty or {}))
    category = looked_at(table, selection)
    frame = member_rates(cursor, table, selection, category)
    position = table.position(category)
    what = category or counted_words(table, selection, context)
    most = view.rows(56)
    drawn = _drawn(frame[frame["state"] == "complete"], most or DRAWN)
    unit = unit_words(selection)
    drawn = drawn.assign(
        hover=[
            f"<b>{row['member_name']}</b><br>{rate_words(row['rate_per_1000'], row['incidents'], unit, table)}<br>"
            f"95 % interval {rate(row['lower_cl'])} to {rate(row['upper_cl'])}"
            for row in records(drawn)
        ]
    )
    gone = [] if most else [(member.name, _brief(member.state_words)) for member in table.left_out]
    made["figure_height"] = family_bars_height(len(drawn), len(gone[:DRAWN]), view)
    return Panel(
        **made,
        table=frame,
        sentence=_finding(what, table, position, context),
        subtitle=f"{unit[:1].upper()}{unit[1:]}, {write_months(table.months)}, with 95 % intervals",
        figure=family_bars(
            drawn,
            left_out=gone[:DRAWN],
            mean=float(position["family_mean"]),
            ordinary=(float(position["ordinary_lower"]), float(position["ordinary_upper"])),
            view=view,
        ),
        figure_alt=f"{what} {unit} in {len(table.complete)} areas. The table holds the figures.",
        caveats=_caveats(table, position, frame, drawn, selection, first=most is not None),
        facts={"family_mean": position["family_mean"], "pooled_others": position["pooled_others"]},
    )


def member_rates(
    cursor: DuckDBPyConnection, table: FamilyTable, selection: Selection, category: str | None
) -> pd.DataFrame:
    """The panel's table (COLUMNS) for a category, or for all of the selection's together (None)."""
    counts, residents = table.counts[table.row(category)], np.array([member.residents for member in table.members])
    phi = _dispersion(cursor, table, selection, category)
    estimate = crime_rate(counts, residents, dispersion=np.where(np.isnan(phi), 1.0, phi))
    frame = pd.DataFrame(
        {
            "member_name": [member.name for member in table.members],
            "incidents": pd.Series(counts).astype("Int64"),
            "population": pd.Series(residents).round().astype("Int64"),
            "rate_per_1000": estimate.value,
            "lower_cl": estimate.lower_cl,
            "upper_cl": estimate.upper_cl,
            "months_present": [len(table.months) - len(member.missing) for member in table.members],
            "months_expected": len(table.months),
            "state": [member.state_words for member in table.members],
            "note": [member.note for member in table.members],
            "forces": [", ".join(member.forces) for member in table.members],
            "member_id": [member.id for member in table.members],
            "district_codes": [" ".join(member.districts) for member in table.members],
            "is_self": [member.is_self for member in table.members],
            "category": category or "all of the selection",
            "dispersion": phi,
            "method": estimate.method,
        }
    )
    ours = table.position(category)
    own = frame["is_self"].to_numpy()
    for key in ("lower_cl", "upper_cl", "dispersion"):
        frame.loc[own, key] = ours[key]  # worked out once, with both periods' months
    return frame.sort_values(["rate_per_1000", "member_name"], ascending=[False, True], ignore_index=True)


def _dispersion(
    cursor: DuckDBPyConnection, table: FamilyTable, selection: Selection, category: str | None
) -> np.ndarray:
    """φ of each member's months, or quarters of five years of recorded crime: at least twelve, else NaN."""
    if table.recorded:
        first = add_months(table.months[-1], -59)
        quarters = [quarter for quarter in table.recorded.quarters if first <= quarter <= table.months[-1]]
        series = member_series(cursor, table, selection, category, quarters)
        series = np.where((series >= 0) & ((series >= 0).sum(axis=1, keepdims=True) >= 12), series, np.nan)
        days = [float(days_in(months_of([quarter]))) for quarter in quarters]
        years = [((q.year - table.months[-1].year) * 12 + q.month - table.months[-1].month + 1) // 12 for q in quarters]
        return np.asarray(dispersion(series, exposure=days, groups=years), dtype=float)
    months = month_range(min(table.months[0], add_months(table.months[-1], -11)), table.months[-1])
    series = member_series(cursor, table, selection, category, months)
    present = np.array([[month in member.present for month in months] for member in table.members])
    series = np.where(present & (present.sum(axis=1, keepdims=True) >= 12), series, np.nan)
    return np.asarray(dispersion(series, exposure=[float(days_in([month])) for month in months]), dtype=float)


def _drawn(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows drawn: all, or in a large family those around us."""
    if len(frame) <= most:
        return frame
    own = int(np.flatnonzero(frame["is_self"].to_numpy())[0])
    first = min(max(own - most // 2, 0), len(frame) - most)
    return frame.iloc[first : first + most]


def _brief(words: str) -> str:
    return words if len(words) <= 24 else "months missing"


def _finding(what: str, table: FamilyTable, position: dict[str, Any], context: Context) -> str:
    n = len(table.complete)
    if is_missing(position["rank"]):
        return f"{what}: no rate to compare"
    place, at_the_end = _place(table, position, context, n)
    return fitting(*(f"{what}: {place}{verdict}" for verdict in (_verdict(position, yet=at_the_end), "")))


def _place(table: FamilyTable, position: dict[str, Any], context: Context, n: int) -> tuple[str, bool]:
    """Where we stand in the order of rates, and whether that is one of its ends."""
    observed = int(position["rank_observed"])
    category = None if position["category"] in {ALL_CATEGORIES, ALL_RECORDED} else position["category"]
    if int((table.rates[table.row(category)] == position["rate_per_1000"]).sum()) > 1:
        return f"{context.short_name} is level with others of {n} areas", False
    if observed in {1, n}:
        return f"{'lowest' if observed == 1 else 'highest'} of {n} areas", True
    return f"{ordinal(observed)} of {n} areas from the lowest", False


def _verdict(position: dict[str, Any], *, yet: bool) -> str:
    """The position's own verdict, so that a place in the order is not taken for one."""
    band = band_words(position)
    if band == "about the same":
        return f", {'yet ' if yet else ''}ordinary for this family"
    return "" if band not in VERDICTS else f", {'and ' if yet else ''}{band} than the family"


def _caveats(
    table: FamilyTable,
    position: dict[str, Any],
    frame: pd.DataFrame,
    drawn: pd.DataFrame,
    selection: Selection,
    *,
    first: bool,
) -> tuple[str, ...]:
    said = [
        f"Line: mean of the areas’ rates, ours included; the others taken together: {rate(position['pooled_others'])}. "
        "Grey: ordinary for this family."
    ]
    if position["band"] == "too few members":
        said[0] = said[0].replace(" Grey: ordinary for this family.", " Too few areas for an ordinary range.")
    said.append(table.coverage_caveat)
    without = [member.name for member in table.left_out if member.state == "no residents"]
    if without:
        said.append(f"Residents are not known for {', '.join(without)}.")
    if (frame["dispersion"] > 1).any():
        spans = "quarters" if table.recorded else "months"
        said.append(f"Intervals are widened where {spans} swing by more than chance.")
    if len(drawn) < len(table.complete):
        words = f"Drawn are the {len(drawn)} areas around ours; the table holds all {len(table.complete)}."
        said.append(words)
    if first:  # a screen has room for one: who is not drawn
        said = [" ".join([*(part for part in said if part.startswith("Drawn")), table.coverage_caveat]), *said]
    if len(table.left_out) > DRAWN:
        said.append(f"{number_word(len(table.left_out) - DRAWN, capital=True)} more without data are in the table.")
    return (*said, *measure_caveat(selection))
