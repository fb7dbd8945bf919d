"""What the Hotspots panels share: incidents by published point, the cells of the chance test, and the hotspots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.context import Context
from analytics.memo import Memo
from analytics.months import add_months, write_month, write_months
from analytics.panels._tables import ChangeTable, areas_of, change_months, changes
from analytics.queries.loaded import breaks
from analytics.queries.points import categories_by_point, counts_by_point, incident_points, unpointed
from analytics.queries.shapes import area_shapes
from analytics.selection import Selection
from analytics.statistics.density import density_grid
from analytics.statistics.emerging import FEWEST_SLICES, emerging
from analytics.statistics.hotspots import GiStar, distance_band, gi_star
from analytics.words import and_list, count_of, percent
from geo.area_cells import AreaCells, area_cells
from geo.drawing import Drawing, drawing
from geo.grids import Grid, grid_over

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "FEWEST_FOR_HALF",
    "FEWEST_INCIDENTS",
    "FEWEST_RESIDENTS",
    "RUNS",
    "Cells",
    "Density",
    "Hotspots",
    "Land",
    "Lsoas",
    "Points",
    "Slices",
    "Tested",
    "across_new_points",
    "cells_of",
    "crosses_new_points",
    "density_of",
    "emerging_of",
    "hotspots_of",
    "land_of",
    "lsoas_of",
    "months_drawn",
    "months_of",
    "place_name",
    "points_caveat",
    "points_of",
    "points_over",
    "snap_points_date",
    "tested_of",
    "too_few_words",
    "unplaced_words",
    "wards_of_cells",
]

RUNS = 10
FEWEST_INCIDENTS = 5
"""Hot cells that touch and hold fewer stay in the test's table, but are no hotspot to hand to a meeting."""
FEWEST_FOR_HALF = 10
"""Incidents below which it says nothing that half of them lie in few places."""
_SHIFTS = (
    (0.5, 0.5), (0.5, 0.0), (0.0, 0.5), (0.25, 0.75), (0.75, 0.25),
    (0.25, 0.25), (0.75, 0.75), (0.25, 0.0), (0.0, 0.25), (0.75, 0.5),
)  # fmt: skip
_MOST_SLICES = 12
_FINEST = 50.0
_FEWEST_LSOAS = 12
FEWEST_RESIDENTS = 100.0
"""Residents per km² below which a density per resident is not shown."""

_lands: Memo[Land] = Memo(size=32)
_dictionaries: Memo[pd.DataFrame] = Memo(size=8)
_points: Memo[Points] = Memo(size=32)
_grids: Memo[tuple[Grid, csr_array]] = Memo(size=64)
_lsoas: Memo[Lsoas] = Memo(size=32)
_unpointed: Memo[pd.DataFrame] = Memo(size=64)
_people: Memo[np.ndarray | None] = Memo(size=16)
_cells: Memo[Cells] = Memo(size=64)
_cell_wards: Memo[np.ndarray] = Memo(size=64)
_densities: Memo[Density] = Memo(size=64)
_hotspots: Memo[Hotspots] = Memo(size=64)
_slices: Memo[Slices] = Memo(size=32)


@dataclass(frozen=True, eq=False)
class Land:
    """The wards asked for as one shape in metres, and their drawing; `corner` is the drawing's origin.

    names: of the wards by code; wards: their shapes, in that order.
    """

    shape: Any
    drawing: Drawing
    corner: tuple[float, float]
    names: dict[str, str]
    wards: np.ndarray


@dataclass(frozen=True, eq=False)
class Points:
    """Published points and their incidents by month. A row of `frame` is a point, `counts` is (points, months).

    chosen: the point lies in the wards asked for. Incidents of other points only count in the density near the edge.
    """

    frame: pd.DataFrame
    counts: np.ndarray
    months: tuple[date, ...]
    chosen: np.ndarray

    def total(self, months: Sequence[date]) -> np.ndarray:
        """Incidents of each point over these months."""
        wanted = set(months)
        return self.counts[:, [month in wanted for month in self.months]].sum(axis=1)


@dataclass(frozen=True, eq=False)
class Lsoas:
    """The LSOAs asked for as cells, and their residents (NaN: not loaded)."""

    cells: AreaCells
    people: np.ndarray


@dataclass(frozen=True, eq=False)
class Tested:
    """What the chance test takes as cells, and counts or rates in them; note: where that is not what was asked for."""

    kind: Literal["square", "hexagon", "lsoa"]
    rate: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class Cells:
    """The chance test over a grid or over LSOAs. One value per cell; cell: of each point (-1: none).

    exposure: what chance would share the incidents out by: land, nothing but the number of LSOAs, or residents.
    """

    grid: Grid | AreaCells
    weights: csr_array
    cell: np.ndarray
    incidents: np.ndarray
    found: GiStar
    tested: Tested
    exposure: np.ndarray

    @property
    def names(self) -> list[str]:
        """LSOAs by name, squares and hexagons by the place of their middle."""
        if isinstance(self.grid, AreaCells):
            return self.grid.names.tolist()
        return [f"{x:.0f}-{y:.0f}" for x, y in zip(self.grid.x, self.grid.y, strict=True)]

    @property
    def hot(self) -> np.ndarray:
        return np.char.startswith(self.found.cluster, "hot")

    def on_land(self, land: Land, numbers: np.ndarray) -> list[Any]:
        """The outlines of some cells, cut off where the land ends."""
        shapes = self.grid.outlines(numbers)
        edge = np.ones(len(shapes), dtype=bool)
        if isinstance(self.grid, Grid):
            edge = self.grid.area_km2[numbers] < 0.999999 * shapely.area(shapes) / 1e6
        shapes[edge] = shapely.intersection(shapes[edge], land.shape)
        return list(shapes)


@dataclass(frozen=True, eq=False)
class Density:
    """Incidents per km², or per 1,000 residents, on a fine grid: (rows, columns), first row southmost.

    values: 0 far outside the land, and where too few people live for a rate. note: why it is not what was asked for.
    """

    values: np.ndarray
    inside: np.ndarray
    origin: tuple[float, float]
    step: float
    bandwidth: float
    per_resident: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class Slices:
    """Classes of the cells over quarters; `reason` says why there are none, `note` what was left out."""

    first: date | None
    last: date | None
    count: int
    classes: np.ndarray | None
    hot_slices: np.ndarray | None
    reason: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class Hotspots:
    """The hotspots of a selection. A row of `frame` is a hotspot, the most incidents first; rank: of each cell, 0 none.

    outlines: of the cells of each hotspot together.
    """

    frame: pd.DataFrame
    rank: np.ndarray
    outlines: list[Any]
    changes: ChangeTable
    crossing: bool
    runs: int


def land_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Land | None:
    """The land of the selection; None where no boundary is loaded for it."""

    def build() -> Land:
        shapes = area_shapes(cursor, "ward")
        if selection.wards is not None:
            shapes = shapes[shapes["code"].isin(selection.wards)]
        if shapes.empty:
            return Land(None, None, (0.0, 0.0), {}, np.zeros(0))  # type: ignore[arg-type]
        raw = tuple(bytes(shape) for shape in shapes["shape"])
        exact = shapely.from_wkb(np.array(raw, dtype=object))
        west, south, _, _ = shapely.total_bounds(exact)
        whole = shapely.union_all(exact)
        shapely.prepare(whole)
        names = dict(zip(shapes["code"], shapes["name"], strict=True))
        return Land(
            whole,
            drawing(tuple(shapes["code"]), raw),
            (float(west), float(south)),
            names,
            shapely.simplify(exact, 15.0),
        )

    land = _lands.answer((context.folder, selection.wards), build)
    return land if land.names else None


def points_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Points:
    """Incidents by point for every month the page needs: the period, what it is compared with, and the quarters."""
    first, last, _ = _quarters(selection, context, snap_points_date(cursor, context))
    months = set(change_months(selection, context))
    if first and last:
        months.update(m for m in context.months_loaded if first <= m <= last)
    return points_over(cursor, tuple(sorted(months)), selection, context)


def points_over(cursor: DuckDBPyConnection, months: Sequence[date], selection: Selection, context: Context) -> Points:
    """Incidents by point over months of a panel's own, in their order."""
    ordered = tuple(months)
    frame = _dictionaries.answer(context.folder, lambda: _dictionary(cursor))

    def build() -> Points:
        rows = counts_by_point(cursor, ordered, selection)
        places = frame["easting"].to_numpy() + 1j * frame["northing"].to_numpy()
        at = np.searchsorted(places, rows["easting"].to_numpy() + 1j * rows["northing"].to_numpy())
        column = {month: i for i, month in enumerate(ordered)}
        when = rows["month"].map({pd.Timestamp(m): i for m, i in column.items()}).to_numpy(dtype=int)
        counts = np.zeros((len(frame), len(ordered)))
        counts[at, when] = rows["incidents"].to_numpy()
        return Points(frame, counts, ordered, np.zeros(0, dtype=bool))

    found = _points.answer((context.folder, ordered, selection.categories, selection.source), build)
    chosen = frame["inside"].to_numpy(dtype=bool)
    if selection.wards is not None:
        chosen = chosen & frame["ward_code"].isin(selection.wards).to_numpy()
    return replace(found, chosen=chosen)


def _dictionary(cursor: DuckDBPyConnection) -> pd.DataFrame:
    frame = incident_points(cursor)
    frame["name"] = [place_name(words) for words in frame["location"]]
    return frame


def too_few_words(incidents: float) -> str:
    """The finding where there are too few incidents for one.

    >>> too_few_words(1)
    'Only 1 incident is on the map: too few for a pattern'
    """
    are = "is" if incidents == 1 else "are"
    return f"Only {count_of(int(incidents), 'incident')} {are} on the map: too few for a pattern"


def place_name(location: Any) -> str:
    """A published location without "On or near": "Argyll Road"; "" where there is no name.

    >>> place_name("On or near St Mary'S Road"), place_name("On or near "), place_name(None)
    ("St Mary's Road", '', '')
    """
    if not isinstance(location, str):
        return ""
    name = location.strip().removeprefix("On or near").removeprefix("No Location").strip()
    return name.replace("'S ", "'s ")  # the police write every word with a capital


def months_of(selection: Selection, context: Context) -> tuple[date, ...]:
    """The months of the period that are loaded."""
    loaded = set(context.months_loaded)
    return tuple(month for month in selection.months if month in loaded)


def months_drawn(months: tuple[date, ...], drawn: tuple[date, ...]) -> str:
    """The months counted, and those drawn one by one where there is no room for all.

    >>> months_drawn((date(2025, 1, 1), date(2025, 2, 1)), (date(2025, 2, 1),))
    'Jan to Feb 2025, month by month Feb 2025'
    """
    if len(drawn) == len(months):
        return f"month by month, {write_months(months)}"
    return f"{write_months(months)}, month by month {write_months(drawn)}"


def tested_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Tested:
    """What the chance test looks at. Rates are of LSOAs: no smaller place has its residents published."""
    asked: Literal["square", "hexagon"] = "hexagon" if selection.grid == "hexagon" else "square"
    rate = selection.test == "rate"
    if selection.grid != "lsoa" and not rate:
        return Tested(asked)
    lsoas = lsoas_of(cursor, selection, context)
    instead = f"counts in {selection.cell} m {asked}s are tested instead"
    if lsoas is None:
        return Tested(asked, note=f"No LSOA boundaries are loaded: {instead}.")
    if len(lsoas.people) < _FEWEST_LSOAS:
        return Tested(asked, note=f"Fewer than {_FEWEST_LSOAS} LSOAs are too few for the test: {instead}.")
    if not rate:
        return Tested("lsoa")
    none = int((~(lsoas.people > 0)).sum())
    if len(lsoas.people) - none < _FEWEST_LSOAS:
        return Tested("lsoa", note="Residents by LSOA are not loaded: counts are tested instead.")
    words = "LSOA has" if none == 1 else "LSOAs have"
    return Tested("lsoa", rate=True, note=f"{none} {words} no residents and no rate: left out." if none else "")


def lsoas_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Lsoas | None:
    """The LSOAs of the wards asked for; None where none has a boundary."""

    def build() -> Lsoas:
        shapes = area_shapes(cursor, "lsoa")
        areas = areas_of(cursor, context)
        areas = areas[areas["area_type"] == "lsoa"].set_index("code")
        if selection.wards is not None:
            shapes = shapes[shapes["code"].map(areas["ward_code"]).isin(selection.wards)]
        exact = shapely.from_wkb(np.array([bytes(shape) for shape in shapes["shape"]], dtype=object))
        people = shapes["code"].map(areas["population"]).astype("float64").to_numpy()
        return Lsoas(area_cells(list(shapes["code"]), list(shapes["name"]), exact), people)

    found = _lsoas.answer((context.folder, selection.wards), build)
    return found if len(found.cells) else None


def wards_of_cells(cells: Cells, land: Land, selection: Selection, context: Context) -> np.ndarray:
    """The name of the ward at the middle of each cell, or of the nearest."""
    key = (context.folder, selection.wards, selection.cell, cells.tested.kind, cells.tested.rate)
    middles = shapely.points(cells.grid.x, cells.grid.y)
    names = np.array(list(land.names.values()))
    return _cell_wards.answer(key, lambda: names[shapely.STRtree(land.wards).nearest(middles)])


def cells_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Cells:
    """The chance test for the period, over the cells the selection asks for."""
    points = points_of(cursor, selection, context)
    land = land_of(cursor, selection, context)
    if land is None:
        raise ValueError("no ward of the selection has a boundary")

    def build() -> Cells:
        tested = tested_of(cursor, selection, context)
        grid, weights = _grid(cursor, land, selection, context, tested, (0.0, 0.0))
        cell = _cell_of_points(points, grid)
        exposure = _exposure(cursor, grid, tested, selection, context)
        incidents = _per_cell(cell, points.total(months_of(selection, context)), len(grid))
        found = _judged(incidents, weights, tested, exposure, selection)
        return Cells(grid, weights, cell, incidents, found, tested, exposure)

    return _cells.answer(_question(selection, context), build)


def _judged(
    incidents: np.ndarray, weights: csr_array, tested: Tested, exposure: np.ndarray, selection: Selection
) -> GiStar:
    values = 1000 * incidents / exposure if tested.rate else incidents
    return gi_star(values, weights, adjust=selection.adjust == "all", exposure=exposure, counts=incidents)


def _exposure(
    cursor: DuckDBPyConnection, grid: Grid | AreaCells, tested: Tested, selection: Selection, context: Context
) -> np.ndarray:
    if isinstance(grid, Grid):
        return grid.area_km2
    lsoas = lsoas_of(cursor, selection, context)
    assert lsoas is not None
    return lsoas.people[lsoas.people > 0] if tested.rate else np.ones(len(grid))


def _cell_of_points(points: Points, grid: Grid | AreaCells) -> np.ndarray:
    """The cell of each point asked for, -1 for none."""
    if isinstance(grid, Grid):
        cell = grid.cell_of(points.frame["easting"], points.frame["northing"])
    else:
        cell = grid.cell_of(points.frame["lsoa_code"].tolist())
    return np.where(points.chosen, cell, -1)


def _question(selection: Selection, context: Context) -> tuple[Any, ...]:
    """What the cells and hotspots depend on, whatever else is asked."""
    return (
        context.folder, selection.start, selection.end, selection.comparison_start, selection.comparison_end,
        selection.categories, selection.wards, selection.source, selection.grid, selection.cell, selection.test,
        selection.adjust,
    )  # fmt: skip


def _grid(
    cursor: DuckDBPyConnection, land: Land, selection: Selection, context: Context, tested: Tested,
    shift: tuple[float, float],
) -> tuple[Grid | AreaCells, csr_array]:  # fmt: skip
    if tested.kind == "lsoa":
        lsoas = lsoas_of(cursor, selection, context)
        assert lsoas is not None
        if not tested.rate:
            return lsoas.cells, lsoas.cells.weights
        some = lsoas.cells.taken(np.flatnonzero(lsoas.people > 0))
        return some, some.weights
    kind: Literal["square", "hexagon"] = tested.kind

    def build() -> tuple[Grid, csr_array]:
        grid = grid_over(land.shape, float(selection.cell), kind, shift)
        return grid, distance_band(grid.x, grid.y, grid.neighbour_distance)

    return _grids.answer((context.folder, selection.wards, selection.cell, kind, shift), build)


def _per_cell(cell: np.ndarray, incidents: np.ndarray, cells: int) -> np.ndarray:
    inside = cell >= 0
    return np.bincount(cell[inside], weights=incidents[inside], minlength=cells)


def density_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Density:
    """The density over the period, or over the one month asked for; incidents of the margin count near the edge.

    Per 1,000 residents: the density of incidents over that of residents, each spread evenly over the land of its LSOA
    and smoothed alike; only where at least 100 people live on a km². There both end at the boundary.
    """
    points = points_of(cursor, selection, context)
    land = land_of(cursor, selection, context)
    if land is None:
        raise ValueError("no ward of the selection has a boundary")
    months = (selection.only,) if selection.only else months_of(selection, context)
    bandwidth = float(selection.bandwidth)

    def build() -> Density:
        west, south, east, north = shapely.bounds(land.shape)
        step = max(_FINEST, bandwidth / 6, (east - west) / 600, (north - south) / 600)
        origin = (west - step, south - step)
        shape = (int((north - south) / step) + 3, int((east - west) / step) + 3)
        people = None
        if asks_residents:
            people = _people.answer(
                (context.folder, origin, shape, step, bandwidth),
                lambda: _residents_density(cursor, context, origin, shape, step, bandwidth),
            )
        weights = points.total(months)
        if people is not None:
            weights = np.where(points.frame["inside"], weights, 0.0)
        some = weights > 0
        values = density_grid(
            points.frame[["easting", "northing"]].to_numpy()[some],
            origin=origin, shape=shape, cell_size=step, bandwidth=bandwidth, weights=weights[some],
        )  # fmt: skip
        if people is not None:
            lived_in = people >= FEWEST_RESIDENTS
            values = np.where(lived_in, 1000 * values / np.where(lived_in, people, 1.0), 0.0)
        x, y = _centres(origin, shape, step)
        near = values > 0
        inside = np.zeros(shape, dtype=bool)
        inside[near] = shapely.contains_xy(land.shape, x[near], y[near])
        note = "" if people is not None or not asks_residents else "Residents by LSOA are not loaded: per km² is shown."
        return Density(values, inside, origin, step, bandwidth, people is not None, note)

    asks_residents = selection.over == "residents"
    key = (context.folder, months, selection.categories, selection.wards, selection.source, bandwidth, asks_residents)
    return _densities.answer(key, build)


def _centres(origin: tuple[float, float], shape: tuple[int, int], step: float) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(origin[0] + (np.arange(shape[1]) + 0.5) * step, origin[1] + (np.arange(shape[0]) + 0.5) * step)
    return x, y


def _residents_density(
    cursor: DuckDBPyConnection, context: Context, origin: tuple[float, float], shape: tuple[int, int], step: float,
    bandwidth: float,
) -> np.ndarray | None:  # fmt: skip
    """Residents per km² on the density's grid; None where they are not loaded."""
    shapes = area_shapes(cursor, "lsoa")
    areas = areas_of(cursor, context)
    people = shapes["code"].map(areas.set_index("code")["population"]).astype("float64").to_numpy()
    if not len(shapes) or not (people > 0).any():
        return None
    x, y = (part.ravel() for part in _centres(origin, shape, step))
    exact = shapely.from_wkb(np.array([bytes(one) for one in shapes["shape"]], dtype=object))
    place, lsoa = shapely.STRtree(exact).query(shapely.points(x, y), predicate="within")
    empty = np.setdiff1d(np.arange(len(exact)), lsoa)  # smaller than the grid is fine: its people at one place in it
    inside = shapely.point_on_surface(exact[empty])
    parts = np.bincount(lsoa, minlength=len(exact))
    east, north = np.r_[x[place], shapely.get_x(inside)], np.r_[y[place], shapely.get_y(inside)]
    living = np.nan_to_num(np.r_[people[lsoa] / parts[lsoa], people[empty]])
    return density_grid(
        np.column_stack([east, north]), origin=origin, shape=shape, cell_size=step, bandwidth=bandwidth,
        weights=living, method="fft",
    )  # fmt: skip


# ---- Hotspots -----------------------------------------------------------------------------------------------------


def hotspots_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Hotspots:
    """Cells that touch and hold more than chance would give, together. A row of `frame` is a hotspot:

    rank, name, ward_code, ward_name (of the ward with most of its incidents), area (that ward, and others it reaches
    into), places, easting, northing (of a point in its middle), longitude, latitude, cells,
    area_km2, area_share, incidents, share (%), categories, one_point (one point holds over half), largest_point,
    held, runs, emerging_class, and those of a change.
    """
    cells = cells_of(cursor, selection, context)
    points = points_of(cursor, selection, context)
    land = land_of(cursor, selection, context)
    assert land is not None
    return _hotspots.answer(
        _question(selection, context), lambda: _find(cursor, cells, points, land, selection, context)
    )


def _find(
    cursor: DuckDBPyConnection, cells: Cells, points: Points, land: Land, selection: Selection, context: Context
) -> Hotspots:
    months = months_of(selection, context)
    rank = _ranked(cells)
    count = int(rank.max(initial=0))
    of_point = np.where(cells.cell >= 0, rank[cells.cell], 0) if count else np.zeros(len(points.frame), dtype=int)
    totals = points.total(months)
    whole = float(totals[points.chosen].sum())
    held, runs = _stability(cursor, points, land, cells, of_point, totals, count, selection, context)
    slices = emerging_of(cursor, selection, context)
    parts = categories_by_point(cursor, months, selection) if count else None
    places = points.frame["easting"].to_numpy() + 1j * points.frame["northing"].to_numpy()
    if parts is not None:
        parts["rank"] = of_point[
            np.searchsorted(places, parts["easting"].to_numpy() + 1j * parts["northing"].to_numpy())
        ]
    rows = []
    all_area = float(cells.grid.area_km2.sum())
    for number in range(1, count + 1):
        mine, here = np.flatnonzero(rank == number), np.flatnonzero((of_point == number) & (totals > 0))
        here = here[np.argsort(-totals[here], kind="stable")]
        centre = mine[np.argmax(cells.found.z[mine])]
        in_centre = here[cells.cell[here] == centre]
        middle = points.frame.iloc[in_centre[0] if in_centre.size else here[0]]
        by_ward = points.frame.iloc[here].assign(n=totals[here]).groupby("ward_code")["n"].sum()
        ward = str(by_ward.idxmax())
        where = _area_words(by_ward, land)
        incidents = float(cells.incidents[mine].sum())
        names = list(dict.fromkeys(name for name in points.frame["name"].iloc[here] if name))[:2]
        assert parts is not None
        kinds = parts[parts["rank"] == number].groupby("category")["incidents"].sum().sort_values(ascending=False)
        area = float(cells.grid.area_km2[mine].sum())
        rows.append({
            "rank": number,
            "name": ": ".join(filter(None, [where, and_list(names)])),
            "ward_code": ward,
            "ward_name": land.names.get(ward, ward),
            "area": where,
            "places": and_list(names),
            "easting": float(middle["easting"]), "northing": float(middle["northing"]),
            "longitude": float(middle["longitude"]), "latitude": float(middle["latitude"]),
            "cells": len(mine),
            "area_km2": area,
            "area_share": 100 * area / all_area,
            "incidents": round(incidents),
            "share": 100 * incidents / whole,
            "categories": "; ".join(f"{name} {int(n):,}" for name, n in kinds.head(3).items()),
            "main_category": str(kinds.index[0]),
            "largest_point": float(totals[here[0]]) / incidents * 100,
            "one_point": bool(totals[here[0]] > incidents / 2),
            "held": int(held[number - 1]), "runs": runs,
            "emerging_class": _class_of_hotspot(slices, cells, mine),
        })  # fmt: skip
    frame = pd.DataFrame(rows, columns=_HOTSPOT_COLUMNS)
    inside = of_point > 0
    long = pd.DataFrame(
        {
            "rank": np.repeat(of_point[inside], len(points.months)),
            "month": pd.to_datetime(np.tile(np.array(points.months, dtype="datetime64[D]"), int(inside.sum()))),
            "incidents": points.counts[inside].ravel(),
        }
    )
    moved = changes(long, "rank", list(range(1, count + 1)), selection, context)
    # LSOAs are what can be compared across the new points: an incident's LSOA was published before and after.
    crossing = cells.tested.kind != "lsoa" and crosses_new_points(moved, snap_points_date(cursor, context))
    wanted = ["previous", "compared", "change_pct", "change_lower_cl", "change_upper_cl", "verdict", "p_adjusted"]
    change = moved.frame[wanted].copy()
    if crossing:
        change = change.assign(**dict.fromkeys([c for c in wanted if c != "verdict"], pd.NA), verdict="no data")
    frame = frame.join(change)
    outlines = [
        shapely.union_all(shapely.buffer(cells.grid.outlines(np.flatnonzero(rank == n)), 0.01))
        for n in range(1, count + 1)
    ]
    return Hotspots(frame, rank, outlines, moved, crossing, runs)


_HOTSPOT_COLUMNS = [
    "rank", "name", "ward_code", "ward_name", "area", "places", "easting", "northing", "longitude", "latitude", "cells",
    "area_km2", "area_share", "incidents", "share", "categories", "main_category", "largest_point", "one_point", "held",
    "runs", "emerging_class",
]  # fmt: skip


def _area_words(by_ward: pd.Series, land: Land) -> str:
    """The ward with most of a hotspot's incidents, and the others where a tenth or more of them lie outside it."""
    main = by_ward.idxmax()
    name = land.names.get(str(main), str(main))
    others = by_ward[(by_ward.index != main) & (by_ward > 0)]
    if others.sum() < 0.1 * by_ward.sum():
        return name
    if len(others) > 1:
        return f"{name} and {len(others)} other wards"
    other = land.names.get(str(others.index[0]), str(others.index[0]))
    return f"{name} and {'one other ward' if ' and ' in name + other else other}"


def _ranked(cells: Cells) -> np.ndarray:
    """The rank of each cell's hotspot by incidents, 0 for cells in none. Hot cells that touch are one hotspot."""
    hot = np.flatnonzero(cells.hot)
    rank = np.zeros(len(cells.grid), dtype=int)
    if not hot.size:
        return rank
    count, label = connected_components(cells.weights[hot][:, hot], directed=False)
    total = np.bincount(label, weights=cells.incidents[hot], minlength=count)
    order = np.argsort(-total, kind="stable")
    place = np.zeros(count, dtype=int)
    some = order[total[order] >= FEWEST_INCIDENTS]
    place[some] = np.arange(1, len(some) + 1)
    rank[hot] = place[label]
    return rank


def _stability(
    cursor: DuckDBPyConnection, points: Points, land: Land, cells: Cells, of_point: np.ndarray, totals: np.ndarray,
    count: int, selection: Selection, context: Context,
) -> tuple[np.ndarray, int]:  # fmt: skip
    """In how many of ten re-runs each hotspot is found again: at least half of its incidents lie in hot cells then.

    Up to five re-runs leave out a part of the months; the others move the grid. LSOAs cannot be moved: there every
    re-run leaves out a part of the months, and with fewer months there are fewer of them.
    """
    held = np.zeros(count, dtype=int)
    if not count:
        return held, RUNS
    months = months_of(selection, context)
    fixed = cells.tested.kind == "lsoa"
    most = min(RUNS if fixed else 5, len(months))
    parts = [list(part) for part in np.array_split(np.array(months, dtype=object), most)]
    dropped = [tuple(m for m in months if m not in part) for part in parts] if len(months) > 1 else []
    runs = [((0.0, 0.0), kept) for kept in dropped]
    if not fixed:
        runs += [(shift, months) for shift in _SHIFTS[: RUNS - len(dropped)]]
    inside = of_point > 0
    size = np.bincount(of_point[inside], weights=totals[inside], minlength=count + 1)[1:]
    cell_by_shift: dict[tuple[float, float], np.ndarray] = {}
    for shift, kept in runs:
        grid, weights = _grid(cursor, land, selection, context, cells.tested, shift)
        if shift not in cell_by_shift:
            cell_by_shift[shift] = _cell_of_points(points, grid)
        cell = cell_by_shift[shift]
        exposure = grid.area_km2 if isinstance(grid, Grid) else cells.exposure
        counts = _per_cell(cell, points.total(kept), len(grid))
        again = _judged(counts, weights, cells.tested, exposure, selection)
        hot = np.char.startswith(again.cluster, "hot")
        covered = inside & (cell >= 0) & hot[cell]
        found = np.bincount(of_point[covered], weights=totals[covered], minlength=count + 1)[1:]
        held += found >= size / 2
    return held, len(runs)


# ---- Over time ----------------------------------------------------------------------------------------------------


def snap_points_date(cursor: DuckDBPyConnection, context: Context) -> date | None:
    """When the published points were replaced, as the break register has it."""
    found = _dictionaries.answer(("breaks", context.folder), lambda: breaks(cursor))
    rows = found.loc[found["break_id"] == "snap-points-2022", "date_from"]
    return pd.Timestamp(rows.iloc[0]).date() if len(rows) else None


def crosses_new_points(moved: ChangeTable, replaced: date | None) -> bool:
    """Whether the two sides of a change, or one of them, lie on both sides of the day the points were replaced."""
    every = [*moved.compared.current, *moved.compared.previous]
    return bool(replaced and every and min(every) < replaced <= max(every))


def _quarters(selection: Selection, context: Context, replaced: date | None) -> tuple[date | None, date | None, int]:
    """First month, last month and number of the quarters in a row up to the period's end, never across new points."""
    loaded = set(context.months_loaded)
    last = max((m for m in selection.months if m in loaded), default=None)
    if last is None:
        return None, None, 0
    count, first = 0, last
    while count < _MOST_SLICES:
        start = add_months(last, -3 * (count + 1) + 1)
        if any(add_months(start, i) not in loaded for i in range(3)):
            break
        if replaced and start < replaced <= last:
            break
        first, count = start, count + 1
    return (first, last, count) if count else (None, None, 0)


def emerging_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Slices:
    """The class of every cell over the quarters up to the period's end, or why there is none."""
    replaced = snap_points_date(cursor, context)
    first, last, count = _quarters(selection, context, replaced)
    if count < FEWEST_SLICES:
        need = f"Classes over time need {FEWEST_SLICES} quarters in a row up to the period's end; "
        start = add_months(last, -3 * count - 2) if last else None
        loaded = start and set(context.months_loaded).issuperset(add_months(start, i) for i in range(3))
        if loaded and replaced:
            when = write_month(replaced, full=True)
            reason = f"{need}since {when}, when the points were replaced, there are {count or 'none'}."
        else:
            reason = f"{need}{count or 'none'} {'is' if count == 1 else 'are'} loaded without a gap."
        return Slices(first, last, count, None, None, reason)
    cells = cells_of(cursor, selection, context)
    points = points_of(cursor, selection, context)
    assert first is not None
    before = [add_months(first, -i) for i in (1, 2, 3)]
    note = ""
    if replaced and before[-1] < replaced <= first and set(context.months_loaded).issuperset(before):
        note = (
            f"Earlier quarters are left out: the published points were replaced in {write_month(replaced, full=True)}."
        )

    def build() -> Slices:
        quarters = [[add_months(first, 3 * q + i) for i in range(3)] for q in range(count)]
        values = np.stack([_per_cell(cells.cell, points.total(months), len(cells.grid)) for months in quarters])
        rates = 1000 * values / cells.exposure if cells.tested.rate else values
        found = emerging(rates, cells.weights, exposure=cells.exposure, counts=values)
        return Slices(first, last, count, found.emerging_class, found.hot.sum(axis=0), "", note)

    return _slices.answer(_question(selection, context), build)


def _class_of_hotspot(slices: Slices, cells: Cells, mine: np.ndarray) -> str:
    """The class that holds most of a hotspot's incidents; "" where there are no classes."""
    if slices.classes is None:
        return ""
    by_class = pd.Series(cells.incidents[mine]).groupby(slices.classes[mine]).sum().drop("", errors="ignore")
    return str(by_class.idxmax()) if len(by_class) else "sporadic"


def across_new_points(cursor: DuckDBPyConnection, months: Sequence[date], context: Context) -> str:
    """What must be said where a period has months on both sides of the day the points were replaced."""
    replaced = snap_points_date(cursor, context)
    if not (replaced and months and months[0] < replaced <= months[-1]):
        return ""
    return (
        f"The published points were replaced in {write_month(replaced, full=True)}, within this period: a place below "
        "LSOA has other points before and after."
    )


def points_caveat(
    cursor: DuckDBPyConnection, selection: Selection, context: Context, months: tuple[date, ...] = ()
) -> str:
    """What has no place on this map, in the months of the period unless others are given."""
    months = months or months_of(selection, context)
    key = ("unpointed", context.folder, months, selection.categories, selection.source)
    row = _unpointed.answer(key, lambda: unpointed(cursor, months, selection, context)).iloc[0]
    said = []
    if row["without_point"]:
        said.append(f"{int(row['without_point']):,} incidents have a ward but no point and are not on the map")
    if row["not_placed"]:
        said.append(f"{unplaced_words(row, selection)}: they may lie anywhere")
    return "; ".join(said)[:1].upper() + "; ".join(said)[1:] + "." if said else ""


def unplaced_words(row: Any, selection: Selection) -> str:
    """The rows without a place as a share of all rows kept: "1.4 % of the force's rows (2 of 140) have no place"."""
    lost, kept = int(row["not_placed"]), int(row["kept"])
    chosen = "" if selection.categories is None else " in these categories"
    return f"{percent(100 * lost / kept, 1)} of the force’s rows{chosen} ({lost:,} of {kept:,}) have no place"
