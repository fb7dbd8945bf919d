"""Fewer vertices for areas that share their edges."""

from __future__ import annotations

import numpy as np
import shapely

__all__ = ["simplified_coverage"]


def simplified_coverage(shapes: np.ndarray, tolerance: float) -> np.ndarray:
    """Polygons with fewer vertices, shared edges still shared: no gaps or overlaps between neighbours.

    Parameters
    ----------
    shapes : array of shapely geometry, shape (n,)
        In metres.
    tolerance : float
        Metres: corners whose triangle is smaller than a square of this side are smoothed away (Visvalingam and Whyatt).
        Neighbours whose edges do not match (different publishers, repaired shapes) are first made to.

    Examples
    --------
    >>> notched = shapely.from_wkt("POLYGON ((0 0, 500 0, 505 3, 510 0, 1000 0, 1000 1000, 0 1000, 0 0))")
    >>> len(simplified_coverage(np.array([notched]), 20)[0].exterior.coords)
    5
    """
    if not len(shapes) or tolerance <= 0:
        return shapes
    if not shapely.coverage_is_valid(shapes):
        shapes = _matched_edges(shapes)
    return shapely.coverage_simplify(shapes, tolerance)


def _matched_edges(shapes: np.ndarray) -> np.ndarray:
    """The shapes made to meet edge to edge; one that the cleaning would swallow whole keeps its own shape."""
    cleaned = shapely.coverage_clean(shapes)
    return np.where(shapely.is_empty(cleaned), shapes, cleaned)
