"""The offline map: a style without sources, the view that fits an area, and the length of a scale bar."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

__all__ = ["MapView", "ScaleBar", "map_view", "offline_style", "scale_bar"]

# MapLibre draws the whole world on a square of this many pixels at zoom 0.
_WORLD_PIXELS = 512
_EARTH_CIRCUMFERENCE_METRES = 40_075_016.686
_MERCATOR_LATITUDE = 85.05
_LARGEST_ZOOM = 20.0


class MapView(NamedTuple):
    """Where the map looks: centre in degrees and MapLibre's zoom."""

    longitude: float
    latitude: float
    zoom: float


class ScaleBar(NamedTuple):
    """A round distance, how long it is on the screen, and how it is written."""

    metres: int
    pixels: float
    label: str


def offline_style(background: str) -> dict[str, Any]:
    """A MapLibre style that draws one background colour and asks nobody for anything: no sources, no glyphs, no
    sprites.

    Parameters
    ----------
    background : str
        A CSS colour.

    Examples
    --------
    >>> offline_style("#ffffff")["sources"]
    {}
    """
    return {
        "version": 8,
        "name": "offline",
        "sources": {},
        "layers": [{"id": "background", "type": "background", "paint": {"background-color": background}}],
    }


def map_view(bounds: tuple[float, float, float, float], width: float, height: float, *, padding: float = 16) -> MapView:
    """The view that shows the bounds whole and as large as fits.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north, in degrees.
    width, height : float
        Size of the map in pixels.
    padding : float
        Pixels kept free on every side.

    Examples
    --------
    >>> view = map_view((0.21, 51.45, 0.55, 51.57), 600, 400)
    >>> round(view.longitude, 2), round(view.latitude, 2), round(view.zoom, 1)
    (0.38, 51.51, 10.2)
    """
    west, south, east, north = bounds
    if not (math.isfinite(west + south + east + north) and west <= east and south <= north):
        raise ValueError(f"bounds should be west, south, east, north in degrees, not {bounds}")
    usable_width, usable_height = max(width - 2 * padding, 1.0), max(height - 2 * padding, 1.0)
    y_south, y_north = _mercator_y(south), _mercator_y(north)
    share_of_world = max((east - west) / 360 / usable_width, (y_south - y_north) / usable_height)
    zoom = _LARGEST_ZOOM
    if share_of_world > 0:
        zoom = min(_LARGEST_ZOOM, -math.log2(share_of_world * _WORLD_PIXELS))
    return MapView((west + east) / 2, _latitude((y_south + y_north) / 2), max(zoom, 0.0))


def scale_bar(latitude: float, zoom: float, *, largest_pixels: float = 120) -> ScaleBar:
    """The longest round distance (1, 2 or 5 times a power of ten) whose bar is no longer than ``largest_pixels``.

    Parameters
    ----------
    latitude : float
        Degrees, of the middle of the map.
    zoom : float
        MapLibre's zoom.
    largest_pixels : float

    Examples
    --------
    >>> bar = scale_bar(51.5, 11)
    >>> bar.metres, bar.label, round(bar.pixels)
    (2000, '2 km', 84)
    """
    metres_per_pixel = _EARTH_CIRCUMFERENCE_METRES * math.cos(math.radians(latitude)) / (_WORLD_PIXELS * 2**zoom)
    largest_metres = max(metres_per_pixel * largest_pixels, 1.0)
    power = 10 ** math.floor(math.log10(largest_metres))
    metres = int(max(step * power for step in (1, 2, 5) if step * power <= largest_metres))
    label = f"{metres // 1000:,} km" if metres >= 1000 else f"{metres} m"
    return ScaleBar(metres, metres / metres_per_pixel, label)


def _mercator_y(latitude: float) -> float:
    """Distance from the top of the web map as a share of the world's height."""
    radians = math.radians(min(max(latitude, -_MERCATOR_LATITUDE), _MERCATOR_LATITUDE))
    return 0.5 - math.asinh(math.tan(radians)) / (2 * math.pi)


def _latitude(mercator_y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * mercator_y))))
