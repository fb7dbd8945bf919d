"""Harm weights: the published sets, the partnership's own, and what one incident of a category or offence weighs.

A category is a mixture of offences, so its weight is a range: low (all of its mildest kind), central, high (all of its
gravest). Where offence codes are known an incident has the weight of its offence instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Any

from data.reference import HarmSource, harm_sources, harm_weights

__all__ = ["HarmSet", "Weight", "own_harm_sets", "published_harm_sets", "subgroup_key"]


@dataclass(frozen=True)
class Weight:
    """The harm of one incident, in the unit of its set."""

    low: float
    central: float
    high: float


@dataclass(frozen=True)
class HarmSet:
    """A named set of weights. `categories`, `offences` (by code) and `subgroups` (of the Home Office's tables) hold
    those that are known; a category that is in none has no weight and is not scored."""

    id: str
    name: str
    version: str
    unit: str
    publisher: str
    source: str
    note: str
    categories: tuple[tuple[str, Weight], ...]
    offences: tuple[tuple[str, Weight], ...] = ()
    subgroups: tuple[tuple[str, Weight], ...] = ()
    own: bool = False

    def of_category(self, category: str) -> Weight | None:
        """The weight of a category; None where it has none."""
        return dict(self.categories).get(category)

    def of_offence(self, code: str) -> Weight | None:
        """The weight of an offence code; None where it has none."""
        return dict(self.offences).get(code)

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and largest central weight of a category, both above zero: the ends of its value function."""
        above = [weight.central for _, weight in self.categories if weight.central > 0]
        return (min(above), max(above)) if above else (1.0, 1.0)


@lru_cache(maxsize=1)
def published_harm_sets() -> tuple[HarmSet, ...]:
    """The sets the program comes with.

    >>> chosen = published_harm_sets()[0]
    >>> chosen.id, chosen.of_category("Burglary").low, round(chosen.of_category("Burglary").central, 2)
    ('cambridge', 183.5, 244.68)
    """
    counts = {(w.category, subgroup_key(w.subgroup)): w.national_count for w in harm_weights() if w.national_count}
    return tuple(_published(source, counts) for source in harm_sources())


def _published(source: HarmSource, counts: Mapping[tuple[str, str], int | None]) -> HarmSet:
    """Low and high: of the category's mildest and gravest subgroup or offence. Central: the mean of its subgroups by
    their national counts, a subgroup standing at the median of its offences; where none has a count, of its
    offences."""
    mine = [weight for weight in harm_weights() if weight.set_id == source.set_id]
    categories = {}
    for category in dict.fromkeys(weight.category for weight in mine):
        rows = [weight for weight in mine if weight.category == category]
        groups: dict[str, list[float]] = {}
        for row in rows:
            groups.setdefault(subgroup_key(row.subgroup), []).append(row.weight)
        known = {group: counts.get((category, group)) or 0 for group in groups}
        total = sum(known.values())
        if total:
            central = sum(known[group] * median(weights) for group, weights in groups.items()) / total
        else:
            central = median(row.weight for row in rows)
        every = [row.weight for row in rows]
        categories[category] = Weight(min(every), central, max(every))
    return HarmSet(
        id=source.set_id,
        name=source.name,
        version=source.version,
        unit=source.unit,
        publisher=source.publisher,
        source=source.source,
        note=source.note,
        categories=tuple(categories.items()),
        offences=tuple((w.offence_code, _exact(w.weight)) for w in mine if w.offence_code),
        subgroups=tuple((subgroup_key(w.subgroup), _exact(w.weight)) for w in mine if not w.offence_code),
    )


def subgroup_key(subgroup: str) -> str:
    """One name for a subgroup in all the years of the Home Office's tables.

    >>> subgroup_key("Domestic burglary"), subgroup_key("Residential burglary of a home")
    ('residential burglary', 'residential burglary')
    """
    name = subgroup.casefold()
    name = name.replace("non-domestic", "non-residential").replace("domestic", "residential")
    if name.startswith("residential burglary"):
        return "residential burglary"
    return {
        "miscellaneous crimes": "miscellaneous crimes against society",
        "death or serious injury caused by illegal driving": "death or serious injury - unlawful driving",
    }.get(name, name)


def _exact(weight: float) -> Weight:
    return Weight(weight, weight, weight)


def own_harm_sets(rows: Iterable[Mapping[str, Any]]) -> tuple[HarmSet, ...]:
    """The partnership's own sets from the rows of `harm_weights`, in the order of the configuration."""
    sets: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        sets.setdefault(str(row["set_id"]), []).append(row)
    made = []
    for set_id, some in sets.items():
        first = some[0]
        weights = {"category": [], "offence_code": []}  # type: dict[str, list[tuple[str, Weight]]]
        for row in some:
            key = "category" if isinstance(row["category"], str) else "offence_code"
            weights[key].append((str(row[key]), Weight(row["low"], row["central"], row["high"])))
        made.append(
            HarmSet(
                id=set_id,
                name=str(first["set_name"]),
                version=str(first["version"]),
                unit=str(first["unit"]),
                publisher="Own weights",
                source=str(first["source"]),
                note="A judgement of the partnership’s own.",
                categories=tuple(weights["category"]),
                offences=tuple(weights["offence_code"]),
                own=True,
            )
        )
    return tuple(made)
