"""The partnership's configuration: one TOML file, read strictly.

Paths are relative to the file, ``*`` and ``**`` are allowed. A key nobody knows, a value of the wrong type or a file
that is not there stops the build with one message: file, line, key, remedy. The keys that name sources come from
``data.sources``: a new source makes its own key known.

::

    [partnership]
    name = "Thurrock Community Safety Partnership"     # needed
    short_name = "Thurrock"                            # default: the name
    districts = ["E06000034"]                          # needed; one or several local authority districts
    force = "Essex Police"                             # or a list (a month counts once all have it); default: from
                                                       # partnership_lookup, else the force with most incidents here
    demonstration = false                              # true: every page says that the data is made up

    [extracts]
    street_crime = ["archives/*.zip", "more-months/"]  # needed; ZIPs, folders or YYYY-MM-<force>-street.csv files; a
                                                       # column "Offence code" that your force adds is read, too
    recorded_crime = ["prc-csp-*.ods"]                 # Home Office tables by partnership (.ods, .xlsx, .csv); needs
                                                       # partnership_lookup; of two files with one year, the newer

    [geography]
    ward_boundaries = ["wards.geojson"]                # needed; GeoJSON, GeoPackage or shapefile
    lsoa_boundaries = ["lsoas.gpkg"]
    district_boundaries = ["districts.geojson"]        # the country's, generalised: where similar areas lie
    lsoa_lookup = "lsoa-ward-district.csv"             # LSOA 2021 -> ward -> district
    lsoa_2011_lookup = "lsoa11-lsoa21.csv"             # LSOA 2011 -> 2021
    partnership_lookup = "district-partnership.csv"    # district -> partnership -> force
    ward_crs = "EPSG:27700"                            # only where the file does not say, or says wrong
    lsoa_crs = "EPSG:27700"
    ward_columns = { code = "WARD", name = "NAME", district = "LAD" }   # only where the names are unusual
    lsoa_columns = { code = "LSOA", name = "NAME", district = "LAD" }
    visitor_wards = ["E05002232"]                      # town centres: codes or names; rates per resident mislead there

    [population]
    lsoa = "residents-households-lsoa.csv"
    district = "residents-district.csv"
    lsoa_year = 2021                                   # default: the year in the column's header, if it has one
    district_year = 2023

    [context]
    deprivation = "iod2025.csv"
    perceptions = ["residents-survey.csv"]             # surveys and consultations; columns: README, "Survey results"

    [[families]]                                       # any number
    name = "ONS statistical neighbours (global)"
    file = "neighbours.csv"                            # either a ranked file …
    members = 14                                       # … of which the nearest 14
    districts = ["E07000066"]                          # … or a list of districts
    partnerships = ["E22000366"]                       # … and of whole partnerships: code or name
    reason = "why these"
    as_at = "2026-03"
    publisher = "…"                                    # of the file; default: Office for National Statistics

    [[breaks]]                                         # added to the program's own register (data/reference/breaks.csv)
    label = "New recording system"
    cause = "Essex Police moved to a new crime recording system"
    from = 2025-04-01                                  # a date, or "2025-04"
    to = 2025-06-30                                    # only for a spell
    kind = "recording"                                 # geography, recording, disruption or local (default)
    categories = ["Burglary"]                          # default: all
    wards = ["E05002232"]                              # default: all
    excluded = true                                    # leave these months out of limits and trend; default false
    id = "athena-2025"                                 # default: from the label

    [[overlays]]                                       # your own places on the map of Hotspots, any number
    name = "CCTV"
    file = "cctv.gpkg"                                 # GeoJSON, GeoPackage or shapefile; points, lines or polygons
    label = "REF"                                      # the column that names each; default: none
    crs = "EPSG:27700"                                 # only where the file does not say, or says wrong

    [[indicators]]                                     # any number; judged in the control chart
    name = "Vehicle crime in the town centre"
    categories = ["Vehicle crime"]                     # default: all
    wards = ["E05002232"]                              # codes or names; default: all
    measure = "count"                                  # a month (default), "day", or "rate": per 1,000 a month
    direction = "lower is better"                      # or "higher is better"
    target = 20                                        # default: none; then only the direction is judged
    by = "2027-03"                                     # when it is to be met; default: always

    [map]                                              # a background, by a WMS in EPSG:27700; off unless named:
                                                       # browsers then ask that host for pictures of what is viewed
    basemap = "https://maps.example/wms?…&bbox={west},{south},{east},{north}&width={width}&height={height}"
    basemap_credit = "© …"                             # stands on the map
    [[problems]]                                       # of your own, ranked beside the categories on Priorities
    name = "Vehicle crime, west wards"                 # needed
    categories = ["Vehicle crime"]                     # as published
    codes = ["45", "48"]                               # Home Office offence codes, where every month has them
                                                       # (street-level files have none)
    wards = ["E05002232", "Grays Riverside"]           # codes or names; default: all

    [[problems]]
    name = "Modern slavery"
    people_only = true                                 # no recorded data: scored by people

    [[harm]]                                           # harm weights of your own, beside the published ones
    name = "Our partnership's weights"                 # needed
    version = "2026"
    unit = "points"                                    # of one offence; default: points
    source = "Workshop of 3 December 2025"             # needed: who decided them, on what ground
    weights = { "Burglary" = [180, 245, 270], "Anti-social behaviour" = 2 }   # low, central, high; or one number
    codes = { "28E" = 270 }                            # by offence, the same way

    [sources.street_crime]                             # notes on a source, by its name; all optional
    retrieved = "2026-11-01"
    covers = "January 2024 to December 2025"
    title = "…"
    publisher = "…"
    licence = "…"
    note = "…"
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from data.errors import LoadError
from data.reference import categories, harm_sources
from data.sources import all_sources

__all__ = [
    "AreaColumns",
    "Basemap",
    "Break",
    "Config",
    "Family",
    "HarmSet",
    "Indicator",
    "Overlay",
    "Partnership",
    "Problem",
    "SourceNote",
    "read_config",
    "slug",
]

BREAK_KINDS = ("geography", "recording", "disruption", "local")
MEASURES = ("count", "day", "rate")
DIRECTIONS = ("lower is better", "higher is better")


@dataclass(frozen=True)
class Partnership:
    """Whose dashboard it is."""

    name: str
    short_name: str
    districts: tuple[str, ...]
    forces: tuple[str, ...] = ()
    demonstration: bool = False


@dataclass(frozen=True)
class AreaColumns:
    """How boundary files of unusual make are to be read."""

    code: str | None = None
    name: str | None = None
    district: str | None = None
    crs: str | None = None


@dataclass(frozen=True)
class Family:
    """A named list of similar areas: from a ranked file, or chosen."""

    name: str
    file: Path | None = None
    members: int | None = None
    districts: tuple[str, ...] = ()
    partnerships: tuple[str, ...] = ()
    reason: str | None = None
    as_at: str | None = None
    publisher: str | None = None


@dataclass(frozen=True)
class Break:
    """A dated event that the partnership adds to the break register."""

    break_id: str
    label: str
    cause: str
    date_from: date
    date_to: date | None = None
    kind: str = "local"
    categories: tuple[str, ...] | None = None
    wards: tuple[str, ...] | None = None
    excluded: bool = False


@dataclass(frozen=True)
class Basemap:
    """A picture service for the background of the map: its address with places to fill, its origin, and its credit."""

    url: str
    origin: str
    credit: str


@dataclass(frozen=True)
class Overlay:
    """The partnership's own places for the map: stations, schools, cameras, licensed premises."""

    name: str
    file: Path
    label: str | None = None
    crs: str | None = None


@dataclass(frozen=True)
class Indicator:
    """What the partnership said it would do: a direction, and a target a month where there is one.

    measure: "count" (incidents a month), "day" (incidents a day) or "rate" (incidents a month per 1,000 residents).
    wards: codes or names.
    """

    name: str
    direction: str
    measure: str = "count"
    categories: tuple[str, ...] | None = None
    wards: tuple[str, ...] | None = None
    target: float | None = None
    by: date | None = None


@dataclass(frozen=True)
class Problem:
    """A problem of the partnership's own, to be ranked. With nothing named but its name it is scored by people only."""

    problem_id: str
    name: str
    categories: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()


@dataclass(frozen=True)
class HarmSet:
    """Harm weights of the partnership's own: low, central and high by category and by offence code."""

    set_id: str
    name: str
    version: str
    unit: str
    source: str
    categories: Mapping[str, tuple[float, float, float]]
    codes: Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True)
class SourceNote:
    """What the partnership says about a source it loads, over what the program knows of it."""

    retrieved: str | None = None
    covers: str | None = None
    title: str | None = None
    publisher: str | None = None
    licence: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Config:
    """A read and checked configuration; ``files`` holds the existing paths of each source by its name."""

    path: Path
    partnership: Partnership
    files: Mapping[str, tuple[Path, ...]]
    families: tuple[Family, ...] = ()
    breaks: tuple[Break, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    basemap: Basemap | None = None
    indicators: tuple[Indicator, ...] = ()
    problems: tuple[Problem, ...] = ()
    harm: tuple[HarmSet, ...] = ()
    notes: Mapping[str, SourceNote] = field(default_factory=dict)
    ward_columns: AreaColumns = AreaColumns()
    lsoa_columns: AreaColumns = AreaColumns()
    visitor_wards: tuple[str, ...] = ()
    lsoa_population_year: int | None = None
    district_population_year: int | None = None

    def file(self, source: str) -> Path | None:
        """The one file of a source, or None where it is not configured."""
        paths = self.files.get(source, ())
        return paths[0] if paths else None


def read_config(path: str | Path) -> Config:
    """Read, check and resolve a configuration.

    Raises
    ------
    LoadError
        No such file, not TOML, an unknown key, a wrong type, a missing key, or a file it names that is not there.
    """
    path = Path(path)
    if not path.is_file():
        raise LoadError(
            "no_config", "there is no such configuration", file=path, remedy="Give the path of a .toml file."
        )
    try:
        text = path.read_text("utf-8-sig")
        content = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise LoadError(
            "config_encoding", "the configuration is not UTF-8 text", file=path, remedy="Save it as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise LoadError(
            "config_syntax",
            f"it is not valid TOML: {str(error).split(' (at')[0]}",
            file=path,
            row=int(line.group(1)) if line else None,
            remedy="Texts stand in double quotes, lists in square brackets.",
        ) from error
    return _Reader(path, text).config(content)


def slug(name: str) -> str:
    """A name as it stands in addresses.

    >>> slug("Licensed premises (2025)")
    'licensed-premises-2025'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


class _Reader:
    """Checks a parsed configuration key by key; knows the file's text, to name the line."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()

    def config(self, content: dict[str, Any]) -> Config:
        sources = [source for source in all_sources().values() if source.section != "families"]
        sections = {source.section for source in sources}
        own = {"partnership", "families", "breaks", "map", "overlays", "indicators", "problems", "harm", "sources"}
        self.check_keys(content, sections | own, "")
        files: dict[str, tuple[Path, ...]] = {}
        own_keys = {
            "geography": {"ward_crs", "lsoa_crs", "ward_columns", "lsoa_columns", "visitor_wards"},
            "population": {"lsoa_year", "district_year"},
        }
        for section in sorted(sections):
            table = self.table(content, section)
            here = {source.key: source for source in sources if source.section == section}
            self.check_keys(table, set(here) | own_keys.get(section, set()), section)
            for key, source in here.items():
                if key in table:
                    files[source.name] = self.paths(table, section, key, many=source.many)
                elif source.required:
                    raise self.missing(section, key)
        geography, population = self.table(content, "geography"), self.table(content, "population")
        return Config(
            path=self.path,
            partnership=self.partnership(content),
            files=files,
            families=tuple(self.family(entry) for entry in self.tables(content, "families")),
            breaks=tuple(self.break_(entry) for entry in self.tables(content, "breaks")),
            overlays=self.overlays(content),
            basemap=self.basemap(self.table(content, "map")),
            indicators=self.indicators(content),
            problems=self.unique([self.problem(e) for e in self.tables(content, "problems")], "problems"),
            harm=self.unique([self.harm(e) for e in self.tables(content, "harm")], "harm"),
            notes=self.notes(self.table(content, "sources")),
            ward_columns=self.area_columns(geography, "ward"),
            lsoa_columns=self.area_columns(geography, "lsoa"),
            visitor_wards=self.texts(geography, "geography", "visitor_wards"),
            lsoa_population_year=self.integer(population, "population", "lsoa_year"),
            district_population_year=self.integer(population, "population", "district_year"),
        )

    def partnership(self, content: dict[str, Any]) -> Partnership:
        if "partnership" not in content:
            raise self.missing("partnership", "name")
        table = self.table(content, "partnership")
        known = {"name", "short_name", "districts", "force", "demonstration"}
        self.check_keys(table, known, "partnership")
        name = self.needed_text(table, "partnership", "name")
        districts = self.texts(table, "partnership", "districts")
        if not districts:
            raise self.missing("partnership", "districts")
        for code in districts:
            if not re.fullmatch(r"[EWSN]\d{8}", code):
                raise self.wrong(
                    "partnership", "districts", f"{code!r} is not a district code", 'Give codes like "E06000034".'
                )
        return Partnership(
            name=name,
            short_name=self.text(table, "partnership", "short_name") or name,
            districts=tuple(dict.fromkeys(districts)),
            forces=self.texts(table, "partnership", "force", single=True),
            demonstration=self.boolean(table, "partnership", "demonstration"),
        )

    def family(self, table: dict[str, Any]) -> Family:
        known = {"name", "file", "members", "districts", "partnerships", "reason", "as_at", "publisher"}
        self.check_keys(table, known, "families")
        name = self.needed_text(table, "families", "name")
        family = Family(
            name=name,
            file=self.paths(table, "families", "file", many=False)[0] if "file" in table else None,
            members=self.integer(table, "families", "members"),
            districts=self.texts(table, "families", "districts"),
            partnerships=self.texts(table, "families", "partnerships"),
            reason=self.text(table, "families", "reason"),
            as_at=self.text(table, "families", "as_at"),
            publisher=self.text(table, "families", "publisher"),
        )
        chosen = bool(family.districts or family.partnerships)
        if chosen == bool(family.file):
            raise self.wrong(
                "families",
                "name",
                f"the family {name!r} needs either a file or a list of districts",
                "Give one of them.",
            )
        if family.members is not None and (family.members < 1 or not family.file):
            raise self.wrong(
                "families", "members", "members is how many of a ranked file to take", "Give it with a file."
            )
        return family

    def break_(self, table: dict[str, Any]) -> Break:
        known = {"id", "label", "cause", "from", "to", "kind", "categories", "wards", "excluded"}
        self.check_keys(table, known, "breaks")
        label = self.needed_text(table, "breaks", "label")
        date_from = self.date(table, "breaks", "from")
        if date_from is None:
            raise self.missing("breaks", "from")
        date_to = self.date(table, "breaks", "to")
        if date_to is not None and date_to < date_from:
            raise self.wrong("breaks", "to", f"the break {label!r} ends before it begins", "Exchange the dates.")
        kind = self.text(table, "breaks", "kind") or "local"
        if kind not in BREAK_KINDS:
            near = get_close_matches(kind, BREAK_KINDS, 1)
            raise self.wrong(
                "breaks",
                "kind",
                f"{kind!r} is no kind of break",
                f'Give "{near[0] if near else "local"}" or one of {", ".join(BREAK_KINDS)}.',
            )
        return Break(
            break_id=self.text(table, "breaks", "id") or re.sub(r"[^a-z0-9]+", "-", label.casefold()).strip("-"),
            label=label,
            cause=self.text(table, "breaks", "cause") or label,
            date_from=date_from,
            date_to=date_to,
            kind=kind,
            categories=self.texts(table, "breaks", "categories") or None,
            wards=self.texts(table, "breaks", "wards") or None,
            excluded=self.boolean(table, "breaks", "excluded"),
        )

    def basemap(self, table: dict[str, Any]) -> Basemap | None:
        self.check_keys(table, {"basemap", "basemap_credit"}, "map")
        url = self.text(table, "map", "basemap")
        if url is None:
            return None
        found = re.match(r"(https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)/", url)
        if found is None or re.search(r"[\s;'\"<>]", url):
            raise self.wrong("map", "basemap", f"{url!r} is not an address", "Begin it with https:// and the host.")
        wanted = ["west", "south", "east", "north", "width", "height"]
        if sorted(re.findall(r"{([^}]*)}", url)) != sorted(wanted):
            listed = ", ".join(f"{{{name}}}" for name in wanted)
            raise self.wrong(
                "map",
                "basemap",
                f"the address needs each of {listed} once",
                "Give a GetMap request of a WMS in EPSG:27700, with these in the place of numbers.",
            )
        return Basemap(url, found[1], self.text(table, "map", "basemap_credit") or "")

    def overlays(self, content: dict[str, Any]) -> tuple[Overlay, ...]:
        found: dict[str, Overlay] = {}
        for table in self.tables(content, "overlays"):
            self.check_keys(table, {"name", "file", "label", "crs"}, "overlays")
            name = self.needed_text(table, "overlays", "name")
            if "file" not in table:
                raise self.missing("overlays", "file")
            if slug(name) in {"", "none"} or slug(name) in found:
                message = f"two overlays are called {name!r}" if slug(name) in found else f"{name!r} cannot be a name"
                raise self.wrong("overlays", "name", message, "Give each a name of its own.")
            found[slug(name)] = Overlay(
                name=name,
                file=self.paths(table, "overlays", "file", many=False)[0],
                label=self.text(table, "overlays", "label"),
                crs=self.text(table, "overlays", "crs"),
            )
        return tuple(found.values())

    def indicators(self, content: dict[str, Any]) -> tuple[Indicator, ...]:
        found: dict[str, Indicator] = {}
        for table in self.tables(content, "indicators"):
            indicator = self.indicator(table)
            if indicator.name in found:
                raise self.wrong("indicators", "name", f"two indicators are called {indicator.name!r}", "Rename one.")
            found[indicator.name] = indicator
        return tuple(found.values())

    def indicator(self, table: dict[str, Any]) -> Indicator:
        section = "indicators"
        self.check_keys(table, {"name", "categories", "wards", "measure", "direction", "target", "by"}, section)
        name = self.needed_text(table, section, "name")
        direction = self.choice(table, section, "direction", DIRECTIONS)
        if direction is None:
            raise self.missing(section, "direction")
        wanted = self.texts(table, section, "categories")
        known = [category.category for category in categories()]
        for category in wanted:
            if category not in known:
                near = get_close_matches(category, known, 1, 0.5)
                raise self.wrong(
                    section,
                    "categories",
                    f"{category!r} is no published category",
                    f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}.",
                )
        target = self.number(table, section, "target")
        if target is not None and target < 0:
            raise self.wrong(
                section, "target", f"the target of {name!r} lies below zero", "Give what is to be reached."
            )
        by = self.date(table, section, "by")
        if by is not None and target is None:
            raise self.wrong(section, "by", f"{name!r} has a date and no target", "Give a target, or leave out by.")
        return Indicator(
            name=name,
            direction=direction,
            measure=self.choice(table, section, "measure", MEASURES) or "count",
            categories=tuple(dict.fromkeys(wanted)) or None,
            wards=tuple(dict.fromkeys(self.texts(table, section, "wards"))) or None,
            target=target,
            by=by,
        )

    def problem(self, table: dict[str, Any]) -> Problem:
        self.check_keys(table, {"name", "categories", "codes", "wards", "people_only"}, "problems")
        name = self.needed_text(table, "problems", "name")
        if name in {known.category for known in categories()}:
            raise self.wrong(
                "problems", "name", f"{name!r} is a published category", "It is ranked anyway; give another name."
            )
        problem = Problem(
            problem_id=_identity(name),
            name=name,
            categories=tuple(
                self.category("problems", "categories", one) for one in self.texts(table, "problems", "categories")
            ),
            codes=self.texts(table, "problems", "codes"),
            wards=self.texts(table, "problems", "wards"),
        )
        covers = bool(problem.categories or problem.codes or problem.wards)
        if covers == self.boolean(table, "problems", "people_only"):
            what = "names what it covers and says people_only" if covers else "does not say what it covers"
            raise self.wrong(
                "problems",
                "name",
                f"the problem {name!r} {what}",
                "Give categories, codes or wards; or people_only = true where there is no recorded data.",
            )
        return problem

    def harm(self, table: dict[str, Any]) -> HarmSet:
        self.check_keys(table, {"name", "version", "unit", "source", "weights", "codes"}, "harm")
        name = self.needed_text(table, "harm", "name")
        if _identity(name) in {known.set_id for known in harm_sources()}:
            raise self.wrong("harm", "name", f"{name!r} is a set of the program's own", "Give another name.")
        weights = self.table(table, "weights", within="harm")
        codes = self.table(table, "codes", within="harm")
        if not weights and not codes:
            raise self.missing("harm", "weights")
        return HarmSet(
            set_id=_identity(name),
            name=name,
            version=self.text(table, "harm", "version") or "",
            unit=self.text(table, "harm", "unit") or "points",
            source=self.needed_text(table, "harm", "source"),
            categories={
                self.category("harm", "weights", key): self.weight("weights", key, value)
                for key, value in weights.items()
            },
            codes={key: self.weight("codes", key, value) for key, value in codes.items()},
        )

    def weight(self, key: str, of: str, value: Any) -> tuple[float, float, float]:
        """One number, or low, central and high."""
        parts = value if isinstance(value, list) else [value] * 3
        numbers = [part for part in parts if isinstance(part, int | float) and not isinstance(part, bool)]
        if len(numbers) != 3 or len(parts) != 3 or not 0 <= numbers[0] <= numbers[1] <= numbers[2] < 1e9:
            raise self.wrong(
                "harm",
                key,
                f"the weight of {of!r} should be one number, or low, central and high in this order",
                f'Write "{of}" = [10, 20, 50].',
            )
        return float(numbers[0]), float(numbers[1]), float(numbers[2])

    def category(self, section: str, key: str, name: str) -> str:
        """The published category of this name."""
        known = {entry.category.casefold(): entry.category for entry in categories()}
        if name.casefold() in known:
            return known[name.casefold()]
        near = get_close_matches(name.casefold(), known, 1, 0.4)
        remedy = f'Did you mean "{known[near[0]]}"?' if near else f"Known: {', '.join(known.values())}."
        raise self.wrong(section, key, f"{name!r} is no published category", remedy)

    def unique(self, entries: list[Any], section: str) -> tuple[Any, ...]:
        """The entries, no two of which have the same name."""
        seen: set[str] = set()
        for entry in entries:
            identity = _identity(entry.name)
            if identity in seen:
                raise self.wrong(section, "name", f"{entry.name!r} stands there twice", "Give each its own name.")
            if not identity:
                raise self.wrong(section, "name", f"{entry.name!r} has no letter or figure", "Give it a name.")
            seen.add(identity)
        return tuple(entries)

    def notes(self, table: dict[str, Any]) -> dict[str, SourceNote]:
        self.check_keys(table, set(all_sources()), "sources")
        notes = {}
        for name in table:
            entry = self.table(table, name, within="sources")
            section = f"sources.{name}"
            known = ("retrieved", "covers", "title", "publisher", "licence", "note")
            self.check_keys(entry, set(known), section)
            retrieved = self.date(entry, section, "retrieved")
            texts = {key: self.text(entry, section, key) for key in known[1:]}
            notes[name] = SourceNote(retrieved=retrieved.isoformat() if retrieved else None, **texts)
        return notes

    def area_columns(self, geography: dict[str, Any], area_type: str) -> AreaColumns:
        key = f"{area_type}_columns"
        table = self.table(geography, key, within="geography")
        section = f"geography.{key}"
        self.check_keys(table, {"code", "name", "district"}, section)
        names = {name: self.text(table, section, name) for name in ("code", "name", "district")}
        return AreaColumns(**names, crs=self.text(geography, "geography", f"{area_type}_crs"))

    # One method per type of value; each says what it wanted when it finds something else.

    def check_keys(self, table: Mapping[str, Any], known: Iterable[str], section: str) -> None:
        known = sorted(known)
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, 1, 0.5)
                what = f"unknown key {key!r} in [{section}]" if section else f"unknown section [{key}]"
                remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
                raise LoadError("unknown_key", what, file=self.path, row=self.line(section, key), remedy=remedy)

    def table(self, content: Mapping[str, Any], key: str, within: str = "") -> dict[str, Any]:
        value = content.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(within, key, f"{key} should be a section of keys, not {_kind(value)}", f"Write [{key}].")
        return value

    def tables(self, content: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        value = content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.wrong(
                "", key, f"{key} should be written as [[{key}]]", "Use two square brackets; one per entry."
            )
        return value

    def text(self, table: Mapping[str, Any], section: str, key: str) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(section, key, f"{key} should be a text, not {_kind(value)}", f'Write {key} = "…".')
        return value.strip()

    def needed_text(self, table: Mapping[str, Any], section: str, key: str) -> str:
        value = self.text(table, section, key)
        if value is None:
            raise self.missing(section, key)
        return value

    def texts(self, table: Mapping[str, Any], section: str, key: str, *, single: bool = False) -> tuple[str, ...]:
        value = table.get(key)
        if value is None:
            return ()
        if single and isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(
                section, key, f"{key} should be a list of texts, not {_kind(value)}", f'Write {key} = ["…"].'
            )
        return tuple(item.strip() for item in value)

    def integer(self, table: Mapping[str, Any], section: str, key: str) -> int | None:
        value = table.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.wrong(section, key, f"{key} should be a whole number, not {_kind(value)}", f"Write {key} = 14.")
        return value

    def number(self, table: Mapping[str, Any], section: str, key: str) -> float | None:
        value = table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise self.wrong(section, key, f"{key} should be a number, not {_kind(value)}", f"Write {key} = 20.")
        return float(value)

    def choice(self, table: Mapping[str, Any], section: str, key: str, options: Sequence[str]) -> str | None:
        value = self.text(table, section, key)
        if value is not None and value not in options:
            near = get_close_matches(value, options, 1, 0.4)
            listed = ", ".join(f'"{option}"' for option in options)
            remedy = f'Did you mean "{near[0]}"?' if near else f"Give one of {listed}."
            raise self.wrong(section, key, f"{value!r} is no {key}", remedy)
        return value

    def boolean(self, table: Mapping[str, Any], section: str, key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(section, key, f"{key} should be true or false, not {_kind(value)}", f"Write {key} = true.")
        return value

    def date(self, table: Mapping[str, Any], section: str, key: str) -> date | None:
        value = table.get(key)
        if value is None or type(value) is date:
            return value
        matched = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", value) if isinstance(value, str) else None
        try:
            if matched is None:
                raise ValueError
            return date(int(matched[1]), int(matched[2]), int(matched[3] or 1))
        except ValueError:
            shown = repr(value) if isinstance(value, str) else _kind(value)
            raise self.wrong(
                section, key, f"{key} should be a date, not {shown}", f'Write {key} = "2025-04".'
            ) from None

    def paths(self, table: Mapping[str, Any], section: str, key: str, *, many: bool) -> tuple[Path, ...]:
        patterns = self.texts(table, section, key, single=True)
        found: dict[Path, None] = {}
        for pattern in patterns:
            if any(sign in pattern for sign in "*?["):
                base = Path(pattern).anchor
                root = Path(base) if base else self.path.parent
                matches = sorted(root.glob(str(Path(pattern).relative_to(base)) if base else pattern))
            else:
                matches = [path for path in (self.path.parent / pattern,) if path.exists()]
            if not matches:
                raise self.wrong(
                    section, key, f"no file {pattern!r} for {key}", "Check the path: it is relative to this file."
                )
            found.update(dict.fromkeys(matches))
        if not found or (len(found) > 1 and not many):
            raise self.wrong(
                section,
                key,
                f"{key} names {len(found) or 'no'} files",
                "Name one." if not many else "Name at least one.",
            )
        return tuple(found)

    def missing(self, section: str, key: str) -> LoadError:
        return LoadError(
            "missing_key",
            f"[{section}] has no {key}",
            file=self.path,
            row=self.line("", section),
            remedy=f"Add {key} to [{section}].",
        )

    def wrong(self, section: str, key: str, message: str, remedy: str) -> LoadError:
        return LoadError("wrong_value", message, file=self.path, row=self.line(section, key), remedy=remedy)

    def line(self, section: str, key: str) -> int | None:
        """The line on which a key (or, without section, a section) stands; None where it cannot be told."""
        quoted = rf"[\"']?{re.escape(key)}[\"']?"
        header = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]")
        here = ""
        for number, line in enumerate(self.lines, 1):
            matched = header.match(line)
            if matched:
                here = matched[1]
                if here == (f"{section}.{key}" if section else key):
                    return number
            elif here == section and re.match(rf"\s*{quoted}\s*[.=]", line):
                return number
        return None


def _identity(name: str) -> str:
    """The id of a named entry: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60].strip("-")


def _kind(value: object) -> str:
    names = {
        bool: "true or false",
        str: "a text",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a section",
    }
    if isinstance(value, str) and not value.strip():
        return "an empty text"
    return names.get(type(value), f"a {type(value).__name__}")
