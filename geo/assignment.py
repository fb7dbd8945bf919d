"""Which area each point lies in, or lies nearest to."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

__all__ = ["assign_areas", "nearest_area"]

_Find = Callable[[shapely.STRtree, npt.NDArray[np.object_]], npt.NDArray[np.intp]]


def assign_areas(easting: npt.ArrayLike, northing: npt.ArrayLike, areas: gpd.GeoDataFrame) -> pd.Series:
    """Code of the area each point lies in.

    A point on the edge of an area is in it; on an edge that several share, it is in the one whose code comes first,
    whatever the order of the areas.

    Parameters
    ----------
    easting, northing : array-like of float, shape (n,)
        Metres, EPSG:27700. NaN (no location) is allowed.
    areas : GeoDataFrame
        ``code`` and ``geometry`` (EPSG:27700), as from :func:`geo.boundaries.read_boundaries`.

    Returns
    -------
    Series of str, length n
        Null for points in no area or without location. Carries the index of ``easting`` if that is a Series.

    Notes
    -----
    Published points repeat: each distinct pair of coordinates is looked up once.

    Examples
    --------
    >>> squares = gpd.GeoDataFrame({"code": ["B", "A"]}, geometry=[shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)])
    >>> assign_areas([0.5, 1.0, 1.5, 9.0], [0.5, 0.5, 0.5, 0.5], squares).tolist()
    ['A', 'A', 'B', nan]
    """

    def containing(tree: shapely.STRtree, points: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
        return tree.query(points, predicate="intersects")

    return _codes_of_points(easting, northing, areas, containing)


def nearest_area(
    easting: npt.ArrayLike, northing: npt.ArrayLike, areas: gpd.GeoDataFrame, max_distance: float | None = None
) -> pd.Series:
    """Code of the area nearest to each point; the area itself for a point inside one.

    Parameters
    ----------
    easting, northing, areas
        As in :func:`assign_areas`.
    max_distance : float, optional
        Metres; farther areas do not count. No limit if not given.

    Returns
    -------
    Series of str, length n
        Null for points without location, and for those with no area within ``max_distance``. Of areas at the same
        distance the one whose code comes first.

    Examples
    --------
    >>> squares = gpd.GeoDataFrame({"code": ["B", "A"]}, geometry=[shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)])
    >>> nearest_area([2.5, 5.0], [0.5, 0.5], squares, max_distance=1.0).tolist()
    ['B', nan]
    """

    def nearest(tree: shapely.STRtree, points: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
        return tree.query_nearest(points, max_distance=max_distance, all_matches=True)

    return _codes_of_points(easting, northing, areas, nearest)


def _codes_of_points(
    easting: npt.ArrayLike, northing: npt.ArrayLike, areas: gpd.GeoDataFrame, find: _Find
) -> pd.Series:
    """Look up each distinct point with ``find`` (pairs of point and area numbers); map the codes back to all."""
    index = easting.index if isinstance(easting, pd.Series) else None
    x = np.asarray(easting, dtype=np.float64)
    y = np.asarray(northing, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(f"easting and northing should be of one length, not {x.shape} and {y.shape}")
    in_code_order = areas[areas.geometry.notna()].sort_values("code")
    codes = in_code_order["code"].tolist()
    located = np.isfinite(x) & np.isfinite(y)
    # One complex number per point: pandas numbers the distinct ones by hashing, without sorting.
    place_of_point, places = pd.factorize(x[located] + 1j * y[located])
    area_of_place = np.full(len(places), len(codes))
    if len(places) and len(codes):
        tree = shapely.STRtree(in_code_order.geometry.to_numpy())
        place, area = find(tree, shapely.points(places.real, places.imag))
        np.minimum.at(area_of_place, place, area)
    area_of_point = np.full(len(x), len(codes))
    area_of_point[located] = area_of_place[place_of_point]
    return pd.Series(np.array([*codes, None], dtype=object)[area_of_point], index=index, dtype="str")
