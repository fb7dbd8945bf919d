"""Police recorded crime of the Home Office's tables: what is in them, and the counts of partnerships."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from analytics.queries._run import run

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

__all__ = ["recorded_counts", "recorded_in_use"]


def recorded_in_use(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """A row is a quarter and an offence subgroup any partnership has in it; quarter_start is its first day."""
    return run(cursor, "recorded_in_use")


def recorded_counts(cursor: DuckDBPyConnection, partnerships: Iterable[str]) -> pd.DataFrame:
    """A row is a partnership, quarter and offence subgroup: partnership_code, quarter_start, offence, offences.

    Only rows that are a figure: what is unassigned, split, incomplete or not published has none.
    """
    return run(cursor, "recorded_counts", {"partnerships": sorted(set(partnerships))})
