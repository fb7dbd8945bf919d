"""Counts of incidents by month, category, ward, LSOA or district.

Only pairs with an incident come back; which missing pair is a true zero and which is not loaded is the caller's to
say from the months loaded (`Context.months_loaded`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from analytics.queries._run import run

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

    from analytics.selection import Selection

__all__ = [
    "counts_by_district",
    "counts_by_lsoa_month",
    "counts_by_month",
    "counts_by_ward_category",
    "counts_by_ward_month",
    "counts_in_area",
]


def _filters(months: Iterable[date], selection: Selection) -> dict[str, Any]:
    return {
        "months": list(months),
        "categories": None if selection.categories is None else list(selection.categories),
        "wards": None if selection.wards is None else list(selection.wards),
        "source": selection.source,
    }


def counts_by_month(cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection) -> pd.DataFrame:
    """A row is a month and category: month, category, incidents."""
    return run(cursor, "counts_by_month", _filters(months, selection))


def counts_by_ward_month(cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection) -> pd.DataFrame:
    """A row is a ward and month: ward_code, month, incidents."""
    return run(cursor, "counts_by_ward_month", _filters(months, selection))


def counts_by_ward_category(cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection) -> pd.DataFrame:
    """A row is a ward, category and month: ward_code, category, month, incidents."""
    return run(cursor, "counts_by_ward_category", _filters(months, selection))


def counts_by_lsoa_month(cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection) -> pd.DataFrame:
    """A row is an LSOA and month: lsoa_code, month, incidents."""
    return run(cursor, "counts_by_lsoa_month", _filters(months, selection))


def counts_in_area(
    cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection, *, ward: str | None, lsoa: str | None
) -> pd.DataFrame:
    """A row is a category and month of one ward or one LSOA: category, month, incidents. Wards do not apply."""
    filters = _filters(months, selection)
    del filters["wards"]
    return run(cursor, "counts_in_area", {**filters, "ward": ward, "lsoa": lsoa})


def counts_by_district(cursor: DuckDBPyConnection, months: Iterable[date], selection: Selection) -> pd.DataFrame:
    """A row is a district and month: district_code, month, incidents. Wards do not apply to other districts."""
    filters = _filters(months, selection)
    del filters["wards"]
    return run(cursor, "counts_by_district", filters)
