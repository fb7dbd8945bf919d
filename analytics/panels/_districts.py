"""Which months of a district are loaded: those with the file of the district's own force, judged in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from analytics.context import Context
from analytics.panels._data import as_months
from analytics.queries.loaded import force_months

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["DistrictMonths", "district_months"]


@dataclass(frozen=True)
class DistrictMonths:
    """Months with a file, by force. Rows of a district in other forces' files alone make no month of it present."""

    by_force: Mapping[str, frozenset[date]]
    ours: frozenset[str]
    our_force: str
    """The partnership's force where it has only one: stands in for a force no lookup names."""

    def force(self, district: str, named: object) -> str:
        """The district's force: the one the lookup names, ours for our own districts, else ""."""
        if named is not None and not pd.isna(named):
            return str(named)
        return self.our_force if district in self.ours else ""

    def present(self, force: str) -> frozenset[date]:
        """The months of a force's districts that are loaded."""
        return self.by_force.get(force, frozenset())


def district_months(
    cursor: DuckDBPyConnection, context: Context, months: Iterable[date] | None = None
) -> DistrictMonths:
    """What is loaded of every force, over all months or those given."""
    found = force_months(cursor, months)
    found["month"] = as_months(found["month"])
    loaded = {str(force): frozenset(some["month"]) for force, some in found.groupby("force")}
    ours = frozenset(code for code, _ in context.districts)
    return DistrictMonths(loaded, ours, context.forces[0] if len(context.forces) == 1 else "")
