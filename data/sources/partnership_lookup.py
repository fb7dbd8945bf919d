"""District → community safety partnership → police force area."""

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
    name="partnership_lookup",
    section="geography",
    key="partnership_lookup",
    title="Local authority district to community safety partnership to police force area lookup",
    publisher="Office for National Statistics",
    disables="comparators that are partnerships of several districts, and the force of other districts",
    columns={
        "district_code": Column(("LAD##CD", "ltla##_code", "LTLA##CD", "lad##_code")),
        "district_name": Column(("LAD##NM", "ltla##_name", "LTLA##NM", "lad##_name"), required=False),
        "partnership_code": Column(("CSP##CD", "csp##_code")),
        "partnership_name": Column(("CSP##NM", "csp##_name")),
        "pfa_code": Column(("PFA##CD", "pfa##_code"), required=False),
        "pfa_name": Column(("PFA##NM", "pfa##_name"), required=False),
    },
)


def read(path: Path) -> pd.DataFrame:
    """One row per pair of a district and a partnership, with their police force area: codes and names.

    A district made of several older ones may stand in several partnerships.
    """
    table = read_text_table(path, SOURCE)
    require_unique(table, "district_code", "partnership_code")
    return table.frame
