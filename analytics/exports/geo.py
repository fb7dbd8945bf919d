"""A panel's table with its shapes, for a geographic information system: GeoJSON and GeoPackage.

Attributes are the table's columns under the names they have in the CSV; missing is empty (null), never zero. Both files
carry what the figures are: title, finding, sources, licence, snapshot, query and caveats.
"""

from __future__ import annotations

import json
import math
import sqlite3
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from analytics.context import Context
from analytics.exports.provenance import provenance
from analytics.panels._model import Panel
from analytics.words import is_missing
from geo.projection import BRITISH_NATIONAL_GRID, to_degrees

__all__ = ["panel_geojson", "panel_gpkg"]

_DECIMALS = 6
"""Of degrees: about 0.1 m."""
_SCHEMA_TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
    constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name));
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
    max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
"""
"""OGC 12-128r18, requirements 102 to 105."""


def panel_geojson(panel: Panel, context: Context) -> bytes:
    """GeoJSON (RFC 7946, degrees of WGS84): a feature is a row of the panel's table.

    `metadata` and `columns` (name to heading) stand beside `features`. Raises ValueError for a panel without shapes.
    """
    shapes = [_degrees(shape) for shape in _shapes(panel)]
    rows = _rows(panel)
    whole = {
        "type": "FeatureCollection",
        "name": panel.id,
        "metadata": provenance(panel, context),
        "columns": {column.key: column.heading for column in panel.columns},
        "features": [
            {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))}
            for row, shape in zip(rows, shapes, strict=True)
        ],
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False).encode()


def panel_gpkg(panel: Panel, context: Context) -> bytes:
    """GeoPackage (metres of EPSG:27700): one layer named after the panel, a feature a row of its table.

    The headings stand as the columns' titles, provenance in the layer's description and metadata. Raises ValueError
    for a panel without shapes.
    """
    import geopandas as gpd  # here, because importing it takes a while

    shapes = _shapes(panel)
    told = {
        label: words if isinstance(words, str) else "; ".join(words)
        for label, words in provenance(panel, context).items()
    }
    frame = gpd.GeoDataFrame(_plain(panel), geometry=np.array(shapes, dtype=object), crs=BRITISH_NATIONAL_GRID)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{panel.id}.gpkg"
        frame.to_file(
            file, layer=panel.id, driver="GPKG", engine="pyogrio", geometry_type=_kind(shapes),
            layer_metadata=told, layer_options={"DESCRIPTION": "\n".join(f"{k}: {v}" for k, v in told.items()),
                                                "IDENTIFIER": panel.title, "FID": "feature"},
        )  # fmt: skip
        _name_columns(file, panel)
        return file.read_bytes()


def _shapes(panel: Panel) -> list[Any]:
    if panel.shapes is None:
        raise ValueError(f"panel {panel.id} has no shapes")
    shapes = panel.shapes() if callable(panel.shapes) else panel.shapes
    if len(shapes) != len(panel.table):
        raise ValueError(f"panel {panel.id} has {len(shapes)} shapes for {len(panel.table)} rows")
    return [shapely.orient_polygons(shape) for shape in shapes]


def _degrees(shape: Any) -> Any:
    def turn(metres: np.ndarray) -> np.ndarray:
        return np.column_stack(to_degrees(metres[:, 0], metres[:, 1])).round(_DECIMALS)

    return shapely.orient_polygons(shapely.transform(shape, turn))


def _rows(panel: Panel) -> list[dict[str, Any]]:
    keys = [column.key for column in panel.columns]
    months = {column.key for column in panel.columns if column.format == "month"}
    return [
        {key: _value(value, month=key in months) for key, value in zip(keys, row, strict=True)}
        for row in panel.table[keys].itertuples(index=False, name=None)
    ]


def _value(value: Any, *, month: bool) -> Any:
    if isinstance(value, (list, tuple)):
        return "; ".join(str(part) for part in value)
    if is_missing(value) or (isinstance(value, float) and math.isinf(value)):
        return None
    if isinstance(value, (date, datetime)):
        return f"{value:%Y-%m}" if month else f"{value:%Y-%m-%d}"
    if isinstance(value, np.generic):
        value = value.item()
    return float(f"{value:.10g}") if isinstance(value, float) else value


def _plain(panel: Panel) -> Any:
    """The columns as types a GeoPackage holds: text, whole numbers, numbers, yes or no."""
    import pandas as pd

    frame = pd.DataFrame(_rows(panel), columns=[column.key for column in panel.columns])
    for column in panel.columns:
        source = panel.table[column.key]
        if pd.api.types.is_bool_dtype(source):
            frame[column.key] = frame[column.key].astype("boolean")
        elif column.format == "integer":
            frame[column.key] = pd.to_numeric(frame[column.key]).round().astype("Int64")
        elif column.format not in {"text", "month", "date", "verdict"}:
            frame[column.key] = pd.to_numeric(frame[column.key]).astype("float64")
        else:
            frame[column.key] = frame[column.key].astype("str").where(frame[column.key].notna())
    return frame


def _kind(shapes: list[Any]) -> str | None:
    """The layer's one kind of geometry; None leaves it open."""
    kinds = {shape.geom_type for shape in shapes}
    if kinds and kinds <= {"Polygon", "MultiPolygon"}:
        return "MultiPolygon"
    return "Point" if kinds == {"Point"} else None


def _name_columns(file: Path, panel: Panel) -> None:
    """Headings as the titles of columns, as the standard's schema extension has them."""
    with sqlite3.connect(file) as base:
        base.executescript(_SCHEMA_TABLES)
        base.executemany(
            "INSERT OR REPLACE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', "
            "'http://www.geopackage.org/spec/#extension_schema', 'read-write')",
            [("gpkg_data_columns",), ("gpkg_data_column_constraints",)],
        )
        base.executemany(
            "INSERT OR REPLACE INTO gpkg_data_columns (table_name, column_name, title) VALUES (?, ?, ?)",
            [(panel.id, column.key, column.heading) for column in panel.columns],
        )
    base.close()
