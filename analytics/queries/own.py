"""What the partnership configured of its own for its priorities, and incidents of problems that are no category."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from analytics.queries._run import run

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

__all__ = [
    "counts_by_offence",
    "counts_of_problem",
    "offence_coded_months",
    "own_harm_weights",
    "own_problems",
    "points_by_category",
    "points_of_problem",
    "recorded_by_offence",
]


def own_problems(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a configured problem: problem_id, name, categories, codes, wards, in the config's order."""
    return run(cursor, "own_problems")


def own_harm_weights(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a configured harm weight of a category or offence code, in the config's order of sets."""
    return run(cursor, "own_harm_weights")


def counts_of_problem(
    cursor: DuckDBPyConnection,
    months: Iterable[date],
    *,
    categories: Iterable[str],
    codes: Iterable[str],
    wards: Iterable[str],
) -> pd.DataFrame:
    """A row is a month, category and offence code (missing where none is known) of a problem: incidents."""
    return run(cursor, "counts_of_problem", _covers(months, categories, codes, wards))


def points_of_problem(
    cursor: DuckDBPyConnection,
    months: Iterable[date],
    *,
    categories: Iterable[str],
    codes: Iterable[str],
    wards: Iterable[str],
) -> pd.DataFrame:
    """A row is a published point and month of a problem: easting, northing, month, incidents."""
    return run(cursor, "points_of_problem", _covers(months, categories, codes, wards))


def points_by_category(cursor: DuckDBPyConnection, months: Iterable[date]) -> pd.DataFrame:
    """A row is a published point of the partnership, month and category: easting, northing, incidents."""
    return run(cursor, "points_by_category", {"months": list(months)})


def counts_by_offence(cursor: DuckDBPyConnection, months: Iterable[date]) -> pd.DataFrame:
    """A row is a category and offence code (missing where none is known) of the partnership: incidents."""
    return run(cursor, "counts_by_offence", {"months": list(months)})


def offence_coded_months(cursor: DuckDBPyConnection) -> set[date]:
    """Months in which incidents of the partnership have offence codes."""
    return {month.date() for month in run(cursor, "offence_coded_months")["month"]}


def recorded_by_offence(cursor: DuckDBPyConnection, partnerships: Iterable[str], year: str) -> pd.DataFrame:
    """A row is an offence code and subgroup in the Home Office's tables of one financial year: incidents."""
    return run(cursor, "recorded_by_offence", {"partnerships": list(partnerships), "year": year})


def _covers(
    months: Iterable[date], categories: Iterable[str], codes: Iterable[str], wards: Iterable[str]
) -> dict[str, object]:
    return {"months": list(months), "categories": list(categories), "codes": list(codes), "wards": list(wards)}
