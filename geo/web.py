"""Boundary layers for the map in the browser: longitude and latitude, simplified, neighbours still meeting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.projection import BRITISH_NATIONAL_GRID, to_degrees
from geo.simplify import simplified_coverage

__all__ = ["dissolved", "simplified", "write_layer", "write_outline"]

TOLERANCE_METRES = 10.0
DECIMALS = 5  # about one metre


def write_layer(areas: gpd.GeoDataFrame, path: str | Path, *, tolerance: float = TOLERANCE_METRES) -> None:
    """Write areas as GeoJSON for the browser: WGS84, 5 decimals, feature ``id`` = code, properties ``code`` and
    ``name``.

    Areas without a shape are left out.

    Parameters
    ----------
    areas : GeoDataFrame
        ``code``, ``name``, ``geometry`` (EPSG:27700).
    path : str or Path
    tolerance : float
        Metres; see :func:`simplified`.
    """
    _write(simplified(areas, tolerance=tolerance), Path(path))


def write_outline(
    areas: gpd.GeoDataFrame, path: str | Path, *, code: str, name: str, tolerance: float = TOLERANCE_METRES
) -> None:
    """Write the outline of all areas together as a layer of one feature.

    The areas are simplified first and joined after, so the outline runs exactly along the edges of the layer that
    :func:`write_layer` makes of the same areas.
    """
    _write(dissolved(simplified(areas, tolerance=tolerance), code=code, name=name), Path(path))


def simplified(areas: gpd.GeoDataFrame, *, tolerance: float = TOLERANCE_METRES) -> gpd.GeoDataFrame:
    """Areas with fewer vertices, shared edges still shared: no gaps or overlaps between neighbours.

    Parameters
    ----------
    areas : GeoDataFrame
        ``code``, ``name``, ``geometry`` (EPSG:27700). Rows without a shape are left out.
    tolerance : float
        Metres: corners whose triangle is smaller than a square of this side are smoothed away (Visvalingam and Whyatt).
        Neighbours whose edges do not match (different publishers, repaired shapes) are first made to.
    """
    areas = areas[areas.geometry.notna()]
    shapes = simplified_coverage(areas.geometry.to_numpy(), tolerance)
    return gpd.GeoDataFrame(areas[["code", "name"]], geometry=shapes, crs=BRITISH_NATIONAL_GRID)


def dissolved(areas: gpd.GeoDataFrame, *, code: str, name: str) -> gpd.GeoDataFrame:
    """One area of all areas together, without inner edges (EPSG:27700).

    Examples
    --------
    >>> squares = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> dissolved(squares, code="E22", name="Both").geometry.area.tolist()
    [2.0]
    """
    shapes = areas.geometry[areas.geometry.notna()].to_numpy()
    return gpd.GeoDataFrame(
        {"code": [code], "name": [name]}, geometry=[shapely.union_all(shapes)], crs=BRITISH_NATIONAL_GRID
    )


def _write(areas: gpd.GeoDataFrame, path: Path) -> None:
    degrees = shapely.transform(areas.geometry.to_numpy(), _rounded_degrees)
    degrees = shapely.orient_polygons(degrees)  # outer rings anticlockwise, as RFC 7946 asks
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "id": code,
            "properties": {"code": code, "name": name},
            "geometry": json.loads(shapely.to_geojson(geometry)),
        }
        for code, name, geometry in zip(areas["code"], areas["name"], degrees, strict=True)
    ]
    layer = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(layer, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _rounded_degrees(metres: np.ndarray) -> np.ndarray:
    return np.round(np.column_stack(to_degrees(metres[:, 0], metres[:, 1])), DECIMALS)
