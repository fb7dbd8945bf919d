"""The configuration that ``python -m data build`` takes, written for a download."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from data.get.folder import DownloadFolder
from data.get.months import month_text
from data.get.places import Place

__all__ = ["Family", "config_name", "config_text", "write_config"]

# Section and key of the configuration for each source of the download, in the order written.
_KEYS = {
    "ward_boundaries": ("geography", "ward_boundaries"),
    "lsoa_boundaries": ("geography", "lsoa_boundaries"),
    "lsoa_lookup": ("geography", "lsoa_lookup"),
    "lsoa_2011_lookup": ("geography", "lsoa_2011_lookup"),
    "partnership_lookup": ("geography", "partnership_lookup"),
    "population_lsoa": ("population", "lsoa"),
    "population_district": ("population", "district"),
    "deprivation": ("context", "deprivation"),
}
_LISTS = {"ward_boundaries", "lsoa_boundaries"}


class Family:
    """A ranked file of similar areas and how many of it to take."""

    def __init__(self, name: str, file: str, members: int) -> None:
        self.name = name
        self.file = file
        self.members = members


def config_name(place: Place) -> str:
    """File name of the configuration.

    >>> config_name(Place("E22000373", "Western Suffolk", (), ()))
    'western-suffolk.toml'
    """
    return re.sub(r"[^a-z0-9]+", "-", place.name.casefold()).strip("-") + ".toml"


def config_text(
    folder: DownloadFolder, place: Place, first: date, last: date, street_folder: str, family: Family | None = None
) -> str:
    """The configuration: what is in the folder is named, what is not is left out."""
    full_name = place.name if "partnership" in place.name.casefold() else f"{place.name} Community Safety Partnership"
    forces = [force.force for force in place.forces]
    lines = [
        "# Written by `python -m data get`. It is yours to edit: once changed, it is not written over.",
        "# python -m data build THIS-FILE --store STORE",
        "",
        "[partnership]",
        f"name = {_toml(full_name)}",
        f"short_name = {_toml(place.name)}",
        f"districts = {_toml(place.district_codes)}  # {', '.join(name for _, name in place.districts)}",
        f"force = {_toml(forces[0] if len(forces) == 1 else forces)}",
        "",
        "[extracts]",
        f"street_crime = {_toml([street_folder])}",
    ]
    section = ""
    for source, (wanted_section, key) in _KEYS.items():
        names = list(folder.of_source(source))
        if not names:
            continue
        if wanted_section != section:
            section = wanted_section
            lines += ["", f"[{section}]"]
        lines.append(f"{key} = {_toml(names if source in _LISTS else names[0])}")
    if family is not None:
        lines += ["", "[[families]]", f"name = {_toml(family.name)}", f"file = {_toml(family.file)}"]
        lines.append(f"members = {family.members}")
    lines += _notes(folder, first, last)
    return "\n".join(lines) + "\n"


def write_config(folder: DownloadFolder, name: str, text: str) -> tuple[Path, bool]:
    """Write the configuration; beside it, as ``….new.toml``, where the one that is there was edited by hand.

    Returns
    -------
    path : Path
    edited : bool
        True where the earlier one was left as it is.
    """
    path = folder.path / name
    known = folder.facts.get("config", {})
    edited = path.exists() and path.read_text("utf-8") not in {text, known.get(name)}
    if edited:
        path = path.with_suffix(".new.toml")
    else:
        folder.facts["config"] = {**known, name: text}
    path.write_text(text, "utf-8")
    folder.save()
    return path, edited


def _notes(folder: DownloadFolder, first: date, last: date) -> list[str]:
    """When each source was retrieved, and what the street-level files cover."""
    lines: list[str] = []
    for source in ("street_crime", *_KEYS):
        items = folder.of_source(source)
        if not items:
            continue
        lines += ["", f"[sources.{source}]", f"retrieved = {_toml(max(i.retrieved for i in items.values())[:10])}"]
        if source == "street_crime":
            lines.append(f"covers = {_toml(f'{month_text(first)} to {month_text(last)}')}")
            continue
        item = next(iter(items.values()))
        lines += [f"{key} = {_toml(text)}" for key, text in (("title", item.title), ("note", item.note)) if text]
    return lines


def _toml(value: str | Iterable[str]) -> str:
    """A text or a list of texts as TOML (whose basic strings are JSON's, but for DEL)."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"[{', '.join(_toml(item) for item in value)}]"
