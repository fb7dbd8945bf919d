"""Bands between contour lines of a grid of values, as polygons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["regions_above"]


def regions_above(
    values: npt.ArrayLike, levels: Sequence[float], *, origin: tuple[float, float], cell_size: float
) -> list[Any]:
    """For each level the region where the values, read straight between their places, reach it.

    The regions are nested: drawn one over the other, the lowest first, they make the bands of a contour map.

    Parameters
    ----------
    values : array of float, shape (rows, columns)
        At the centres of a grid's cells, first row southmost. Beyond the outermost centres there is nothing.
    origin : (easting, northing)
        Of the grid's south-west corner.
    cell_size : float
        Metres.

    Method: marching squares; where two opposite corners alone reach the level they are joined.

    Examples
    --------
    >>> peak = [[0, 0, 0], [0, 4, 0], [0, 0, 0]]
    >>> region, = regions_above(peak, [2], origin=(0, 0), cell_size=10)
    >>> region.equals(shapely.Polygon([(15, 10), (20, 15), (15, 20), (10, 15)]))
    True
    """
    z = np.asarray(values, dtype=float)
    east = origin[0] + (np.arange(z.shape[1]) + 0.5) * cell_size
    north = origin[1] + (np.arange(z.shape[0]) + 0.5) * cell_size
    return [_region(z, float(level), east, north) for level in levels]


def _region(z: Any, level: float, east: Any, north: Any) -> Any:
    above = z >= level
    rows, columns = np.nonzero(above[:-1, :-1] | above[:-1, 1:] | above[1:, 1:] | above[1:, :-1])
    if not rows.size:
        return shapely.Polygon()
    # Crossings are worked out once per edge, so neighbouring pieces share them to the last digit.
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (level - z[:, :-1]) / (z[:, 1:] - z[:, :-1])
        up = (level - z[:-1, :]) / (z[1:, :] - z[:-1, :])
    step = east[1] - east[0]
    level_x, upright_y = east[:-1] + along * step, north[:-1, None] + up * step

    def corner(dr: int, dc: int) -> tuple[Any, Any, Any]:
        r, c = rows + dr, columns + dc
        return east[c], north[r], above[r, c]

    def crossing(dr: int, dc: int, *, flat: bool) -> tuple[Any, Any, Any]:
        r, c = rows + dr, columns + dc
        if flat:
            return level_x[r, c], north[r], above[r, c] != above[r, c + 1]
        return east[c], upright_y[r, c], above[r, c] != above[r + 1, c]

    ring = [
        corner(0, 0), crossing(0, 0, flat=True), corner(0, 1), crossing(0, 1, flat=False),
        corner(1, 1), crossing(1, 0, flat=True), corner(1, 0), crossing(0, 0, flat=False),
    ]  # fmt: skip
    x, y = np.stack([place[0] for place in ring], axis=1), np.stack([place[1] for place in ring], axis=1)
    there = np.stack([place[2] for place in ring], axis=1)
    pieces = []
    for length in range(3, 9):
        some = there.sum(axis=1) == length
        if some.any():
            picked = there[some]
            corners = np.stack([x[some][picked], y[some][picked]], axis=-1).reshape(-1, length, 2)
            pieces.append(shapely.polygons(corners))
    whole = np.concatenate(pieces)
    return shapely.coverage_union_all(whole[shapely.area(whole) > 0])
