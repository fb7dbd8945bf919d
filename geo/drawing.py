"""Areas as plain rings for a drawing without a map library: few vertices, neighbours still meeting."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from geo.simplify import simplified_coverage

__all__ = ["Drawing", "Rings", "drawing"]

Rings = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
"""Closed rings as (x, y) in whole metres; holes run the other way round than outer rings."""

_FINENESS = 900
_SMALLEST_ISLAND = 1.5


@dataclass(frozen=True, eq=False)
class Drawing:
    """Areas ready to draw, in metres from the south-west corner of all of them together.

    rings: by code. outline: of all areas together. points: by code, a place well inside the area's largest part,
    for its mark or name. land: all areas as one rough shape, to place names beside it.
    """

    rings: dict[str, Rings]
    outline: Rings
    points: dict[str, tuple[float, float]]
    land: Any
    width: float
    height: float


@lru_cache(maxsize=16)
def drawing(codes: tuple[str, ...], shapes: tuple[bytes, ...]) -> Drawing:
    """The drawing of areas given as WKB in metres; worked out once for the same areas.

    The detail kept suits the size of the whole: corners smaller than a 900th of its longer side are smoothed away,
    and islands that would be no larger than a speck left out (never an area's largest part).

    Parameters
    ----------
    codes : tuple of str
    shapes : tuple of bytes
        WKB polygons or multipolygons, EPSG:27700, one a code.

    Examples
    --------
    >>> squares = tuple(shapely.to_wkb(shapely.box(x, 0, x + 1000, 1000)) for x in (5000, 6000))
    >>> made = drawing(("a", "b"), squares)
    >>> made.width, made.height, made.points["b"]
    (2000.0, 1000.0, (1500.0, 500.0))
    >>> made.rings["a"]
    (((1000, 1000, 0, 0, 1000), (0, 1000, 1000, 0, 0)),)
    """
    exact = shapely.from_wkb(np.array(shapes, dtype=object))
    west, south, east, north = (float(v) for v in shapely.total_bounds(exact))
    grain = max(east - west, north - south) / _FINENESS
    simple = simplified_coverage(exact, grain)
    outline = shapely.union_all(simple)
    corner = np.array([west, south])
    centres = shapely.get_point(shapely.maximum_inscribed_circle(exact, tolerance=max(grain, 1.0)), 0)
    return Drawing(
        rings={code: _rings(shape, corner, grain) for code, shape in zip(codes, simple, strict=True)},
        outline=_rings(outline, corner, grain),
        points={
            code: (float(x - west), float(y - south))
            for code, x, y in zip(codes, shapely.get_x(centres), shapely.get_y(centres), strict=True)
        },
        land=shapely.transform(shapely.simplify(outline, 4 * grain), lambda metres: metres - corner),
        width=east - west,
        height=north - south,
    )


def _rings(shape: Any, corner: np.ndarray, grain: float) -> Rings:
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    kept = [part for i, part in enumerate(parts) if i == 0 or part.area > (_SMALLEST_ISLAND * grain) ** 2]
    rings = []
    for part in shapely.orient_polygons(np.array(kept, dtype=object)):
        for ring in (part.exterior, *part.interiors):
            metres = np.round(shapely.get_coordinates(ring) - corner).astype(int)
            rings.append((tuple(metres[:, 0].tolist()), tuple(metres[:, 1].tolist())))
    return tuple(rings)
