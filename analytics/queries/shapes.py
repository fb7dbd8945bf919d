"""The shapes areas are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analytics.queries._run import run

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

__all__ = ["area_shapes", "loaded_overlays", "overlays"]


def area_shapes(cursor: DuckDBPyConnection, area_type: Literal["ward", "lsoa"]) -> pd.DataFrame:
    """A row is an area with a shape: code, name, shape (WKB as bytes, metres of EPSG:27700)."""
    return run(cursor, "area_shapes", {"area_type": area_type})


def overlays(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a place of the partnership's own: overlay (slug), overlay_name, label, kind, shape (WKB, metres)."""
    return run(cursor, "overlays")


def loaded_overlays(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is an overlay: overlay (slug), overlay_name, places; in the configuration's order."""
    return run(cursor, "loaded_overlays")
