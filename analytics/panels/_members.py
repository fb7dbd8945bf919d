"""Who a family's members are, and what each of them has loaded: by month of street-level files, or by quarter of
recorded crime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from analytics.context import Context, Family
from analytics.frames import records
from analytics.memo import Memo
from analytics.months import parse_month, write_month, write_months
from analytics.panels._districts import DistrictMonths, district_months
from analytics.panels._recorded import Quarterly, Year, months_of, quarterly
from analytics.panels._tables import ChangeTable, denominator_name
from analytics.queries.families import family_members
from analytics.selection import Selection

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Listing", "Member", "Members", "members_by_month", "members_by_quarter"]

State = Literal[
    "complete", "partial", "not loaded", "force not known", "no residents",
    "unassigned", "split", "shared", "incomplete", "not published",
]  # fmt: skip
"""The last five are of recorded crime alone."""


@dataclass(frozen=True)
class Member:
    """An area of a family: ourselves, a district, or a partnership of several districts.

    present: months in which the files of all its forces are loaded. residents: NaN where any district has none.
    missing: months of the comparison's period that are not present. state: "complete" where it takes part.
    """

    id: str
    name: str
    is_self: bool
    districts: tuple[str, ...]
    forces: tuple[str, ...]
    present: frozenset[date]
    residents: float
    residents_year: int | None
    missing: tuple[date, ...]
    state: State
    compares: bool
    """All months of both sides of the change are present, too."""
    note: str = ""
    """What the publisher of recorded crime says of it."""

    @property
    def state_words(self) -> str:
        """Why it takes part or not, in a reader's words."""
        if self.state == "partial":
            return f"{write_months(self.missing)} not loaded"
        return {
            "complete": "complete",
            "not loaded": "no data loaded",
            "force not known": "police force not known",
            "no residents": "residents not known",
            "unassigned": "unassigned",
            "split": "split, no own figure",
            "shared": "only with other areas",
            "incomplete": "quarters incomplete",
            "not published": "not published",
        }[self.state]


@dataclass(frozen=True)
class Listing:
    """Where a family's list comes from: its file or the reason for the choice, and its date; "" where not given."""

    file: str = ""
    reason: str = ""
    as_at: str = ""

    @property
    def date_words(self) -> str:
        """The list's date in words: "March 2026"."""
        month = parse_month(self.as_at)
        return write_month(month, full=True) if month else self.as_at


@dataclass(frozen=True)
class Members:
    """The members, ourselves first, each district once; the names that stood in the list again; where it comes from."""

    every: tuple[Member, ...]
    repeated: tuple[str, ...]
    listing: Listing


def members_by_month(
    cursor: DuckDBPyConnection, selection: Selection, context: Context, family: Family, ours: ChangeTable
) -> Members:
    """The members by the months of `ours`: complete where the files of all their forces are loaded for each."""
    groups, repeated, listing = _listed(cursor, context, family)
    loaded = district_months(cursor, context)
    needed = set(ours.months)
    both = {*ours.compared.current, *ours.compared.previous}
    every = tuple(_by_month(rows, selection, loaded, needed, both) for rows in groups)
    return Members(every, repeated, listing)


def members_by_quarter(
    cursor: DuckDBPyConnection, selection: Selection, context: Context, family: Family, now: Year, then: Year
) -> tuple[Members, Quarterly]:
    """The members by the quarters of recorded crime in both years, and their counts."""
    groups, repeated, listing = _listed(cursor, context, family)
    found = quarterly(
        cursor, context, {str(rows[0]["member_id"]): [row["district_code"] for row in rows] for rows in groups}
    )
    loaded = district_months(cursor, context)
    every = tuple(_by_quarter(index, rows, selection, loaded, found, now, then) for index, rows in enumerate(groups))
    return Members(every, repeated, listing), found


def _by_month(
    rows: Sequence[Mapping[str, Any]],
    selection: Selection,
    loaded: DistrictMonths,
    needed: set[date],
    both: set[date],
) -> Member:
    forces = [loaded.force(row["district_code"], row["force"]) for row in rows]
    present = frozenset.intersection(*[loaded.present(force) for force in forces])
    missing = tuple(sorted(needed - present))
    state: State = "complete" if _residents(rows, selection)[0] > 0 else "no residents"
    if missing or not needed:
        state = "partial" if needed & present else "not loaded" if all(forces) else "force not known"
    compares = bool(both) and both <= present
    return _member(rows, selection, loaded, present=present, missing=missing, state=state, compares=compares)


def _by_quarter(
    index: int,
    rows: Sequence[Mapping[str, Any]],
    selection: Selection,
    loaded: DistrictMonths,
    found: Quarterly,
    now: Year,
    then: Year,
) -> Member:
    present = found.months(index)
    missing = tuple(month for month in months_of(now) if month not in present)
    counted = [bool(np.isfinite(found.year(year)[0, index])) for year in (now, then)]
    state, note = found.why_not(index, now) if missing or not counted[0] else ("complete", "")
    if state == "missing":
        state = "not published"
    if state == "complete" and not _residents(rows, selection)[0] > 0:
        state = "no residents"
    return _member(
        rows, selection, loaded, present=present, missing=missing, state=state, compares=all(counted), note=note
    )


def _member(rows: Sequence[Mapping[str, Any]], selection: Selection, loaded: DistrictMonths, **known: Any) -> Member:
    """A member of so many rows of the list; known: what months or quarters say of it."""
    forces = (loaded.force(row["district_code"], row["force"]) for row in rows)
    residents, year = _residents(rows, selection)
    return Member(
        id=str(rows[0]["member_id"]),
        name=str(rows[0]["member_name"]),
        is_self=bool(rows[0]["is_self"]),
        districts=tuple(row["district_code"] for row in rows),
        forces=tuple(dict.fromkeys(force for force in forces if force)),
        residents=residents,
        residents_year=year,
        **known,
    )


_lists: Memo[pd.DataFrame] = Memo(size=16)


def _listed(
    cursor: DuckDBPyConnection, context: Context, family: Family
) -> tuple[list[list[dict[str, Any]]], tuple[str, ...], Listing]:
    """The rows of each member, a district once; the names that stood in the list again; where the list comes from."""
    listed = _lists.answer(("members", context.folder), lambda: family_members(cursor))
    taken: set[str] = set()
    groups: list[list[dict[str, Any]]] = []
    repeated: list[str] = []
    rows = records(listed[listed["family_id"] == family.id])
    for _, some in groupby(rows, key=itemgetter("member_order")):
        its_rows = list(some)
        codes = {row["district_code"] for row in its_rows}
        if taken & codes:
            repeated.append(str(its_rows[0]["member_name"]))
            continue
        taken |= codes
        groups.append(its_rows)
    parts = ("" if pd.isna(rows[0][key]) else str(rows[0][key]) for key in ("source_file", "reason", "as_at"))
    return groups, tuple(repeated), Listing(*parts)


def _residents(rows: Sequence[Mapping[str, Any]], selection: Selection) -> tuple[float, int | None]:
    """Residents (or households) of a member, NaN where any district's are not known, and their year."""
    people = [row[denominator_name(selection)] for row in rows]
    years = [int(row["population_year"]) for row in rows if not pd.isna(row["population_year"])]
    return float("nan") if any(map(pd.isna, people)) else float(sum(people)), max(years, default=None)
