"""Incidents by published point: where exactly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from analytics.queries._run import run

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

    from analytics.context import Context
    from analytics.selection import Selection

__all__ = ["categories_by_point", "counts_by_point", "counts_in_box", "incident_points", "points_used", "unpointed"]


def incident_points(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a published point: easting, northing, ward_code and lsoa_code (missing in the margin), location, inside,
    longitude, latitude. Ordered by easting, then northing."""
    return run(cursor, "incident_points")


def counts_by_point(cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection) -> pd.DataFrame:
    """A row is a point and month: easting, northing, month, incidents; the margin around the partnership included.

    Wards do not apply: incidents beyond a chosen ward's edge count in its density.
    """
    return run(cursor, "counts_by_point", _filters(months, selection))


def categories_by_point(cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection) -> pd.DataFrame:
    """A row is a point of the partnership and a category: easting, northing, category, incidents, months_active."""
    return run(cursor, "categories_by_point", _filters(months, selection))


def counts_in_box(
    cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection, box: tuple[float, float, float, float]
) -> pd.DataFrame:
    """A row is a point of the partnership within a box (west, south, east, north), a category and a month."""
    sides = dict(zip(("west", "south", "east", "north"), box, strict=True))
    return run(cursor, "counts_in_box", {**_filters(months, selection), **sides})


def points_used(cursor: DuckDBPyConnection, first: date | None, before: date | None) -> pd.DataFrame:
    """A row is a point of the partnership with an incident of any category from `first` on and `before` a month:
    easting, northing, ward_code. None: no limit."""
    return run(cursor, "points_used", {"first": first, "before": before})


def unpointed(
    cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection, context: Context
) -> pd.DataFrame:
    """One row: without_point (in a ward, but on no point), not_placed and kept rows of our own forces' files."""
    filters = _filters(months, selection)
    del filters["source"]
    return run(cursor, "unpointed", {**filters, "forces": list(context.forces)})


def _filters(months: Iterable[date], selection: Selection) -> dict[str, object]:
    return {
        "months": list(months),
        "categories": None if selection.categories is None else list(selection.categories),
        "source": selection.source,
    }
