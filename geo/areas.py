"""Sizes of areas and places for their labels."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.projection import to_degrees

__all__ = ["area_km2", "label_points"]


def area_km2(areas: gpd.GeoDataFrame) -> pd.Series:
    """Area of each shape in square kilometres; null where there is no shape.

    Examples
    --------
    >>> area_km2(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2000, 500)])).tolist()
    [1.0]
    """
    return pd.Series(shapely.area(areas.geometry.to_numpy()) / 1e6, index=areas.index)


def label_points(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """A point well inside each area, where its label reads best.

    The centre of the largest circle that fits into the area, so it lies inside even a crescent, and in the largest part
    of an area of several parts.

    Returns
    -------
    DataFrame, index of ``areas``
        ``longitude``, ``latitude`` (degrees) and ``easting``, ``northing`` (metres); null where there is no shape.
    """
    shapes = areas.geometry.to_numpy()
    tolerance = np.sqrt(np.nan_to_num(shapely.area(shapes))) / 200 + 0.1
    radii = shapely.maximum_inscribed_circle(shapes, tolerance=tolerance)  # a line from the centre to the edge
    centre = shapely.get_point(radii, 0)
    easting, northing = shapely.get_x(centre), shapely.get_y(centre)
    longitude, latitude = to_degrees(easting, northing)
    return pd.DataFrame(
        {"longitude": longitude, "latitude": latitude, "easting": easting, "northing": northing}, index=areas.index
    )
