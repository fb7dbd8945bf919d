"""Best-fit ward and district of each LSOA (2021)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.sources._source import Column, Source
from data.sources._tables import read_text_table
from data.sources._unique import require_unique

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SOURCE", "read"]

SOURCE = Source(
    name="lsoa_lookup",
    section="geography",
    key="lsoa_lookup",
    title="LSOA (2021) to electoral ward to local authority district best-fit lookup",
    publisher="Office for National Statistics",
    disables="districts beyond our own (and so comparators), and placing rows that have an LSOA but no point",
    columns={
        "lsoa_code": Column(("LSOA21CD", "lsoa21_code")),
        "lsoa_name": Column(("LSOA21NM", "lsoa21_name"), required=False),
        "ward_code": Column(("WD##CD", "ward##_code", "wd##_code")),
        "ward_name": Column(("WD##NM", "ward##_name", "wd##_name"), required=False),
        "district_code": Column(("LAD##CD", "ltla##_code", "LTLA##CD", "lad##_code")),
        "district_name": Column(("LAD##NM", "ltla##_name", "LTLA##NM", "lad##_name"), required=False),
    },
)


def read(path: Path) -> pd.DataFrame:
    """One row per LSOA: ``lsoa_code, lsoa_name, ward_code, ward_name, district_code, district_name``."""
    table = read_text_table(path, SOURCE)
    require_unique(table, "lsoa_code")
    return table.frame
