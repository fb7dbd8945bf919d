"""Which force a file, a district and the partnership belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import duckdb
import pandas as pd

from data.config import Config
from data.errors import LoadError
from data.incidents import StreetRows
from data.reference import Force, forces
from data.sources._tables import trimmed

__all__ = ["add_forces", "known_forces", "own_forces"]


def known_forces(connection: duckdb.DuckDBPyConnection, street: StreetRows) -> list[Force]:
    """The forces of the reference table, and those in the files that it does not know, named as their rows do.

    Fills in the names of the latter in the table ``files``.
    """
    listed = {force.force_slug for force in forces()}
    names: dict[str, Counter[str]] = {}
    for extract, texts in zip(street.extracts, street.texts, strict=True):
        if extract.force_slug not in listed:
            counts = trimmed(texts["force"].cast("string")).drop_null().value_counts().to_pylist()
            names.setdefault(extract.force_slug, Counter()).update({str(c["values"]): c["counts"] for c in counts})
    found = [Force(slug, counted.most_common(1)[0][0], None, None) for slug, counted in names.items() if counted]
    for force in found:
        connection.execute(
            "UPDATE files SET force = $name WHERE force_slug = $slug", {"name": force.force, "slug": force.force_slug}
        )
    return [*forces(), *found]


def own_forces(
    config: Config, districts: pd.DataFrame, known: Sequence[Force], connection: duckdb.DuckDBPyConnection
) -> list[Force]:
    """The partnership's own forces: as configured, else those of its districts, else that of most of its incidents.

    Raises
    ------
    LoadError
        A configured force that neither the reference table nor a file knows.
    """
    by_slug = {force.force_slug: force for force in known}
    if not config.partnership.forces:
        ours = districts[districts["is_ours"]].dropna(subset=["force_slug"]).sort_values("force_slug")
        found = dict(zip(ours["force_slug"], ours["force"], strict=True))
        slugs = list(found) or _force_of_most(connection)
        return [by_slug.get(slug) or Force(slug, found[slug], None, None) for slug in slugs]
    by_name = _by_name(known)
    own: dict[str, Force] = {}
    for name in config.partnership.forces:
        force = by_name.get(_plain(name))
        if force is None:
            near = get_close_matches(name, [entry.force for entry in known], 1, 0.4)
            raise LoadError(
                "unknown_force",
                f"nobody knows the force {name!r} in [partnership]",
                file=config.path,
                remedy=f'Did you mean "{near[0]}"?' if near else "Write it as the files' column Reported by does.",
            )
        own[force.force_slug] = force
    return list(own.values())


def _force_of_most(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Slug of the force whose files hold most of the partnership's incidents; nothing where there is none."""
    found = connection.execute(
        "SELECT force_slug FROM placed JOIN files USING (file_no) WHERE in_partnership GROUP BY force_slug "
        "ORDER BY count(*) DESC, force_slug LIMIT 1"
    ).fetchall()
    return [slug for (slug,) in found]


def add_forces(districts: pd.DataFrame, partnerships: pd.DataFrame, known: Sequence[Force]) -> None:
    """Fill in ``force_slug`` and ``force`` of each district by its police force area.

    An area of no known force gives its own name: no file of it is loaded.
    """
    by_name = _by_name(known)
    by_code = {force.pfa_code: force for force in known if force.pfa_code}
    of_district = {}
    areas = partnerships.drop_duplicates("district_code")
    for district, code, name in zip(areas["district_code"], areas["pfa_code"], areas["pfa_name"], strict=True):
        force = by_code.get(code) or by_name.get(_plain(name) if isinstance(name, str) else "")
        if force is None and isinstance(name, str):
            force = Force("-".join(_plain(name).split()), name, code, name)
        if force is not None:
            of_district[district] = force
    found = [of_district.get(code) for code in districts["district_code"]]
    districts["force_slug"] = pd.Series([force.force_slug if force else None for force in found], dtype="str")
    districts["force"] = pd.Series([force.force if force else None for force in found], dtype="str")


def _by_name(known: Iterable[Force]) -> dict[str, Force]:
    """Forces by each of their names: as in rows, as in file names, as ONS names their areas."""
    found: dict[str, Force] = {}
    for force in known:
        for name in (force.force, force.force_slug, force.pfa_name):
            if name:
                found.setdefault(_plain(name), force)
    return found


def _plain(name: str) -> str:
    return " ".join(name.replace("-", " ").replace("&", "and").casefold().split())
