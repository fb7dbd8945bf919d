"""The files a panel can be had as. A new format is one entry in FORMATS: the route and the buttons follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.context import Context
from analytics.exports.csv import panel_csv
from analytics.exports.geo import panel_geojson, panel_gpkg
from analytics.panels._model import Panel

__all__ = ["FORMATS", "Format", "offered"]


@dataclass(frozen=True)
class Format:
    """A kind of file: its ending, its name on a button, its icon and what the button is for."""

    ending: str
    name: str
    icon: str
    purpose: str
    mimetype: str
    write: Callable[[Panel, Context], str | bytes]
    has: Callable[[Panel], bool]
    """Whether a panel can be had as this."""


def _has_shapes(panel: Panel) -> bool:
    return panel.shapes is not None and len(panel.table) > 0


FORMATS: dict[str, Format] = {
    each.ending: each
    for each in (
        Format("csv", "CSV", "download", "for a spreadsheet", "text/csv", panel_csv, lambda panel: True),
        Format("geojson", "GeoJSON", "geojson", "for a map, in degrees (EPSG:4326)", "application/geo+json",
               panel_geojson, _has_shapes),
        Format("gpkg", "GeoPackage", "gpkg", "for a map, in metres (EPSG:27700)", "application/geopackage+sqlite3",
               panel_gpkg, _has_shapes),
    )
}  # fmt: skip
"""By the ending of the file's name."""


def offered(panel: Panel) -> list[Format]:
    """The formats a panel can be had as, the CSV first."""
    return [each for each in FORMATS.values() if each.has(panel)]
