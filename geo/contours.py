"""Bands between contour lines of a grid of values, as polygons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
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

    Method: marching squares, by contourpy (the library behind matplotlib's contours).

    Examples
    --------
    >>> peak = [[0, 0, 0], [0, 4, 0], [0, 0, 0]]
    >>> region, = regions_above(peak, [2], origin=(0, 0), cell_size=10)
    >>> region.equals(shapely.Polygon([(15, 10), (20, 15), (15, 20), (10, 15)]))
    True
    """
    from contourpy import FillType, contour_generator  # here, because most pages draw no contours

    z = np.asarray(values, dtype=float)
    east = origin[0] + (np.arange(z.shape[1]) + 0.5) * cell_size
    north = origin[1] + (np.arange(z.shape[0]) + 0.5) * cell_size
    generator = contour_generator(east, north, z, fill_type=FillType.OuterOffset)
    return [_joined(*generator.filled(level, np.inf)) for level in levels]


def _joined(points: Sequence[Any], offsets: Sequence[Any]) -> Any:
    """Outer rings, each followed by its holes, as one valid geometry."""
    parts = []
    for places, starts in zip(points, offsets, strict=True):
        rings = [places[a:b] for a, b in pairwise(starts)]
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.make_valid(shapely.MultiPolygon(parts)) if parts else shapely.Polygon()
