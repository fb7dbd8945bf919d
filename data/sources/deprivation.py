"""Indices of Deprivation by LSOA (2021): the overall index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.sources._source import Column, Source
from data.sources._tables import number_column, read_text_table
from data.sources._unique import require_unique

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SOURCE", "read"]

SOURCE = Source(
    name="deprivation",
    section="context",
    key="deprivation",
    title="English Indices of Deprivation by LSOA (2021)",
    publisher="Ministry of Housing, Communities and Local Government",
    disables="deprivation beside a ward's rate",
    columns={
        "lsoa_code": Column(("LSOA21CD", "lsoa21_code", "LSOA code (2021)")),
        "imd_score": Column(("IMD_score", "Index of Multiple Deprivation (IMD) Score"), required=False),
        "imd_rank": Column(
            ("IMD_rank", "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)"), required=True
        ),
        "imd_decile": Column(
            (
                "IMD_decile",
                "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)",
            ),
        ),
    },
)


def read(path: Path) -> pd.DataFrame:
    """One row per LSOA: ``lsoa_code, imd_score, imd_rank, imd_decile`` (rank and decile 1: most deprived)."""
    table = read_text_table(path, SOURCE)
    require_unique(table, "lsoa_code")
    return table.frame[["lsoa_code"]].assign(
        imd_score=number_column(table, "imd_score"),
        imd_rank=number_column(table, "imd_rank", integer=True),
        imd_decile=number_column(table, "imd_decile", integer=True),
    )
