"""Small committed tables: the published categories, the police forces, the register of breaks."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

__all__ = [
    "UNRECOGNISED",
    "Category",
    "Force",
    "HarmSource",
    "HarmWeight",
    "OffenceCategory",
    "PartnershipName",
    "ReferenceBreak",
    "breaks",
    "categories",
    "forces",
    "harm_sources",
    "harm_weights",
    "offence_categories",
    "partnership_names",
    "regions",
]

UNRECOGNISED = "Other (unrecognised)"


@dataclass(frozen=True)
class Category:
    """A published category of street-level crime."""

    category: str
    slug: str
    short_name: str
    is_asb: bool
    order: int


@dataclass(frozen=True)
class Force:
    """A police force as data.police.uk names it in files (slug) and rows, and its area as ONS names it."""

    force_slug: str
    force: str
    pfa_code: str | None
    pfa_name: str | None


@dataclass(frozen=True)
class ReferenceBreak:
    """A dated cause that breaks series; ``forces`` (slugs) empty: every force."""

    break_id: str
    date_from: date
    date_to: date | None
    kind: str
    label: str
    cause: str
    categories: tuple[str, ...]
    forces: tuple[str, ...]
    excluded: bool
    source: str


@dataclass(frozen=True)
class PartnershipName:
    """A name in the Home Office's tables beside those of the lookup; all of one ``published_as`` make ``becomes``."""

    published_name: str
    becomes: str
    published_as: str
    source: str


@dataclass(frozen=True)
class OffenceCategory:
    """The published category of a recorded offence: by its code, or (``offence_code`` None) by its subgroup."""

    offence_code: str | None
    offence_description: str | None
    offence_subgroup: str
    offence_group: str
    category: str
    source: str


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """The published categories in their order, "Other (unrecognised)" last."""
    return tuple(
        Category(row["category"], row["slug"], row["short_name"], row["is_asb"] == "true", int(row["order"]))
        for row in _rows("categories.csv")
    )


@lru_cache(maxsize=1)
def forces() -> tuple[Force, ...]:
    """The 43 territorial forces of England and Wales, British Transport Police and Northern Ireland."""
    return tuple(
        Force(row["force_slug"], row["force"], row["pfa_code"] or None, row["pfa_name"] or None)
        for row in _rows("forces.csv")
    )


@lru_cache(maxsize=1)
def regions() -> dict[str, tuple[str, str]]:
    """Code and name of the region each police force area lies in (Wales is one), by the area's code. Source: ONS.

    >>> regions()["E23000028"]
    ('E12000006', 'East of England')
    """
    return {row["pfa_code"]: (row["region_code"], row["region_name"]) for row in _rows("regions.csv")}


@lru_cache(maxsize=1)
def breaks() -> tuple[ReferenceBreak, ...]:
    """The program's own register of breaks, in the order of their dates."""
    return tuple(
        ReferenceBreak(
            break_id=row["break_id"],
            date_from=date.fromisoformat(row["date_from"]),
            date_to=date.fromisoformat(row["date_to"]) if row["date_to"] else None,
            kind=row["kind"],
            label=row["label"],
            cause=row["cause"],
            categories=tuple(filter(None, row["categories"].split(";"))),
            forces=tuple(filter(None, row["forces"].split(";"))),
            excluded=row["excluded"] == "true",
            source=row["source"],
        )
        for row in _rows("breaks.csv")
    )


@lru_cache(maxsize=1)
def partnership_names() -> tuple[PartnershipName, ...]:
    """Other names of partnerships, and the older ones that later became one."""
    return tuple(PartnershipName(**row) for row in _rows("partnership_names.csv"))


@lru_cache(maxsize=1)
def offence_categories() -> tuple[OffenceCategory, ...]:
    """Which published category an offence of the Home Office's tables belongs to; ASB is in none of them."""
    return tuple(
        OffenceCategory(
            offence_code=row["offence_code"] or None,
            offence_description=row["offence_description"] or None,
            offence_subgroup=row["offence_subgroup"],
            offence_group=row["offence_group"],
            category=row["category"],
            source=row["source"],
        )
        for row in _rows("offence_categories.csv")
    )


@dataclass(frozen=True)
class HarmSource:
    """A published set of harm weights: what it is called, its unit for one offence, and where it comes from."""

    set_id: str
    name: str
    version: str
    unit: str
    publisher: str
    source: str
    licence: str
    note: str


@dataclass(frozen=True)
class HarmWeight:
    """The published weight of an offence (``offence_code``) or of a subgroup of offences, and how many were recorded.

    ``national_count`` None: not known for a single offence.
    """

    set_id: str
    category: str
    subgroup: str
    weight: float
    offence_code: str | None = None
    national_count: int | None = None


@lru_cache(maxsize=1)
def harm_sources() -> tuple[HarmSource, ...]:
    """The published weight sets, the one used by default first."""
    return tuple(HarmSource(**row) for row in _rows("harm_sets.csv"))


@lru_cache(maxsize=1)
def harm_weights() -> tuple[HarmWeight, ...]:
    """Every published weight: by subgroup with its national count, or by offence."""
    by_subgroup = (
        HarmWeight(
            set_id=row["set_id"],
            category=row["category"],
            subgroup=row["subgroup"],
            weight=float(row["weight"]),
            national_count=int(row["national_count"]),
        )
        for row in _rows("harm_subgroups.csv")
    )
    by_offence = (
        HarmWeight(
            set_id=row["set_id"],
            category=row["category"],
            subgroup=row["subgroup"],
            weight=float(row["weight"]),
            offence_code=row["offence_code"],
        )
        for row in _rows("harm_offences.csv")
    )
    return (*by_subgroup, *by_offence)


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
