"""What the panels of the Data page share: which forces matter to whom, months as dates, the manifest as a source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import pandas as pd

from analytics.context import Context
from analytics.months import month_range
from analytics.panels._model import Source
from analytics.queries.loaded import districts, family_districts, force_months
from analytics.words import write_date

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "UNKNOWN",
    "ForceCoverage",
    "Forces",
    "as_months",
    "forces",
    "manifest_source",
    "short_force",
    "snapshot_day",
]

UNKNOWN = "Force not known"
_TITLES = (" Police Service", " Constabulary", " Police")


@dataclass(frozen=True)
class ForceCoverage:
    """A police force and the months of it that are loaded.

    whose: "ours" where it polices the partnership, "family" where it polices a similar area, else "other".
    districts: the names of the families' districts it polices (ours are not named).
    """

    force: str
    whose: Literal["ours", "family", "other"]
    loaded: frozenset[date]
    districts: tuple[str, ...]

    @property
    def name(self) -> str:
        return short_force(self.force)


@dataclass(frozen=True)
class Forces:
    """Every force that is loaded or that a family needs: ours first, then those with most months, then those without.

    months: from the first month loaded of any force to the last, none left out.
    chosen: names of the districts of the chosen family, ours left out.
    Districts of families whose force no lookup names stand under UNKNOWN.
    """

    every: tuple[ForceCoverage, ...]
    months: tuple[date, ...]
    chosen: frozenset[str]

    @property
    def loaded(self) -> tuple[ForceCoverage, ...]:
        return tuple(force for force in self.every if force.loaded)

    @property
    def ours(self) -> tuple[ForceCoverage, ...]:
        return tuple(force for force in self.every if force.whose == "ours")

    @property
    def not_loaded(self) -> tuple[ForceCoverage, ...]:
        return tuple(force for force in self.every if not force.loaded)


def forces(cursor: DuckDBPyConnection, context: Context, *, family: str | None = None) -> Forces:
    """What is loaded of the forces that matter here, over all families."""
    found = force_months(cursor)
    found["month"] = as_months(found["month"])
    months = month_range(found["month"].min(), found["month"].max()) if len(found) else ()
    loaded = {str(force): frozenset(some["month"]) for force, some in found.groupby("force")}
    members = family_districts(cursor)
    members = members[~members["is_self"]]
    chosen = members if family is None else members[members["family_id"] == family]
    members = members.drop_duplicates("district_code")
    by_force = members.assign(force=members["force"].fillna(UNKNOWN)).groupby("force", sort=False)
    needed = {str(force): tuple(some["district_name"]) for force, some in by_force}
    own = set(context.forces) | set(districts(cursor).query("is_ours")["force"].dropna())
    every = []
    for force in dict.fromkeys([*context.forces, *sorted(own), *sorted(loaded), *needed]):
        whose: Literal["ours", "family", "other"] = "ours" if force in own else "family" if force in needed else "other"
        every.append(ForceCoverage(force, whose, loaded.get(force, frozenset()), needed.get(force, ())))
    rank = {"ours": 0, "family": 1, "other": 2}
    every.sort(
        key=lambda f: (f.whose != "ours", not f.loaded, rank[f.whose], -len(f.loaded), -len(f.districts), f.force)
    )
    return Forces(tuple(every), months, frozenset(chosen["district_name"]))


def as_months(values: Iterable[object]) -> list[date]:
    """Months of a query's result as dates."""
    return [pd.Timestamp(value).date() for value in values]


def short_force(name: str) -> str:
    """A force without its title, for a row of a chart.

    >>> short_force("Essex Police"), short_force("Metropolitan Police Service"), short_force("Cheshire Constabulary")
    ('Essex', 'Metropolitan', 'Cheshire')
    """
    return next((name.removesuffix(title) for title in _TITLES if name.endswith(title)), name)


def snapshot_day(context: Context) -> str:
    """The day the snapshot was built, in words."""
    return write_date(datetime.fromisoformat(context.built_at))


def manifest_source(context: Context, period: str = "") -> Source:
    """The source line of facts the build wrote down itself."""
    licences = dict.fromkeys(source.licence for source in context.manifest.sources if source.licence)
    return Source(f"Manifest of snapshot {snapshot_day(context)}", "", period, "; ".join(licences))
