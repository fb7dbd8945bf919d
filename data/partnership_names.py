"""Names of community safety partnerships: which one a published name stands for, and which names together make one.

Names are compared as :func:`plain_name` leaves them. Known are those of the lookup (partnerships and districts) and of
the declared table ``data/reference/partnership_names.csv``: other names, and older partnerships that later became one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import pandas as pd

from data.reference import partnership_names

__all__ = ["Judged", "PartnershipNames", "Unit", "plain_force", "plain_name"]


@dataclass(frozen=True)
class Unit:
    """What can have a figure: a partnership, or a district whose partnerships are all its own (their sum)."""

    code: str
    name: str
    districts: tuple[str, ...]
    force: str
    """As :func:`plain_force` gives it; empty where the lookup does not say."""
    note: str | None = None
    """Why it can have no figure (a split district); None where it can."""


@dataclass(frozen=True)
class Judged:
    """The state of a unit in a quarter or year (``data.recorded_crime`` lists them), and why, in words."""

    state: str
    note: str | None = None


def plain_name(name: str) -> str:
    """A partnership's name without what differs between publishers: case, marks, "&", "City of", "the".

    >>> [plain_name(name) for name in ("Bristol, City of", "St. Helens", "King's Lynn & Wisbech", "Southend-on-Sea")]
    ['bristol', 'st helens', 'kings lynn and wisbech', 'southend on sea']
    >>> plain_name("London, City of") == plain_name("City of London")
    True
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() if not name.isascii() else name
    plain = plain.casefold().replace("&", " and ").replace("'", "")
    plain = " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())
    plain = re.sub(r"\b(community safety partnership|csp)\b", "", plain).strip()
    return re.sub(r"^(the |city of |county of )+|( city of| county of| the)+$", "", plain).strip()


def plain_force(name: str) -> str:
    """A force's name without "Police", "Constabulary" and "Service".

    >>> plain_force("Metropolitan Police Service") == plain_force("Metropolitan Police"), plain_force("Kent")
    (True, 'kent')
    """
    return " ".join(re.sub(r"\b(police|constabulary|service|force)\b", "", plain_name(name)).split())


class PartnershipNames:
    """Which unit a published name stands for, and which sets of names together make a unit."""

    def __init__(self, partnerships: pd.DataFrame) -> None:
        pairs = partnerships.fillna("").astype(str)
        partnerships_of = pairs.groupby("district_code")["partnership_code"].agg(set)
        districts_of = pairs.groupby("partnership_code")["district_code"].agg(set)
        self.units: dict[str, Unit] = {}
        self._node: dict[str, str] = {}  # code of a unit -> its plain name
        self._unit_of: dict[str, str] = {}  # plain name -> code of the unit it names as a whole
        self._whole: dict[str, str] = {}  # plain name of a part -> plain name of what it is a part of
        self._sets: dict[str, list[frozenset[str]]] = defaultdict(list)
        rows = pairs.drop_duplicates("partnership_code").set_index("partnership_code")
        for code, districts in districts_of.items():
            name, force = str(rows.at[code, "partnership_name"]), plain_force(str(rows.at[code, "pfa_name"]))
            own = pairs[pairs["partnership_code"] == code]
            shared = [district for district in districts if len(partnerships_of[district]) > 1]
            if not shared:
                self._add(Unit(str(code), name, tuple(sorted(districts)), force))
                self._make_of(name, [list(own["district_name"])])
            elif all(districts_of[other] == {shared[0]} for other in partnerships_of[shared[0]]):
                district = shared[0]
                parts = pairs[pairs["district_code"] == district]
                title = str(parts["district_name"].iloc[0]) or district
                self._add(Unit(district, title, (district,), force))
                self._make_of(title, [list(parts["partnership_name"])])
            else:
                named = pairs[pairs["district_code"].isin(shared)]
                titles = " and ".join(sorted({str(title) for title in named["district_name"]}))
                others = ", ".join(sorted(set(named["partnership_name"]) - {name}))
                note = f"{titles} is split over this partnership and {others}"
                self._add(Unit(str(code), name, tuple(sorted(districts)), force, note))
        sets: dict[tuple[str, str], list[str]] = defaultdict(list)
        for entry in partnership_names():
            sets[entry.becomes, entry.published_as].append(entry.published_name)
        for (becomes, _), parts in sets.items():
            self._make_of(becomes, [parts])

    def _add(self, unit: Unit) -> None:
        self.units.setdefault(unit.code, unit)
        self._node[unit.code] = plain_name(unit.name)
        self._unit_of.setdefault(plain_name(unit.name), unit.code)

    def _make_of(self, name: str, sets: Iterable[Iterable[str]]) -> None:
        """``name`` may be published as each of these sets of names instead."""
        node = plain_name(name)
        for names in sets:
            parts = frozenset(filter(None, map(plain_name, names)))
            if parts and parts != {node} and parts not in self._sets[node]:
                self._sets[node].append(parts)
                for part in parts - {node}:
                    self._whole.setdefault(part, node)

    def unit_of(self, name: str) -> str | None:
        """Code of the unit that a published name is, or is a part of."""
        node, seen = plain_name(name), set()
        while node not in self._unit_of:
            if node in seen or node not in self._whole:
                return None
            seen.add(node)
            node = self._whole[node]
        return self._unit_of[node]

    def known(self) -> list[tuple[str, str]]:
        """Every plain name with the code of its unit, the longest names first."""
        plain = [(name, self.unit_of(name)) for name in {**self._unit_of, **self._whole}]
        return sorted(((name, code) for name, code in plain if code), key=lambda entry: (-len(entry[0]), entry))

    def state_of(self, code: str, names: Mapping[str, str]) -> Judged:
        """The state of a unit from the names published of it: plain name → name as published."""
        published = frozenset(names)
        unit = self.units[code]
        if not published:
            return Judged("missing", "not in the file")
        if unit.note:
            return Judged("split", unit.note)
        if published not in set(self._covers(self._node[code], published, frozenset())):
            return Judged("incomplete", f"published as {_listed(names)}, which do not make up {unit.name}")
        if len(published) == 1:
            return Judged("published")
        return Judged("summed", f"the sum of {_listed(names)}, which are published apart")

    def _covers(self, node: str, published: frozenset[str], above: frozenset[str]) -> Iterator[frozenset[str]]:
        """Every set of published names that makes up the node."""
        if node in published:
            yield frozenset({node})
        if node in above:
            return
        for parts in self._sets.get(node, ()):
            choices = [
                [frozenset({part})] if part == node and part in published
                else list(self._covers(part, published, above | {node}))
                for part in parts
            ]  # fmt: skip
            for chosen in product(*choices):
                yield frozenset().union(*chosen)


def _listed(names: Mapping[str, str]) -> str:
    return ", ".join(sorted(names.values()))
