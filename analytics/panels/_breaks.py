"""The break register as a chart needs it: what touches these months and categories, and which months are left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.months import label_range, write_month
from analytics.queries.loaded import breaks
from analytics.selection import Selection
from analytics.words import and_list, is_missing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["breaks_in_words", "breaks_touching", "excluded_months"]


def breaks_touching(
    cursor: DuckDBPyConnection, selection: Selection, months: Sequence[date], *, below_lsoa: bool = False
) -> pd.DataFrame:
    """A row is a break that these months, categories and wards meet.

    A break of some categories or wards is drawn where some are chosen and it touches one of them: on the whole it
    would say too much. Breaks of the map points count only below LSOA.
    """
    found = breaks(cursor)
    if not months or found.empty:
        return found.iloc[0:0]
    start = pd.to_datetime(found["date_from"]).dt.date
    end = pd.to_datetime(found["date_to"]).dt.date
    keep = (start <= months[-1]) & ((end >= months[0]) | (end.isna() & (start > months[0])))
    for column, chosen in (("categories", selection.categories), ("wards", selection.wards)):
        named = found[column]
        keep &= np.array([is_missing(n) or not len(n) or bool(set(n) & set(chosen or ())) for n in named])
    if not below_lsoa:
        keep &= found["break_id"] != "snap-points-2022"
    return found[keep].reset_index(drop=True)


def breaks_in_words(found: pd.DataFrame, months: Sequence[date]) -> str:
    """The breaks within these months by name and date, for a drawing too small to name them; empty where none is."""
    named = []
    for row in found.itertuples():
        start = pd.Timestamp(row.date_from).date()
        if not pd.isna(row.date_to):
            named.append(f"{row.label} ({label_range(start, pd.Timestamp(row.date_to).date())})")
        elif months[0] < start.replace(day=1) <= months[-1]:
            named.append(f"{row.label} ({write_month(start)})")
    return f"Within these months: {and_list(named)}." if named else ""


def excluded_months(found: pd.DataFrame, months: Sequence[date]) -> np.ndarray:
    """For each month whether a named cause leaves it out of limits and trend."""
    out = np.zeros(len(months), dtype=bool)
    for row in found[found["excluded"]].itertuples():
        start = pd.Timestamp(row.date_from).date().replace(day=1)
        end = months[-1] if pd.isna(row.date_to) else pd.Timestamp(row.date_to).date()
        out |= np.array([start <= month <= end for month in months])
    return out
