"""Every cell of the chance test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.months import write_months
from analytics.panels._empty import no_data
from analytics.panels._hotspots import (
    Cells,
    Hotspots,
    Land,
    Points,
    Slices,
    across_new_points,
    cells_of,
    emerging_of,
    hotspots_of,
    land_of,
    months_of,
    points_of,
    wards_of_cells,
)
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._wards import fitting
from analytics.panels.ward_map import no_boundaries
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import count_of, integer
from geo.projection import to_degrees

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "CELL_COLUMNS",
    "CLUSTER_WORDS",
    "build_gi_star_cells_panel",
    "cell_frame",
    "cell_words",
    "how_tested",
    "in_words",
]

ID = "gi_star_cells"
_SHOWN = 20
CELL_COLUMNS = (
    Column("cell", "Cell"),
    Column("ward_name", "Ward"),
    Column("place", "Busiest point"),
    Column("incidents", "Incidents", "integer"),
    Column("rate", "Rate per 1,000", "rate", hidden=True),
    Column("largest_point", "On one point", "percent", given=("incidents",)),
    Column("z", "Strength (Gi*)", "ratio"),
    Column("p_value", "p", "p_value", hidden=True),
    Column("p_adjusted", "Chance (p, adjusted)", "p_value"),
    Column("cluster", "With its neighbours"),
    Column("hotspot", "Hotspot", "integer", given=("incidents",)),
    Column("one_point", "One point over half", hidden=True),
    Column("hot_quarters", "Quarters hot", "integer", hidden=True),
    Column("emerging_class", "Over time", hidden=True),
    Column("easting", "Easting", "integer", hidden=True),
    Column("northing", "Northing", "integer", hidden=True),
    Column("longitude", "Longitude", "ratio", hidden=True),
    Column("latitude", "Latitude", "ratio", hidden=True),
    Column("area_km2", "km² inside", "ratio", hidden=True),
    Column("method", "Method", hidden=True),
)

CLUSTER_WORDS = {
    "hot 99": "more, 99 %",
    "hot 95": "more, 95 %",
    "cold 95": "fewer, 95 %",
    "cold 99": "fewer, 99 %",
}
"""What the test says of a cell and its neighbours, as map and table on screen write it."""


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """The cells that stand out, the test's word for each written out."""
    some = frame[frame["cluster"].isin(list(CLUSTER_WORDS))]
    return some.assign(cluster=some["cluster"].map(CLUSTER_WORDS))


def cell_words(selection: Selection, cells: Cells | None = None) -> str:
    """How the cells are named: "250 m squares". cells: where the test may not have been what was asked for."""
    asked = "lsoa" if selection.grid == "lsoa" or selection.test == "rate" else selection.grid
    kind = cells.tested.kind if cells else asked
    return "LSOAs" if kind == "lsoa" else f"{selection.cell} m {kind}s"


def how_tested(cells: Cells, selection: Selection) -> tuple[str, ...]:
    """How the test was made, and what it must not be taken for."""
    count = len(cells.grid)
    places, one = ("LSOAs", "LSOA") if cells.tested.kind == "lsoa" else ("cells", "cell")
    luck = round(0.05 * count)
    adjusted = (
        f"at most 5 % luck after Benjamini–Hochberg adjustment for {integer(count)} {places}"
        if selection.adjust == "all"
        else f"5 % each, not adjusted: of {integer(count)} {places} about {integer(luck)} would stand out by luck"
    )
    what = (
        "rates per 1,000 residents: places with many visitors stand out"
        if cells.tested.rate
        else "counts: they find town centres, because that is where people are"
    )
    said = (
        f"A {one} stands out where it and its neighbours hold more or fewer than chance would put there (Gi* and "
        f"Poisson, {adjusted}). The test is of {what}."
    )
    return tuple(filter(None, (said, cells.tested.note)))


def cell_frame(
    cells: Cells, points: Points, spots: Hotspots, slices: Slices, land: Land, selection: Selection, context: Context
) -> pd.DataFrame:
    """A row is a cell of the grid, the highest Gi* first; largest_point: its busiest point's share, in per cent.

    ward_name: of its busiest point, or of its middle where it has no incident. number: of the cell.
    """
    count = len(cells.grid)
    totals = points.total(months_of(selection, context))
    inside = np.flatnonzero((cells.cell >= 0) & (totals > 0))
    inside = inside[np.argsort(-totals[inside], kind="stable")]
    first_of, first = np.unique(cells.cell[inside], return_index=True)
    busiest = np.full(count, -1)
    busiest[first_of] = inside[first]
    known = busiest >= 0
    largest = np.full(count, np.nan)  # no incident, no share
    largest[known] = 100 * totals[busiest[known]] / cells.incidents[known]
    wards = points.frame["ward_code"].map(land.names)
    longitude, latitude = to_degrees(cells.grid.x, cells.grid.y)
    frame = pd.DataFrame(
        {
            "cell": cells.names,
            "ward_name": np.where(known, wards.to_numpy()[busiest], wards_of_cells(cells, land, selection, context)),
            "place": np.where(known, points.frame["name"].to_numpy()[busiest], ""),
            "incidents": cells.incidents.astype(int),
            "rate": 1000 * cells.incidents / cells.exposure if cells.tested.rate else np.nan,
            "largest_point": largest,
            "z": cells.found.z,
            "p_value": cells.found.p_value,
            "p_adjusted": cells.found.p_adjusted,
            "cluster": cells.found.cluster,
            "hotspot": pd.Series(spots.rank).where(spots.rank > 0).astype("Int64"),
            "one_point": largest > 50,
            "hot_quarters": pd.NA if slices.hot_slices is None else slices.hot_slices,
            "emerging_class": "" if slices.classes is None else slices.classes,
            "easting": cells.grid.x,
            "northing": cells.grid.y,
            "longitude": longitude,
            "latitude": latitude,
            "area_km2": cells.grid.area_km2,
            "method": cells.found.method,
            "number": np.arange(count),
        }
    )
    return frame.sort_values(["z", "cell"], ascending=[False, True], ignore_index=True, na_position="last")


@panel(ID, page="hotspots", title="Every cell of the chance test", uses={"period", "comparison", "categories", "wards"})
def build_gi_star_cells_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a cell of the grid over the partnership, the highest Gi* first; on screen those that stand out."""
    made: dict[str, Any] = {
        "id": ID,
        "title": "Every cell of the chance test",
        "columns": CELL_COLUMNS,
        "sources": (police_source(context, selection),),
    }
    empty_table = pd.DataFrame(columns=[column.key for column in CELL_COLUMNS])
    months = months_of(selection, context)
    land = land_of(cursor, selection, context)
    if not months:
        return Panel(**made, table=empty_table, **no_data(selection, context))
    if land is None:
        return Panel(**made, table=empty_table, **no_boundaries())
    cells = cells_of(cursor, selection, context)
    points = points_of(cursor, selection, context)
    frame = cell_frame(
        cells, points, hotspots_of(cursor, selection, context), emerging_of(cursor, selection, context), land,
        selection, context,
    )  # fmt: skip
    made["shapes"] = lambda: cells.on_land(land, frame["number"].to_numpy())
    table = frame[list(empty_table.columns)]
    what = lower_first(categories_words(selection, context))
    stands_out = frame[frame["cluster"] != "not significant"]
    hot = int(frame["cluster"].str.startswith("hot").sum())
    if not cells.incidents.sum():
        return Panel(
            **made,
            table=table,
            sentence=f"{subject(selection, context)}: none recorded",
            subtitle=write_months(months),
            state="none_recorded",
            message="No cell holds an incident, so there is nothing to test.",
        )
    places = "LSOAs" if cells.tested.kind == "lsoa" else "cells"
    of_all = f"{integer(hot)} of {integer(len(frame))} {places} {'stands' if hot == 1 else 'stand'} out with "
    of_all += "its neighbours" if hot == 1 else "their neighbours"
    sentence = fitting(f"{of_all}: more {what} than by chance", f"{of_all}: more than by chance")
    return Panel(
        **made,
        table=table,
        glance=in_words(stands_out.head(_SHOWN)),
        glance_columns=CELL_COLUMNS,
        sentence=sentence,
        subtitle=f"{categories_words(selection, context)}, {'rates' if cells.tested.rate else 'counts'} in "
        f"{cell_words(selection, cells)}, {write_months(months)}",
        caveats=(
            *filter(None, [across_new_points(cursor, months, context)]),
            *how_tested(cells, selection),
            f"The {_SHOWN} that stand out most are shown; the downloads hold all {integer(len(frame))} {places}."
            if len(stands_out) > _SHOWN
            else f"The downloads hold all {integer(len(frame))} {places}.",
            f"{count_of(int(stands_out['one_point'].sum()), 'cell')} that stand out hold over half on one published "
            "point, which may be a single address or car park.",
        ),
        facts={"cells": len(frame), "hot": hot},
    )
