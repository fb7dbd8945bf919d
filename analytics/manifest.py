"""What the build wrote down about a snapshot: its sources, files, warnings and what is not configured.

The manifest is JSON; here it becomes frozen records, so that a :class:`~analytics.context.Context` stays hashable and
a panel reads names instead of keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from analytics.months import parse_month

__all__ = ["Absent", "LoadedFile", "LoadedSource", "LsoaVintages", "Manifest", "Warned", "read_manifest"]


@dataclass(frozen=True)
class LoadedSource:
    """A file or archive named in the configuration. Numbers are None where they do not apply."""

    source: str
    title: str
    publisher: str
    licence: str
    file: str
    sha256: str
    modified: date | None
    """The day the file was retrieved where the configuration says so, else the day it was last changed."""
    covers: str
    rows_read: int | None
    set_aside: int | None
    state: str
    note: str
    retrieved: bool = False
    """True: `modified` is the day the configuration gives for the download."""


@dataclass(frozen=True)
class LoadedFile:
    """A file of street-level rows: read = kept + repeated + set aside, and kept = placed + not placed."""

    file: str
    force: str
    month: date | None
    read: int
    kept: int
    repeated: int
    set_aside: int
    placed: int
    not_placed: int
    warnings: tuple[str, ...] = ()

    @property
    def rows_unaccounted(self) -> int:
        """Rows read that are neither kept, repeated nor set aside."""
        return self.read - self.kept - self.repeated - self.set_aside

    @property
    def rows_misplaced(self) -> int:
        """Rows kept that are neither placed nor not placed."""
        return self.kept - self.placed - self.not_placed

    @property
    def balances(self) -> bool:
        return self.rows_unaccounted == 0 and self.rows_misplaced == 0


@dataclass(frozen=True)
class Absent:
    """Something that can be configured and is not, and what cannot be answered without it."""

    item: str
    disables: str


@dataclass(frozen=True)
class Warned:
    """Something the build loaded all the same, but thought worth a word."""

    code: str
    message: str
    file: str = ""
    row: int | None = None
    remedy: str = ""


@dataclass(frozen=True)
class LsoaVintages:
    """Rows by the vintage of their LSOA code, and how codes of 2011 found their area of 2021."""

    rows_by_vintage: tuple[tuple[str, int], ...] = ()
    mapped: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Manifest:
    """The manifest of one snapshot."""

    sources: tuple[LoadedSource, ...] = ()
    files: tuple[LoadedFile, ...] = ()
    absent: tuple[Absent, ...] = ()
    warnings: tuple[Warned, ...] = ()
    lsoa_vintages: LsoaVintages = LsoaVintages()
    nearest_ward: int = 0
    """Rows whose point lies outside every ward and that went to the nearest ward of their district."""


def read_manifest(manifest: Mapping[str, Any]) -> Manifest:
    """The records of a manifest as the build writes it; a part an older build did not write is empty."""
    vintages = manifest.get("lsoa_vintages") or {}
    return Manifest(
        sources=tuple(_source(entry) for entry in manifest.get("sources", ())),
        files=tuple(_file(entry) for entry in manifest.get("files", ())),
        absent=tuple(Absent(entry["item"], entry["disables"]) for entry in manifest.get("absent", ())),
        warnings=tuple(_warned(entry) for entry in manifest.get("warnings", ())),
        lsoa_vintages=LsoaVintages(
            rows_by_vintage=tuple((str(k), int(v)) for k, v in vintages.items() if isinstance(v, int)),
            mapped=tuple((str(k), int(v)) for k, v in (vintages.get("mapped") or {}).items()),
        ),
        nearest_ward=int(manifest.get("nearest_ward") or 0),
    )


def _source(entry: Mapping[str, Any]) -> LoadedSource:
    retrieved = _day(entry.get("retrieved"))
    return LoadedSource(
        source=entry["source"],
        title=entry["title"],
        publisher=entry.get("publisher") or "",
        licence=entry.get("licence") or "",
        file=entry.get("file") or "",
        sha256=entry.get("sha256") or "",
        modified=retrieved or _day(entry.get("modified")),
        covers=entry.get("covers") or "",
        rows_read=_whole(entry.get("rows_read")),
        set_aside=_whole(entry.get("set_aside")),
        state=entry.get("state") or "",
        note=entry.get("note") or "",
        retrieved=retrieved is not None,
    )


def _file(entry: Mapping[str, Any]) -> LoadedFile:
    return LoadedFile(
        file=entry["file"],
        force=entry.get("force") or "",
        month=parse_month(str(entry.get("month") or "")[:7]),
        **{key: int(entry[key]) for key in ("read", "kept", "repeated", "set_aside", "placed", "not_placed")},
        warnings=tuple(_words(warning) for warning in entry.get("warnings", ())),
    )


def _warned(entry: Mapping[str, Any] | str) -> Warned:
    if isinstance(entry, str):
        return Warned("", entry)
    return Warned(
        code=entry.get("code") or "",
        message=entry.get("message") or "",
        file=entry.get("file") or "",
        row=_whole(entry.get("row")),
        remedy=entry.get("remedy") or "",
    )


def _words(warning: Mapping[str, Any] | str) -> str:
    return warning if isinstance(warning, str) else str(warning.get("message") or warning.get("code") or "")


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _day(value: Any) -> date | None:
    """A day written as ISO text, with or without a time; None where there is none."""
    return datetime.fromisoformat(str(value)).date() if value else None
