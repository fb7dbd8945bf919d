"""The one area that is profiled: a ward, an LSOA, a drawn area or a hotspot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import shapely

from analytics.context import Context
from analytics.memo import Memo
from analytics.panels._hotspots import cells_of, hotspots_of, land_of, points_of
from analytics.panels._tables import areas_of
from analytics.queries.counts import counts_by_ward_month
from analytics.queries.shapes import area_shapes
from analytics.selection import Selection

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Area", "area_of", "area_shape", "drawn_ring"]

Kind = Literal["ward", "lsoa", "drawn", "hotspot"]

_shapes: Memo[dict[str, Any]] = Memo(size=8)
_shares: Memo[dict[str, float]] = Memo(size=64)


@dataclass(frozen=True, eq=False)
class Area:
    """name stands in sentences. shape: in metres, None where no boundary is loaded; empty: wholly off the land.

    visitors: most people there are visitors, so a rate per resident says little and stands in no finding.
    population, households: NaN where not known; shared_out: they are LSOAs' figures shared out by area. notes: what a
    careful reader must know of it.
    """

    kind: Kind
    name: str
    code: str
    shape: Any
    population: float
    households: float
    area_km2: float
    shared_out: bool = False
    visitors: bool = False
    notes: tuple[str, ...] = ()
    points: np.ndarray | None = None
    """Of a hotspot: its published points as easting + i·northing, those of its cells and no others."""


def area_shape(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Any:
    """The shape of the area the address names, for the map; None where it names none or no boundary is loaded."""
    if not selection.area:
        return None
    area = area_of(cursor, selection, context)
    return None if area is None or area.shape is None or area.shape.is_empty else area.shape


def drawn_ring(area: str | None) -> list[tuple[float, float]] | None:
    """The corners in an `area` of the address; None where it names a ward or an LSOA.

    >>> drawn_ring("100,200,300,200,300,400"), drawn_ring("E05000001")
    ([(100.0, 200.0), (300.0, 200.0), (300.0, 400.0)], None)
    """
    if not area or "," not in area:
        return None
    parts = [float(part) for part in area.split(",")]
    return list(zip(parts[::2], parts[1::2], strict=True))


def area_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Area | None:
    """The area asked for; without one the hotspot looked at, else the ward with the most incidents.

    None where the area is not loaded, or nothing can be picked.
    """
    if ring := drawn_ring(selection.area):
        return _drawn(cursor, ring, context)
    if selection.area:
        return _named(cursor, selection.area, context)
    if selection.spot != "0" and land_of(cursor, selection, context) is not None:
        found = hotspots_of(cursor, selection, context)
        rank = int(selection.spot)
        if rank <= len(found.frame):
            name = f"Hotspot {rank}, {found.frame['area'].iloc[rank - 1]}"
            made = _shaped(cursor, "hotspot", name, found.outlines[rank - 1], context)
            cells, points = cells_of(cursor, selection, context), points_of(cursor, selection, context)
            mine = points.frame[(cells.cell >= 0) & (found.rank[cells.cell] == rank)]
            return replace(made, points=mine["easting"].to_numpy() + 1j * mine["northing"].to_numpy())
    months = tuple(month for month in selection.months if month in set(context.months_loaded))
    counted = counts_by_ward_month(cursor, months, selection).groupby("ward_code")["incidents"].sum()
    codes = selection.wards or tuple(ward.code for ward in context.wards)
    if not codes:
        return None
    return _named(cursor, str(counted.reindex(list(codes), fill_value=0).idxmax()), context)


def _named(cursor: DuckDBPyConnection, code: str, context: Context) -> Area | None:
    areas = areas_of(cursor, context)
    rows = areas[areas["code"] == code]
    if rows.empty:
        return None
    row = rows.iloc[0]
    kind: Literal["ward", "lsoa"] = "ward" if row["area_type"] == "ward" else "lsoa"
    shape = _shapes_of(cursor, kind, context).get(code)
    population, households, km2 = (_number(row[key]) for key in ("population", "households", "area_km2"))
    flagged = kind == "ward" and not pd.isna(row["visitor_ward"]) and bool(row["visitor_ward"])
    notes = ("A ward with many visitors: a rate per resident says little there.",) if flagged else ()
    return Area(kind, str(row["name"]), code, shape, population, households, km2, visitors=flagged, notes=notes)


def _number(value: Any) -> float:
    return float("nan") if pd.isna(value) else float(value)


def _shapes_of(cursor: DuckDBPyConnection, kind: Literal["ward", "lsoa"], context: Context) -> dict[str, Any]:
    def read() -> dict[str, Any]:
        frame = area_shapes(cursor, kind)
        shapes = shapely.from_wkb(np.array([bytes(shape) for shape in frame["shape"]], dtype=object))
        return dict(zip(frame["code"], shapes, strict=True))

    return _shapes.answer((context.folder, kind), read)


def _drawn(cursor: DuckDBPyConnection, ring: list[tuple[float, float]], context: Context) -> Area:
    shape = shapely.Polygon(ring)
    notes: tuple[str, ...] = ()
    if not shape.is_valid:
        shape = shapely.make_valid(shape)
        notes = ("The lines of the drawn area cross each other: every part they enclose is counted.",)
    made = _shaped(cursor, "drawn", "The drawn area", shape, context)
    return replace(made, notes=(*notes, *made.notes))


def _shaped(cursor: DuckDBPyConnection, kind: Kind, name: str, shape: Any, context: Context) -> Area:
    """A shape, its area on the partnership's land, and the residents of the LSOAs it lies in, shared out by area."""
    land = _shapes_of(cursor, "ward", context)
    whole = shapely.union_all(list(land.values())) if land else None
    inside = shape if whole is None else shapely.intersection(shape, whole)
    notes: tuple[str, ...] = ()
    lost = shape.area - inside.area
    if kind == "drawn" and inside.area > 0 and lost > 0.02 * shape.area:
        notes = ("A part of the drawn area lies off the partnership's land: nothing is known of it.",)
    busy = _in_visitor_wards(cursor, inside, context)
    if kind == "hotspot":
        notes = ("A hotspot is where people come together: a rate per resident says little there.",)
    elif busy:
        notes = (*notes, "Mostly in a ward with many visitors: a rate per resident says little there.")
    people = _shares.answer((context.folder, shapely.to_wkb(inside)), lambda: _shared_out(cursor, inside, context))
    return Area(
        kind,
        name,
        "",
        inside if inside.is_empty else shape,  # published points on the water's edge may lie just off the land
        people["population"],
        people["households"],
        inside.area / 1e6,
        shared_out=True,
        visitors=kind == "hotspot" or busy,
        notes=notes,
    )


def _in_visitor_wards(cursor: DuckDBPyConnection, shape: Any, context: Context) -> bool:
    """Whether half of a shape or more lies in wards with many visitors."""
    areas = areas_of(cursor, context)
    flagged = areas[(areas["area_type"] == "ward") & areas["visitor_ward"].fillna(False).astype(bool)]
    wards = _shapes_of(cursor, "ward", context)
    parts = [shapely.intersection(shape, wards[code]).area for code in flagged["code"] if code in wards]
    return bool(shape.area > 0 and sum(parts) >= shape.area / 2)


def _shared_out(cursor: DuckDBPyConnection, shape: Any, context: Context) -> dict[str, float]:
    shapes = _shapes_of(cursor, "lsoa", context)
    areas = areas_of(cursor, context)
    lsoas = areas[areas["area_type"] == "lsoa"].set_index("code")
    unknown = {"population": float("nan"), "households": float("nan")}
    if not shapes or shape.is_empty or not set(lsoas.index) <= set(shapes):
        return unknown
    outlines = np.array([shapes[code] for code in lsoas.index], dtype=object)
    part = shapely.area(shapely.intersection(outlines, shape)) / shapely.area(outlines)
    some = part > 0
    return {key: float((part[some] * lsoas[key].astype("float64").to_numpy()[some]).sum()) for key in unknown}
