"""What a snapshot holds: areas, categories, families, sources, districts, coverage, breaks, indicators, surveys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from analytics.queries._run import run
from data.reference import categories

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "breaks",
    "coverage",
    "district_facts",
    "districts",
    "family_districts",
    "force_months",
    "incidents_by_force",
    "indicators",
    "loaded_areas",
    "loaded_categories",
    "loaded_families",
    "loaded_sources",
    "perceptions",
    "placed_rows",
    "quarantine",
]


def loaded_areas(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a ward or LSOA of the partnership: name, residents, households, km², deprivation; no shapes."""
    return run(cursor, "loaded_areas")


def loaded_categories(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a category with incidents in any district loaded: category, slug, short_name, is_asb, order."""
    found = set(run(cursor, "loaded_categories")["category"])
    listed = [vars(category) for category in categories() if category.category in found]
    return pd.DataFrame(listed, columns=["category", "slug", "short_name", "is_asb", "order"])


def loaded_families(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a configured family: family_id, family_name, members (ourselves counted), in the config's order."""
    return run(cursor, "loaded_families")


def loaded_sources(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a source with incidents in the partnership."""
    return run(cursor, "loaded_sources")


def districts(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a district of the lookups: its partnership, force, residents, households, and whether it is ours."""
    return run(cursor, "districts")


def district_facts(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a district of which it is known: imd_score (average deprivation), outline (WKB, EPSG:27700)."""
    return run(cursor, "district_facts")


def coverage(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a force, month and category with the rows read, kept, repeated, set aside, placed and not placed."""
    return run(cursor, "coverage")


def force_months(cursor: DuckDBPyConnection, months: Iterable[date] | None = None) -> pd.DataFrame:
    """A row is a force and month with a file; a force and month without a row is not loaded."""
    return run(cursor, "force_months", {"months": None if months is None else list(months)})


def incidents_by_force(cursor: DuckDBPyConnection, months: Iterable[date] | None = None) -> pd.DataFrame:
    """A row is a force and month: the partnership's incidents that stand in that force's files."""
    return run(cursor, "incidents_by_force", {"months": None if months is None else list(months)})


def breaks(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a dated, named cause from the break register, the committed ones and the partnership's own."""
    return run(cursor, "breaks")


def indicators(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is an indicator of the partnership's own: what it counts, which way is better, its target and date."""
    return run(cursor, "indicators")


def perceptions(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is an answer's share in one wave of a survey, for one area, in the order of the files."""
    return run(cursor, "perceptions")


def family_districts(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a district of a member of a family: the district's name and its force, missing where it is unknown."""
    return run(cursor, "family_districts")


def placed_rows(cursor: DuckDBPyConnection, months: Iterable[date] | None = None) -> pd.DataFrame:
    """A row is a month and whether the district is ours: the rows of street-level files placed there."""
    return run(cursor, "placed_rows", {"months": None if months is None else list(months)})


def quarantine(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a line of a file that could not be used: why, where it stands, and the line itself."""
    return run(cursor, "quarantine")
