"""Which districts and forces a partnership is, from the publisher's lookup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from data.get.errors import GetError
from data.reference import Force, forces

__all__ = ["Place", "find_force", "find_place", "forces_of_areas"]


@dataclass(frozen=True)
class Place:
    """A partnership: its districts (code, name), its forces, and what should be said about it."""

    code: str
    name: str
    districts: tuple[tuple[str, str], ...]
    forces: tuple[Force, ...]
    note: str = ""

    @property
    def district_codes(self) -> list[str]:
        return [code for code, _ in self.districts]


def find_place(wanted: str, lookup: pd.DataFrame) -> Place:
    """The partnership of this name or code, or the one this district belongs to.

    Parameters
    ----------
    wanted : str
        Name or code of a community safety partnership or of a district; case does not count.
    lookup : DataFrame
        ``district_code, district_name, partnership_code, partnership_name, pfa_code, pfa_name``.

    Raises
    ------
    GetError
        None is called that (with the nearest names), or its police force is not known.
    """
    text = _plain(wanted)
    for column in ("partnership_code", "partnership_name", "district_code", "district_name"):
        rows = lookup[lookup[column].map(_plain) == text]
        if rows.empty:
            continue
        if column.startswith("district"):
            partnerships = rows["partnership_code"].unique()
            if len(partnerships) == 1:
                rows = lookup[lookup["partnership_code"] == partnerships[0]]
                code, name = str(rows["partnership_code"].iloc[0]), str(rows["partnership_name"].iloc[0])
            else:  # a district made of several older ones, each still a partnership: taken as one
                code, name = str(rows["district_code"].iloc[0]), str(rows["district_name"].iloc[0])
        else:
            code, name = str(rows["partnership_code"].iloc[0]), str(rows["partnership_name"].iloc[0])
        return _place(code, name, rows, lookup)
    names = sorted({*lookup["partnership_name"], *lookup["district_name"]})
    near = get_close_matches(wanted, names, 3, 0.6)
    raise GetError(
        f"There is no community safety partnership or district called {wanted!r}",
        f"Did you mean {' or '.join(map(repr, near))}?" if near else "Give its name or code as the ONS writes it.",
    )


def find_force(wanted: str) -> Force:
    """The force of this name, file name ("avon-and-somerset") or police force area.

    Raises
    ------
    GetError
        None is called that.
    """
    text = _plain(wanted)
    for force in forces():
        if text in {
            _plain(force.force_slug),
            _plain(force.force),
            _plain(force.pfa_name or ""),
            _plain(force.pfa_code or ""),
        }:
            return force
    slugs = [force.force_slug for force in forces()]
    near = get_close_matches(text.replace(" ", "-"), slugs, 3, 0.6)
    raise GetError(
        f"There is no police force called {wanted!r}",
        f"Did you mean {' or '.join(near)}?" if near else f"One of {', '.join(slugs)}.",
    )


def forces_of_areas(codes: Sequence[str], lookup: pd.DataFrame) -> list[Force]:
    """The forces of districts or partnerships, as far as the lookup knows them, in the order given."""
    found: dict[str, Force] = {}
    for code in codes:
        rows = lookup[(lookup["district_code"] == code) | (lookup["partnership_code"] == code)]
        for force in _forces(rows):
            found.setdefault(force.force_slug, force)
    return list(found.values())


def _place(code: str, name: str, rows: pd.DataFrame, lookup: pd.DataFrame) -> Place:
    districts = tuple(dict.fromkeys(zip(rows["district_code"], rows["district_name"], strict=True)))
    own_forces = tuple(_forces(rows))
    if not own_forces:
        area = ", ".join(rows["pfa_name"].dropna().unique()) or "not named in the lookup"
        raise GetError(f"The police force of {name} is not known (police force area {area})", "Name it with --forces.")
    notes = []
    for district_code, district_name in districts:
        sharing = lookup.loc[lookup["district_code"] == district_code, "partnership_name"]
        others = sorted(set(sharing) - {name})
        if others:
            notes.append(f"{district_name} is taken whole; it also holds the partnership of {', '.join(others)}")
    return Place(code, name, districts, own_forces, "; ".join(notes))


def _forces(rows: pd.DataFrame) -> list[Force]:
    by_code = {force.pfa_code: force for force in forces() if force.pfa_code}
    return [by_code[code] for code in rows["pfa_code"].dropna().unique() if code in by_code]


def _plain(text: object) -> str:
    words = str(text).casefold().replace("&", "and").replace("-", " ").replace(",", " ").split()
    plain = " ".join(words)
    for ending in (" community safety partnership", " csp"):
        plain = plain.removesuffix(ending)
    return plain
