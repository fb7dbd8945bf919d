"""Residents of each local authority district."""

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
    name="population_district",
    section="population",
    key="district",
    title="Residents by local authority district",
    publisher="Office for National Statistics",
    disables="rates of other districts (comparators) where the LSOA populations are not given either",
    columns={
        "district_code": Column(("lad_code", "LAD##CD", "ltla##_code", "lad##_code", "AREACD", "code")),
        "district_name": Column(("lad_name", "LAD##NM", "ltla##_name", "lad##_name", "AREANM", "name"), required=False),
        "population": Column(("population", "residents", "population_20##", "residents_20##", "all ages", "mid-20##")),
        "households": Column(("households", "households_20##", "households_census##"), required=False),
    },
)


def read(path: Path) -> tuple[pd.DataFrame, int | None]:
    """One row per district: ``district_code, district_name, population, households``; and the header's year, if any."""
    table = read_text_table(path, SOURCE)
    require_unique(table, "district_code")
    frame = table.frame[["district_code", "district_name"]].assign(
        population=number_column(table, "population", integer=True),
        households=number_column(table, "households", integer=True),
    )
    return frame, header_year(table.headers["population"])
