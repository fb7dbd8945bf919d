"""The Home Office's counts of recorded crime beside those of the street-level files: two columns, never one figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from analytics.queries._run import run
from data.reference import UNRECOGNISED, categories, offence_categories

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

__all__ = ["reconciliation", "recorded_members"]

_STATES_WORST_LAST = ["published", "summed", "missing", "incomplete", "unassigned", "split"]


def recorded_members(cursor: DuckDBPyConnection, members: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """Whether areas have a figure in the Home Office's tables.

    A row is a member and financial year: ``member_id, year`` ("2025/26"), ``partnership_codes`` (of ``recorded_crime``;
    their sum is the member's figure), ``state, quarters`` (how many of the year have a figure), ``note``. A member
    without rows is in no table loaded.

    Parameters
    ----------
    members : mapping
        Id of each member → codes of its districts.

    Returns
    -------
    DataFrame
        ``state`` is one of those of ``data.recorded_crime``, or ``shared``: published only together with other
        districts. Only ``published`` and ``summed`` have a figure of the whole year so far.
    """
    pairs = [(member, district) for member, districts in members.items() for district in districts]
    parameters = {
        "member_ids": [member for member, _ in pairs],
        "district_codes": [district for _, district in pairs],
        "states_worst_last": _STATES_WORST_LAST,
    }
    return run(cursor, "recorded_members", parameters)


def reconciliation(cursor: DuckDBPyConnection, districts: Iterable[str], months: Iterable[date]) -> pd.DataFrame:
    """Both counts of our partnership over the quarters that both sources have whole.

    A row is a financial year and category: ``year, quarters`` (those compared, "Q1, Q2"; missing: none),
    ``category, recorded`` (offences in the Home Office's tables; missing for anti-social behaviour, which they do not
    hold), ``street`` (incidents in the street-level files), ``state, note`` (of the year, as :func:`recorded_members`).

    Parameters
    ----------
    districts : iterable of str
        Our districts.
    months : iterable of date
        The months of our own force that are loaded (``Context.months_loaded``).
    """
    years = recorded_members(cursor, {"ours": districts})
    has_figure = ~years["state"].isin(["shared", "split"])
    codes = sorted({code for found in years.loc[has_figure, "partnership_codes"] for code in found})
    by_code = [entry for entry in offence_categories() if entry.offence_code]
    by_subgroup = [entry for entry in offence_categories() if not entry.offence_code]
    parameters = {
        "years": years["year"].tolist(),
        "states": years["state"].tolist(),
        "notes": [note if isinstance(note, str) else None for note in years["note"]],
        "months": list(months),
        "partnerships": codes,
        "codes": [entry.offence_code for entry in by_code],
        "code_categories": [entry.category for entry in by_code],
        "subgroups": [entry.offence_subgroup.casefold() for entry in by_subgroup],
        "subgroup_categories": [entry.category for entry in by_subgroup],
        "categories": [entry.category for entry in categories()],
        "is_recorded": [not entry.is_asb for entry in categories()],
        "unrecognised": UNRECOGNISED,
    }
    return run(cursor, "reconciliation", parameters)
