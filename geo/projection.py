"""Longitude and latitude (WGS84) to British National Grid metres (EPSG:27700) and back.

One fixed formula is used everywhere: the seven-parameter Helmert transformation that the Ordnance Survey publishes
(EPSG:1314, "OSGB36 to WGS 84 (6)"). It agrees with the Ordnance Survey's grid-based OSTN15 to about 2 m, at worst 5 m.
OSTN15 itself is a grid file that PROJ would have to download; left to itself, PROJ picks whichever of eight formulas it
can find on the machine, point by point, so the same extract could be placed differently on two computers. Points and
polygons pass through the same formula here, so they agree with each other exactly; a few metres matter nothing for
published points, which are themselves snapped to places tens of metres away.

No function here touches the network: PROJ's own downloading is switched off when this module is imported.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
import pyproj.network

__all__ = ["BRITISH_NATIONAL_GRID", "WGS84", "to_degrees", "to_metres"]

BRITISH_NATIONAL_GRID = "EPSG:27700"
WGS84 = "EPSG:4326"

FloatArray = npt.NDArray[np.float64]

# EPSG:1314 (inverse) between the WGS84 and Airy 1830 ellipsoids, then the National Grid's transverse Mercator
# projection.
_DEGREES_TO_METRES = (
    "+proj=pipeline "
    "+step +proj=unitconvert +xy_in=deg +xy_out=rad "
    "+step +proj=push +v_3 "
    "+step +proj=cart +ellps=WGS84 "
    "+step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector "
    "+step +inv +proj=cart +ellps=airy "
    "+step +proj=pop +v_3 "
    "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)

pyproj.network.set_network_enabled(active=False)


@lru_cache(maxsize=1)
def _transformer() -> pyproj.Transformer:
    return pyproj.Transformer.from_pipeline(_DEGREES_TO_METRES)


def to_metres(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Easting and northing, in metres, of points given in degrees (WGS84).

    Parameters
    ----------
    longitude, latitude : array-like of float, shape (n,) or scalars
        Degrees. NaN (no location) is allowed and stays NaN.

    Returns
    -------
    easting, northing : ndarray of float64, the shape of the input
        EPSG:27700 metres; NaN where either coordinate is NaN, infinite, or no place on Earth. See the module's
        docstring for the accuracy (about 2 m, at worst 5 m).

    Examples
    --------
    The Ordnance Survey's worked example, Caister water tower (651409.903, 313177.270):

    >>> easting, northing = to_metres([1.716073973, float("nan")], [52.658007833, float("nan")])
    >>> bool(abs(easting[0] - 651_409.9) < 5 and abs(northing[0] - 313_177.3) < 5)
    True
    >>> bool(np.isnan(easting[1]) and np.isnan(northing[1]))
    True
    """
    longitude, latitude = _float_array(longitude), _float_array(latitude)
    impossible = ~((np.abs(longitude) <= 180) & (np.abs(latitude) <= 90))
    easting, northing = _transformer().transform(longitude, latitude)
    return _without_infinity(easting, impossible), _without_infinity(northing, impossible)


def to_degrees(easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Longitude and latitude, in degrees (WGS84), of British National Grid points; the inverse of :func:`to_metres`.

    Examples
    --------
    >>> longitude, latitude = to_degrees(*to_metres([0.3252], [51.4774]))
    >>> [round(float(longitude[0]), 6), round(float(latitude[0]), 6)]
    [0.3252, 51.4774]
    """
    easting, northing = _float_array(easting), _float_array(northing)
    impossible = ~(np.isfinite(easting) & np.isfinite(northing))
    longitude, latitude = _transformer().transform(easting, northing, direction="INVERSE")
    return _without_infinity(longitude, impossible), _without_infinity(latitude, impossible)


def _float_array(values: npt.ArrayLike) -> FloatArray:
    return np.array(values, dtype=np.float64)  # a copy: pyproj may write into what it is given


def _without_infinity(values: npt.ArrayLike, impossible: npt.NDArray[np.bool_]) -> FloatArray:
    """PROJ marks what it cannot transform with infinity; everyone else here marks it with NaN."""
    values = np.asarray(values, dtype=np.float64)
    return np.where(impossible | ~np.isfinite(values), np.nan, values)
