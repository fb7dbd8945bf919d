"""Small committed tables: the published categories, the police forces, the register of breaks."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

__all__ = ["UNRECOGNISED", "Category", "Force", "ReferenceBreak", "breaks", "categories", "forces"]

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


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
