"""The comparator families: their members, and the incidents of their districts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from analytics.queries._run import run

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

__all__ = ["family_counts", "family_members"]


def family_members(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a district of a member of a family: names, force, residents, households; the list's source and date."""
    return run(cursor, "family_members")


def family_counts(
    cursor: DuckDBPyConnection,
    districts: Iterable[str],
    *,
    period: Iterable[date],
    current: Iterable[date],
    previous: Iterable[date],
    categories: Iterable[str] | None,
) -> pd.DataFrame:
    """A row is a district and category: incidents of the period, and of both sides of the comparison.

    Which district has these months is the caller's to say: a count here may be of some of them alone.
    """
    sides = {"period": list(period), "current": list(current), "previous": list(previous)}
    parameters = {
        **sides,
        "months": sorted({month for side in sides.values() for month in side}),
        "districts": list(districts),
        "categories": None if categories is None else list(categories),
    }
    return run(cursor, "family_counts", parameters)
