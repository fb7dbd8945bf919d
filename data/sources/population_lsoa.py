"""Residents and households of each LSOA (2021)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.sources._source import Column, Source
from data.sources._tables import header_year, number_column, read_text_table
from data.sources._unique import require_unique

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SOURCE", "read"]

SOURCE = Source(
    name="population_lsoa",
    section="population",
    key="lsoa",
    title="Residents and households by LSOA (2021)",
    publisher="Office for National Statistics",
    disables="rates per resident or household by ward and LSOA",
    columns={
        "lsoa_code": Column(("LSOA21CD", "lsoa21_code", "lsoa_code", "geography code")),
        "population": Column(
            ("residents_census##", "residents", "population", "residents_20##", "population_20##", "Total", "All ages")
        ),
        "households": Column(("households_census##", "households", "households_20##"), required=False),
    },
)


def read(path: Path) -> tuple[pd.DataFrame, int | None]:
    """One row per LSOA: ``lsoa_code, population, households``; and the year the header names, if it does."""
    table = read_text_table(path, SOURCE)
    require_unique(table, "lsoa_code")
    frame = table.frame[["lsoa_code"]].assign(
        population=number_column(table, "population", integer=True),
        households=number_column(table, "households", integer=True),
    )
    return frame, header_year(table.headers["population"])
