"""The exact fit of LSOAs of 2011 to those of 2021."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.errors import LoadError
from data.sources._source import Column, Source
from data.sources._tables import read_text_table
from data.sources._unique import require_unique

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SOURCE", "read"]

SOURCE = Source(
    name="lsoa_2011_lookup",
    section="geography",
    key="lsoa_2011_lookup",
    title="LSOA (2011) to LSOA (2021) exact-fit lookup",
    publisher="Office for National Statistics",
    disables="placing rows that carry LSOA codes of 2011 no longer in use (files up to mid-2023)",
    columns={
        "lsoa11_code": Column(("LSOA11CD", "lsoa11_code")),
        "lsoa21_code": Column(("LSOA21CD", "lsoa21_code")),
        "change_code": Column(("CHGIND", "change_code", "CHNGIND")),
    },
)


def read(path: Path) -> pd.DataFrame:
    """One row per pair of an LSOA of 2011 and one of 2021: ``lsoa11_code, lsoa21_code, change_code`` (U, S, M or X)."""
    table = read_text_table(path, SOURCE)
    require_unique(table, "lsoa11_code", "lsoa21_code")
    frame = table.frame.assign(change_code=table.frame["change_code"].str.upper())
    wrong = ~frame["change_code"].isin(["U", "S", "M", "X"]) | frame["lsoa21_code"].isna()
    if wrong.any():
        row = int(np.argmax(wrong))
        raise LoadError(
            "unknown_change",
            f"{frame['change_code'].iloc[row]!r} is not one of U (unchanged), S (split), M (merged), X (irregular)",
            file=path,
            row=table.line(row),
            remedy="Use the publisher's exact-fit lookup as downloaded.",
        )
    return frame
