"""How far incidents crowd into few places, beside what chance alone would give."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.crowding import crowding
from analytics.memo import Memo
from analytics.months import write_months
from analytics.panels._empty import no_data
from analytics.panels._hotspots import (
    FEWEST_FOR_HALF,
    cells_of,
    land_of,
    months_of,
    points_caveat,
    points_of,
    snap_points_date,
)
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import areas_of, police_source
from analytics.panels._wards import fitting
from analytics.queries.counts import counts_by_lsoa_month
from analytics.queries.points import points_used
from analytics.selection import Selection
from analytics.statistics.concentration import Concentration, concentration, concentration_curve
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import integer, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_concentration_panel"]

ID = "concentration"
SHARES = (0.01, 0.05, 0.10, 0.25)
_DRAWS = 200
_HEIGHT = 330
COLUMNS = (
    Column("unit", "Places"),
    Column("places", "Number", "integer"),
    Column("incidents", "Incidents", "integer"),
    Column("places_for_half", "Hold half", "integer", given=("incidents",)),
    Column("chance_for_half", "By chance", "integer"),
    Column("chance_lower", "By chance, lower 95 %", "integer", hidden=True),
    Column("chance_upper", "By chance, upper 95 %", "integer", hidden=True),
    *(
        column
        for share in SHARES
        for column in (
            Column(f"top_{share * 100:.0f}_pct", f"In top {share * 100:.0f} %", "percent1", given=("incidents",)),
            Column(f"chance_top_{share * 100:.0f}_pct", "By chance", "percent1", given=("incidents",)),
        )
    ),
    Column("gini", "Gini", "ratio", hidden=True),
    Column("generalised_gini", "Generalised Gini", "ratio"),
    Column("method", "Method", hidden=True),
)

_found: Memo[tuple[dict[str, tuple[np.ndarray, Concentration]], tuple[str, ...]]] = Memo(size=64)


@panel(ID, page="hotspots", title="In how few places is it?", uses={"period", "categories", "wards"})
def build_concentration_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a kind of place (LSOAs, cells of the grid, published points): how many hold half of the incidents, and
    the share in the top 1, 5, 10 and 25 % of them, beside chance; Gini's coefficient, plain and generalised."""
    made: dict[str, Any] = {
        "id": ID,
        "title": "Concentration",
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": _HEIGHT,
    }
    nothing = pd.DataFrame(columns=[column.key for column in COLUMNS])
    months = months_of(selection, context)
    if not months:
        return Panel(**made, table=nothing, **no_data(selection, context))
    question = (
        context.folder, months, selection.categories, selection.wards, selection.source, selection.cell, selection.grid,
    )  # fmt: skip
    found, notes = _found.answer(question, lambda: _concentrations(cursor, selection, context))
    what = categories_words(selection, context)
    whole = max((one.incidents for _, one in found.values()), default=0.0)
    if not whole:
        return Panel(
            **made,
            table=nothing,
            sentence=f"{subject(selection, context)}: none recorded",
            subtitle=write_months(months),
            state="none_recorded",
            message=f"No incident with a place was recorded in {write_months(months)}.",
        )
    found = {unit: (counts, one) for unit, (counts, one) in found.items() if one.incidents}
    table = pd.DataFrame([_row(unit, one) for unit, (_, one) in found.items()], columns=nothing.columns)
    chosen = {"lsoa": "LSOAs", "cells": _cells_named(selection), "points": "Published points"}[selection.units]
    unit = chosen if chosen in found else next(iter(found))
    counts, one = found[unit]
    if unit != chosen:
        notes = (f"{chosen} cannot be counted here; {lower_first(unit)} are shown.", *notes)
    if one.incidents < FEWEST_FOR_HALF:
        return Panel(
            **made,
            table=table,
            sentence=f"{integer(one.incidents)} of {lower_first(what)}: too few to say how far they crowd",
            subtitle=write_months(months),
            state="too_few",
            message=f"At least {FEWEST_FOR_HALF} incidents are needed: fewer lie in few places whatever happens.",
            caveats=notes,
        )
    _, held = concentration_curve(counts)
    places = np.linspace(0, 100, len(held))
    keep = np.unique(np.concatenate([np.linspace(0, len(held) - 1, 150).astype(int), np.arange(min(40, len(held)))]))
    marks = [
        (100 * share, 100 * float(top), f"{percent(100 * float(top), 1)} in the top {percent(100 * share)}")
        for share, top in zip(one.shares, one.top_share, strict=True)
        if share * one.areas >= 1
    ]
    return Panel(
        **made,
        table=table,
        sentence=_finding(one, lower_first(unit), lower_first(what)),
        subtitle=f"{what}, {write_months(months)}: share of incidents in the busiest {lower_first(unit)}; generalised "
        f"Gini {one.generalised_gini:.2f} (0 spread evenly, 1 all in one place)",
        figure=crowding(
            places[keep].round(3).tolist(),
            (100 * held[keep]).round(3).tolist(),
            (100 * one.chance_curve[keep]).round(3).tolist(),
            marks=marks,
            what=f"Share of {lower_first(unit)}",
            view=view,
            height=_HEIGHT,
        ),
        figure_alt=f"Curve of the share of incidents in the busiest {lower_first(unit)}, beside chance. "
        + ", ".join(words for _, _, words in marks),
        caveats=(
            "By chance: as many incidents thrown at random, each LSOA or point equally likely, each cell by its land. "
            f"{integer(one.chance_lower)} to {integer(one.chance_upper)} would hold half (95 %).",
            *notes,
        ),
        facts={
            "unit": unit, "places": one.areas, "places_for_half": one.places_for_half,
            "chance_for_half": one.chance_for_half, "generalised_gini": one.generalised_gini,
        },
    )  # fmt: skip


def _finding(one: Concentration, unit: str, what: str) -> str:
    half, number, chance = integer(one.places_for_half), integer(one.areas), integer(one.chance_for_half)
    singular = one.places_for_half == 1
    whole = "All" if float(one.incidents) and one.places_for_half == 1 and one.generalised_gini > 0.9999 else "Half"
    if one.places_for_half >= one.chance_lower:
        return fitting(
            f"{whole} of {what} is in {half} of {number} {unit}, as chance alone would have it",
            f"{whole} of it is in {half} of {number} {unit}, as chance alone would have it",
        )
    return fitting(
        f"{whole} of {what} is in {half} of {number} {unit}; chance alone would need {chance}",
        f"{whole} of it is in {half} of {number} {unit}; chance alone would need {chance}",
        f"{half} of {number} {unit} {'holds' if singular else 'hold'} {whole.lower()} of it",
    )


def _row(unit: str, one: Concentration) -> dict[str, Any]:
    row: dict[str, Any] = {
        "unit": unit, "places": one.areas, "incidents": round(one.incidents),
        "places_for_half": round(one.places_for_half) if one.incidents else pd.NA,
        "chance_for_half": one.chance_for_half,
        "chance_lower": one.chance_lower, "chance_upper": one.chance_upper,
        "gini": one.gini, "generalised_gini": one.generalised_gini, "method": one.method,
    }  # fmt: skip
    for share, top, chance in zip(one.shares, one.top_share, one.chance_top_share, strict=True):
        known = share * one.areas >= 1  # a top 1 % of six LSOAs is no place
        row[f"top_{share * 100:.0f}_pct"] = 100 * float(top) if known else np.nan
        row[f"chance_top_{share * 100:.0f}_pct"] = 100 * float(chance) if known else np.nan
    return row


def _over_squares(selection: Selection) -> Selection:
    """The selection with squares for cells where the map tests LSOAs: those have a row of their own."""
    return replace(selection, grid="square", test="count") if selection.grid == "lsoa" else selection


def _cells_named(selection: Selection) -> str:
    """ "Squares of 250 m": a number can stand before it."""
    return f"{'Hexagons' if selection.grid == 'hexagon' else 'Squares'} of {selection.cell} m"


def _concentrations(
    cursor: DuckDBPyConnection, selection: Selection, context: Context
) -> tuple[dict[str, tuple[np.ndarray, Concentration]], tuple[str, ...]]:
    """Counts by kind of place, and what is not in them."""
    months = months_of(selection, context)
    kinds: dict[str, tuple[np.ndarray, np.ndarray | None]] = {}
    notes = []
    areas = areas_of(cursor, context)
    lsoas = areas[areas["area_type"] == "lsoa"]
    if selection.wards is not None:
        lsoas = lsoas[lsoas["ward_code"].isin(selection.wards)]
    if len(lsoas):
        counted = counts_by_lsoa_month(cursor, months, selection).groupby("lsoa_code", dropna=False)["incidents"].sum()
        kinds["LSOAs"] = counted.reindex(lsoas["code"], fill_value=0).to_numpy(dtype=float), None
        if missed := int(counted.sum() - kinds["LSOAs"][0].sum()):
            notes.append(f"{missed:,} incidents lie in no LSOA shown here and are not in the LSOAs' figures.")
    points = points_of(cursor, selection, context)
    totals = points.total(months)
    if land_of(cursor, selection, context) is not None:
        cells = cells_of(cursor, _over_squares(selection), context)
        kinds[_cells_named(selection)] = cells.incidents, cells.grid.area_km2
    replaced = snap_points_date(cursor, context)
    if replaced and months[0] < replaced <= months[-1]:
        notes.append("Points are not counted: they were replaced in July 2022, within these months.")
    else:
        before = replaced if replaced and months[-1] < replaced else None
        used = points_used(cursor, None if before or not replaced else replaced, before)
        places = points.frame["easting"].to_numpy() + 1j * points.frame["northing"].to_numpy()
        at = np.searchsorted(places, used["easting"].to_numpy() + 1j * used["northing"].to_numpy())
        at = at[points.chosen[at]]
        if at.size:
            kinds["Published points"] = totals[at], None
    if said := points_caveat(cursor, selection, context):
        notes.append(said)
    found = {
        unit: (counts, concentration(counts, chance_weights=weights, shares=SHARES, draws=_DRAWS))
        for unit, (counts, weights) in kinds.items()
    }
    return found, tuple(notes)
